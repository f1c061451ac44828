import psycopg
import pytest
import sqlalchemy as sa

from coalition import db
from coalition.testing import make_letter


@pytest.fixture
def without_database(client, monkeypatch):
    """Let every connection be refused, as when the server is away."""
    nowhere = sa.create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    db.session.remove()
    monkeypatch.setattr(db, "engine", lambda: nowhere)
    yield client
    db.session.remove()
    nowhere.dispose()


class TestHealthz:
    def test_answers_as_long_as_the_process_lives(self, client):
        assert client.get("/healthz").json == {"status": "ok"}

    def test_does_not_ask_the_database(self, without_database):
        assert without_database.get("/healthz").status_code == 200


class TestReadyz:
    def test_answers_when_the_database_does(self, client):
        answer = client.get("/readyz")

        assert (answer.status_code, answer.json["database"]) == (200, "ok")

    def test_says_that_the_database_is_away(self, without_database):
        answer = without_database.get("/readyz")

        assert answer.status_code == 503
        assert answer.json["status"] == "unavailable"

    def test_says_that_the_database_was_not_migrated(self, client, database):
        with psycopg.connect(database.database_url, autocommit=True) as owner:
            owner.execute("ALTER TABLE coalitions RENAME TO elsewhere")
            try:
                answer = client.get("/readyz")
            finally:
                owner.execute("ALTER TABLE elsewhere RENAME TO coalitions")

        assert answer.status_code == 503


class TestWithoutADatabase:
    def test_a_page_says_that_nothing_was_stored_and_when_to_try_again(self, without_database):
        answer = without_database.get("/c/somewhere-new/letters/some-letter")

        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert "Nothing was stored" in answer.text

    def test_signing_pretends_nothing(self, client, coalition, monkeypatch):
        make_letter(coalition)
        path = "/c/night-buses/letters/keep-the-night-buses"
        assert client.get(path).status_code == 200  # everything is remembered that can be
        nowhere = sa.create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
        db.session.remove()
        monkeypatch.setattr(db, "engine", lambda: nowhere)

        answer = client.post(
            f"{path}/signatures",
            data={
                "kind": "person",
                "given_name": "Ada",
                "family_name": "Lovelace",
                "email": "ada@example.org",
            },
        )

        db.session.remove()
        nowhere.dispose()
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]

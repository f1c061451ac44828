"""Idempotency-Key: one effect and one answer, however often a request is sent."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from coalition import audit, db, idempotency
from coalition.audit import AuditEntry
from coalition.clock import now
from coalition.idempotency import IdempotencyKey
from coalition.letters.signatures import Signature
from coalition.people.models import Person
from coalition.testing import make_coalition, make_letter

ROSA = {"given_name": "Rosa", "email": "rosa@example.org"}
KEY = {"Idempotency-Key": "key-1"}


def count(coalition_id, model) -> int:
    with db.reading(coalition_id) as session:
        return len(session.scalars(select(model)).all())


class TestTheSameKey:
    def test_with_the_same_request_gives_the_same_answer_and_does_nothing(self, api, coalition):
        first = api.post("/people", ROSA, **KEY)
        second = api.post("/people", ROSA, **KEY)

        assert first.status_code == second.status_code == 201
        assert first.data == second.data
        assert first.headers["ETag"] == second.headers["ETag"]
        assert first.headers["Location"] == second.headers["Location"]
        assert count(coalition.id, Person) == 1
        assert count(coalition.id, AuditEntry) == 1

    def test_with_another_request_is_refused(self, api, coalition):
        api.post("/people", ROSA, **KEY)
        coalition_id = coalition.id

        other = api.post("/people", {"given_name": "Eve"}, **KEY)
        elsewhere = api.post("/organizations", {"name": "Riders"}, **KEY)

        assert (other.status_code, elsewhere.status_code) == (422, 422)
        assert other.get_json()["code"] == "idempotency_key_reused"
        assert count(coalition_id, Person) == 1

    def test_may_be_used_by_another_token_and_another_coalition(self, api, api_of, coalition):
        another = api_of(coalition, "people:write")
        neighbour = api_of(make_coalition("bike-lanes", "Bike Lanes"))

        answers = [
            each.post("/people", {"given_name": name}, **KEY)
            for each, name in ((api, "Rosa"), (another, "Eve"), (neighbour, "Jo"))
        ]

        assert [each.status_code for each in answers] == [201, 201, 201]

    def test_may_be_used_again_after_a_refusal(self, api):
        refused = api.post("/people", {"given_name": ""}, **KEY)
        accepted = api.post("/people", ROSA, **KEY)

        assert (refused.status_code, accepted.status_code) == (422, 201)

    @pytest.mark.parametrize("key", ["", "has space", "x" * 256, "ñ"])
    def test_must_be_a_short_visible_text(self, api, key):
        refused = api.post("/people", ROSA, **{"Idempotency-Key": key})

        assert refused.status_code == 422
        assert list(refused.get_json()["errors"]) == ["Idempotency-Key"]

    def test_works_for_signing_without_a_token(self, api, coalition):
        letter = make_letter(coalition)
        body = {"kind": "person", "given_name": "Ada", "email": "ada@example.org"}
        path = f"/letters/{letter.slug}/signatures"
        api.headers = {}

        first, second = (api.post(path, body, **KEY) for _ in range(2))
        other = api.post(path, {**body, "given_name": "Eve"}, **KEY)

        assert first.status_code == second.status_code == 202
        assert first.data == second.data
        assert other.status_code == 422

    def test_is_kept_sealed(self, api, coalition):
        api.post("/people", ROSA, **KEY)

        with db.reading(coalition.id) as session:
            kept = session.scalars(select(IdempotencyKey)).one()
            assert b"rosa@" not in kept.answer_sealed
            assert "rosa@example.org" in kept.answer


class TestManyAtOnce:
    def test_have_one_effect_and_identical_answers(self, app, api, coalition):
        api.post("/campaigns", {"slug": "warm-up", "title": "Keys are in memory now"})
        answers = []

        def send():
            mine = type(api)(app.test_client(), coalition, None)
            mine.root, mine.headers = api.root, api.headers
            answers.append(mine.post("/people", ROSA, **KEY))

        threads = [threading.Thread(target=send) for _ in range(20)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()

        made = [each for each in answers if each.status_code == 201]
        others = [each for each in answers if each.status_code != 201]
        assert len({each.data for each in made}) == 1
        assert all(each.status_code == 409 for each in others)
        assert all(each.headers["Retry-After"] == "1" for each in others)
        assert count(coalition.id, Person) == 1
        assert api.post("/people", ROSA, **KEY).data == made[0].data

    def test_say_that_one_is_under_way(self, api, coalition):
        claim = idempotency.Claim(_token_id(api, coalition), "key-1", b"")
        coalition_id = coalition.id
        holding, done = threading.Event(), threading.Event()

        def hold():
            with db.transaction(coalition_id):
                assert claim.is_free()
                holding.set()
                done.wait(10)
            db.session.remove()

        thread = threading.Thread(target=hold)
        thread.start()
        holding.wait(10)
        answer = api.post("/people", ROSA, **KEY)
        done.set()
        thread.join()

        assert answer.status_code == 409
        assert answer.get_json()["code"] == "idempotency_key_in_use"
        assert answer.headers["Retry-After"] == "1"


class TestTheEffect:
    def test_is_not_there_if_the_answer_cannot_be_kept(self, api, coalition, monkeypatch):
        coalition_id = coalition.id

        def fail(*_args):
            raise RuntimeError("the power went out")

        monkeypatch.setattr(idempotency.Claim, "keep", fail)
        answer = api.post("/people", ROSA, **KEY)
        monkeypatch.undo()

        assert answer.status_code == 500
        assert count(coalition_id, Person) == 0
        assert api.post("/people", ROSA, **KEY).status_code == 201


class TestForgetOld:
    def test_forgets_keys_after_a_day(self, api, coalition):
        for key in ("old", "young"):
            api.post("/people", {"given_name": key}, **{"Idempotency-Key": key})
        with db.platform_transaction() as session:
            session.execute(
                update(IdempotencyKey)
                .where(IdempotencyKey.key == "old")
                .values(created_at=now() - timedelta(hours=25))
            )

        idempotency.forget_old()

        with db.reading(coalition.id) as session:
            assert session.scalars(select(IdempotencyKey.key)).all() == ["young"]


def _token_id(api, coalition) -> str:
    api.post("/people", {"given_name": "First"})
    with db.reading(coalition.id) as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        return str(entry.actor_id)


def test_signing_is_counted_once(api, coalition):
    letter = make_letter(coalition)
    path = f"/letters/{letter.slug}/signatures"
    for _ in range(2):
        api.post(path, {"kind": "person", "given_name": "A", "email": "a@example.org"}, **KEY)

    assert count(coalition.id, Signature) == 1
    assert audit.current_actor().kind in ("system", "visitor")

"""What a session's cookie is worth, for its owner and for who copied it."""

from datetime import timedelta

import pytest
from sqlalchemy import event, update
from sqlalchemy.exc import OperationalError

from coalition import config, db, testing
from coalition.accounts import sessions, teams
from coalition.accounts.jobs import forget_expired
from coalition.accounts.models import Role, UserSession
from coalition.clock import now


def age(**columns) -> None:
    with db.transaction() as session:
        session.execute(update(UserSession).values(**columns))


def count_sessions() -> int:
    with db.reading():
        return db.rows("SELECT count(*) AS n FROM user_sessions")[0]["n"]


class TestSignIn:
    def test_opens_the_account(self, visitor, user):
        answer = visitor.sign_in("Ada@Example.org")

        assert answer.status_code == 302
        assert answer.location == "/manage/"
        assert "ada@example.org" in visitor.get("/account/").text

    def test_changes_the_key_so_that_a_planted_cookie_is_worth_nothing(
        self, visitor, thief, user
    ):
        visitor.get("/login")
        before = visitor.cookie

        visitor.sign_in("ada@example.org")

        assert before is not None
        assert visitor.cookie != before
        assert thief(before).status_code == 303

    def test_stores_no_key_that_could_be_copied_from_the_database(self, visitor, user):
        visitor.sign_in("ada@example.org")

        with db.reading():
            stored = str(db.rows("SELECT * FROM user_sessions"))
        assert visitor.cookie not in stored

    def test_keeps_no_trace_of_the_browser(self, visitor, user):
        visitor.client.environ_base["HTTP_USER_AGENT"] = "Nosy/1.0"
        visitor.sign_in("ada@example.org")

        with db.reading():
            row = db.rows("SELECT * FROM user_sessions")[0]
        assert set(row["values"]) <= {"_user_id", "_fresh", "_id", "fs_cc", "fs_paa"}
        assert row["values"]["_id"] == ""
        assert row["signed_in_with"] == ["password"]


class TestCookie:
    def test_is_held_to_this_host_where_pages_are_encrypted(self, app, user, monkeypatch):
        settings = config.current()
        monkeypatch.setattr(
            config,
            "current",
            lambda: type(settings)(**{**vars(settings), "secure_cookies": True}),
        )

        answer = app.test_client().get("/login", base_url="https://coalition.example")

        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-session=")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; ")[1:])
        assert "Domain" not in cookie

    def test_is_not_set_and_nothing_is_asked_for_a_visitor_of_public_pages(self, app):
        statements = []
        event.listen(db.engine(), "before_cursor_execute", lambda *a: statements.append(a[2]))

        answer = app.test_client().get("/healthz")

        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert statements == []

    def test_does_not_make_public_pages_differ_between_visitors(self, app):
        answer = app.test_client().get("/no-such-page")

        assert answer.status_code == 404
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")

    def test_that_cannot_be_looked_up_keeps_only_staff_waiting(
        self, visitor, user, monkeypatch
    ):
        visitor.sign_in("ada@example.org")

        def away():
            raise OperationalError("SELECT 1", {}, Exception("connection refused"))

        monkeypatch.setattr(db, "aside", away)

        assert visitor.get("/healthz").status_code == 200
        assert visitor.get("/account/").status_code == 503

    def test_has_no_authority_over_the_api(self, visitor, user, app):
        visitor.sign_in("ada@example.org")
        with app.test_request_context(
            "/api/v1/x", headers={"Cookie": f"{sessions.cookie_name()}={visitor.cookie}"}
        ) as context:
            assert dict(context.session) == {}


class TestSignOut:
    def test_kills_a_cookie_that_was_copied_before(self, visitor, thief, user):
        visitor.sign_in("ada@example.org")
        copied = visitor.cookie
        assert thief(copied).status_code == 200

        visitor.post("/logout", page="/account/")

        assert thief(copied).status_code == 303
        assert visitor.get("/account/").status_code == 303

    def test_needs_the_token_of_a_page_of_ours(self, visitor, user):
        visitor.sign_in("ada@example.org")

        visitor.client.post("/logout")

        assert visitor.get("/account/").status_code == 200


class TestEnding:
    def test_everywhere_else_leaves_only_this_browser(self, visitor, other, user):
        visitor.sign_in("ada@example.org")
        other.sign_in("ada@example.org")

        visitor.post("/account/sessions/ending", page="/account/")

        assert visitor.get("/account/").status_code == 200
        assert other.get("/account/").status_code == 303

    def test_one_session_ends_that_one(self, visitor, other, user):
        visitor.sign_in("ada@example.org")
        other.sign_in("ada@example.org")
        with db.reading():
            newest = sorted(sessions.sessions_of(user.id), key=lambda row: row.created_at)[-1]

        visitor.post(f"/account/sessions/{newest.id}/ending", page="/account/")

        assert other.get("/account/").status_code == 303

    def test_a_session_of_somebody_else_is_not_there(self, visitor, other, user, coalition):
        testing.make_user(
            "eve@example.org", coalition, "viewer", password="quiet lamps by the sea"
        )
        visitor.sign_in("ada@example.org")
        other.sign_in("eve@example.org", "quiet lamps by the sea")
        with db.reading():
            (hers,) = sessions.sessions_of(user.id)

        answer = other.post(f"/account/sessions/{hers.id}/ending", page="/account/")

        assert answer.status_code == 404
        assert visitor.get("/account/").status_code == 200


class TestPasswordChange:
    def test_ends_every_other_session_and_keeps_this_one(self, visitor, other, thief, user):
        visitor.sign_in("ada@example.org")
        other.sign_in("ada@example.org")
        copied = visitor.cookie

        answer = visitor.post(
            "/account/password",
            password="seven green parakeets at dusk",
            new_password="nine blue herons at dawn",
            new_password_confirm="nine blue herons at dawn",
        )

        assert answer.status_code == 302, answer.text
        assert visitor.get("/account/").status_code == 200
        assert other.get("/account/").status_code == 303
        assert thief(copied).status_code == 303
        assert count_sessions() == 1

    def test_tells_the_owner_by_mail(self, visitor, user, mailbox):
        visitor.sign_in("ada@example.org")

        visitor.post(
            "/account/password",
            password="seven green parakeets at dusk",
            new_password="nine blue herons at dawn",
            new_password_confirm="nine blue herons at dawn",
        )

        (message,) = mailbox()
        assert message.recipient == "ada@example.org"
        assert "was changed" in message.subject
        assert "/login/link" in message.text


class TestRoleChange:
    def test_ends_the_users_sessions(self, visitor, user, coalition):
        testing.sign_in(visitor.client, user)
        assert visitor.get(f"/manage/{coalition.slug}/team/").status_code == 200

        with db.transaction(coalition.id):
            teams.change_role(coalition.id, user.id, role=Role.VIEWER, held=Role.ADMINISTRATOR)

        assert visitor.get("/account/").status_code == 303


class TestTime:
    def test_ends_a_session_that_was_left_alone_for_an_hour(self, visitor, user):
        visitor.sign_in("ada@example.org")
        age(last_seen_at=now() - timedelta(minutes=61))

        assert visitor.get("/account/").status_code == 303

    def test_ends_every_session_after_a_day(self, visitor, user):
        visitor.sign_in("ada@example.org")
        age(expires_at=now() - timedelta(seconds=1))

        assert visitor.get("/account/").status_code == 303

    def test_goes_on_while_pages_are_asked_for(self, visitor, user):
        visitor.sign_in("ada@example.org")
        age(last_seen_at=now() - timedelta(minutes=50))
        visitor.get("/account/")
        with db.reading():
            (row,) = sessions.sessions_of(user.id)

        assert row.last_seen_at > now() - timedelta(minutes=1)

    def test_rows_of_ended_sessions_are_deleted(self, visitor, user):
        visitor.sign_in("ada@example.org")
        age(last_seen_at=now() - timedelta(minutes=61))

        forget_expired()

        assert count_sessions() == 0


@pytest.mark.parametrize(
    "cookie", ["x", "a" * 43, "'; DROP TABLE users; --", "ü" * 43, "a" * 4000]
)
def test_a_made_up_cookie_is_nobodys(thief, database, cookie):
    assert thief(cookie).status_code == 303


class TestLanguage:
    def test_that_was_chosen_holds_on_all_coordinators_pages(self, visitor, coalition):
        testing.sign_in(visitor.client, testing.make_user("coco@example.org", coalition))
        new = f"/manage/{coalition.slug}/segments/new"
        assert '<html lang="en">' in visitor.get(new).text

        assert '<html lang="es">' in visitor.get(f"{new}?lang=es").text

        pressed = visitor.post(new, **{"subject": "people", "q.match": "all", "do": "add q"})
        assert '<html lang="es">' in pressed.text
        assert '<html lang="es">' in visitor.get(f"/manage/{coalition.slug}/people/").text
        assert '<html lang="en">' in visitor.get("/account/?lang=en").text

    def test_that_was_chosen_before_the_sign_in_holds_after_it(self, visitor, user, coalition):
        there = visitor.get(f"/manage/{coalition.slug}/team/?lang=es").location
        assert '<html lang="es">' in visitor.get(there).text

        assert '<html lang="es">' in visitor.sign_in("ada@example.org", "wrong").text
        visitor.sign_in("ada@example.org")
        assert '<html lang="es">' in visitor.get("/account/").text

    def test_that_somebody_stores_for_themselves_holds_from_then_on(self, visitor, user):
        visitor.sign_in("ada@example.org")
        visitor.get("/account/?lang=es")

        visitor.post("/account/", name="Ada", language="en")

        assert '<html lang="en">' in visitor.get("/account/").text

    def test_that_is_not_offered_changes_nothing(self, visitor, user):
        visitor.sign_in("ada@example.org")

        assert '<html lang="en">' in visitor.get("/account/?lang=xx").text
        assert '<html lang="en">' in visitor.get("/account/").text

"""Who may see what: roles, tokens, freshness; and that a lost right is lost at once."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from werkzeug.datastructures import WWWAuthenticate

from coalition import audit, db, testing
from coalition.accounts import access, sessions, teams, tokens
from coalition.accounts.access import Role
from coalition.accounts.errors import MayNot, NotSignedIn, ScopeMissing
from coalition.accounts.models import User
from coalition.accounts.tokens import ApiToken
from coalition.clock import now
from coalition.errors import NotFound


@pytest.fixture
def ask(app):
    """Give a function that calls a view as a user, as the page at `path` would."""

    def call(view, coalition, user=None, *shown, method="GET", path="/manage/x/"):
        headers = {}
        if user is not None:
            key = sessions.start_for(user, shown or ("password", "code"))
            headers["Cookie"] = f"{sessions.cookie_name()}={key}"
        with app.test_request_context(path, method=method, headers=headers):
            return view(coalition=coalition)

    return call


@pytest.fixture
def call_api(app):
    """Give a function that calls a view with a bearer token."""

    def call(view, coalition, secret=None, path="/api/v1/x"):
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        with app.test_request_context(path, headers=headers):
            return view(coalition=coalition)

    return call


@pytest.fixture
def token(coalition):
    maker = testing.make_user("maker@example.org", coalition)
    with db.transaction():
        return tokens.make(
            coalition_id=coalition.id,
            user_id=maker.id,
            name="Website",
            scopes=["letters:read"],
            life_days=90,
        )


read_letters = access.token("letters:read")(lambda coalition: coalition.name)
write_letters = access.token("letters:write")(lambda coalition: coalition.name)


class TestStaff:
    @pytest.mark.parametrize(
        ("held", "needed", "opens"),
        [
            ("administrator", Role.COORDINATOR, True),
            ("administrator", Role.VIEWER, True),
            ("coordinator", Role.COORDINATOR, True),
            ("coordinator", Role.REPRESENTATIVE, True),
            ("coordinator", Role.VIEWER, True),
            ("coordinator", Role.ADMINISTRATOR, False),
            ("viewer", Role.VIEWER, True),
            ("viewer", Role.COORDINATOR, False),
            ("viewer", Role.REPRESENTATIVE, False),
            ("representative", Role.REPRESENTATIVE, True),
            ("representative", Role.VIEWER, False),
        ],
    )
    def test_opens_to_roles_that_cover_it(self, ask, coalition, held, needed, opens):
        user = testing.make_user("u@example.org", coalition, held)
        view = access.staff(needed)(lambda coalition: coalition.name)

        if opens:
            assert ask(view, coalition.slug, user) == "Night Buses"
        else:
            with pytest.raises(MayNot):
                ask(view, coalition.slug, user)

    def test_hides_other_coalitions_as_if_they_did_not_exist(self, ask, coalition):
        user = testing.make_user("u@example.org", coalition)
        testing.make_coalition("day-buses", "Day Buses")
        view = access.staff(Role.VIEWER)(lambda coalition: coalition.name)

        said = []
        for slug in ("day-buses", "no-such-coalition"):
            with pytest.raises(NotFound) as refused:
                ask(view, slug, user)
            said.append(str(refused.value))

        assert said[0] == said[1]

    def test_sends_strangers_to_sign_in_wherever_they_ask(self, ask, coalition):
        view = access.staff(Role.VIEWER)(lambda coalition: coalition.name)

        here = ask(view, coalition.slug, path="/manage/night-buses/people/?q=x")
        nowhere = ask(view, "no-such-coalition")

        assert here.location == "/login?next=%2Fmanage%2Fnight-buses%2Fpeople%2F%3Fq%3Dx"
        assert nowhere.status_code == here.status_code == 303

    def test_says_who_acts_for_the_length_of_the_view(self, ask, coalition):
        user = testing.make_user("u@example.org", coalition)

        actor = ask(
            access.staff(Role.VIEWER)(lambda coalition: audit.current_actor()),
            coalition.slug,
            user,
        )

        assert (actor.kind, actor.id) == ("user", user.id)
        assert audit.current_actor().kind == "system"

    def test_does_not_open_to_a_coordinator_with_a_password_alone(self, ask, coalition):
        user = testing.make_user("u@example.org", coalition)
        view = access.staff(Role.VIEWER)(lambda coalition: coalition.name)

        assert ask(view, coalition.slug, user, "password").location == "/account/security"
        assert ask(view, coalition.slug, user, "passkey") == "Night Buses"

    def test_asks_viewers_for_no_second_factor(self, ask, coalition):
        user = testing.make_user("u@example.org", coalition, "viewer")
        view = access.staff(Role.VIEWER)(lambda coalition: coalition.name)

        assert ask(view, coalition.slug, user, "password") == "Night Buses"

    def test_leaves_the_transaction_of_the_view_untouched(self, ask, coalition):
        user = testing.make_user("u@example.org", coalition)

        def view(coalition):
            assert not db.is_active()
            with db.reading(coalition.id), pytest.raises(Exception, match="read-only"):
                db.session.execute(update(User).values(name="x"))
            return "done"

        assert ask(access.staff(Role.VIEWER)(view), coalition.slug, user) == "done"


class TestLostRole:
    def test_closes_pages_and_tokens_at_once(
        self, client, coalition, call_api, now_in_database
    ):
        user = testing.make_user("u@example.org", coalition)
        testing.make_user("second@example.org", coalition)
        with db.transaction():
            _, secret = tokens.make(
                coalition_id=coalition.id,
                user_id=user.id,
                name="x",
                scopes=["letters:read"],
                life_days=1,
            )
        testing.sign_in(client, user)
        assert client.get("/manage/night-buses/team/").status_code == 200
        assert call_api(read_letters, coalition.slug, secret) == "Night Buses"

        with db.transaction(coalition.id):
            teams.take_role(coalition.id, user.id, held=Role.ADMINISTRATOR)

        assert client.get("/manage/night-buses/team/").status_code == 303
        with pytest.raises(NotSignedIn):
            call_api(read_letters, coalition.slug, secret)
        testing.sign_in(client, now_in_database(user))
        assert client.get("/manage/night-buses/team/").status_code == 404

    def test_of_a_user_switched_off_closes_everything(self, client, coalition):
        user = testing.make_user("u@example.org", coalition)
        testing.sign_in(client, user)

        with db.transaction() as session:
            teams.deactivate(session.get(User, user.id))

        assert client.get("/account/").status_code == 303


class TestAdministrator:
    def test_opens_to_administrators_and_is_not_there_for_others(self, ask, coalition):
        view = access.administrator(lambda **_: "installation")
        boss = testing.make_user("boss@example.org", role="administrator")
        user = testing.make_user("u@example.org", coalition)

        assert ask(view, "", boss) == "installation"
        with pytest.raises(NotFound):
            ask(view, "", user)
        assert ask(view, "").status_code == 303


class TestFresh:
    def test_asks_again_after_five_minutes(self, client, app, coalition):
        user = testing.make_user("u@example.org", coalition)
        testing.sign_in(client, user)
        client.get("/account/security")
        with db.transaction() as session:
            row = session.scalars(db.session.query(sessions.UserSession).statement).one()
            row.values = {**row.values, "fs_paa": now().timestamp() - 301}

        answer = client.get("/account/passkeys")

        assert answer.status_code == 302
        assert answer.location.startswith("/account/confirmation?next=")


class TestToken:
    def test_opens_its_coalition_with_its_scope(self, call_api, coalition, token):
        assert call_api(read_letters, coalition.slug, token[1]) == "Night Buses"

    def test_does_not_open_another_scope(self, call_api, coalition, token):
        with pytest.raises(ScopeMissing, match="letters:write"):
            call_api(write_letters, coalition.slug, token[1])

    def test_finds_nothing_in_another_coalition(self, call_api, token):
        testing.make_coalition("day-buses", "Day Buses")

        for slug in ("day-buses", "no-such-coalition"):
            with pytest.raises(NotFound):
                call_api(read_letters, slug, token[1])

    @pytest.mark.parametrize(
        "column", [{"expires_at": now() - timedelta(seconds=1)}, {"revoked_at": now()}]
    )
    def test_opens_nothing_after_its_end(self, call_api, coalition, token, column):
        with db.transaction() as session:
            session.execute(update(ApiToken).values(**column))

        with pytest.raises(NotSignedIn):
            call_api(read_letters, coalition.slug, token[1])

    def test_is_not_read_from_the_address(self, call_api, coalition, token):
        for path in (f"/api/v1/x?token={token[1]}", f"/api/v1/x?auth_token={token[1]}"):
            with pytest.raises(NotSignedIn):
                call_api(read_letters, coalition.slug, path=path)

    @pytest.mark.parametrize("secret", ["", "coa_x", "\x00", "ü" * 300])
    def test_of_nobody_opens_nothing(self, call_api, coalition, secret):
        with pytest.raises(NotSignedIn):
            call_api(read_letters, coalition.slug, secret)

    def test_is_stored_as_a_hash(self, token):
        with db.reading():
            stored = str(db.rows("SELECT * FROM api_tokens"))

        assert token[1] not in stored
        assert token[0].prefix == token[1][:12]

    def test_notes_its_use_once_a_minute(self, call_api, coalition, token):
        def last_used():
            with db.reading():
                return db.rows("SELECT last_used_at FROM api_tokens")[0]["last_used_at"]

        call_api(read_letters, coalition.slug, token[1])
        first = last_used()
        call_api(read_letters, coalition.slug, token[1])

        assert first is not None
        assert last_used() == first

    def test_names_an_unknown_scope_when_the_program_starts(self):
        with pytest.raises(ValueError, match="letters:burn"):
            access.token("letters:burn")

    def test_tells_programs_how_to_sign_in(self, client, app, coalition):
        answer = client.get("/api/v1/coalitions/night-buses/letters")

        if answer.status_code == 404:
            pytest.skip("the API is not connected")
        assert answer.status_code == 401
        assert answer.www_authenticate == WWWAuthenticate("bearer", {"realm": "coalition"})

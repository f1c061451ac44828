"""Coordinators' pages: the team and the tokens of a coalition."""

import re

import pytest
from sqlalchemy import select, text

from coalition import audit, db, testing
from coalition.accounts.models import CoalitionRole, Role
from coalition.accounts.representing import organizations_of

TEAM = "/manage/night-buses/team/"
TOKENS = "/manage/night-buses/tokens/"


@pytest.fixture
def coordinator(visitor, coalition):
    user = testing.make_user("coco@example.org", coalition, name="Coco")
    testing.sign_in(visitor.client, user)
    return user


def role_of(user, coalition):
    with db.reading() as session:
        row = session.scalar(
            select(CoalitionRole).filter_by(user_id=user.id, coalition_id=coalition.id)
        )
        return row and row.role


def actions() -> list[str]:
    with db.platform_transaction() as session:
        return [row.action for row in session.scalars(select(audit.AuditEntry))]


class TestAddMember:
    def test_invites_somebody_new_who_then_signs_in(
        self, visitor, other, coordinator, mailbox, coalition
    ):
        answer = visitor.post(TEAM, email="New@Example.org", name="Nia", role="viewer")

        assert answer.status_code == 303, answer.text
        (message,) = mailbox()
        assert message.recipient == "new@example.org"
        path = re.search(r"http://localhost(/account/links/\S+)", message.text)[1]
        chosen = "nine blue herons at dawn"
        assert other.post(path, password=chosen, password_again=chosen).status_code == 303
        assert other.sign_in("new@example.org", chosen).status_code == 302
        assert "Night Buses" in other.get("/account/").text
        assert "team.role_given" in actions()

    def test_answers_alike_for_somebody_who_has_an_account(self, visitor, coordinator, mailbox):
        testing.make_user("old@example.org", password="seven green parakeets at dusk")

        old = visitor.post(TEAM, email="old@example.org", role="viewer")
        new = visitor.post(TEAM, email="new@example.org", role="viewer")

        assert (old.status_code, old.location) == (new.status_code, new.location)
        assert [message.recipient for message in mailbox()] == ["new@example.org"]

    @pytest.mark.parametrize(
        ("values", "says"),
        [
            ({"email": "nonsense", "role": "viewer"}, "not an e-mail address"),
            ({"email": "a@example.org", "role": "administrator"}, "Choose one of the values"),
            ({"email": "a@example.org", "role": "viewer", "name": "x" * 201}, "At most 200"),
        ],
    )
    def test_says_what_is_wrong(self, visitor, coordinator, values, says):
        answer = visitor.post(TEAM, **values)

        assert answer.status_code == 422
        assert says in answer.text

    def test_is_for_coordinators(self, visitor, coalition):
        viewer = testing.make_user("v@example.org", coalition, "viewer")
        testing.sign_in(visitor.client, viewer)

        assert visitor.get(TEAM).status_code == 403

    def test_needs_a_fresh_sign_in(self, visitor, coordinator):
        with db.transaction():
            db.session.execute(
                text("UPDATE user_sessions SET values = values || '{\"fs_paa\": 1}'")
            )

        answer = visitor.post(TEAM, email="new@example.org", role="coordinator")

        assert answer.location.startswith("/account/confirmation?next=%2Fmanage")


class TestChangeRole:
    def test_gives_another_role(self, visitor, coordinator, coalition):
        member = testing.make_user("m@example.org", coalition, "viewer")

        visitor.post(f"{TEAM}{member.id}/role", page=TEAM, role="coordinator")

        assert role_of(member, coalition) == Role.COORDINATOR

    def test_keeps_the_last_coordinator(self, visitor, coordinator, coalition):
        answer = visitor.post(f"{TEAM}{coordinator.id}/role", page=TEAM, role="viewer")

        assert answer.status_code == 409
        assert "Nobody else has this role" in answer.text
        assert role_of(coordinator, coalition) == Role.COORDINATOR

    def test_does_not_reach_into_another_coalition(self, visitor, coordinator):
        elsewhere = testing.make_coalition("day-buses", "Day Buses")
        stranger = testing.make_user("s@example.org", elsewhere, "viewer")

        answer = visitor.post(f"{TEAM}{stranger.id}/role", page=TEAM, role="coordinator")

        assert answer.status_code == 404
        assert role_of(stranger, elsewhere) == Role.VIEWER


class TestRemoveMember:
    def test_takes_the_role(self, visitor, coordinator, coalition):
        member = testing.make_user("m@example.org", coalition, "viewer")

        visitor.post(f"{TEAM}{member.id}/removal", page=TEAM)

        assert role_of(member, coalition) is None

    def test_keeps_the_last_coordinator(self, visitor, coordinator, coalition):
        answer = visitor.post(f"{TEAM}{coordinator.id}/removal", page=TEAM)

        assert answer.status_code == 409
        assert role_of(coordinator, coalition) == Role.COORDINATOR


class TestRepresentation:
    def test_is_given_by_the_organizations_name_and_taken_again(
        self, visitor, coordinator, coalition
    ):
        organization = testing.make_organization("Riders' Union")
        member = testing.make_user("r@example.org", coalition, "representative")

        visitor.post(f"{TEAM}{member.id}/organizations", page=TEAM, organization="riders union")

        with db.reading():
            assert organizations_of(member.id, coalition.id) == [organization.id]
        page = visitor.get(TEAM).text
        assert "speaks for Riders&#39; Union" in page
        path = re.search(r'action="([^"]+/representations/[^"]+/removal)"', page)[1]
        visitor.post(path, page=TEAM)
        with db.reading():
            assert organizations_of(member.id, coalition.id) == []

    def test_says_that_a_name_is_unknown(self, visitor, coordinator, coalition):
        member = testing.make_user("r@example.org", coalition, "representative")

        answer = visitor.post(
            f"{TEAM}{member.id}/organizations", page=TEAM, organization="Nobody Inc"
        )

        assert answer.status_code == 422
        assert "No single organization is called" in answer.text


class TestTokens:
    def test_shows_the_secret_once(self, visitor, coordinator):
        answer = visitor.post(
            TOKENS, name="Website", scopes=["letters:read", "counts:read"], life_days="30"
        )

        assert answer.status_code == 201
        secret = re.search(r"<code>(coa_[\w-]{43})</code>", answer.text)[1]
        again = visitor.get(TOKENS).text
        assert secret not in again
        assert secret[:12] in again
        assert "token.made" in actions()

    @pytest.mark.parametrize(
        ("values", "says"),
        [
            ({"name": "x", "life_days": "30"}, "at least one of the scopes"),
            ({"name": "x", "scopes": "letters:burn", "life_days": "30"}, "Choose one of"),
            ({"name": "x", "scopes": "letters:read", "life_days": "366"}, "365"),
            ({"name": "x", "scopes": "letters:read", "life_days": "0"}, "365"),
            ({"name": "x", "scopes": "letters:read", "life_days": "soon"}, "number"),
            ({"name": "", "scopes": "letters:read", "life_days": "30"}, "Fill this in"),
        ],
    )
    def test_says_what_is_wrong(self, visitor, coordinator, values, says):
        answer = visitor.post(TOKENS, **values)

        assert answer.status_code == 422
        assert says in answer.text

    def test_are_revoked(self, visitor, coordinator):
        visitor.post(TOKENS, name="Website", scopes="letters:read", life_days="30")
        path = re.search(r'action="([^"]+/revocation)"', visitor.get(TOKENS).text)[1]

        visitor.post(path, page=TOKENS)

        page = visitor.get(TOKENS).text
        assert "/revocation" not in page
        assert "ended" in page

    def test_of_another_coalition_are_not_there(self, visitor, other, coordinator):
        visitor.post(TOKENS, name="Website", scopes="letters:read", life_days="30")
        path = re.search(r'action="([^"]+/revocation)"', visitor.get(TOKENS).text)[1]
        elsewhere = testing.make_coalition("day-buses", "Day Buses")
        testing.sign_in(other.client, testing.make_user("e@example.org", elsewhere))

        answer = other.post(
            path.replace("night-buses", "day-buses"), page="/manage/day-buses/tokens/"
        )

        assert answer.status_code == 404
        assert "/revocation" in visitor.get(TOKENS).text


class TestProfile:
    def test_keeps_name_and_language(self, visitor, coordinator):
        visitor.post("/account/", name="Coco Two", language="es")

        page = visitor.get("/account/").text
        assert 'value="Coco Two"' in page
        assert '<html lang="es">' in page

    def test_says_what_is_wrong(self, visitor, coordinator):
        answer = visitor.post("/account/", name="x" * 201, language="tlh")

        assert answer.status_code == 422
        assert "At most 200" in answer.text
        assert "Choose one of" in answer.text


class TestPlaces:
    def test_sends_who_has_one_coalition_there(self, visitor, coordinator):
        assert visitor.get("/manage/").location == "/manage/night-buses/"

    def test_lists_several_and_no_others(self, visitor, coalition):
        other = testing.make_coalition("day-buses", "Day Buses")
        testing.make_coalition("trams", "Trams for All")
        user = testing.make_user("u@example.org", coalition, "viewer")
        with db.transaction():
            db.session.add(
                CoalitionRole(user_id=user.id, coalition_id=other.id, role=Role.VIEWER)
            )
        testing.sign_in(visitor.client, user)

        page = visitor.get("/manage/").text

        assert "Night Buses" in page
        assert "Day Buses" in page
        assert "Trams" not in page

    def test_shows_an_administrator_all(self, visitor, coalition):
        testing.make_coalition("trams", "Trams for All")
        testing.sign_in(
            visitor.client, testing.make_user("a@example.org", role="administrator")
        )

        assert "Trams for All" in visitor.get("/manage/").text

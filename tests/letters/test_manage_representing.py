"""The page of those who speak for organizations."""

import pytest
from sqlalchemy import select

from coalition import db
from coalition.accounts.representing import let_represent
from coalition.audit import AuditEntry
from coalition.letters.signatures import Signature, SignatureState
from coalition.organizations.models import organization_by_name
from coalition.testing import (
    make_letter,
    make_organization,
    make_signature,
    make_user,
    sign_in,
)

HOME = "/manage/night-buses/"
PAGE = HOME + "representing/"


@pytest.fixture
def rita(coalition):
    """Give a user who speaks for the Bus Riders Union."""
    make_organization("Bus Riders Union")
    user = make_user("rita@example.org", coalition, "representative", name="Rita Rider")
    with db.transaction():
        let_represent(coalition.id, user.id, "Bus Riders Union")
    return user


@pytest.fixture
def representative(client, rita, without_csrf):
    """Give her browser."""
    return sign_in(client, rita)


def union_id():
    with db.reading():
        return organization_by_name("Bus Riders Union").id


def sign(browser, organization_id, **values):
    data = {"name": "Rita Rider", "capacity": "Chair", "listed": "yes", **values}
    return browser.post(f"{PAGE}keep-the-night-buses/{organization_id}/signature", data=data)


def signatures(coalition):
    with db.reading(coalition.id) as session:
        return list(
            session.scalars(select(Signature).execution_options(populate_existing=True))
        )


class TestRepresentatives:
    def test_are_sent_to_their_page(self, representative):
        assert representative.get(HOME).location.endswith(PAGE)
        assert representative.get("/manage/").location.endswith(HOME)
        assert representative.get(HOME + "people/").status_code == 403

    def test_see_that_their_organization_has_not_signed(self, representative, coalition):
        make_letter(coalition)

        page = representative.get(PAGE).text

        assert "Your organization has not signed." in page
        assert "Sign for Bus Riders Union" in page

    def test_sign_with_the_address_of_their_account(self, representative, coalition):
        make_letter(coalition)

        answer = sign(representative, union_id())

        assert answer.status_code == 303
        (given,) = signatures(coalition)
        assert (given.state, given.email) == (SignatureState.APPROVED, "rita@example.org")
        assert (given.signatory_name, given.capacity) == ("Rita Rider", "Chair")
        assert given.listed
        assert "Your organization has signed." in representative.get(PAGE).text
        with db.reading(coalition.id) as session:
            kinds = session.scalars(
                select(AuditEntry.actor_kind).where(AuditEntry.action.startswith("signature."))
            )
            assert set(kinds) == {"user"}

    def test_make_what_they_gave_on_the_letters_page_count(self, representative, coalition):
        letter = make_letter(coalition)
        with db.reading():
            union = organization_by_name("Bus Riders Union")
        make_signature(
            letter,
            "Bus Riders Union",
            kind="organization",
            organization=union,
            email="rita@example.org",
            state=SignatureState.PENDING,
        )

        sign(representative, union_id())

        assert [each.state for each in signatures(coalition)] == [SignatureState.APPROVED]

    def test_are_told_when_somebody_signed_before(self, representative, coalition):
        make_letter(coalition)
        sign(representative, union_id())

        again = sign(representative, union_id())

        assert again.status_code == 409
        assert "has signed this letter already" in again.text

    def test_say_in_what_role(self, representative, coalition):
        make_letter(coalition)

        answer = sign(representative, union_id(), capacity="")

        assert answer.status_code == 422
        assert signatures(coalition) == []

    def test_take_the_name_back(self, representative, coalition):
        make_letter(coalition)
        sign(representative, union_id())

        representative.post(f"{PAGE}keep-the-night-buses/{union_id()}/withdrawal")

        assert [each.state for each in signatures(coalition)] == [SignatureState.WITHDRAWN]

    def test_cannot_sign_or_withdraw_for_others(self, representative, coalition):
        letter = make_letter(coalition)
        other_id = make_organization("Tram Friends").id
        signed = make_signature(letter, "Bike Lanes", kind="organization")
        signed_id = signed.organization_id

        signing = sign(representative, other_id)
        guessing = sign(representative, other_id, capacity="")
        withdrawing = representative.post(f"{PAGE}keep-the-night-buses/{signed_id}/withdrawal")

        answers = (signing, guessing, withdrawing)
        assert [each.status_code for each in answers] == [404, 404, 404]
        assert [each.state for each in signatures(coalition)] == [SignatureState.APPROVED]

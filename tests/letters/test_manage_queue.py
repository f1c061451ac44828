"""Tests of the queue of signatures that wait for a coordinator."""

import pytest
from sqlalchemy import select

from coalition import db
from coalition.letters.review import PAGE
from coalition.letters.signatures import Signature, SignatureState
from coalition.organizations.models import Organization, OrganizationAlias
from coalition.testing import (
    make_coalition,
    make_letter,
    make_organization,
    make_person,
    make_signature,
    waiting_facts,
)

QUEUE = "/manage/night-buses/queue/"


def waiting(letter, name, **values):
    """A signature that its signatory confirmed and nobody decided about, of no organization."""
    email = values.pop("email", "ada@riders.org")
    signature = make_signature(
        letter,
        name,
        kind="organization",
        organization=values.pop("organization", None) or Organization(id=None),
        state=SignatureState.CONFIRMED,
        email=email,
        **values,
    )
    person = make_person(letter_coalition(letter), email)
    with db.transaction(letter.coalition_id) as session:
        session.get(Signature, signature.id).person_id = person.id
    return signature


def letter_coalition(letter):
    return type("Owner", (), {"id": letter.coalition_id})


def now_of(coalition, signature):
    with db.reading(coalition.id) as session:
        found = session.get(Signature, signature.id)
        session.refresh(found)
        name = found.organization.name if found.organization else None
        return found.state, name


class TestQueue:
    def test_shows_who_signed_and_who_may_be_meant(self, coordinator, coalition):
        make_organization("Bus Riders Union", domains=["riders.org"])
        waiting(make_letter(coalition), "Bus Rider Union", capacity="Chair")

        page = coordinator.get(QUEUE).text

        for shown in ("Bus Rider Union", "Chair", "ada@riders.org", "nearly the same spelling"):
            assert shown in page
        assert "address at its own domain" in page

    def test_warns_of_letters_that_look_alike(self, coordinator, coalition):
        make_organization("ACLU")
        waiting(make_letter(coalition), "АCLU")  # its first letter is Cyrillic

        page = coordinator.get(QUEUE).text

        assert "letters of another alphabet" in page
        assert "looks the same but has foreign letters" in page

    def test_says_that_anybody_has_an_address_there(self, coordinator, coalition):
        waiting(make_letter(coalition), "Bus Riders", email="ada@gmail.com")

        assert "anybody can have an address there" in coordinator.get(QUEUE).text

    def test_shows_the_oldest_first_page_by_page(self, coordinator, coalition):
        letter = make_letter(coalition)
        names = [f"Group number {chr(65 + n)}" for n in range(PAGE + 1)]
        for n, name in enumerate(names):
            waiting(letter, name, email=f"a{n}@riders.org")

        first = coordinator.get(QUEUE).text
        link = first[first.index("?after=") :].split('"')[0]
        second = coordinator.get(QUEUE + link).text

        assert names[0] in first
        assert names[-1] not in first
        assert names[-1] in second

    def test_is_not_for_viewers(self, viewer, coalition):
        assert viewer.get(QUEUE).status_code == 403

    def test_lists_the_unconfirmed_apart(self, coordinator, coalition):
        make_signature(make_letter(coalition), "Una Unsure", state=SignatureState.PENDING)

        page = coordinator.get(QUEUE).text

        assert "Una Unsure" in page[page.index("Not confirmed by mail yet") :]


class TestApproval:
    def test_adds_a_new_organization_under_its_right_name(self, coordinator, coalition):
        signature = waiting(make_letter(coalition), "bus riders unoin")

        answer = coordinator.post(
            f"{QUEUE}{signature.id}/approval",
            data={"name": "Bus Riders Union", "website": "riders.org", "domain": "riders.org"},
        )

        assert answer.status_code == 303
        assert now_of(coalition, signature) == (SignatureState.APPROVED, "Bus Riders Union")
        with db.reading() as session:
            made = session.scalar(select(Organization))
            assert (made.website, made.domains) == ("https://riders.org", ["riders.org"])
            assert [alias.name for alias in made.aliases] == ["bus riders unoin"]
        assert "signature.approved" in [fact.name for fact in waiting_facts()]

    def test_merges_into_one_that_is_known(self, coordinator, coalition):
        known = make_organization("Bus Riders Union")
        signature = waiting(make_letter(coalition), "BRU Los Angeles")

        coordinator.post(
            f"{QUEUE}{signature.id}/approval", data={"organization": str(known.id)}
        )

        assert now_of(coalition, signature) == (SignatureState.APPROVED, "Bus Riders Union")
        with db.reading() as session:
            assert session.scalar(select(OrganizationAlias.name)) == "BRU Los Angeles"

    def test_refuses_an_organization_that_signed_already(self, coordinator, coalition):
        letter = make_letter(coalition)
        known = make_organization("Bus Riders Union")
        make_signature(letter, known.name, kind="organization", organization=known)
        signature = waiting(letter, "Bus Riders")

        answer = coordinator.post(
            f"{QUEUE}{signature.id}/approval", data={"organization": str(known.id)}
        )

        assert answer.status_code == 409
        assert "has signed this letter already" in answer.text

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({"name": ""}, "Fill this in"),
            ({"name": "...", "domain": ""}, "name"),
            ({"name": "Bus Riders", "domain": "gmail.com"}, "gmail.com"),
            ({"name": "Bus Riders", "website": "javascript:alert(1)"}, "no web address"),
        ],
    )
    def test_shows_the_form_again(self, coordinator, coalition, data, said):
        signature = waiting(make_letter(coalition), "Bus Riders")

        answer = coordinator.post(f"{QUEUE}{signature.id}/approval", data=data)

        assert answer.status_code == 422
        assert said in answer.text
        assert now_of(coalition, signature)[0] == SignatureState.CONFIRMED

    def test_does_not_reach_into_another_coalition(self, coordinator, coalition):
        foreign = waiting(make_letter(make_coalition("trams", "Trams")), "Foreign")

        answer = coordinator.post(f"{QUEUE}{foreign.id}/approval", data={"name": "Mine"})

        assert answer.status_code == 404


class TestSearch:
    def test_finds_an_organization_to_merge_into(self, coordinator, coalition):
        make_organization("Amalgamated Transit")
        signature = waiting(make_letter(coalition), "ATU")

        page = coordinator.get(f"{QUEUE}{signature.id}?q=amalgamated+transit").text

        assert "Approve as Amalgamated Transit" in page


class TestRejection:
    def test_keeps_the_reason(self, coordinator, coalition):
        signature = waiting(make_letter(coalition), "Bus Riders")

        coordinator.post(f"{QUEUE}{signature.id}/rejection", data={"reason": "A joke."})

        assert now_of(coalition, signature)[0] == SignatureState.REJECTED
        assert "Bus Riders" not in coordinator.get(QUEUE).text.partition("Not confirmed")[0]

    def test_needs_a_reason(self, coordinator, coalition):
        signature = waiting(make_letter(coalition), "Bus Riders")

        answer = coordinator.post(f"{QUEUE}{signature.id}/rejection", data={"reason": " "})

        assert answer.status_code == 422


class TestSendingTheLinkAgain:
    def test_tells_the_mailbox_once_more(self, coordinator, coalition):
        signature = make_signature(
            make_letter(coalition), "Una Unsure", state=SignatureState.PENDING
        )

        answer = coordinator.post(f"{QUEUE}{signature.id}/link")

        assert answer.status_code == 303
        assert waiting_facts()[-1].name == "signature.repeated"

    def test_is_not_possible_after_the_confirmation(self, coordinator, coalition):
        signature = make_signature(make_letter(coalition), "Ada Able")

        assert coordinator.post(f"{QUEUE}{signature.id}/link").status_code == 409

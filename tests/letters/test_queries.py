"""Tests of what is read of letters and their signatories."""

import pytest

from coalition import db
from coalition.coalitions.models import CoalitionMembership, MembershipRole, MembershipState
from coalition.letters import queries
from coalition.letters.models import ListOrder
from coalition.letters.signatures import SignatureState
from coalition.testing import (
    make_coalition,
    make_letter,
    make_organization,
    make_signature,
)


class TestListedOrganizations:
    def test_are_in_alphabetical_order_without_the(self, coalition):
        letter = make_letter(coalition)
        for name in ("Zebra Crossing Union", "The Árbol Fund", "bus riders", "Apple Pickers"):
            make_signature(letter, name, kind="organization")

        with db.reading(coalition.id):
            listed = queries.listed_organizations(letter)

        assert [each.name for each in listed] == [
            "Apple Pickers",
            "The Árbol Fund",
            "bus riders",
            "Zebra Crossing Union",
        ]

    def test_are_in_the_order_of_signing_if_the_letter_says_so(self, coalition):
        letter = make_letter(coalition, list_order=ListOrder.SIGNED)
        for name in ("Zebra", "Apple", "Mango"):
            make_signature(letter, name, kind="organization")

        with db.reading(coalition.id):
            listed = queries.listed_organizations(letter)

        assert [each.name for each in listed] == ["Zebra", "Apple", "Mango"]

    def test_begin_with_those_who_lead_the_coalition(self, coalition):
        letter = make_letter(coalition, list_order=ListOrder.LEADERS_FIRST)
        lead, steering, former = (
            make_organization(name) for name in ("Zebra", "Young", "Former Lead")
        )
        roles = (
            (lead, MembershipRole.LEAD, MembershipState.ACTIVE),
            (steering, MembershipRole.STEERING, MembershipState.ACTIVE),
            (former, MembershipRole.LEAD, MembershipState.LEFT),
        )
        with db.transaction(coalition.id) as session:
            for organization, role, state in roles:
                session.add(
                    CoalitionMembership(organization_id=organization.id, role=role, state=state)
                )
        make_signature(letter, "Apple", kind="organization")
        for organization in (former, steering, lead):
            make_signature(
                letter, organization.name, kind="organization", organization=organization
            )

        with db.reading(coalition.id):
            listed = queries.listed_organizations(letter)

        assert [each.name for each in listed] == ["Zebra", "Young", "Apple", "Former Lead"]

    def test_leave_out_who_did_not_agree_or_does_not_count(self, coalition):
        letter = make_letter(coalition)
        make_signature(letter, "Listed", kind="organization", display_name="Listed Friends")
        make_signature(letter, "Silent", kind="organization", listed=False)
        make_signature(letter, "Gone", kind="organization", state=SignatureState.WITHDRAWN)
        make_signature(letter, "Waiting", kind="organization", state=SignatureState.CONFIRMED)
        make_signature(letter, "Ada Person")

        with db.reading(coalition.id):
            listed = queries.listed_organizations(letter)

        assert [each.name for each in listed] == ["Listed Friends"]

    def test_of_another_coalition_are_not_found(self, coalition):
        letter = make_letter(make_coalition("trams", "Trams"))
        make_signature(letter, "Foreign", kind="organization")

        with db.reading(coalition.id):
            assert queries.listed_organizations(letter) == []
            assert queries.count_counted(letter.id) == (0, 0)


class TestListedPeople:
    @pytest.mark.parametrize("order", [ListOrder.ALPHABETICAL, ListOrder.SIGNED])
    def test_come_page_by_page_each_once(self, coalition, order):
        letter = make_letter(coalition, list_order=order)
        names = ["Bo Young", "Al Young", "Cy Abel", "Di Miller", "Ed Miller"]
        for name in names:
            make_signature(letter, name)

        found, after = [], None
        with db.reading(coalition.id):
            while page := queries.listed_people(letter, after, limit=2):
                found += [person.name for person in page]
                after = page[-1].place

        alphabetical = ["Cy Abel", "Di Miller", "Ed Miller", "Al Young", "Bo Young"]
        assert found == (names if order == ListOrder.SIGNED else alphabetical)


class TestCountCounted:
    def test_counts_the_unlisted_and_not_the_undecided(self, coalition):
        letter = make_letter(coalition)
        make_signature(letter, "One", kind="organization", listed=False)
        make_signature(letter, "Two", kind="organization", state=SignatureState.CONFIRMED)
        make_signature(letter, "Ada Able", listed=False)
        make_signature(letter, "Bo Baker", state=SignatureState.PENDING)

        with db.reading(coalition.id):
            assert queries.count_counted(letter.id) == (1, 1)

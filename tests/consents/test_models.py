"""Tests of consents: what is recorded, and which answer holds."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from coalition import db
from coalition.clock import now
from coalition.consents import purposes
from coalition.consents.models import Consent, ConsentSource, StandingConsent
from coalition.consents.purposes import UPDATES, Purpose
from coalition.consents.queries import has_consented
from coalition.letters.directory import merge
from coalition.organizations.models import Organization
from coalition.testing import make_coalition, make_organization, make_person


def note(person, *, given=True, **values):
    with db.transaction(person.coalition_id):
        return Consent.note(
            person.id,
            values.pop("purpose", UPDATES),
            given=given,
            wording=values.pop("wording", "You may write to me."),
            source=ConsentSource.PREFERENCES,
            **values,
        )


def agrees(person, organization=None):
    with db.reading(person.coalition_id):
        return has_consented(
            person.id, UPDATES, organization_id=organization.id if organization else None
        )


@pytest.fixture
def ada(coalition):
    return make_person(coalition, "ada@example.org")


class TestNote:
    def test_keeps_every_answer_and_lets_the_newest_hold(self, coalition, ada):
        for given in (True, False, True):
            note(ada, given=given)

        with db.reading(coalition.id) as session:
            assert [
                each.given for each in session.scalars(select(Consent).order_by(Consent.id))
            ] == [
                True,
                False,
                True,
            ]
        assert agrees(ada)

    def test_lets_a_newer_answer_hold_against_an_older_one_that_is_noted_later(self, ada):
        note(ada, given=False)
        note(ada, given=True, recorded_at=now() - timedelta(days=30))  # on paper

        assert not agrees(ada)

    def test_tells_the_coalition_and_each_member_group_apart(self, ada):
        riders, walkers = make_organization("Riders United"), make_organization("Walkers")
        note(ada, organization_id=riders.id)

        assert agrees(ada, riders)
        assert not agrees(ada, walkers)
        assert not agrees(ada)

    @pytest.mark.parametrize("values", [{"purpose": "confirmation"}, {"wording": "  "}])
    def test_refuses_what_nobody_can_agree_to(self, ada, values):
        with pytest.raises(ValueError, match="nobody can agree"):
            note(ada, **values)


class TestMerge:
    @pytest.mark.parametrize("newest_is_yes", [True, False])
    def test_of_two_organizations_lets_the_newest_answer_to_either_hold(
        self, coalition, ada, newest_is_yes
    ):
        gone, kept = make_organization("Riders Utd"), make_organization("Riders United")
        note(ada, organization_id=kept.id, given=not newest_is_yes)
        note(ada, organization_id=gone.id, given=newest_is_yes)

        with db.platform_transaction() as session:
            merge(session.get(Organization, gone.id), session.get(Organization, kept.id))

        assert agrees(ada, kept) == newest_is_yes
        with db.reading(coalition.id) as session:
            assert len(session.scalars(select(Consent)).all()) == 2
            assert len(session.scalars(select(StandingConsent)).all()) == 1


class TestRegister:
    def test_refuses_two_purposes_of_one_name(self):
        with pytest.raises(ValueError, match="two purposes"):
            purposes.register(Purpose(UPDATES, "Other", "Other words"))


class TestOtherCoalitions:
    def test_do_not_know_what_was_said_to_this_one(self, ada):
        note(ada)
        trams = make_coalition("trams", "Tram Friends")
        same = make_person(trams, "ada@example.org")

        assert not agrees(same)

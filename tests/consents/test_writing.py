"""Tests of whom one may write to, many at a time."""

import pytest
from sqlalchemy import select

from coalition import db
from coalition.consents.models import Consent, ConsentSource, SuppressionReason
from coalition.consents.purposes import UPDATES
from coalition.consents.suppressing import suppress
from coalition.consents.writing import Reach, mailboxes, reach
from coalition.people.models import Person
from coalition.testing import make_person


class TestReach:
    @pytest.fixture
    def people(self, coalition):
        """Four of five agreed; of them one has no address, one bounced, one agreed and is fine."""
        for number in range(5):
            person = make_person(coalition, f"p{number}@example.org")
            with db.transaction(coalition.id) as session:
                if number != 1:
                    Consent.note(
                        person.id,
                        UPDATES,
                        given=True,
                        wording="Yes",
                        source=ConsentSource.COORDINATOR,
                    )
                if number == 2:
                    session.get(Person, person.id).email_addresses.clear()
        with db.transaction(coalition.id):
            for reason in (SuppressionReason.BOUNCE, SuppressionReason.UNSUBSCRIBE):
                suppress(coalition.id, "p3@example.org", reason)
            suppress(coalition.id, "p1@example.org", SuppressionReason.MANUAL)

    def test_counts_each_person_once(self, coalition, people):
        with db.reading(coalition.id):
            found = reach(select(Person), UPDATES)

        assert found == Reach(written_to=2, without_address=1, stopped=2, not_agreed=0)
        assert found.left_out == 3

    def test_needs_no_agreement_for_what_answers_somebody(self, coalition, people):
        make_person(coalition, "new@example.org")

        with db.reading(coalition.id):
            assert reach(select(Person), UPDATES).not_agreed == 1
            assert reach(select(Person), "confirmation").written_to == 3

    def test_is_nobody_for_a_purpose_that_is_not_known(self, coalition, people):
        with db.reading(coalition.id) as session:
            found = reach(select(Person), "gone")
            everybody = list(session.scalars(select(Person.id)))

            assert (found.written_to, found.not_agreed) == (0, 2)
            assert list(mailboxes("gone", everybody)) == []

    def test_asks_only_about_the_people_that_it_is_given(self, coalition, people):
        with db.reading(coalition.id):
            nobody = select(Person).where(Person.city == "Nowhere").order_by(Person.id)
            assert reach(nobody, UPDATES) == Reach(0, 0, 0, 0)

    def test_knows_who_has_no_address_where_nothing_was_ever_stopped(self, coalition):
        person = make_person(coalition, "ada@example.org")
        with db.transaction(coalition.id) as session:
            session.get(Person, person.id).email_addresses.clear()

        with db.reading(coalition.id):
            assert reach(select(Person), UPDATES) == Reach(0, 1, 0, 0)

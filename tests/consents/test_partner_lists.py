"""Tests of the list of those who agreed to mail of a member group."""

import pytest
from sqlalchemy import text

from coalition import db
from coalition.consents import partner_lists
from coalition.consents.models import Consent, ConsentSource
from coalition.consents.purposes import UPDATES
from coalition.testing import make_organization, make_person


@pytest.fixture
def riders(coalition):
    """Give a member group to whose mail two people said yes."""
    organization = make_organization("Riders United")
    for name in ("Ada", "Grace"):
        person = make_person(coalition, f"{name.lower()}@example.org", given_name=name)
        with db.transaction(coalition.id):
            Consent.note(
                person.id,
                UPDATES,
                given=True,
                organization_id=organization.id,
                wording="Yes.",
                source=ConsentSource.COORDINATOR,
            )
    return organization


@pytest.fixture
def many(monkeypatch):
    """Let it take long to find out who is reached, as if they were many."""
    reached = partner_lists.is_reached
    slow = text("pg_sleep(0.3)::text IS NOT NULL")
    monkeypatch.setattr(partner_lists, "is_reached", lambda: reached() & slow)


class TestMany:
    def test_are_counted_and_listed_however_long_it_takes(self, coalition, riders, many):
        for ask in (
            lambda: partner_lists.count_agreed(riders.id),
            lambda: len(list(partner_lists.who_agreed(riders.id))),
        ):
            with db.reading(coalition.id) as session:
                session.execute(text("SET LOCAL statement_timeout = '200ms'"))
                assert ask() == 2

"""Tests of addresses that get no mail: why they do not, and who may change that."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from coalition import db
from coalition.clock import now
from coalition.consents import suppressing
from coalition.consents.errors import NotSuppressed, OwnersChoice
from coalition.consents.models import SoftBounce, SuppressionReason
from coalition.consents.suppressing import (
    forget_old_bounces,
    lift,
    note_bounce,
    note_complaint,
    suppress,
    suppression_of,
)
from coalition.testing import make_coalition

ADA = "ada@example.org"


def bounces(coalition, *days, address=ADA):
    """Let mail come back for now on these days from today; return what each said."""
    said = []
    for day in days:
        with (
            time_machine.travel(now() + timedelta(days=day), tick=False),
            db.transaction(coalition.id),
        ):
            said.append(note_bounce(coalition.id, address, permanent=False))
    return said


def reason(coalition, address=ADA):
    with db.reading(coalition.id):
        return suppression_of(coalition.id, address)


class TestNoteBounce:
    def test_stops_mail_at_once_for_good(self, coalition):
        with db.transaction(coalition.id):
            assert note_bounce(coalition.id, ADA, permanent=True)

        assert reason(coalition, "Ada@Example.org") == SuppressionReason.BOUNCE
        assert reason(coalition, "ben@example.org") is None
        trams = make_coalition("trams", "Tram Friends")
        assert reason(trams) is None

    def test_stops_mail_after_three_different_days(self, coalition):
        assert bounces(coalition, 0, 0, 0, 0, 1, 2) == [False] * 5 + [True]
        assert reason(coalition) == SuppressionReason.BOUNCE

    def test_forgives_what_is_long_ago(self, coalition):
        assert bounces(coalition, 0, 1, 31) == [False, False, False]
        assert reason(coalition) is None

    def test_counts_each_address_by_itself(self, coalition):
        bounces(coalition, 0, 1)

        assert bounces(coalition, 2, address="ben@example.org") == [False]


class TestForgetOldBounces:
    def test_keeps_what_the_rule_still_asks_about(self, coalition):
        bounces(coalition, -40, -5)

        forget_old_bounces()

        with db.reading(coalition.id) as session:
            assert session.scalar(select(func.count(SoftBounce.id))) == 1


class TestReason:
    def test_is_the_gravest(self, coalition):
        with db.transaction(coalition.id):
            for each in (SuppressionReason.UNSUBSCRIBE, SuppressionReason.MANUAL):
                suppress(coalition.id, ADA, each)
            note_complaint(coalition.id, ADA)

        assert reason(coalition) == SuppressionReason.COMPLAINT


class TestLift:
    @pytest.mark.parametrize("why", [SuppressionReason.MANUAL, SuppressionReason.BOUNCE])
    def test_frees_what_a_coordinator_stopped_or_what_bounced(self, coalition, why):
        with db.transaction(coalition.id):
            suppress(coalition.id, ADA, why)
        with db.transaction(coalition.id):
            lift(coalition.id, ADA)

        assert reason(coalition) is None

    @pytest.mark.parametrize(
        "why", [SuppressionReason.UNSUBSCRIBE, SuppressionReason.COMPLAINT]
    )
    def test_leaves_to_owners_what_they_ended(self, coalition, why):
        with db.transaction(coalition.id):
            suppress(coalition.id, ADA, SuppressionReason.MANUAL)
            suppress(coalition.id, ADA, why)

        with pytest.raises(OwnersChoice), db.transaction(coalition.id):
            lift(coalition.id, ADA)

        assert reason(coalition) is not None

    def test_forgets_the_days_on_which_mail_came_back(self, coalition):
        bounces(coalition, 0, 1, 2)
        with db.transaction(coalition.id):
            lift(coalition.id, ADA)

        assert bounces(coalition, 3) == [False]

    def test_says_that_there_is_nothing_to_lift(self, coalition):
        with pytest.raises(NotSuppressed), db.transaction(coalition.id):
            lift(coalition.id, ADA)


class TestCounts:
    def test_say_each_reason(self, coalition):
        with db.transaction(coalition.id):
            suppress(coalition.id, ADA, SuppressionReason.MANUAL)
            suppress(coalition.id, "ben@example.org", SuppressionReason.MANUAL)

        with db.reading(coalition.id):
            assert suppressing.counts() == {
                SuppressionReason.BOUNCE: 0,
                SuppressionReason.COMPLAINT: 0,
                SuppressionReason.UNSUBSCRIBE: 0,
                SuppressionReason.MANUAL: 2,
            }

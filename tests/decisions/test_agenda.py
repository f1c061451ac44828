"""Tests of what happens to agenda items."""

from datetime import date, timedelta

import pytest

from coalition import db
from coalition.clock import now
from coalition.decisions.errors import (
    ItemState,
    MeetingNotYet,
    MeetingState,
    NoLaterMeeting,
    NumberTaken,
    NumberUnreadable,
)
from coalition.decisions.events import (
    AgendaItemContinued,
    AgendaItemMoved,
    AgendaItemNumbered,
    AgendaItemWithdrawn,
    OutcomeRecorded,
)
from coalition.decisions.meetings import AgendaItem, ItemOutcome, ItemStatus, Meeting, Precision
from coalition.testing import make_meeting


class TestAddItem:
    def test_stands_at_the_end_of_the_agenda(self, past, recorded):
        with past.writing() as here:
            added = here.meeting.add_item("Drones")

            assert [each.subject for each in here.meeting.items] == ["Plate readers", "Drones"]
            assert added.position == 1
        assert here.meeting.revision == 2
        assert [type(fact) for fact in recorded()][1:] == [AgendaItemNumbered]

    def test_refuses_a_number_that_another_item_has(self, past):
        with pytest.raises(NumberTaken, match="“Plate readers” has the number A-1"):
            with past.writing() as here:
                here.meeting.add_item("Drones", number="item a.1")

    def test_refuses_a_number_without_letters_and_digits(self, past):
        with pytest.raises(NumberUnreadable, match="“—” is no number"):
            with past.writing() as here:
                here.meeting.add_item("Drones", number="—")


class TestRenumber:
    def test_tells_of_the_first_number_and_of_another(self, past, recorded):
        with past.writing() as here:
            drones = here.meeting.add_item("Drones")
            assert drones.renumber("A-2")
            assert drones.renumber("B-1")

        facts = [type(fact) for fact in recorded()]
        assert facts[2:] == [AgendaItemNumbered, AgendaItemMoved]

    def test_keeps_another_spelling_silently(self, past, recorded):
        with past.writing() as here:
            assert not here.item.renumber("a1")
            assert here.item.number == "a1"

        assert len(recorded()) == 2

    def test_refuses_a_number_that_another_item_has(self, past):
        with pytest.raises(NumberTaken), past.writing() as here:
            here.meeting.add_item("Drones", number="A-2").renumber("A-01")

    def test_takes_the_number_of_what_was_withdrawn(self, past):
        with past.writing() as here:
            here.item.withdraw()
            here.meeting.add_item("Drones", number="A-1")

            assert not here.item.renumber("A-1")  # as its form sends it again


class TestMoveItem:
    def test_changes_the_order(self, past):
        with past.writing() as here:
            drones = here.meeting.add_item("Drones")
            here.meeting.move_item(drones, by=-1)
            here.meeting.move_item(drones, by=-1)
        with past.writing() as here:
            assert [each.subject for each in here.meeting.items] == ["Drones", "Plate readers"]


class TestContinueTo:
    def test_stands_unnumbered_at_the_later_meeting(self, past, coalition, recorded):
        later = make_meeting(coalition, past.council)

        with past.writing() as here:
            made = here.item.continue_to(db.session.get(Meeting, later.id))
            drones = here.meeting.add_item("Drones")

        assert here.item.status == ItemStatus.CONTINUED
        assert (made.subject, made.number, made.campaign_id) == (
            "Plate readers", "", past.campaign.id,
        )  # fmt: skip
        assert made.continued_from_id == here.item.id
        fact = recorded()[-1]
        assert isinstance(fact, AgendaItemContinued)
        assert (fact.meeting_id, fact.continued_from_id) == (later.id, here.item.id)
        assert drones.position == 1

    def test_refuses_an_earlier_meeting_and_the_same(self, past, coalition):
        earlier = make_meeting(coalition, past.council, date(2018, 3, 12))

        for target in (earlier.id, past.meeting.id):
            with pytest.raises(NoLaterMeeting), past.writing() as here:
                here.item.continue_to(db.session.get(Meeting, target))

    def test_refuses_a_cancelled_meeting(self, past, coalition):
        later = make_meeting(coalition, past.council)
        with pytest.raises(MeetingState), past.writing() as here:
            target = db.session.get(Meeting, later.id)
            target.cancel("No quorum.")
            here.item.continue_to(target)

    def test_happens_once(self, past, coalition):
        later = make_meeting(coalition, past.council)
        with pytest.raises(ItemState, match="the item is continued"), past.writing() as here:
            for _ in range(2):
                here.item.continue_to(db.session.get(Meeting, later.id))


class TestWithdraw:
    def test_tells(self, past, recorded):
        with past.writing() as here:
            here.item.withdraw()

        assert isinstance(recorded()[-1], AgendaItemWithdrawn)

    def test_refuses_what_was_heard(self, past):
        with pytest.raises(ItemState), past.writing() as here:
            here.item.hear()
            here.item.withdraw()


class TestRecordOutcome:
    @pytest.mark.parametrize("outcome", list(ItemOutcome))
    def test_ends_the_item_with_or_without_a_vote(self, past, recorded, outcome):
        with past.writing() as here:
            here.item.record_outcome(outcome, note="“It's done.”", on=date(2018, 3, 13))

        assert (here.item.status, here.item.outcome) == (ItemStatus.HEARD, outcome)
        assert isinstance(recorded()[-1], OutcomeRecorded)

    def test_refuses_a_day_to_come(self, past):
        with pytest.raises(MeetingNotYet), past.writing() as here:
            here.item.record_outcome(ItemOutcome.ADOPTED, on=(now() + timedelta(days=2)).date())

    def test_does_not_claim_a_day_where_only_the_month_is_known(self, past, coalition):
        meeting = make_meeting(
            coalition, past.council, date(2021, 1, 1), None, precision=Precision.MONTH
        )
        with past.writing():
            item = db.session.merge(meeting).add_item("Readers")
            item.record_outcome(ItemOutcome.ADOPTED)

        assert item.outcome_on is None

    def test_is_of_today_where_the_meeting_is_to_come(self, past, coalition):
        meeting = make_meeting(coalition, past.council)
        with past.writing():
            item = db.session.merge(meeting).add_item("Readers")
            item.record_outcome(ItemOutcome.OFF_THE_TABLE)

            assert item.outcome_on == meeting.today()

    def test_can_be_taken_back(self, past):
        with past.writing() as here:
            here.item.record_outcome(ItemOutcome.RECEIVED, on=date(2018, 3, 13))
            here.item.forget_outcome()

        assert (here.item.status, here.item.outcome) == (ItemStatus.SCHEDULED, None)


class TestDescribe:
    def test_links_to_a_campaign_and_away(self, past):
        with past.writing() as here:
            changed = here.item.describe("ALPR contract", docket="18-0042")

        assert changed == ["subject", "campaign_id", "docket"]
        with past.writing() as here:
            assert here.item.campaign is None
            assert db.session.get(AgendaItem, here.item.id).docket == "18-0042"

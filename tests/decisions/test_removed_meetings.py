"""What was added by mistake can be removed, as long as nothing depends on it."""

import threading
from datetime import UTC, date, datetime, time

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from coalition import db, tables  # noqa: F401  all tables are known
from coalition.actions.check_ins import CheckIn
from coalition.actions.follow_ups import FollowUp
from coalition.clock import now
from coalition.comments.models import CommentLedger
from coalition.decisions.errors import NotByMistake
from coalition.decisions.events import MeetingRemoved
from coalition.decisions.meetings import AgendaItem, ItemOutcome, ItemStatus, Meeting
from coalition.decisions.removed_meetings import (
    _BELONGS,
    RemovedMeeting,
    _references,
    remove_item,
    remove_meeting,
    removed_lately,
)
from coalition.decisions.votes import Motion
from coalition.documents.models import Document, DocumentKind
from coalition.notices.facts import NoticeKind
from coalition.notices.models import MeetingClock
from coalition.notices.receipts import News, Notice
from coalition.testing import make_action, make_meeting


def add_motion(here):
    Motion.put(here.item, "Approve the contract")


def add_comments(here):
    CommentLedger.of(here.item)


def add_outcome(here):
    here.item.record_outcome(ItemOutcome.ADOPTED)


def add_notice(here):
    news = News(kind=NoticeKind.AGENDA, campaign=here.campaign, meeting=here.meeting)
    Notice.begin(news, "x")


def add_check_in(here):
    db.session.add(CheckIn(meeting_id=here.meeting.id))


def add_task(here):
    db.session.add(FollowUp(title="Bring signs", meeting_id=here.meeting.id))


def add_document(here):
    db.session.add(
        Document(
            campaign_id=here.campaign.id,
            meeting_id=here.meeting.id,
            kind=DocumentKind.EVIDENCE,
            title="Slides",
        )
    )


def add_continuation(here):
    later = Meeting.schedule(here.body, date(2199, 3, 13), time(17))
    here.item.continue_to(later)


OF_ITEMS = [
    (add_motion, "motions and votes"),
    (add_comments, "public comments"),
    (add_outcome, "an outcome"),
    (add_notice, "mails that people were sent"),
    (add_continuation, "items that were put off from it"),
]
OF_MEETINGS = [
    *OF_ITEMS,
    (add_check_in, "a check-in"),
    (add_task, "tasks"),
    (add_document, "documents"),
]


class TestRemoveMeeting:
    def test_leaves_nothing_but_a_note_for_calendars(self, coalition, past, recorded):
        with past.writing() as here:
            MeetingClock.of(here.campaign).set(
                is_on=True, meeting_leads=[60], deadline_leads=[]
            )
            remove_meeting(here.meeting)

        with db.reading(coalition.id) as session:
            assert session.scalars(select(Meeting)).unique().all() == []
            assert session.scalars(select(AgendaItem)).all() == []
            (note,) = removed_lately()
            assert (note.id, note.name) == (past.meeting.id, "City Council")
            assert note.starts_at == datetime(2018, 3, 14, 0, tzinfo=UTC)
            assert note.campaign_ids == [str(past.campaign.id)]
        assert MeetingRemoved in [type(each) for each in recorded()]

    @pytest.mark.parametrize(("add", "said"), OF_MEETINGS)
    def test_is_refused_while_something_belongs_to_it(self, coalition, past, add, said):
        with past.writing() as here:
            add(here)

        with pytest.raises(NotByMistake) as refused, past.writing() as here:
            remove_meeting(here.meeting)

        assert said in str(refused.value)
        with past.writing() as here:
            assert here.meeting is not None

    def test_is_refused_while_an_action_is_about_it(self, coalition, past):
        make_action(coalition, meeting_id=past.meeting.id, opened=False)

        with (
            pytest.raises(NotByMistake, match="belongs to it: actions"),
            past.writing() as here,
        ):
            remove_meeting(here.meeting)

    def test_puts_items_back_that_were_put_off_to_it(self, coalition, past):
        later = make_meeting(coalition, past.council, date(2199, 3, 13))
        with past.writing() as here:
            here.item.continue_to(db.session.get(Meeting, later.id))
        with past.writing():
            remove_meeting(db.session.get(Meeting, later.id))

        with past.writing() as here:
            assert here.item.status == ItemStatus.SCHEDULED

    def test_leaves_no_note_of_what_no_calendar_had(self, coalition, council):
        meeting = make_meeting(coalition, council, date(2199, 3, 13), precision="month")
        with db.transaction(coalition.id) as session:
            remove_meeting(session.get(Meeting, meeting.id))

        with db.reading(coalition.id):
            assert removed_lately() == []

    def test_waits_for_who_adds_something_at_the_same_moment(self, coalition, past):
        """A motion is put in another transaction, which commits while the removal waits."""
        began, refused = threading.Event(), []

        def remove():
            try:
                began.wait(10)
                with past.writing() as here:
                    remove_meeting(here.meeting)
            except NotByMistake as error:
                refused.append(error)
            finally:
                db.session.remove()

        remover = threading.Thread(target=remove)
        remover.start()
        with past.writing() as here:
            add_motion(here)
            db.session.flush()
            began.set()
            remover.join(0.5)  # it waits for this transaction
            assert remover.is_alive()
        remover.join(20)

        assert len(refused) == 1
        with db.reading(coalition.id) as session:
            assert session.scalar(select(Motion)) is not None

    def test_forgets_old_notes(self, coalition, past, council):
        with past.writing() as here:
            remove_meeting(here.meeting)
        with db.transaction(coalition.id) as session:
            session.execute(
                sa.update(RemovedMeeting).values(removed_at=now() - sa.func.make_interval(0, 2))
            )
        other = make_meeting(coalition, council)
        with db.transaction(coalition.id) as session:
            assert removed_lately() == []
            remove_meeting(session.get(Meeting, other.id))

        with db.reading(coalition.id) as session:
            assert set(session.scalars(select(RemovedMeeting.id))) == {other.id}


class TestRemoveItem:
    def test_takes_it_off_and_tells_calendars(self, coalition, past):
        before = past.meeting.revision
        with past.writing() as here:
            remove_item(here.item)

        with past.writing() as here:
            assert here.meeting.items == []
            assert here.meeting.revision > before

    @pytest.mark.parametrize(("add", "said"), OF_ITEMS)
    def test_is_refused_while_something_belongs_to_it(self, past, add, said):
        with past.writing() as here:
            add(here)

        with pytest.raises(NotByMistake) as refused, past.writing() as here:
            remove_item(here.item)

        assert said in str(refused.value)

    @pytest.mark.parametrize("add", [add_check_in, add_task, add_document])
    def test_does_not_mind_what_belongs_to_its_meeting(self, past, add):
        with past.writing() as here:
            add(here)
        with past.writing() as here:
            remove_item(here.item)

        with past.writing() as here:
            assert here.item is None


def test_each_of_our_tables_that_refers_to_a_meeting_has_a_word():
    assert {column.table.name for column, _ in _references()} == set(_BELONGS)

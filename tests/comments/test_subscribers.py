"""What people say that they sent is counted in the ledger, beside the clerk's list."""

import pytest

from coalition import db
from coalition.actions.models import Action
from coalition.actions.participations import Participation, ParticipationState
from coalition.actions.reporting import Evidence, record
from coalition.comments.figures import Figures
from coalition.comments.ledgers import figures_of_item
from coalition.comments.models import CommentPosition
from coalition.comments.wording import Wording
from coalition.decisions.meetings import Meeting
from coalition.decisions.votes import Position
from coalition.people.models import Person
from coalition.testing import make_action, make_meeting, make_person
from tests.comments.conftest import OUR_TEXT


@pytest.fixture
def item(coalition):
    """Give an item of a meeting to come, on which people are asked to comment."""
    meeting_id = make_meeting(coalition).id
    with db.transaction(coalition.id) as session:
        return session.get_one(Meeting, meeting_id).add_item("Night line", number="A-1")


@pytest.fixture
def ask(coalition, item):
    """Give the open action that asks them."""
    return make_action(
        coalition,
        template=OUR_TEXT,
        meeting_id=item.meeting_id,
        agenda_item_id=item.id,
        position=Position.OPPOSE,
    )


@pytest.fixture
def report(coalition, ask, run_jobs):
    """Give a function that writes down that somebody sent this comment, and tells it."""

    def reported(text: str, email: str = "ada@example.org") -> Participation:
        person_id = make_person(coalition, email).id
        with db.transaction(coalition.id) as session:
            made = record(
                session.get_one(Action, ask.id),
                name="Ada",
                person=session.get_one(Person, person_id),
                state=ParticipationState.REPORTED,
                evidence=Evidence(copy=text),
            )
        run_jobs()
        return made

    return reported


def counted(coalition, item) -> Figures:
    """Return what the ledger says."""
    with db.reading(coalition.id):
        return figures_of_item(item.id)


class TestReported:
    def test_counts_a_comment_on_our_text_and_one_in_own_words(self, coalition, item, report):
        report(OUR_TEXT)
        report("Buses, please. My mother rides them home.", "bo@example.org")

        figures = counted(coalition, item)

        assert figures.total == 2
        assert figures.positions == {CommentPosition.OPPOSE: 2}
        assert figures.worded(Wording.TEMPLATE) == figures.worded(Wording.OWN_WORDS) == 1

    def test_is_taken_out_again_when_it_is_taken_back(self, coalition, item, report, run_jobs):
        made = report(OUR_TEXT)
        with db.transaction(coalition.id) as session:
            session.get_one(Participation, made.id).withdraw()
        run_jobs()

        assert counted(coalition, item).total == 0

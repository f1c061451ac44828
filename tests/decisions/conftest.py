"""A city whose council decided about a campaign, known to the tests of meetings and votes."""

from contextlib import contextmanager
from datetime import date, time
from types import SimpleNamespace

import pytest

from coalition import db
from coalition.campaigns.models import Campaign
from coalition.decisions.meetings import AgendaItem, Meeting
from coalition.decisions.models import DecisionBody
from coalition.testing import make_body, make_meeting


@pytest.fixture
def council(coalition) -> DecisionBody:
    """Give the council of Riverton with three members; comments close two hours before."""
    return make_body(
        coalition, place="City Hall", address="1 Main Street", comment_closes_min=120
    )


@pytest.fixture
def past(coalition, council):
    """Give a meeting of 13 March 2018 with item A-1 of a campaign; `past.writing()` changes it."""
    meeting = make_meeting(coalition, council, date(2018, 3, 13), time(17))
    with db.transaction(coalition.id):
        campaign = Campaign(slug="no-readers", title="No plate readers")
        db.session.add(campaign)
        found = db.session.get(Meeting, meeting.id)
        item = found.add_item("Plate readers", number="A-1", campaign=campaign)
    # A transaction that is refused empties what was loaded, so ids are remembered here.
    coalition_id = coalition.id
    ids = meeting.id, item.id, campaign.id, council.id
    made = SimpleNamespace(meeting=meeting, item=item, campaign=campaign, council=council)

    @contextmanager
    def writing():
        with db.transaction(coalition_id) as session:
            yield SimpleNamespace(
                meeting=session.get(Meeting, ids[0]),
                item=session.get(AgendaItem, ids[1]),
                campaign=session.get(Campaign, ids[2]),
                body=session.get(DecisionBody, ids[3]),
            )

    made.writing = writing
    made.holders = {
        holder.name: holder.id for post in council.posts for holder in post.officeholders
    }
    return made

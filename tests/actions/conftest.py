"""A meeting with an item that a campaign asks people to comment on, and who writes it down."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from coalition import audit, db, page_cache
from coalition.accounts.representing import let_represent
from coalition.actions.participations import Participation
from coalition.campaigns.models import Campaign
from coalition.clock import now
from coalition.decisions.meetings import Meeting
from coalition.testing import make_body, make_meeting, make_organization, make_user, sign_in


@pytest.fixture(autouse=True)
def always_fresh(monkeypatch):
    """Make pages anew at each request: tests do not wait a second."""
    monkeypatch.setattr(page_cache, "FRESH_S", 0.0)


@pytest.fixture
def council(coalition):
    """Give a council that hears two minutes each and closes comments two hours before."""
    return make_body(
        coalition,
        comment_email="clerk@example.gov",
        comment_minutes=2,
        comment_registration="Fill in a blue card.",
        comment_closes_min=120,
    )


@pytest.fixture
def meeting(coalition, council):
    """Give a meeting of the council in a week, with item A-1 of the campaign “night-line”."""
    made = make_meeting(coalition, council)
    with db.transaction(coalition.id) as session:
        campaign = Campaign(slug="night-line", title="Keep the night line")
        session.add(campaign)
        session.flush()
        found = session.get(Meeting, made.id)
        found.add_item("Night line", number="A-1", campaign=campaign).docket = "24-0071"
    return made


@pytest.fixture
def item_id(coalition, meeting):
    """Give the id of item A-1."""
    with db.reading(coalition.id) as session:
        return session.get(Meeting, meeting.id).items[0].id


@pytest.fixture
def changing(coalition):
    """Give a context in which a row of the coalition can be changed: `changing(row)`."""
    coalition_id = coalition.id

    @contextmanager
    def change(row):
        kind, row_id = type(row), row.id
        with db.transaction(coalition_id) as session:
            yield session.get(kind, row_id)

    return change


@pytest.fixture
def records(coalition):
    """Give a function that returns all participations, oldest first."""
    coalition_id = coalition.id

    def read():
        db.session.remove()
        with db.reading(coalition_id) as session:
            return list(session.scalars(select(Participation).order_by(Participation.id)))

    return read


@pytest.fixture
def without_csrf(app, monkeypatch):
    """Let tests send forms without reading their token from a page first."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def coordinator(app, coalition, without_csrf):
    """Give the browser of a coordinator of "Night Buses"."""
    db.session.expunge_all()
    user = make_user("rosa@example.org", coalition, "coordinator", name="Rosa")
    return sign_in(app.test_client(), user)


@pytest.fixture
def viewer(app, coalition, without_csrf):
    """Give the browser of somebody who may look and change nothing."""
    return sign_in(app.test_client(), make_user("vic@example.org", coalition, "viewer"))


@pytest.fixture
def riders(coalition):
    """Give the Bus Riders Union, for which Rita speaks."""
    return make_organization("Bus Riders Union", domains=["riders.example"])


@pytest.fixture
def rita(coalition, riders):
    """Give a user who speaks for the Bus Riders Union."""
    user = make_user("rita@example.org", coalition, "representative", name="Rita Rider")
    with db.transaction():
        let_represent(coalition.id, user.id, "Bus Riders Union")
    return user


@pytest.fixture
def representative(app, rita, without_csrf):
    """Give Rita's browser."""
    return sign_in(app.test_client(), rita)


@pytest.fixture
def as_coordinator(coalition):
    """Let the test act as a user, as in a request of theirs."""
    user = make_user("ruth@example.org", coalition, "coordinator", name="Ruth")
    audit.act_as(audit.Actor("user", user.id, "web"))
    return user


@pytest.fixture
def soon():
    """Give a moment in two days."""
    return now() + timedelta(days=2)

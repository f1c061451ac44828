"""A meeting of a fictional board, its item, and who looks at the pages about it."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from coalition import db
from coalition.areas.models import Area
from coalition.coalitions.models import Coalition
from coalition.comments import ledgers
from coalition.comments.models import CommentLedger
from coalition.decisions.meetings import AgendaItem, Meeting, MeetingStatus
from coalition.decisions.models import BodyKind, DecisionBody
from coalition.testing import make_user, sign_in

OUR_TEXT = (
    "We ask the board to reject the order that lets officers search the pictures of our"
    " neighbors. Nobody can say how often the software is wrong, and who is taken for somebody"
    " else has no way to find out. Spend the money on the night buses instead, and ask the"
    " people who ride them first."
)


class Browser(FlaskClient):
    """Asks as somebody from outside would: what the test holds is no part of the request."""

    def open(self, *args, **values):
        db.session.remove()
        return super().open(*args, **{**values, "buffered": True})


def make_item(coalition: Coalition, subject: str = "The face recognition order") -> AgendaItem:
    """Put an item on the agenda of a fictional board."""
    with db.transaction() as session:
        area = session.merge(
            Area(
                id=coalition.id,
                division_id="ocd-division/country:us/state:ca/place:anytown",
                name="Anytown",
                region="CA",
            )
        )
        body = session.merge(
            DecisionBody(
                id=coalition.id,
                area_id=area.id,
                name="Anytown Transit Board",
                classification=BodyKind.BOARD,
            )
        )
    with db.transaction(coalition.id) as session:
        meeting = Meeting(
            body_id=body.id,
            starts_at=datetime(2021, 1, 12, 17, 30, tzinfo=UTC),
            time_zone="America/Los_Angeles",
            status=MeetingStatus.HELD,
        )
        item = AgendaItem(meeting_id=meeting.id, number="A-1", number_key="a1", subject=subject)
        session.add_all((meeting, item))
    return item


def make_ledger(coalition: Coalition, item: AgendaItem, *texts: str, **rules) -> CommentLedger:
    """Begin the ledger of an item with texts of ours."""
    with db.transaction(coalition.id):
        ledger = ledgers.ledger_of(item.id)
        for number, text in enumerate(texts or (OUR_TEXT,), start=1):
            ledgers.add_text(ledger, language="en", title=f"Text {number}", body=text)
        ledger.change_rules(**rules)
    return ledger


@pytest.fixture
def item(coalition):
    return make_item(coalition)


@pytest.fixture
def ledger(coalition, item):
    made = make_ledger(coalition, item)
    db.session.expunge_all()  # a transaction that fails would empty it: one thread, one session
    return made


@pytest.fixture
def client(app):
    """Give a browser without cookies."""
    return Browser(app, app.response_class, use_cookies=True)


@pytest.fixture
def without_csrf(app, monkeypatch):
    """Let tests send forms without reading their token from a page first."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def coordinator(client, coalition, without_csrf):
    """Give the browser of a coordinator of "Night Buses"."""
    return sign_in(client, make_user("rosa@example.org", coalition, "coordinator"))


@pytest.fixture
def viewer(client, coalition, without_csrf):
    """Give the browser of somebody who may look and change nothing."""
    return sign_in(client, make_user("vic@example.org", coalition, "viewer"))

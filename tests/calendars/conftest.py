"""Meetings to subscribe to."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from coalition import db, page_cache
from coalition.areas.models import Area
from coalition.campaigns.models import Campaign, CampaignStatus
from coalition.clock import now
from coalition.decisions.meetings import AgendaItem, Meeting, MeetingStatus
from coalition.decisions.models import BodyKind, DecisionBody

LOS_ANGELES = "America/Los_Angeles"


def make_area(name="Culver City", region="CA", **values) -> Area:
    """Add a place to the directory."""
    slug = name.lower().replace(" ", "_")
    values.setdefault(
        "division_id", f"ocd-division/country:us/state:{region.lower()}/place:{slug}"
    )
    with db.transaction() as session:
        area = Area(name=name, region=region, **values)
        session.add(area)
    return area


def make_body(area, name="City Council", **values) -> DecisionBody:
    """Add a body to the directory."""
    with db.transaction() as session:
        body = DecisionBody(area_id=area.id, area=session.merge(area), name=name, **values)
        body.classification = BodyKind.COUNCIL
        session.add(body)
    return body


def make_campaign(coalition, slug="stop-alpr", **values) -> Campaign:
    """Add a published campaign that is under way."""
    values = {
        "title": "Stop the cameras",
        "is_published": True,
        "status": CampaignStatus.ACTIVE,
        **values,
    }
    with db.transaction(coalition.id) as session:
        campaign = Campaign(slug=slug, **values)
        session.add(campaign)
    return campaign


def make_meeting(coalition, body, *items, **values) -> Meeting:
    """Let a coalition follow a meeting; items are numbers, or pairs of number and campaign."""
    values.setdefault("starts_at", now() + timedelta(days=10))
    values.setdefault("time_zone", LOS_ANGELES)
    values.setdefault("status", MeetingStatus.CONFIRMED)
    values.setdefault("place", body.place)
    values.setdefault("address", body.address)
    with db.transaction(coalition.id) as session:
        meeting = Meeting(body_id=body.id, body=session.merge(body), **values)
        session.add(meeting)
        for position, each in enumerate(items):
            number, campaign = each if isinstance(each, tuple) else (each, None)
            session.add(
                AgendaItem(
                    meeting_id=meeting.id,
                    campaign_id=campaign.id if campaign else None,
                    position=position,
                    number=number,
                    number_key=number.lower().replace("-", ""),
                    subject="License plate readers",
                )
            )
    return meeting


@pytest.fixture(autouse=True)
def late_in_2026():
    """Let it be 27 November 2026, so that the days of these tests are always to come."""
    with time_machine.travel(datetime(2026, 11, 27, 12, tzinfo=UTC)):
        yield


@pytest.fixture(autouse=True)
def no_old_pages(monkeypatch):
    """Make each page anew, as it is after a second."""
    monkeypatch.setattr(page_cache, "FRESH_S", 0.0)


@pytest.fixture
def culver_city(database):
    return make_area()


@pytest.fixture
def council(culver_city):
    return make_body(
        culver_city,
        place="City Hall",
        address="9770 Culver Boulevard, Culver City",
        comment_email="clerk@example.gov",
        comment_minutes=3,
    )


@pytest.fixture
def campaign(coalition):
    return make_campaign(coalition)


@pytest.fixture
def other_campaign(coalition):
    return make_campaign(coalition, "no-drones", title="No drones")


def utc(*parts) -> datetime:
    return datetime(*parts, tzinfo=UTC)

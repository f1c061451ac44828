"""What people were told of a campaign's meetings, for programs."""

from typing import Any

from sqlalchemy import Select, select

from coalition.api.operations import Section
from coalition.api.schemas.notices import ClockSchema, NoticeSchema
from coalition.campaigns.models import Campaign, campaign_by_slug
from coalition.errors import NotFound
from coalition.notices.models import MeetingClock
from coalition.notices.receipts import Notice

section = Section("notices", "The meeting clock: what people are told of meetings, and when.")

_READ = "meetings:read"


@section.reads("/campaigns/<slug:campaign>/meeting-clock", scope=_READ, gives=ClockSchema)
def read_meeting_clock(campaign: str) -> MeetingClock:
    """Read whether a campaign's clock is on. Leads are minutes before what is reminded of."""
    return MeetingClock.of(_campaign(campaign))


@section.lists("/campaigns/<slug:campaign>/notices", scope=_READ, gives=NoticeSchema)
def list_notices(campaign: str) -> Select[Any]:
    """List what people were told of a campaign's meetings. The oldest come first."""
    return select(Notice).filter_by(campaign_id=_campaign(campaign).id)


def _campaign(slug: str) -> Campaign:
    found = campaign_by_slug(slug)
    if found is None:
        raise NotFound
    return found

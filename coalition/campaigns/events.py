"""What happens to campaigns."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from coalition.events import Event


@dataclass(frozen=True, kw_only=True)
class CampaignEvent(Event):
    """Something about a campaign."""

    campaign_id: UUID


@dataclass(frozen=True, kw_only=True)
class CampaignPublished(CampaignEvent):
    """Everybody can read the campaign's page from now on."""

    name: ClassVar[str] = "campaign.published"


@dataclass(frozen=True, kw_only=True)
class CampaignUpdated(CampaignEvent):
    """A published campaign tells something new; `kind` is update, victory, setback or correction."""

    name: ClassVar[str] = "campaign.updated"
    update_id: UUID
    kind: str

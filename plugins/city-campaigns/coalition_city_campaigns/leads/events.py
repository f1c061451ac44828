"""What happens to leads. Ids only: who they are stays sealed."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from coalition.sdk import Event


@dataclass(frozen=True, kw_only=True)
class LeadEvent(Event):
    """Something about a lead."""

    lead_id: UUID


@dataclass(frozen=True, kw_only=True)
class LeadAdded(LeadEvent):
    """Somebody wants to challenge a contract in their city, and confirmed it by mail."""

    name: ClassVar[str] = "city_campaigns.lead_added"


@dataclass(frozen=True, kw_only=True)
class LeadTaken(LeadEvent):
    """A coordinator takes care of the lead from now on."""

    name: ClassVar[str] = "city_campaigns.lead_taken"
    owner_id: UUID


@dataclass(frozen=True, kw_only=True)
class LeadStarted(LeadEvent):
    """A campaign began where the lead came from."""

    name: ClassVar[str] = "city_campaigns.lead_started"
    campaign_id: UUID


@dataclass(frozen=True, kw_only=True)
class LeadClosed(LeadEvent):
    """Nothing more is planned with the lead."""

    name: ClassVar[str] = "city_campaigns.lead_closed"


@dataclass(frozen=True, kw_only=True)
class LeadErased(LeadEvent):
    """All that was known of the lead is gone."""

    name: ClassVar[str] = "city_campaigns.lead_erased"

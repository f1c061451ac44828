"""What happens to kits."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from coalition.sdk import Event


@dataclass(frozen=True, kw_only=True)
class CampaignCloned(Event):
    """A campaign was carried to another place; nothing of it is public yet."""

    name: ClassVar[str] = "city_campaigns.campaign_cloned"
    campaign_id: UUID
    clone_id: UUID

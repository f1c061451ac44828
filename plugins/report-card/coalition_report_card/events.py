"""What this plugin tells others."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from coalition.sdk import Event


@dataclass(frozen=True, kw_only=True)
class ReportCardPublished(Event):
    """Everybody can read a report card from now on."""

    name: ClassVar[str] = "report_card.published"
    card_id: UUID

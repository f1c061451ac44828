"""What happens in a coalition."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from coalition.events import Event


@dataclass(frozen=True, kw_only=True)
class OrganizationJoined(Event):
    """An organization became an active member of a coalition."""

    name: ClassVar[str] = "organization.joined"
    organization_id: UUID


@dataclass(frozen=True, kw_only=True)
class OrganizationLeft(Event):
    """An organization left a coalition."""

    name: ClassVar[str] = "organization.left"
    organization_id: UUID

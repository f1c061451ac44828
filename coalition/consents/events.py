"""What people decide about the mail they get."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from coalition.events import Event


@dataclass(frozen=True, kw_only=True)
class PersonUnsubscribed(Event):
    """Somebody ended all mail of a coalition to them, with one click or on their preferences."""

    name: ClassVar[str] = "person.unsubscribed"
    person_id: UUID


@dataclass(frozen=True, kw_only=True)
class PreferencesChanged(Event):
    """Somebody changed what they agree to."""

    name: ClassVar[str] = "person.preferences_changed"
    person_id: UUID

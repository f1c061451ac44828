"""What this plugin tells others."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from coalition.sdk import Event


@dataclass(frozen=True, kw_only=True)
class MailingStarted(Event):
    """A mailing is being sent from now on; who gets it is written down."""

    name: ClassVar[str] = "email_outreach.mailing_started"
    mailing_id: UUID


@dataclass(frozen=True, kw_only=True)
class MailingFinished(Event):
    """Nobody is left whom a mailing is to be sent to."""

    name: ClassVar[str] = "email_outreach.mailing_finished"
    mailing_id: UUID

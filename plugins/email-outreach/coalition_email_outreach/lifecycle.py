"""The life of a mailing: from the draft over its approval to the last message."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from coalition.sdk import now, record
from coalition_email_outreach.errors import CannotNow
from coalition_email_outreach.events import MailingFinished, MailingStarted


class MailingStatus(StrEnum):
    """Where a mailing stands. A series is “sending” as long as it runs.

    starting: somebody said “send”, or its time came; a worker writes down who gets it.
    """

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    STARTING = "starting"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    STOPPED = "stopped"


class Clock(StrEnum):
    """On whose clock the time of a scheduled mailing is read."""

    COALITION = "coalition"
    RECIPIENT = "recipient"


EDITABLE = (MailingStatus.DRAFT, MailingStatus.SCHEDULED)


class Lifecycle:
    """Where a mailing stands, who approved it, and the verbs that move it on."""

    if TYPE_CHECKING:
        id: Mapped[UUID]
        coalition_id: Mapped[UUID]
        problem: Mapped[str | None]

        @property
        def is_editable(self) -> bool:
            """Whether its texts and audience may still be changed."""

    status: Mapped[MailingStatus] = mapped_column(default=MailingStatus.DRAFT)
    clock: Mapped[Clock] = mapped_column(default=Clock.COALITION)
    send_at: Mapped[datetime | None]
    author_id: Mapped[UUID | None]
    changed_by: Mapped[list[str]] = mapped_column(default=list)  # users, since it was approved
    approval_asked_at: Mapped[datetime | None]
    approved_by_id: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    approved_parts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # digests; see `sight`
    approved_people: Mapped[int] = mapped_column(default=0)
    # What was seen by who said “send”; empty if its time came by itself.
    seen_parts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seen_people: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0)  # whom it was written down for; of no series
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    def ask_approval(self) -> None:
        """Ask the other coordinators to look at it.

        Raises:
            CannotNow: it is under way or done.
        """
        self._must_be_editable_now()
        self.approval_asked_at = now()

    def approve(self, approver_id: UUID, parts: Mapping[str, str], people: int) -> None:
        """Note who said that it may be sent, and what they saw; `approving` asks whether they may.

        Args:
            parts: a digest of each part; see `sight`.
            people: how many would get it.

        Raises:
            CannotNow: it is under way or done.
        """
        self._must_be_editable_now()
        self.approved_by_id, self.approved_at = approver_id, now()
        self.approved_parts, self.approved_people = dict(parts), people
        self.changed_by, self.approval_asked_at = [], None

    def note_hand(self, user_id: UUID | None) -> None:
        """Remember who changed something of it, so that they do not approve it themselves."""
        if user_id is not None and str(user_id) not in self.changed_by:
            self.changed_by = [*self.changed_by, str(user_id)]

    def schedule(self, at: datetime, clock: Clock, *, user_id: UUID | None = None) -> None:
        """Have it begin later.

        Raises:
            CannotNow: it is under way or done.
        """
        self._must_be(*EDITABLE)
        self.status, self.send_at, self.clock = MailingStatus.SCHEDULED, at, clock
        self.problem = None
        self.note_hand(user_id)

    def take_back(self, *, user_id: UUID | None = None) -> None:
        """Take it back to the drafts, as long as nobody was written to.

        Raises:
            CannotNow: it is neither scheduled nor starting.
        """
        self._must_be(MailingStatus.SCHEDULED, MailingStatus.STARTING)
        self.status, self.send_at, self.started_at = MailingStatus.DRAFT, None, None
        self.note_hand(user_id)

    def start(self, parts: Mapping[str, str] | None = None, people: int = 0) -> None:
        """Freeze the content and have a worker write down who gets it, then send.

        Args:
            parts: a digest of each part that was seen, and `people` how many would get it; see
                `sight`. Without them nobody looked: its time came.

        Raises:
            CannotNow: it is under way or done.
        """
        self._must_be(*EDITABLE)
        self.status, self.started_at = MailingStatus.STARTING, now()
        self.seen_parts, self.seen_people = dict(parts or {}), people
        self.problem = None

    def begin(self, people: int) -> None:
        """Have it sent. Who gets it, so many, was written down in this transaction.

        Raises:
            CannotNow: it is not starting.
        """
        self._must_be(MailingStatus.STARTING)
        self.status, self.started_at, self.people = MailingStatus.SENDING, now(), people
        record(MailingStarted(coalition_id=self.coalition_id, mailing_id=self.id))

    def pause(self) -> None:
        """Hold everything that is not on its way yet.

        Raises:
            CannotNow: it is not being sent.
        """
        self._must_be(MailingStatus.SENDING)
        self.status = MailingStatus.PAUSED

    def hold(self, reason: str) -> None:
        """Wait for a coordinator: a mailing that was to begin as a draft, others paused.

        Args:
            reason: the code of the error that was in the way.
        """
        if self.status in (MailingStatus.SCHEDULED, MailingStatus.STARTING):
            self.take_back()
        else:
            self.pause()
        self.problem = reason

    def resume(self) -> None:
        """Go on.

        Raises:
            CannotNow: it is not paused.
        """
        self._must_be(MailingStatus.PAUSED)
        self.status = MailingStatus.SENDING
        self.problem = None

    def stop(self) -> None:
        """End it for good; who has not got it does not get it.

        Raises:
            CannotNow: it is not under way.
        """
        self._must_be(MailingStatus.SENDING, MailingStatus.PAUSED)
        self.status, self.finished_at = MailingStatus.STOPPED, now()

    def finish(self) -> None:
        """Note that nobody is left to write to."""
        self._must_be(MailingStatus.SENDING)
        self.status, self.finished_at = MailingStatus.SENT, now()
        record(MailingFinished(coalition_id=self.coalition_id, mailing_id=self.id))

    def go_on(self) -> None:
        """Have a mailing that had ended sent to those who are waiting again."""
        if self.status == MailingStatus.SENT:
            self.status, self.finished_at = MailingStatus.SENDING, None

    def must_be_draft(self) -> None:
        """Raise CannotNow if it was ever sent or is scheduled."""
        self._must_be(MailingStatus.DRAFT)

    def must_not_be_under_way(self) -> None:
        """Raise CannotNow if sending has begun, or ended."""
        self._must_be(*EDITABLE)

    def _must_be_editable_now(self) -> None:
        if not self.is_editable:
            raise CannotNow(state=self.status.value)

    def _must_be(self, *allowed: MailingStatus) -> None:
        if self.status not in allowed:
            raise CannotNow(state=self.status.value)

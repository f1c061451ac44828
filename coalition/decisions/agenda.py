"""The life of an agenda item: its number, what became of it, how the body ended it."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Self
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from coalition import audit, db, events
from coalition.decisions.errors import (
    ItemState,
    MeetingNotYet,
    MeetingState,
    NoLaterMeeting,
    NumberTaken,
    NumberUnreadable,
)
from coalition.decisions.events import (
    AgendaItemContinued,
    AgendaItemEvent,
    AgendaItemMoved,
    AgendaItemNumbered,
    AgendaItemWithdrawn,
    OutcomeRecorded,
)
from coalition.decisions.numbers import clean_number, number_key
from coalition.decisions.scheduling import MeetingStatus

if TYPE_CHECKING:
    from coalition.decisions.meetings import Meeting


class ItemStatus(StrEnum):
    """What became of an item: `continued` to another meeting, `withdrawn` from the agenda."""

    SCHEDULED = "scheduled"
    CONTINUED = "continued"
    WITHDRAWN = "withdrawn"
    HEARD = "heard"


class ItemOutcome(StrEnum):
    """How the body ended an item."""

    ADOPTED = "adopted"
    REJECTED = "rejected"
    AMENDED = "amended"
    DECLINED_TO_VOTE = "declined_to_vote"
    OFF_THE_TABLE = "off_the_table"
    RECEIVED = "received"  # "received and filed": heard without a decision


class ItemLife(db.Tenant, db.Base):
    """What happens to an item from the agenda's first print to its outcome."""

    __abstract__ = True

    meeting_id: Mapped[UUID]
    number: Mapped[str] = mapped_column(default="")
    number_key: Mapped[str] = mapped_column(default="")  # "a1": how two spellings are the same
    status: Mapped[ItemStatus] = mapped_column(default=ItemStatus.SCHEDULED)
    outcome: Mapped[ItemOutcome | None]
    outcome_note: Mapped[str] = mapped_column(default="")
    outcome_on: Mapped[date | None]

    if TYPE_CHECKING:
        subject: Mapped[str]
        meeting: Mapped[Meeting]

    def renumber(self, number: str) -> bool:
        """Give the item its printed number, or another one; return whether it is another.

        Another spelling of the same number is stored and told to nobody.

        Raises:
            NumberUnreadable, NumberTaken: as they say.
            ItemState: it was continued or withdrawn.
        """
        if clean_number(number) == self.number:
            return False
        shown, key = read_number(number, among=self.meeting.items, but=self)
        self.check_on_agenda()
        had, is_new = self.number_key, key != self.number_key
        self.number, self.number_key = shown, key
        audit.record("agenda_item.numbered", self, ["number"])
        if is_new:
            self._tell(AgendaItemMoved if had else AgendaItemNumbered)
        return is_new

    def continue_to(self, meeting: "Meeting") -> Self:
        """Put the item off to a later meeting; return the item that stands there, unnumbered.

        Raises:
            NoLaterMeeting: it is the same meeting or one before it.
            MeetingState: that one was cancelled.
            ItemState: the item was heard, withdrawn or continued already.
        """
        if meeting.id == self.meeting_id or meeting.starts_at < self.meeting.starts_at:
            raise NoLaterMeeting(field="meeting")
        if meeting.status == MeetingStatus.CANCELLED:
            raise MeetingState(field="meeting", state=meeting.status.value)
        self._must_be(ItemStatus.SCHEDULED)
        self.status = ItemStatus.CONTINUED
        self.meeting.touch()
        made = meeting._repeat(self)
        audit.record("agenda_item.continued", self)
        events.record(
            AgendaItemContinued(
                coalition_id=self.coalition_id,
                meeting_id=meeting.id,
                agenda_item_id=made.id,
                continued_from_id=self.id,
            )
        )
        return made  # type: ignore[return-value]

    def withdraw(self) -> None:
        """Note that the item was taken off the agenda; its number is free again.

        Raises:
            ItemState: it was heard, withdrawn or continued already.
        """
        self._must_be(ItemStatus.SCHEDULED)
        self.status = ItemStatus.WITHDRAWN
        audit.record("agenda_item.withdrawn", self)
        self._tell(AgendaItemWithdrawn)

    def record_outcome(
        self, outcome: ItemOutcome, *, note: str = "", on: date | None = None
    ) -> None:
        """Write down how the body ended the item, with or without a vote; also to correct it.

        Args:
            note: in words, Markdown.
            on: the day; the meeting's, or today if that is to come, if it is not given. It
                stays unknown if only the month of the meeting is known.

        Raises:
            MeetingNotYet: `on` is in the future.
            ItemState: it was withdrawn or continued.
        """
        if on is None and self.meeting.day is not None:
            on = min(self.meeting.day, self.meeting.today())
        if on is not None:
            self.check_day(on, field="outcome_on")
        self.check_on_agenda()
        self.status = ItemStatus.HEARD
        self.outcome, self.outcome_note, self.outcome_on = outcome, note.strip(), on
        audit.record("agenda_item.outcome_recorded", self)
        self._tell(OutcomeRecorded)

    def forget_outcome(self) -> None:
        """Take back an outcome that was recorded by mistake."""
        if self.outcome is not None:
            self.outcome, self.outcome_note, self.outcome_on = None, "", None
            self.status = ItemStatus.SCHEDULED
            audit.record("agenda_item.outcome_forgotten", self)
            self.meeting.touch()

    def hear(self) -> None:
        """Note that the body has dealt with the item.

        Raises:
            ItemState: it was withdrawn or continued.
        """
        self.check_on_agenda()
        self.status = ItemStatus.HEARD

    def check_on_agenda(self) -> None:
        """Refuse what cannot happen to an item that was taken off the agenda.

        Raises:
            ItemState: it was withdrawn or continued.
        """
        self._must_be(ItemStatus.SCHEDULED, ItemStatus.HEARD)

    def check_day(self, on: date, *, field: str) -> None:
        """Refuse a day that has not come at the meeting's place.

        Raises:
            MeetingNotYet: as it says.
        """
        if on > self.meeting.today():
            raise MeetingNotYet(field=field, day=on)

    def _tell(self, kind: type[AgendaItemEvent]) -> None:
        self.meeting.touch()
        self._record(kind)

    def _record(self, kind: type[AgendaItemEvent]) -> None:
        events.record(
            kind(
                coalition_id=self.coalition_id,
                meeting_id=self.meeting_id,
                agenda_item_id=self.id,
            )
        )

    def _must_be(self, *states: ItemStatus) -> None:
        db.session.flush()
        db.session.refresh(self, ["status"], with_for_update=True)
        if self.status not in states:
            raise ItemState(state=self.status.value)


def read_number(
    text: str, *, among: Iterable[ItemLife], but: ItemLife | None = None
) -> tuple[str, str]:
    """Return a number as it is shown and as it is compared; ("", "") while there is none.

    Raises:
        NumberUnreadable: there is no letter and no digit in it.
        NumberTaken: another item of those has it.
    """
    shown, key = clean_number(text), number_key(text)
    if shown and not key:
        raise NumberUnreadable(field="number", number=shown[:30])
    for other in among:
        withdrawn = other.status == ItemStatus.WITHDRAWN
        if key and other is not but and other.number_key == key and not withdrawn:
            raise NumberTaken(field="number", number=other.number, subject=other.subject)
    return shown, key

"""When and where a meeting takes place, and the verbs that change it."""

from calendar import monthrange
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from coalition import audit, db, events, localtime
from coalition.clock import now
from coalition.decisions.errors import (
    DeadlineTooLate,
    MeetingFollowed,
    MeetingNotYet,
    MeetingState,
    ReasonMissing,
    TimeMissing,
)
from coalition.decisions.events import (
    MeetingCancelled,
    MeetingChanged,
    MeetingHeld,
    MeetingScheduled,
)
from coalition.decisions.models import DecisionBody
from coalition.localtime import Turn


class MeetingStatus(StrEnum):
    """How certain it is that a meeting takes place; `held` is Open Civic Data's "passed"."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    HELD = "held"


class Precision(StrEnum):
    """How exactly the moment of a meeting is known: of `MONTH` only month and year are true."""

    TIME = "time"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, kw_only=True)
class MeetingFacts:
    """What is known of a meeting beside its time; the columns say what each one is."""

    title: str = ""
    duration_min: int | None = None
    place: str = ""
    address: str = ""
    remote_url: str | None = None
    agenda_url: str | None = None
    minutes_url: str | None = None
    own_comment_closes_at: datetime | None = None
    note: str = ""


# People who have the meeting in their calendar need not hear of these.
_QUIET = frozenset({"minutes_url"})


class Scheduled(db.Tenant, db.Base):
    """Something with a time and a place that a body invites to.

    `starts_at` is midnight where only the day is known, of the month's first day where only
    the month is. `revision` counts what calendars must be told (RFC 5545).
    """

    __abstract__ = True

    body_id: Mapped[UUID] = mapped_column(ForeignKey("decision_bodies.id", ondelete="RESTRICT"))
    title: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime]
    precision: Mapped[Precision] = mapped_column(default=Precision.TIME)
    duration_min: Mapped[int | None]
    time_zone: Mapped[str]
    status: Mapped[MeetingStatus] = mapped_column(default=MeetingStatus.TENTATIVE)
    cancelled_because: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    remote_url: Mapped[str | None]
    agenda_url: Mapped[str | None]
    minutes_url: Mapped[str | None]
    own_comment_closes_at: Mapped[datetime | None]  # where the body's rule does not hold
    note: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    created_at: Mapped[datetime] = mapped_column(default=now)

    @declared_attr
    def body(cls) -> Mapped[DecisionBody]:  # noqa: N805
        return relationship(lazy="joined", innerjoin=True)

    @classmethod
    def schedule(
        cls,
        body: DecisionBody,
        day: date,
        at: time | None = None,
        *,
        precision: Precision = Precision.TIME,
        time_zone: str | None = None,
        turn: Turn | None = None,
        facts: MeetingFacts | None = None,
        only_once: bool = False,
    ) -> Self:
        """Follow a meeting from now on, as tentative.

        Args:
            day: by the clocks of `time_zone`; any day of the month for `Precision.MONTH`.
            at: by the same clocks; not needed where only the day or the month is known.
            time_zone: the body's place's if it is not given.
            turn: which one is meant on the day when a time comes twice.
            facts: without place and address, the meeting is where the body meets.
            only_once: refuse a second one of the body at that time under that title.

        Raises:
            TimeMissing, TimeSkipped, TimeComesTwice, UnknownTimeZone, DeadlineTooLate,
            MeetingFollowed.
        """
        zone = time_zone or body.area.time_zone
        starts_at = _start(day, at, precision, zone, turn)
        made = cls(
            body=body, body_id=body.id, starts_at=starts_at, precision=precision, time_zone=zone
        )
        made.adopt(asdict(facts or MeetingFacts()))
        if not made.place and not made.address:
            made.place, made.address = body.place, body.address
        made._check_deadline()
        if only_once and made._is_followed():
            raise MeetingFollowed(field="time" if precision == Precision.TIME else "day")
        db.session.add(made)
        db.session.flush()
        audit.record("meeting.scheduled", made)
        events.record(MeetingScheduled(coalition_id=made.coalition_id, meeting_id=made.id))
        return made

    def _is_followed(self) -> bool:
        """Whether there is one already that nobody could tell from this."""
        names = ("body_id", "starts_at", "precision", "title")
        alike = select(type(self).id).filter_by(**{name: getattr(self, name) for name in names})
        alike = alike.where(type(self).status != MeetingStatus.CANCELLED)
        with db.session.no_autoflush:
            return db.session.scalar(alike.limit(1)) is not None

    @property
    def local_start(self) -> datetime:
        """When it begins, by the clocks of its place."""
        return self.starts_at.astimezone(localtime.time_zone(self.time_zone))

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day on which it may be: one day, or all of a month."""
        first = self.local_start.date()
        if self.precision != Precision.MONTH:
            return first, first
        return first, first.replace(day=monthrange(first.year, first.month)[1])

    @property
    def day(self) -> date | None:
        """The day on which it is, by the clocks of its place; `None` of `Precision.MONTH`."""
        return None if self.precision == Precision.MONTH else self.days[0]

    @property
    def comment_closes_at(self) -> datetime | None:
        """Until when written comments are taken: as said for it, else by the body's rule."""
        if self.own_comment_closes_at is not None:
            return self.own_comment_closes_at
        rule = self.body.comment_closes_min
        if rule is None or self.precision != Precision.TIME:
            return None
        return self.starts_at - timedelta(minutes=rule)

    @property
    def has_begun(self) -> bool:
        """Whether its first moment has passed."""
        return self.starts_at <= now()

    def describe(self, facts: MeetingFacts) -> list[str]:
        """Store what is known of it; return the names of what is different now.

        Raises:
            DeadlineTooLate: comments would close after it begins.
        """
        changed = self.adopt(asdict(facts))
        self._check_deadline()
        if changed:
            audit.record("meeting.changed", self, changed)
        if set(changed) - _QUIET:
            self._tell_change()
        return changed

    def reschedule(
        self,
        day: date,
        at: time | None = None,
        *,
        precision: Precision = Precision.TIME,
        time_zone: str | None = None,
        turn: Turn | None = None,
    ) -> bool:
        """Give it another time, as `schedule` takes it; return whether it is another one.

        Raises:
            TimeMissing, TimeSkipped, TimeComesTwice, UnknownTimeZone: as they say.
            MeetingState: it was cancelled.
            MeetingNotYet: it was held, so that it cannot be in the future.
        """
        zone = time_zone or self.time_zone
        starts_at = _start(day, at, precision, zone, turn)
        wanted = {"starts_at": starts_at, "precision": precision, "time_zone": zone}
        if all(getattr(self, key) == value for key, value in wanted.items()):
            return False
        self._must_be(MeetingStatus.TENTATIVE, MeetingStatus.CONFIRMED, MeetingStatus.HELD)
        if self.status == MeetingStatus.HELD and starts_at > now():
            raise MeetingNotYet(field="day", day=day)
        audit.record("meeting.rescheduled", self, self.adopt(wanted))
        self._tell_change()
        return True

    def confirm(self) -> None:
        """Note that it takes place; also of one that was cancelled by mistake.

        Raises:
            MeetingState: it is confirmed already, or was held.
        """
        self._must_be(MeetingStatus.TENTATIVE, MeetingStatus.CANCELLED)
        self.status = MeetingStatus.CONFIRMED
        self.cancelled_because = ""
        audit.record("meeting.confirmed", self)
        self._tell_change()

    def cancel(self, reason: str) -> None:
        """Note that it does not take place, and why, for everybody to read.

        Raises:
            ReasonMissing: there is none.
            MeetingState: it is cancelled already, or was held.
        """
        if not reason.strip():
            raise ReasonMissing(field="reason")
        self._must_be(MeetingStatus.TENTATIVE, MeetingStatus.CONFIRMED)
        self.status = MeetingStatus.CANCELLED
        self.cancelled_because = reason.strip()
        audit.record("meeting.cancelled", self)
        self.touch()
        events.record(MeetingCancelled(coalition_id=self.coalition_id, meeting_id=self.id))

    def hold(self) -> None:
        """Note that it took place.

        Raises:
            MeetingState: it was cancelled, or this is known already.
            MeetingNotYet: it has not begun.
        """
        self._must_be(MeetingStatus.TENTATIVE, MeetingStatus.CONFIRMED)
        self.check_begun()
        self.status = MeetingStatus.HELD
        audit.record("meeting.held", self)
        self.touch()
        events.record(MeetingHeld(coalition_id=self.coalition_id, meeting_id=self.id))

    def check_begun(self) -> None:
        """Refuse what can be known only once it has begun.

        Raises:
            MeetingNotYet: it has not.
        """
        if not self.has_begun:
            raise MeetingNotYet(day=self.days[0])

    def _check_deadline(self) -> None:
        closes_at = self.own_comment_closes_at
        if closes_at is None:
            return
        closes, begins = closes_at.astimezone(self.local_start.tzinfo), self.local_start
        is_timed = self.precision == Precision.TIME
        # Where only the day or the month is known, it may begin as late as its last day.
        if closes > begins if is_timed else closes.date() > self.days[1]:
            raise DeadlineTooLate(
                field="comments_day",
                closes=f"{closes:%Y-%m-%d %H:%M}",
                begins=f"{begins:%Y-%m-%d %H:%M}" if is_timed else f"{self.days[1]}",
            )

    def touch(self) -> None:
        """Let calendars know that something of it is different: itself, or its agenda."""
        self.revision = (self.revision or 0) + 1
        self.changed_at = now()

    def _tell_change(self) -> None:
        self.touch()
        events.record(MeetingChanged(coalition_id=self.coalition_id, meeting_id=self.id))

    def _must_be(self, *states: MeetingStatus) -> None:
        """Read the state anew, hold the row until the transaction ends, and check."""
        db.session.flush()
        db.session.refresh(self, ["status", "revision"], with_for_update=True)
        if self.status not in states:
            raise MeetingState(state=self.status.value)


def _start(
    day: date, at: time | None, precision: Precision, zone: str, turn: Turn | None
) -> datetime:
    if precision == Precision.TIME:
        if at is None:
            raise TimeMissing(field="time")
        return localtime.moment(day, at, zone, turn=turn)
    first = day.replace(day=1) if precision == Precision.MONTH else day
    return localtime.start_of_day(first, zone)

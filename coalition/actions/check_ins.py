"""Check-in at a meeting or an action by a code on a phone, without an account.

The link is signed and names the check-in and the number of its code; renewing it makes codes
that were printed before worthless. It opens hours before the beginning and closes after it.

One phone is one entry: each form carries a random key, and storing the same key again corrects
the entry. Without JavaScript that covers sending a form again; a small script also keeps the
key on the phone, so that scanning twice is the same entry. The same e-mail address is one entry
in any case. The key says nothing about the phone, and no network address is kept.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Index, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import audit, db
from coalition.actions.errors import CheckInClosed, NoTimeForCheckIn
from coalition.actions.models import Action
from coalition.actions.participations import (
    ENDED,
    Participation,
    ParticipationSource,
    ParticipationState,
    Party,
)
from coalition.clock import now
from coalition.db import within
from coalition.decisions.meetings import Meeting, MeetingStatus, Precision
from coalition.errors import N_
from coalition.organizations.names import clean_name, name_key
from coalition.people.models import email_index

OPENS_BEFORE_MIN = 2 * 60
CLOSES_AFTER_MIN = 6 * 60
MAX_ENTRIES = 5_000  # somebody who photographed the code cannot fill the database


class CheckIn(db.Tenant, db.Base):
    """A list of who came, filled in by those who come; of a meeting, an action, or both."""

    __tablename__ = "check_ins"
    table_args = (
        within("meetings", "meeting_id"),
        within("actions", "action_id"),
        Index("uq_check_ins_meeting", "meeting_id", unique=True,
              postgresql_where="action_id IS NULL"),
        Index("uq_check_ins_action", "action_id", unique=True),
    )  # fmt: skip

    meeting_id: Mapped[UUID | None]
    action_id: Mapped[UUID | None]
    serial: Mapped[int] = mapped_column(default=1)  # of the code; an older one opens nothing
    opens_before_min: Mapped[int] = mapped_column(default=OPENS_BEFORE_MIN)
    closes_after_min: Mapped[int] = mapped_column(default=CLOSES_AFTER_MIN)
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    meeting: Mapped[Meeting | None] = relationship(
        primaryjoin="foreign(CheckIn.meeting_id) == Meeting.id", viewonly=True
    )
    action: Mapped[Action | None] = relationship(
        primaryjoin="foreign(CheckIn.action_id) == Action.id", viewonly=True
    )

    @classmethod
    def for_meeting(cls, meeting: Meeting) -> "CheckIn":
        """Find the check-in of a meeting, or add one.

        Raises:
            NoTimeForCheckIn: the time of the meeting is not known.
        """
        known = db.session.scalar(select(cls).filter_by(meeting_id=meeting.id, action_id=None))
        return known or cls._added(meeting_id=meeting.id, meeting=meeting)

    @classmethod
    def for_action(cls, action: Action) -> "CheckIn":
        """Find the check-in of an action, or add one.

        Raises:
            NoTimeForCheckIn: the action has neither a meeting with a time nor a deadline.
        """
        known = db.session.scalar(select(cls).filter_by(action_id=action.id))
        return known or cls._added(action_id=action.id, action=action)

    @property
    def begins_at(self) -> datetime | None:
        """When it begins, by the meeting, else by the action's deadline."""
        meeting = self.of_meeting
        if meeting is not None:
            return meeting.starts_at if meeting.precision == Precision.TIME else None
        return self.action.closes_at if self.action else None

    @property
    def of_meeting(self) -> Meeting | None:
        """The meeting that people come to, if it is one."""
        return self.meeting or (self.action.meeting if self.action else None)

    @property
    def time_zone(self) -> str | None:
        """By whose clocks: the meeting's, else the action's."""
        place = self.of_meeting or self.action
        return place.time_zone if place else None

    @property
    def opens_at(self) -> datetime | None:
        """From when on the code works."""
        begins = self.begins_at
        return begins - timedelta(minutes=self.opens_before_min) if begins else None

    @property
    def closes_at(self) -> datetime | None:
        """Until when the code works."""
        begins = self.begins_at
        return begins + timedelta(minutes=self.closes_after_min) if begins else None

    def check_open(self, serial: int, at: datetime) -> None:
        """Refuse an entry with an old code, or at a time when the check-in is not open.

        Raises:
            CheckInClosed: as it says.
        """
        meeting = self.of_meeting
        if serial != self.serial or self.revoked_at is not None:
            raise CheckInClosed(
                reason=N_("This code is not valid any more. Ask for the new one at the door.")
            )
        if meeting is not None and meeting.status == MeetingStatus.CANCELLED:
            raise CheckInClosed(reason=N_("This meeting was cancelled."))
        if self.opens_at is None or self.closes_at is None or at < self.opens_at:
            raise CheckInClosed(
                reason=N_("Check-in is not open yet. Try again at the meeting.")
            )
        if self.closes_at <= at:
            raise CheckInClosed(reason=N_("Check-in is over. Thank you for coming."))

    def enter(self, key: str, **values: Any) -> Participation:
        """Note that somebody came; the same key or the same address corrects the entry.

        Args:
            key: random, of the form or of the phone.
            values: `name`, `email`, `organization_name`, `will_speak`, `updates_wording`,
                `language`.

        Raises:
            CheckInClosed: there are `MAX_ENTRIES`.
        """
        self._lock()
        address, entry_key = values["email"], hashlib.sha256(key.encode()).digest()
        index = email_index(self.coalition_id, address) if address else None
        known = self._entry(Participation.entry_key == entry_key)
        if known is None and index is not None:
            known = self._entry(Participation.email_index == index)
        if known is None:
            self._refuse_too_many()
            made = self._new(values)
            made.entry_key = entry_key
            made.email, made.email_index = address, index
            made.updates_wording = values["updates_wording"] if address else None
            made.begin(ParticipationState.REPORTED)
            return made
        known.will_speak = values["will_speak"]
        if known.entry_key == entry_key and known.confirmed_at is None:
            known.name = values["name"]
            self._name_organization(known, values["organization_name"])
            if address and known.email is None:
                known.email, known.email_index = address, index
                known.updates_wording = values["updates_wording"]
        audit.record("participation.corrected", known)
        return known

    def add_by_hand(self, **values: Any) -> Participation:
        """Note, as a coordinator who stands at the door, that somebody came."""
        made = self._new({"language": "en", **values})
        made.source = ParticipationSource.STAFF
        made.recorded_by_id = audit.current_actor().id
        made.begin(ParticipationState.CONFIRMED)
        return made

    def renew(self) -> None:
        """Make codes that were given out before worthless; also opens what was ended."""
        self._lock()
        self.serial += 1
        self.revoked_at = None
        audit.record("check_in.renewed", self)

    def revoke(self) -> None:
        """End it now; ending twice changes nothing."""
        self._lock()
        self.revoked_at = self.revoked_at or now()
        audit.record("check_in.revoked", self)

    @classmethod
    def _added(cls, **values: Any) -> "CheckIn":
        made = cls(**values)
        if made.begins_at is None:
            raise NoTimeForCheckIn
        db.session.add(made)
        db.session.flush()
        audit.record("check_in.added", made)
        return made

    def _new(self, values: dict[str, Any]) -> Participation:
        made = Participation(
            action_id=self.action_id,
            meeting_id=None if self.action_id else self.meeting_id,
            check_in_id=self.id,
            party=Party.PERSON,
            source=ParticipationSource.CHECK_IN,
            will_speak=values["will_speak"],
            language=values["language"],
        )
        made.name = values["name"]
        self._name_organization(made, values["organization_name"])
        return made

    def _name_organization(self, entry: Participation, name: str) -> None:
        """Keep for which organization somebody came; typing a name proves nothing."""
        entry.organization_name = clean_name(name)
        entry.organization_key = name_key(entry.organization_name)

    def _entry(self, condition: Any) -> Participation | None:
        return db.session.scalar(
            select(Participation)
            .filter_by(check_in_id=self.id)
            .where(condition, Participation.state.not_in(ENDED))
        )

    def _refuse_too_many(self) -> None:
        entries = select(func.count(Participation.id)).filter_by(check_in_id=self.id)
        if (db.session.scalar(entries) or 0) >= MAX_ENTRIES:
            raise CheckInClosed(
                reason=N_("The list is full. Please tell the organizers at the door.")
            )

    def _lock(self) -> None:
        """Let two entries at one moment wait for each other."""
        db.session.flush()
        db.session.refresh(self, ["serial", "revoked_at"], with_for_update=True)

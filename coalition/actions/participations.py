"""Participation: what a person or an organization promised, did, or did not do.

The life of a record:
`pending` was written on a public page, and the mailbox's owner has not confirmed it: it counts
nowhere and is forgotten after 30 days; `pledged` is a promise; `reported` was done, as somebody
says who may say so (the mailbox's owner, a representative, whoever stands at the door with the
code); `confirmed` was seen by a coordinator; `declined` is a no; `no_show` is a promise that was
not kept; `withdrawn` was taken back; `rejected` is not true, says a coordinator. Reported and
confirmed count as done.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import addresses, audit, crypto, db, events
from coalition.actions.errors import (
    AlreadyRecorded,
    CannotChangeParticipation,
    ParticipationGone,
)
from coalition.actions.events import (
    AttendanceRecorded,
    CommentReported,
    ParticipationConfirmed,
    ParticipationDeclined,
    ParticipationEvent,
    ParticipationMissed,
    ParticipationPledged,
    ParticipationRecorded,
    ParticipationWithdrawn,
)
from coalition.actions.models import Action, ActionKind
from coalition.clock import now
from coalition.consents.agreeing import note_agreement
from coalition.consents.models import ConsentSource
from coalition.db import within
from coalition.decisions.meetings import Meeting
from coalition.organizations.models import Organization, organization_by_name
from coalition.people.models import Person
from coalition.people.names import given_and_family


class Party(StrEnum):
    """Who does something: a person for themselves, or an organization."""

    PERSON = "person"
    ORGANIZATION = "organization"


class ParticipationState(StrEnum):
    """How a record stands; see the module's first lines."""

    PENDING = "pending"
    PLEDGED = "pledged"
    REPORTED = "reported"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    NO_SHOW = "no_show"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"


class ParticipationSource(StrEnum):
    """How a record came."""

    PAGE = "page"
    CHECK_IN = "check_in"
    STAFF = "staff"
    REPRESENTATIVE = "representative"


DONE = (ParticipationState.REPORTED, ParticipationState.CONFIRMED)
ENDED = (ParticipationState.WITHDRAWN, ParticipationState.REJECTED)
KEEPS_PLACE = text("source = 'page' AND state NOT IN ('withdrawn', 'rejected')")


class Participation(db.Tenant, db.Base):
    """What one person or organization does about an action, or that somebody came to a meeting.

    Check-in at a meeting without an action has `meeting_id` and no `action_id`.
    """

    __tablename__ = "participations"
    table_args = (
        within("actions", "action_id"),
        within("meetings", "meeting_id"),
        within("check_ins", "check_in_id", ondelete="SET NULL"),
        within("people", "person_id", ondelete="SET NULL"),
        Index(
            "uq_participations_mailbox",
            "action_id",
            "party",
            "email_index",
            "organization_key",
            unique=True,
            postgresql_where=KEEPS_PLACE,
        ),
        Index(
            "uq_participations_organization",
            "action_id",
            "organization_id",
            unique=True,
            postgresql_where=text(
                "party = 'organization' AND organization_id IS NOT NULL"
                " AND state NOT IN ('pending', 'withdrawn', 'rejected')"
            ),
        ),
        Index(
            "uq_participations_entry",
            "check_in_id",
            "entry_key",
            unique=True,
            postgresql_where=text("entry_key IS NOT NULL"),
        ),
        Index(None, "action_id", "state"),
        Index(None, "meeting_id"),
        Index(None, "person_id"),
        Index(None, "organization_id"),
    )

    action_id: Mapped[UUID | None]
    meeting_id: Mapped[UUID | None]
    check_in_id: Mapped[UUID | None]
    party: Mapped[Party]
    state: Mapped[ParticipationState]
    source: Mapped[ParticipationSource]
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    organization_name: Mapped[str] = mapped_column(default="")  # as it was written
    organization_key: Mapped[str] = mapped_column(default="")
    organization_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organizations.id", ondelete="RESTRICT")
    )
    person_id: Mapped[UUID | None]
    promised: Mapped[int | None]  # "we bring 10 speakers"
    delivered: Mapped[int | None]
    will_speak: Mapped[bool] = mapped_column(default=False)
    spoke: Mapped[bool] = mapped_column(default=False)
    copy_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # of what was sent or said
    place: Mapped[str] = mapped_column(default="")  # where it was sent
    docket: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None]
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    updates_wording: Mapped[str | None]
    source_code: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="en")
    recorded_by_id: Mapped[UUID | None]  # the user who wrote it down
    entry_key: Mapped[bytes | None] = mapped_column(LargeBinary)  # one phone's, at one check-in
    created_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]

    name = crypto.sealed[str]("name_sealed")
    email = crypto.sealed[str | None]("email_sealed")
    copy = crypto.sealed[str | None]("copy_sealed")
    note = crypto.sealed[str | None]("note_sealed")

    action: Mapped[Action | None] = relationship(
        primaryjoin="foreign(Participation.action_id) == Action.id", viewonly=True
    )
    meeting: Mapped[Meeting | None] = relationship(
        primaryjoin="foreign(Participation.meeting_id) == Meeting.id", viewonly=True
    )
    organization: Mapped[Organization | None] = relationship()
    person: Mapped[Person | None] = relationship(
        primaryjoin="foreign(Participation.person_id) == Person.id", viewonly=True
    )

    @property
    def shown_name(self) -> str:
        """Whose record it is: the organization's name, else the human's."""
        if self.party == Party.PERSON:
            return self.name
        return self.organization.name if self.organization else self.organization_name

    @property
    def counts(self) -> bool:
        """Whether it was done."""
        return self.state in DONE

    def confirm_mailbox(self, *, name: str | None = None, copy: str | None = None) -> None:
        """Let the mailbox's owner say that it is true, corrected if need be; twice is once.

        The person becomes known to the coalition now, not before. An organization is tied to
        its entry in the directory only if the mailbox is at that organization's own domain.

        Raises:
            ParticipationGone: it was taken back or refused.
            ActionClosed: the action closed before the confirmation came.
        """
        self._lock()
        if self.confirmed_at is not None and self.state not in ENDED:
            return
        is_first = self.state == ParticipationState.PENDING
        if not is_first and not (self.source == ParticipationSource.CHECK_IN and self.counts):
            raise ParticipationGone
        if is_first and self.action is not None:
            self.action.check_open()
        self.name = name or self.name
        self.copy = copy if copy is not None else self.copy
        self.confirmed_at = now()
        self._remember_person()
        self._match_organization()
        audit.record("participation.confirmed_by_mail", self)
        if is_first:
            self._now_done()

    def pledge(self, promised: int | None) -> None:
        """Promise it, or change how much is promised."""
        self._must_be(ParticipationState.PLEDGED, ParticipationState.DECLINED)
        self.state = ParticipationState.PLEDGED
        self.promised = promised
        audit.record("participation.pledged", self, ["promised"])
        events.record(self._event(ParticipationPledged))

    def report(
        self,
        *,
        delivered: int | None = None,
        copy: str | None = None,
        place: str = "",
        docket: str = "",
        done_at: datetime | None = None,
    ) -> None:
        """Say that a promise was kept, and how; also again, to add to what was said.

        Raises:
            CannotChangeParticipation: it was taken back, refused or not promised.
        """
        self._must_be(
            ParticipationState.PLEDGED,
            ParticipationState.REPORTED,
            ParticipationState.NO_SHOW,
            ParticipationState.DECLINED,
        )
        was_done = self.counts
        self.delivered = delivered if delivered is not None else self.delivered
        self.copy = copy or self.copy
        self.place = place or self.place
        self.docket = docket or self.docket
        self.done_at = done_at or self.done_at
        audit.record("participation.reported", self, ["delivered", "copy", "place", "docket"])
        if not was_done:
            self._now_done()

    def confirm(self, organization: Organization | None = None) -> None:
        """Say, as a coordinator, that it is true; who gave an address becomes a known person.

        Args:
            organization: of the directory, whose record it is.

        Raises:
            CannotChangeParticipation: it was not done, or its mailbox was never confirmed.
            AlreadyRecorded: that organization has a record for this action.
        """
        self._must_be(ParticipationState.PLEDGED, *DONE)
        if organization is not None:
            self.belong_to(organization)
        was_done = self.counts
        self.state = ParticipationState.CONFIRMED
        self.decided_at = now()
        if self.person_id is None and self.email:
            self._remember_person()
        audit.record("participation.confirmed", self, ["state", "organization_id"])
        if not was_done:
            self._now_done(ParticipationState.CONFIRMED)
        events.record(self._event(ParticipationConfirmed))

    def belong_to(self, organization: Organization) -> None:
        """Tie an organization's record to its entry in the directory.

        Raises:
            AlreadyRecorded: that organization has a record for this action.
        """
        if self._taken_by(organization.id):
            raise AlreadyRecorded(field="organization", organization=organization.name)
        self.organization = organization
        self.organization_id = organization.id

    def decline(self, note: str = "") -> None:
        """Note a no, with the reason if one was given."""
        self._must_be(ParticipationState.PLEDGED)
        self.state = ParticipationState.DECLINED
        self.note = note or self.note
        self.decided_at = now()
        audit.record("participation.declined", self)
        events.record(self._event(ParticipationDeclined))

    def miss(self) -> None:
        """Note that what was promised did not come about."""
        self._must_be(ParticipationState.PLEDGED, ParticipationState.REPORTED)
        counted = self.counts
        self.state = ParticipationState.NO_SHOW
        self.decided_at = now()
        audit.record("participation.missed", self)
        events.record(self._event(ParticipationMissed))
        if counted:
            events.record(self._event(ParticipationWithdrawn, counted=True))

    def withdraw(self) -> None:
        """Take it back, at any time; doing it twice changes nothing."""
        self._end(ParticipationState.WITHDRAWN, "participation.withdrawn")

    def reject(self) -> None:
        """Say, as a coordinator, that it is not true; doing it twice changes nothing."""
        self._end(ParticipationState.REJECTED, "participation.rejected")

    def note_speaking(self, *, spoke: bool) -> None:
        """Note whether somebody who came spoke."""
        self._must_be(*DONE)
        self.spoke = spoke
        audit.record("participation.changed", self, ["spoke"])

    def begin(self, state: ParticipationState) -> None:
        """Tell what a new record is: a promise, something done, a no."""
        self.state = state
        db.session.add(self)
        db.session.flush()
        audit.record("participation.recorded", self)
        if state == ParticipationState.PLEDGED:
            events.record(self._event(ParticipationPledged))
        elif state == ParticipationState.DECLINED:
            events.record(self._event(ParticipationDeclined))
        elif state in DONE:
            self._now_done(state)

    def _now_done(self, state: ParticipationState = ParticipationState.REPORTED) -> None:
        self.state = state
        self.done_at = self.done_at or now()
        action = self._action()
        if action is None or action.kind == ActionKind.ATTEND or self.check_in_id is not None:
            events.record(self._event(AttendanceRecorded))
        if action is None:
            return
        events.record(self._event(ParticipationRecorded))
        if action.kind == ActionKind.COMMENT and action.agenda_item_id is not None:
            self.docket = self.docket or action.docket
            events.record(self._event(CommentReported, agenda_item_id=action.agenda_item_id))

    def _end(self, state: ParticipationState, said: str) -> None:
        self._lock()
        if self.state in ENDED:
            return
        counted = self.counts
        self.state = state
        self.decided_at = now()
        audit.record(said, self)
        events.record(self._event(ParticipationWithdrawn, counted=counted))

    def _action(self) -> Action | None:
        """Return the action also of a record that was not loaded with it."""
        return db.session.get(Action, self.action_id) if self.action_id else None

    def _remember_person(self) -> None:
        assert self.email is not None, "a person is known by an address"
        assert self.email_index is not None, "who has an address has its index"
        given_name, family_name = given_and_family(self.name)
        person = Person.remember(
            email=self.email, given_name=given_name, family_name=family_name
        )
        self.person_id = person.id
        person.language = person.language or self.language
        if self.confirmed_at is None:  # a coordinator says so, and not the mailbox's owner
            return
        person.verify_email(self.email_index)
        if self.updates_wording:
            note_agreement(
                person,
                self.email_index,
                wording=self.updates_wording,
                source=ConsentSource.PARTICIPATION,
                source_id=self.id,
                source_code=self.source_code,
            )

    def _match_organization(self) -> None:
        if self.party != Party.ORGANIZATION or self.organization_id is not None:
            return
        known = organization_by_name(self.organization_name)
        proven = known and known.owns_domain(addresses.domain_of(self.email or ""))
        if known is not None and proven and not self._taken_by(known.id):
            self.organization = known
            self.organization_id = known.id

    def _taken_by(self, organization_id: UUID) -> bool:
        if self.action_id is None or self.party != Party.ORGANIZATION:
            return False
        holds = select(Participation.id).where(
            Participation.action_id == self.action_id,
            Participation.party == Party.ORGANIZATION,
            Participation.organization_id == organization_id,
            Participation.id != self.id,
            Participation.state.not_in((ParticipationState.PENDING, *ENDED)),
        )
        return db.session.scalar(holds.limit(1)) is not None

    def _must_be(self, *states: ParticipationState) -> None:
        self._lock()
        if self.state not in states:
            raise CannotChangeParticipation(state=self.state.value)

    def _lock(self) -> None:
        """Read the row anew and keep others from changing it until this transaction ends."""
        db.session.flush()
        db.session.refresh(self, with_for_update={"of": Participation})

    def _event(self, kind: type[ParticipationEvent], **values: Any) -> ParticipationEvent:
        return kind(coalition_id=self.coalition_id, participation_id=self.id, **values)


def forget_person(person_id: UUID) -> None:
    """Drop name, address, evidence and notes of what a person did; that it was done stays.

    Called in the transaction that removes the person.
    """
    for each in db.session.scalars(select(Participation).filter_by(person_id=person_id)):
        each.name = ""
        each.email = each.copy = each.note = each.updates_wording = None
        each.email_index = each.source_code = None

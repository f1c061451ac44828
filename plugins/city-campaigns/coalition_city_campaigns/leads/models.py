"""People who want to challenge a contract in their city, and what becomes of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition.sdk import (
    Base,
    Campaign,
    Place,
    Tenant,
    User,
    current_coalition_id,
    email_index,
    now,
    place_slug,
    record,
    record_in_audit_log,
    remember_who_agreed,
    sealed,
    session,
    within,
)
from coalition_city_campaigns.leads.errors import CannotChangeLead, LeadElsewhere
from coalition_city_campaigns.leads.events import (
    LeadAdded,
    LeadClosed,
    LeadErased,
    LeadStarted,
    LeadTaken,
)


class LeadState(StrEnum):
    """The life of a lead. `UNCONFIRMED`: its mail was not answered yet, and nobody sees it."""

    UNCONFIRMED = "unconfirmed"
    NEW = "new"
    TAKEN = "taken"
    STARTED = "started"
    CLOSED = "closed"


class Technology(StrEnum):
    """What a contract is about."""

    PLATE_READERS = "plate_readers"
    FACE_RECOGNITION = "face_recognition"
    DRONES = "drones"
    OTHER = "other"


class Lead(Tenant, Base):
    """Somebody's wish to challenge a contract in a place. Who it is and what they know is sealed."""

    __tablename__ = "city_campaigns_leads"
    table_args = (
        within("campaigns", "campaign_id", ondelete="SET NULL"),
        # One mailbox has one wish for a place and a technology.
        UniqueConstraint("coalition_id", "email_index", "place_name", "region", "technology"),
        Index(None, "coalition_id", "state"),
        Index(None, "owner_id"),
        Index(None, "campaign_id"),
    )

    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    email_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    email_index: Mapped[bytes] = mapped_column(LargeBinary)
    known_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    place_name: Mapped[str]
    region: Mapped[str]
    technology: Mapped[Technology]
    vendor: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    wording: Mapped[str]  # what they agreed to, word for word
    updates_wording: Mapped[str | None]  # … and to what further mail, if they ticked that box
    state: Mapped[LeadState] = mapped_column(default=LeadState.UNCONFIRMED)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    campaign_id: Mapped[UUID | None]
    closing_note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    person_name = sealed[str]("name_sealed")
    email = sealed[str]("email_sealed")
    known = sealed[str | None]("known_sealed")  # what they know of the contract

    owner: Mapped[User | None] = relationship()
    campaign: Mapped[Campaign | None] = relationship(
        primaryjoin="foreign(Lead.campaign_id) == Campaign.id"
    )

    @classmethod
    def ask(
        cls,
        *,
        person_name: str,
        email: str,
        place: Place,
        technology: Technology,
        vendor: str,
        known: str | None,
        language: str,
        wording: str,
        updates_wording: str | None = None,
    ) -> "Lead":
        """Note the wish, to be confirmed by mail; the same wish of one mailbox is one lead.

        What was confirmed is not changed by whoever knows the address.
        """
        lead = _same_wish(email, place, technology)
        if lead is None:
            lead = cls(
                state=LeadState.UNCONFIRMED,
                email=email,
                email_index=_index(email),
                place_name=place.name,
                region=place.region,
                technology=technology,
                person_name=person_name,
                wording=wording,
            )
            session.add(lead)
        if lead.state == LeadState.UNCONFIRMED:
            lead.person_name, lead.known = person_name, known
            lead.vendor, lead.language, lead.wording = vendor, language, wording
            lead.updates_wording = updates_wording
        session.flush()
        return lead

    @property
    def place(self) -> str:
        """The place with its state."""
        return f"{self.place_name}, {self.region}"

    @property
    def place_slug(self) -> str:
        """How the place is called in addresses of pages."""
        return place_slug(self.place_name, self.region)

    def confirm(self, *, updates: bool = False) -> None:
        """Let coordinators see it: the mailbox's owner stands by it. Twice changes nothing.

        Args:
            updates: whether they want the further mail that the form asked for. Only then, and
                not before, the coalition knows them as a person, with their consent.
        """
        if self.state != LeadState.UNCONFIRMED:
            return
        self.state = LeadState.NEW
        self.confirmed_at = now()
        asked_for, self.updates_wording = self.updates_wording, None
        if updates and asked_for:
            self._remember(asked_for)
        record_in_audit_log("lead.confirmed", self)
        record(LeadAdded(coalition_id=self.coalition_id, lead_id=self.id))

    def agree(self, wording: str) -> None:
        """Note that its person wants further mail after all. Twice changes nothing.

        Raises:
            CannotChangeLead: it was not confirmed.
        """
        self._must_be(*(each for each in LeadState if each != LeadState.UNCONFIRMED))
        if self.updates_wording is None:
            self._remember(wording)
            record_in_audit_log("lead.agreed", self, ["updates_wording"])

    def take(self, owner: User) -> None:
        """Let a coordinator take care of it, also from another one.

        Raises:
            CannotChangeLead: it is closed, or was not confirmed.
        """
        self._must_be(LeadState.NEW, LeadState.TAKEN, LeadState.STARTED)
        if self.state == LeadState.NEW:
            self.state = LeadState.TAKEN
        if self.owner_id != owner.id:
            self.owner_id, self.owner = owner.id, owner
            record_in_audit_log("lead.taken", self, ["owner"])
            record(
                LeadTaken(coalition_id=self.coalition_id, lead_id=self.id, owner_id=owner.id)
            )

    def start(self, campaign: Campaign) -> None:
        """Note that this campaign came of it.

        Raises:
            CannotChangeLead: it is closed, or was not confirmed.
            LeadElsewhere: the campaign is about another place.
        """
        self._must_be(LeadState.NEW, LeadState.TAKEN, LeadState.STARTED)
        area = campaign.area
        if area is not None and (area.name, area.region) != (self.place_name, self.region):
            raise LeadElsewhere(place=self.place, other=area.full_name)
        self.state = LeadState.STARTED
        self.campaign_id = campaign.id
        record_in_audit_log("lead.started", self, ["campaign"])
        record(
            LeadStarted(
                coalition_id=self.coalition_id, lead_id=self.id, campaign_id=campaign.id
            )
        )

    def close(self, note: str) -> None:
        """End it; `note` says why, without a name in it.

        Raises:
            CannotChangeLead: it is closed already, or was not confirmed.
        """
        self._must_be(LeadState.NEW, LeadState.TAKEN, LeadState.STARTED)
        self.state, self.closing_note, self.closed_at = LeadState.CLOSED, note, now()
        record_in_audit_log("lead.closed", self)
        record(LeadClosed(coalition_id=self.coalition_id, lead_id=self.id))

    def reopen(self) -> None:
        """Take up again what was closed.

        Raises:
            CannotChangeLead: it is not closed.
        """
        self._must_be(LeadState.CLOSED)
        self.state = LeadState.TAKEN if self.owner_id else LeadState.NEW
        self.closing_note, self.closed_at = "", None
        record_in_audit_log("lead.reopened", self)

    def erase(self) -> None:
        """Forget everything about it at once; a person who agreed to further mail stays known."""
        record_in_audit_log("lead.erased", self)
        record(LeadErased(coalition_id=self.coalition_id, lead_id=self.id))
        session.delete(self)

    def export(self) -> dict[str, Any]:
        """Return all that is stored about it, for the person whom it is about."""
        return {
            "name": self.person_name,
            "email": self.email,
            "place": self.place,
            "technology": self.technology.value,
            "vendor": self.vendor,
            "known": self.known,
            "language": self.language,
            "agreed_to": self.wording,
            "agreed_to_further_mail": self.updates_wording,
            "state": self.state.value,
            "created_at": self.created_at.isoformat(),
            "confirmed_at": self.confirmed_at and self.confirmed_at.isoformat(),
            "closed_at": self.closed_at and self.closed_at.isoformat(),
        }

    def _remember(self, wording: str) -> None:
        """Make its person known to the coalition, which may write to them from now on."""
        self.updates_wording = wording
        remember_who_agreed(
            email=self.email,
            name=self.person_name,
            wording=wording,
            source_id=self.id,
            city=self.place_name,
            region=self.region,
            language=self.language,
        )

    def _must_be(self, *states: LeadState) -> None:
        """Read the lead anew, hold it until the transaction ends, and check its state."""
        session.flush()
        session.refresh(self, ["state", "owner_id"], with_for_update={"of": Lead})
        if self.state not in states:
            raise CannotChangeLead(state=self.state.value)


def _same_wish(email: str, place: Place, technology: Technology) -> Lead | None:
    return session.scalar(
        select(Lead).filter_by(
            email_index=_index(email),
            place_name=place.name,
            region=place.region,
            technology=technology,
        )
    )


def _index(email: str) -> bytes:
    coalition_id = current_coalition_id()
    assert coalition_id is not None, "leads belong to a coalition"
    return email_index(coalition_id, email)

"""Signatures: a person's own, or an organization's given by a person for it."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import addresses, audit, crypto, db, events
from coalition.clock import now
from coalition.consents.agreeing import note_agreement
from coalition.consents.models import ConsentSource
from coalition.db import within
from coalition.letters.errors import (
    AlreadySigned,
    CannotChangeLetter,
    CannotChangeSignature,
    SignatureGone,
)
from coalition.letters.events import (
    SignatureApproved,
    SignatureChanged,
    SignatureConfirmed,
    SignatureEvent,
    SignatureRejected,
    SignatureWithdrawn,
)
from coalition.letters.models import ApprovalRule, Letter, LetterState, database_clock
from coalition.organizations.models import Membership, Organization, organization_by_name
from coalition.organizations.names import sort_key
from coalition.people.models import Person


class SignatureKind(StrEnum):
    """Whose name it is."""

    PERSON = "person"
    ORGANIZATION = "organization"


class SignatureState(StrEnum):
    """pending until the mailbox's owner confirms; an organization's also needs approval."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"


class SignatureSource(StrEnum):
    """How the signature came."""

    PAGE = "page"
    API = "api"
    PASTED = "pasted"


# Who withdrew may sign again, and so may the owner of a mailbox in whose name somebody else
# tried and was rejected.
_KEEPS_PLACE = text(
    "state <> 'withdrawn' AND NOT (state = 'rejected' AND confirmed_at IS NULL)"
)


class Signature(db.Tenant, db.Base):
    """A name under a letter. It counts once confirmed (a person's) or approved (others)."""

    __tablename__ = "signatures"
    table_args = (
        within("letters", "letter_id"),
        within("people", "person_id", ondelete="SET NULL"),
        # One mailbox signs once for itself and once for each organization.
        Index(
            "uq_signatures_signatory",
            "letter_id",
            "kind",
            "email_index",
            "organization_key",
            unique=True,
            postgresql_where=_KEEPS_PLACE,
        ),
        Index(
            "uq_signatures_organization",
            "letter_id",
            "organization_id",
            unique=True,
            postgresql_where=text("kind = 'organization' AND state = 'approved'"),
        ),
        Index("ix_signatures_listing", "letter_id", "kind", "state", "sort_key", "id"),
        Index("ix_signatures_person", "person_id"),
        Index("ix_signatures_organization", "organization_id"),
        Index("ix_signatures_created", "letter_id", "created_at"),
        Index(
            "ix_signatures_partner",
            "coalition_id",
            "letter_id",
            "partner_id",
            postgresql_where=text("partner_id IS NOT NULL"),
        ),
    )

    letter_id: Mapped[UUID]
    kind: Mapped[SignatureKind]
    state: Mapped[SignatureState] = mapped_column(default=SignatureState.PENDING)
    source: Mapped[SignatureSource] = mapped_column(default=SignatureSource.PAGE)
    given_name: Mapped[str] = mapped_column(default="")
    family_name: Mapped[str] = mapped_column(default="")
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    organization_name: Mapped[str] = mapped_column(default="")
    organization_key: Mapped[str] = mapped_column(default="")
    capacity: Mapped[str] = mapped_column(default="")
    website: Mapped[str | None]
    display_name: Mapped[str] = mapped_column(default="")
    sort_key: Mapped[str] = mapped_column(Text(collation="C"), default="")
    city: Mapped[str | None]
    region: Mapped[str | None]
    postal_code_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(default="en")
    listed: Mapped[bool] = mapped_column(default=False)
    updates_wording: Mapped[str | None]
    partner_id: Mapped[UUID | None] = (
        mapped_column(  # the member group whose question was shown
            ForeignKey("organizations.id", ondelete="SET NULL")
        )
    )
    partner_wording: Mapped[str | None]  # what was agreed to, if it was
    source_code: Mapped[str | None]
    person_id: Mapped[UUID | None]
    organization_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organizations.id", ondelete="RESTRICT")
    )
    rejection_reason: Mapped[str | None]
    evidence: Mapped[str | None]  # of a pasted one: where the list came from
    created_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    email = crypto.sealed[str | None]("email_sealed")
    postal_code = crypto.sealed[str | None]("postal_code_sealed")

    letter: Mapped[Letter] = relationship(
        primaryjoin="foreign(Signature.letter_id) == Letter.id", viewonly=True
    )
    organization: Mapped[Organization | None] = relationship(foreign_keys=[organization_id])
    person: Mapped[Person | None] = relationship(
        primaryjoin="foreign(Signature.person_id) == Person.id", viewonly=True
    )

    @property
    def signatory_name(self) -> str:
        """The name of the human who signed."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def listed_name(self) -> str:
        """The name as it stands under the letter."""
        if self.display_name:
            return self.display_name
        if self.kind == SignatureKind.PERSON:
            return self.signatory_name
        return self.organization.name if self.organization else self.organization_name

    @property
    def counts(self) -> bool:
        """Whether it counts: confirmed for a person, approved for an organization."""
        if self.kind == SignatureKind.PERSON:
            return self.state in (SignatureState.CONFIRMED, SignatureState.APPROVED)
        return self.state == SignatureState.APPROVED

    @property
    def waits_for_coordinator(self) -> bool:
        """Whether somebody of the coalition has to decide about it."""
        return (
            self.kind == SignatureKind.ORGANIZATION and self.state == SignatureState.CONFIRMED
        )

    def confirm(self) -> None:
        """Let the owner of the mailbox confirm it; confirming twice changes nothing.

        The person becomes known to the coalition now, not before. An organization's signature
        is approved at once if the mailbox is at that organization's own domain.

        Raises:
            SigningClosed: the letter closed before the confirmation came.
            SignatureGone: it was withdrawn or rejected.
        """
        self._lock()
        if self.state in (SignatureState.CONFIRMED, SignatureState.APPROVED):
            return
        if self.state != SignatureState.PENDING:
            raise SignatureGone
        letter = self._locked_letter()
        letter.check_open(self.kind, database_clock())
        self.state = SignatureState.CONFIRMED
        self.confirmed_at = now()
        self._remember_person()
        events.record(self._event(SignatureConfirmed))
        audit.record("signature.confirmed", self)
        if self.kind == SignatureKind.ORGANIZATION:
            self._match_organization(letter)

    def correct(
        self,
        *,
        given_name: str,
        family_name: str,
        listed: bool,
        updates: bool,
        partner_updates: bool,
    ) -> None:
        """Put name and wishes right before it is confirmed; later it changes nothing.

        Whoever filled in the form cannot agree to mail for the mailbox's owner.
        """
        self._lock()
        if self.state != SignatureState.PENDING:
            return
        self.given_name = given_name
        self.family_name = family_name
        self.listed = listed
        self.updates_wording = self.updates_wording if updates else None
        self.partner_wording = self.partner_wording if partner_updates else None
        self.sort_key = self._sort_key()

    def approve(self, organization: Organization) -> None:
        """Accept it as the signature of `organization`, whose other spelling is remembered.

        Raises:
            CannotChangeSignature: it was not confirmed, or is decided already.
            AlreadySigned: that organization's name is under the letter already.
            CannotChangeLetter: the letter was delivered, so its list is final.
        """
        self._lock()
        if self.kind != SignatureKind.ORGANIZATION or self.state != SignatureState.CONFIRMED:
            raise CannotChangeSignature(state=self.state.value)
        self._refuse_after_delivery()
        # Two approvals for one organization at the same moment: the second one waits and sees.
        db.session.scalar(
            select(Organization.id).filter_by(id=organization.id).with_for_update()
        )
        taken = select(Signature.id).filter_by(
            letter_id=self.letter_id,
            kind=SignatureKind.ORGANIZATION,
            organization_id=organization.id,
            state=SignatureState.APPROVED,
        )
        if db.session.scalar(taken):
            raise AlreadySigned(organization=organization.name)
        self.organization = organization
        self.organization_id = organization.id
        self.state = SignatureState.APPROVED
        self.decided_at = now()
        self.sort_key = self._sort_key()
        organization.add_alias(self.organization_name)
        person = db.session.get(Person, self.person_id) if self.person_id else None
        if person is not None:  # only now: typing a name does not make anybody its president
            self._remember_membership(person, organization)
        events.record(self._event(SignatureApproved))
        audit.record("signature.approved", self, ["organization_id", "state"])

    def reject(self, reason: str) -> None:
        """Refuse it; `reason` is for the coalition's own records.

        Raises:
            CannotChangeSignature: it was withdrawn or rejected before.
            CannotChangeLetter: the letter was delivered, so its list is final.
        """
        self._lock()
        if self.state in (SignatureState.WITHDRAWN, SignatureState.REJECTED):
            raise CannotChangeSignature(state=self.state.value)
        self._refuse_after_delivery()
        counted = self.counts
        self.state = SignatureState.REJECTED
        self.rejection_reason = reason
        self.decided_at = now()
        events.record(self._event(SignatureRejected, counted=counted))
        audit.record("signature.rejected", self)

    def withdraw(self) -> None:
        """Take the name back, at any time; withdrawing twice changes nothing.

        After a delivery the fact stays on record, and the public list drops the name.
        """
        self._lock()
        if self.state in (SignatureState.WITHDRAWN, SignatureState.REJECTED):
            return
        counted = self.counts
        self.state = SignatureState.WITHDRAWN
        self.withdrawn_at = now()
        self.listed = False
        events.record(self._event(SignatureWithdrawn, counted=counted))
        audit.record("signature.withdrawn", self)

    def relist(self, *, listed: bool, display_name: str) -> None:
        """Change whether and under which name it is listed."""
        self._lock()
        if self.state in (SignatureState.WITHDRAWN, SignatureState.REJECTED):
            raise SignatureGone
        self.listed = listed
        self.display_name = display_name
        self.sort_key = self._sort_key()
        if self.counts:
            events.record(self._event(SignatureChanged))
        audit.record("signature.relisted", self, ["listed", "display_name"])

    def _sort_key(self) -> str:
        """People are listed by family name, unless they chose how they are listed."""
        if self.kind == SignatureKind.PERSON and not self.display_name:
            return sort_key(f"{self.family_name} {self.given_name}".strip())
        return sort_key(self.listed_name)

    def _lock(self) -> None:
        """Read the row anew and keep others from changing it until this transaction ends."""
        db.session.flush()  # what this transaction changed already is not to be forgotten
        db.session.refresh(self, with_for_update=True)

    def _locked_letter(self) -> Letter:
        """Return the letter, which cannot be closed until this transaction ends."""
        locked = select(Letter).filter_by(id=self.letter_id).with_for_update(read=True)
        return db.session.scalars(locked.execution_options(populate_existing=True)).one()

    def _refuse_after_delivery(self) -> None:
        letter = self._locked_letter()
        if letter.state == LetterState.DELIVERED:
            raise CannotChangeLetter(state=letter.state.value)

    def _remember_person(self) -> None:
        assert self.email is not None, "only signatures with an address are confirmed by mail"
        assert self.email_index is not None, "who has an address has its index"
        person = Person.remember(
            email=self.email, given_name=self.given_name, family_name=self.family_name
        )
        self.person_id = person.id
        person.remember_place(city=self.city, region=self.region, postal_code=self.postal_code)
        person.language = person.language or self.language
        person.verify_email(self.email_index)
        if self.updates_wording:
            self._note_consent(person, self.updates_wording, None)
        if self.partner_id and self.partner_wording:
            self._note_consent(person, self.partner_wording, self.partner_id)

    def _note_consent(self, person: Person, wording: str, organization_id: UUID | None) -> None:
        assert self.email_index is not None, "only mailboxes' owners confirm"
        note_agreement(
            person,
            self.email_index,
            wording=wording,
            source=ConsentSource.SIGNATURE,
            source_id=self.id,
            source_code=self.source_code,
            organization_id=organization_id,
        )

    def _match_organization(self, letter: Letter) -> None:
        known = organization_by_name(self.organization_name)
        if known is None:
            return
        self.organization = known
        self.organization_id = known.id
        proven = known.owns_domain(addresses.domain_of(self.email or ""))
        signed = select(Signature.id).filter_by(
            letter_id=self.letter_id,
            organization_id=known.id,
            kind=SignatureKind.ORGANIZATION,
            state=SignatureState.APPROVED,
        )
        if (
            letter.approval == ApprovalRule.UNPROVEN
            and proven
            and not db.session.scalar(signed)
        ):
            self.approve(known)

    def _remember_membership(self, person: Person, organization: Organization) -> None:
        known = select(Membership.id).filter_by(
            person_id=person.id, organization_id=organization.id
        )
        if not db.session.scalar(known):
            db.session.add(
                Membership(
                    person_id=person.id,
                    organization_id=organization.id,
                    title=self.capacity or None,
                    starts_on=now().astimezone(UTC).date(),
                )
            )

    def _event(self, kind: type[SignatureEvent], **values: Any) -> SignatureEvent:
        return kind(
            coalition_id=self.coalition_id,
            letter_id=self.letter_id,
            signature_id=self.id,
            kind=self.kind.value,
            **values,
        )

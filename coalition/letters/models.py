"""Letters: a text in one or more languages, those it addresses, and when it may be signed."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from coalition import audit, db, events
from coalition.campaigns import readiness
from coalition.campaigns.models import Campaign
from coalition.clock import now
from coalition.db import within
from coalition.errors import N_
from coalition.letters.errors import (
    CannotChangeLetter,
    LetterIncomplete,
    NotForThisKind,
    SigningClosed,
    SigningNotStarted,
)
from coalition.letters.events import LetterClosed, LetterDelivered, LetterOpened
from coalition.wording import Said, Texted, TextRow

if TYPE_CHECKING:
    from coalition.letters.signatures import Signature


class LetterState(StrEnum):
    """The life of a letter, in order."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    DELIVERED = "delivered"


class LetterKind(StrEnum):
    """What sort of text it is."""

    SIGN_ON_LETTER = "sign_on_letter"
    OPEN_LETTER = "open_letter"
    PETITION = "petition"


class Signatories(StrEnum):
    """Who may sign a letter."""

    ORGANIZATIONS = "organizations"
    PEOPLE = "people"
    BOTH = "both"


class ListOrder(StrEnum):
    """In what order signatories are listed; a leading "The" never counts."""

    ALPHABETICAL = "alphabetical"
    SIGNED = "signed"
    LEADERS_FIRST = "leaders_first"


class ApprovalRule(StrEnum):
    """Which organizations' signatures wait for a coordinator after their confirmation.

    `unproven`: all but those whose confirmed address is at the organization's own domain.
    Naming a known organization proves nothing: anybody can type its name.
    """

    UNPROVEN = "unproven"
    EVERY = "every"


class Letter(Texted["LetterText"], db.Tenant, db.Base):
    """A text that people and organizations put their name to."""

    __tablename__ = "letters"
    INCOMPLETE = LetterIncomplete
    table_args = (
        within("campaigns", "campaign_id", ondelete="SET NULL"),
        UniqueConstraint("coalition_id", "slug"),
        Index("ix_letters_closing", "state", "closes_at"),
    )

    campaign_id: Mapped[UUID | None]
    slug: Mapped[str]
    kind: Mapped[LetterKind] = mapped_column(default=LetterKind.SIGN_ON_LETTER)
    state: Mapped[LetterState] = mapped_column(default=LetterState.DRAFT)
    signatories: Mapped[Signatories] = mapped_column(default=Signatories.BOTH)
    list_order: Mapped[ListOrder] = mapped_column(default=ListOrder.ALPHABETICAL)
    approval: Mapped[ApprovalRule] = mapped_column(default=ApprovalRule.UNPROVEN)
    goal: Mapped[int | None]
    dated_on: Mapped[date | None]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    time_zone: Mapped[str] = mapped_column(default="America/Los_Angeles")
    opened_at: Mapped[datetime | None]  # for the first time
    closed_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    delivery_note: Mapped[str] = mapped_column(default="")  # in its own language
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)

    campaign: Mapped[Campaign | None] = relationship(
        primaryjoin="foreign(Letter.campaign_id) == Campaign.id"
    )
    texts: Mapped[list["LetterText"]] = relationship(
        primaryjoin="Letter.id == foreign(LetterText.letter_id)",
        order_by="LetterText.language",
        cascade="all, delete-orphan",
        passive_deletes=True,
        lazy="selectin",
    )
    targets: Mapped[list["Target"]] = relationship(
        primaryjoin="Letter.id == foreign(Target.letter_id)",
        order_by="Target.position",
        cascade="all, delete-orphan",
        passive_deletes=True,
        lazy="selectin",
    )
    signatures: WriteOnlyMapped["Signature"] = relationship(
        primaryjoin="Letter.id == foreign(Signature.letter_id)", passive_deletes=True
    )

    def accepts_signatures(self, at: datetime) -> bool:
        """Return whether somebody may sign at that moment."""
        return (
            self.state == LetterState.OPEN
            and (self.opens_at is None or self.opens_at <= at)
            and (self.closes_at is None or at < self.closes_at)
        )

    def accepts_kind(self, kind: str) -> bool:
        """Return whether signatures of this kind ("person", "organization") may be given."""
        return self.signatories == Signatories.BOTH or self.signatories == {
            "person": Signatories.PEOPLE,
            "organization": Signatories.ORGANIZATIONS,
        }.get(kind)

    def check_open(self, kind: str, at: datetime) -> None:
        """Refuse a signature that the letter does not take now.

        Raises:
            SigningNotStarted, SigningClosed, NotForThisKind: as they say.
        """
        if not self.accepts_signatures(at):
            too_early = self.state == LetterState.DRAFT or (
                self.state == LetterState.OPEN and self.opens_at and at < self.opens_at
            )
            raise (SigningNotStarted if too_early else SigningClosed)(title=self.title)
        if not self.accepts_kind(kind):
            raise NotForThisKind(field="kind")

    def open(self) -> None:
        """Start collecting signatures; a closed letter may be opened again.

        Raises:
            CannotChangeLetter: it was delivered.
            LetterIncomplete: the text, the title or those addressed are missing, or its
                campaign must not be seen yet.
        """
        self._must_be(LetterState.DRAFT, LetterState.CLOSED)
        if not self.texts or not all(text.title and text.body for text in self.texts):
            raise LetterIncomplete(missing=N_("each language needs a title and a text."))
        if not self.targets:
            raise LetterIncomplete(missing=N_("say whom the letter addresses."))
        if self.closes_at is not None and self.closes_at <= now():
            raise LetterIncomplete(
                missing=N_("its closing time has passed; choose a later one.")
            )
        if self.campaign_id is not None:
            campaign = db.session.get_one(Campaign, self.campaign_id)
            for sentence in readiness.unready(campaign):
                raise LetterIncomplete(missing=sentence)
        self.state = LetterState.OPEN
        self.opened_at = self.opened_at or now()
        self.closed_at = None
        audit.record("letter.opened", self)
        events.record(LetterOpened(coalition_id=self.coalition_id, letter_id=self.id))

    def close(self) -> None:
        """Stop collecting signatures. Those still unconfirmed cannot be confirmed any more.

        The plain update waits for signings under way: they hold a share lock on this row.

        Raises:
            CannotChangeLetter: it is not open.
        """
        self._must_be(LetterState.OPEN)
        self.state = LetterState.CLOSED
        self.closed_at = database_clock()
        audit.record("letter.closed", self)
        events.record(LetterClosed(coalition_id=self.coalition_id, letter_id=self.id))

    def deliver(self, *, note: str, at: datetime | None = None) -> None:
        """Record that the letter was handed over: `note` says to whom and how.

        Raises:
            CannotChangeLetter: it was not closed first, so the list could still change.
        """
        self._must_be(LetterState.CLOSED)
        self.state = LetterState.DELIVERED
        self.delivered_at = at or now()
        self.delivery_note = note
        audit.record("letter.delivered", self)
        events.record(LetterDelivered(coalition_id=self.coalition_id, letter_id=self.id))

    def delivery_note_in(self, language: str) -> Said:
        """Return to whom and how it was handed over, in `language`, else as it was written."""
        translated = self.text_in(language) if self.texts else None
        if translated is not None and translated.delivery_note:
            return Said(translated.delivery_note, translated.language)
        return Said(self.delivery_note, self.language)

    def translate_delivery_note(self, notes: Mapping[str, str]) -> None:
        """Keep the note in other languages that the letter is in; "" forgets it there."""
        for each in self.texts:
            if each.language != self.language and each.language in notes:
                each.delivery_note = notes[each.language]

    def _must_be(self, *states: LetterState) -> None:
        """Read the letter anew, hold it until the transaction ends, and check its state."""
        db.session.flush()
        db.session.refresh(self, ["state"], with_for_update=True)
        if self.state not in states:
            raise CannotChangeLetter(state=self.state.value)


class LetterText(TextRow, db.Tenant, db.Base):
    """The letter in one language: title and Markdown."""

    __tablename__ = "letter_texts"
    table_args = (within("letters", "letter_id"), UniqueConstraint("letter_id", "language"))

    letter_id: Mapped[UUID]
    body: Mapped[str]
    delivery_note: Mapped[str] = mapped_column(default="")  # if it is not the letter's own


class Target(db.Tenant, db.Base):
    """Somebody whom a letter addresses, with office and body as they are printed."""

    __tablename__ = "targets"
    table_args = (within("letters", "letter_id"), Index(None, "letter_id"))

    letter_id: Mapped[UUID]
    position: Mapped[int]
    name: Mapped[str]
    office: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")


def database_clock() -> datetime:
    """Return the database's time: deadlines go by one clock, not by each web server's."""
    moment: datetime = db.session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return moment


def letter_by_slug(slug: str) -> Letter | None:
    """Return the current coalition's letter with this address, in any state."""
    return db.session.scalar(select(Letter).filter_by(slug=slug))

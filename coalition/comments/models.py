"""The ledger of an agenda item: its rules, the texts compared with, the comments, the counts."""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from coalition import audit, crypto, db, events
from coalition.clock import now
from coalition.comments.errors import (
    CommentTooLong,
    CountsDoNotAdd,
    TextTaken,
    ThresholdsOutOfOrder,
)
from coalition.comments.events import ClerkCountRecorded, CommentRecorded
from coalition.comments.wording import MAX_TEXT_CHARS, Measure, author_name, words_of
from coalition.db import within
from coalition.decisions.meetings import AgendaItem

if TYPE_CHECKING:
    from coalition.comments.imports import ListImport

TEMPLATE_FROM, ADAPTED_FROM = 90, 50  # percent of the words; see `wording.similarity`


class CommentPosition(StrEnum):
    """What a comment wants of the item; `unknown` where nobody said."""

    OPPOSE = "oppose"
    SUPPORT = "support"
    NEUTRAL = "neutral"
    UNKNOWN = "unknown"


class CommentChannel(StrEnum):
    """How a comment reached the body; `written` is on paper, or in writing somehow."""

    WRITTEN = "written"
    EMAIL = "email"
    WEB_FORM = "web_form"
    SPOKEN = "spoken"
    PHONE = "phone"
    IN_PERSON = "in_person"
    UNKNOWN = "unknown"


class CommentSource(StrEnum):
    """Who says that there is such a comment: the clerk's list, or those who made it."""

    CLERK = "clerk"
    OURS = "ours"


class CommentLedger(db.Tenant, db.Base):
    """The public comments on one agenda item, and how they are told apart and counted.

    `text_revision` grows with each change of the texts: comments with a lower one wait to be
    compared anew. `needs_settling` says that duplicates and pairs have to be found anew.
    """

    __tablename__ = "comment_ledgers"
    table_args = (
        within("agenda_items", "agenda_item_id"),
        UniqueConstraint("coalition_id", "agenda_item_id"),
        CheckConstraint("adapted_from <= template_from", name="thresholds"),
    )

    agenda_item_id: Mapped[UUID]
    our_position: Mapped[CommentPosition] = mapped_column(default=CommentPosition.OPPOSE)
    template_from: Mapped[int] = mapped_column(default=TEMPLATE_FROM)
    adapted_from: Mapped[int] = mapped_column(default=ADAPTED_FROM)
    is_published: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")  # public: what others wrote about the count
    text_revision: Mapped[int] = mapped_column(default=0)
    needs_settling: Mapped[bool] = mapped_column(default=False)
    counted_at: Mapped[datetime] = mapped_column(default=now)
    created_at: Mapped[datetime] = mapped_column(default=now)

    item: Mapped[AgendaItem] = relationship(
        primaryjoin="foreign(CommentLedger.agenda_item_id) == AgendaItem.id", lazy="joined"
    )
    texts: Mapped[list["LedgerText"]] = relationship(
        primaryjoin="CommentLedger.id == foreign(LedgerText.ledger_id)",
        order_by="LedgerText.id",
        cascade="all, delete-orphan",
        passive_deletes=True,
        lazy="selectin",
    )
    comments: WriteOnlyMapped["PublicComment"] = relationship(
        primaryjoin="CommentLedger.id == foreign(PublicComment.ledger_id)", passive_deletes=True
    )
    imports: WriteOnlyMapped["ListImport"] = relationship(
        primaryjoin="CommentLedger.id == foreign(ListImport.ledger_id)",
        back_populates="ledger",
        passive_deletes=True,
    )

    @classmethod
    def of(cls, item: AgendaItem) -> "CommentLedger":
        """Return the ledger of an item, and begin one if there is none."""
        # Whoever begins a second one at the same moment waits for this row.
        db.session.execute(select(AgendaItem.id).filter_by(id=item.id).with_for_update())
        ledger = db.session.scalar(select(cls).filter_by(agenda_item_id=item.id))
        if ledger is None:
            ledger = cls(agenda_item_id=item.id)
            ledger.item, ledger.texts = item, []
            db.session.add(ledger)
            db.session.flush()
            audit.record("comments.begun", ledger)
        return ledger

    @property
    def measure(self) -> Measure:
        """What compares a comment with the texts."""
        return Measure([text.body for text in self.texts])

    def change_rules(self, **values: Any) -> None:
        """Say what is ours, from when on a comment is like our text, and what is public.

        Raises:
            ThresholdsOutOfOrder: a comment could be both.
        """
        template = values.get("template_from", self.template_from)
        adapted = values.get("adapted_from", self.adapted_from)
        if adapted >= template:
            raise ThresholdsOutOfOrder(
                field="template_from", template=template, adapted=adapted
            )
        changed = [name for name, value in values.items() if getattr(self, name) != value]
        for name in changed:
            setattr(self, name, values[name])
        if changed:
            self.counted_at = now()
            audit.record("comments.rules_changed", self, changed)

    def add_text(self, *, language: str, title: str, body: str) -> "LedgerText":
        """Compare the comments with one more text of the coalition's.

        Raises:
            TextTaken: there is one of this name in this language.
        """
        if any(text.title == title and text.language == language for text in self.texts):
            raise TextTaken(field="title", title=title)
        text = LedgerText(ledger_id=self.id, language=language, title=title, body=body)
        self.texts.append(text)
        self.text_revision += 1
        audit.record("comments.text_added", self)
        return text

    def remove_text(self, text_id: UUID) -> None:
        """Compare the comments no more with this text."""
        kept = [text for text in self.texts if text.id != text_id]
        if len(kept) < len(self.texts):
            self.texts[:] = kept
            self.text_revision += 1
            audit.record("comments.text_removed", self)

    def record(
        self,
        *,
        author: str = "",
        text: str = "",
        reported_id: UUID | None = None,
        **values: Any,
    ) -> "PublicComment":
        """Put down one comment of ours. What was reported under the same id is not put down again.

        Raises:
            CommentTooLong: it is longer than `MAX_TEXT_CHARS`.
        """
        if len(text) > MAX_TEXT_CHARS:
            raise CommentTooLong(field="text", chars=len(text), limit=MAX_TEXT_CHARS)
        if reported_id is not None:
            known = db.session.scalar(
                self.comments.select().where(PublicComment.reported_id == reported_id)
            )
            if known is not None:
                return known
        comment = PublicComment(
            ledger_id=self.id,
            source=CommentSource.OURS,
            reported_id=reported_id,
            text_revision=self.text_revision,
            **values,
        )
        comment.write(author, text, self.measure)
        db.session.add(comment)
        self.counted_at = now()
        audit.record("comment.recorded", comment)
        events.record(
            CommentRecorded(
                coalition_id=self.coalition_id,
                agenda_item_id=self.agenda_item_id,
                comment_id=comment.id,
            )
        )
        return comment

    def record_count(self, *, total: int, source: str, **values: Any) -> "ClerkCount":
        """Note how many comments the clerk counted, where no list is published.

        Raises:
            CountsDoNotAdd: the positions are more than the whole.
        """
        parts = sum(values.get(each) or 0 for each in ("oppose", "support", "neutral"))
        if parts > total:
            raise CountsDoNotAdd(field="total", sum=parts, total=total)
        count = ClerkCount(ledger_id=self.id, total=total, source=source, **values)
        db.session.add(count)
        self.counted_at = now()
        audit.record("clerk_count.recorded", count)
        events.record(
            ClerkCountRecorded(
                coalition_id=self.coalition_id,
                agenda_item_id=self.agenda_item_id,
                clerk_count_id=count.id,
            )
        )
        return count


class LedgerText(db.Tenant, db.Base):
    """A text of the coalition's that people copy or adapt for their comments."""

    __tablename__ = "ledger_texts"
    table_args = (
        within("comment_ledgers", "ledger_id"),
        UniqueConstraint("ledger_id", "language", "title"),
    )

    ledger_id: Mapped[UUID]
    language: Mapped[str] = mapped_column(default="en")
    title: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)


class PublicComment(db.Tenant, db.Base):
    """What somebody told a public body about an item, as we or the clerk know of it.

    `similarity` is that to the nearest text of the ledger, in percent. A comment with
    `duplicate_of_id` does not count; `match_id` is the same comment in the other source.
    """

    __tablename__ = "public_comments"
    table_args = (
        within("comment_ledgers", "ledger_id"),
        within("comment_imports", "import_id"),
        within("public_comments", "duplicate_of_id", ondelete="SET NULL"),
        within("public_comments", "match_id", ondelete="SET NULL"),
        Index(None, "ledger_id", "source", "position"),
        Index(None, "ledger_id", "text_revision"),
        Index(None, "import_id"),
        Index(
            "ix_public_comments_duplicate_of_id",
            "duplicate_of_id",
            postgresql_where="duplicate_of_id IS NOT NULL",
        ),
        Index(
            "ix_public_comments_match_id", "match_id", postgresql_where="match_id IS NOT NULL"
        ),
        Index(
            "uq_public_comments_reported_id",
            "ledger_id",
            "reported_id",
            unique=True,
            postgresql_where="reported_id IS NOT NULL",
        ),
    )

    ledger_id: Mapped[UUID]
    import_id: Mapped[UUID | None]
    reported_id: Mapped[UUID | None]  # under which somebody reported it, to know it again
    source: Mapped[CommentSource]
    line: Mapped[int | None]  # of the imported list
    position: Mapped[CommentPosition] = mapped_column(default=CommentPosition.UNKNOWN)
    channel: Mapped[CommentChannel] = mapped_column(default=CommentChannel.UNKNOWN)
    organization: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    received_on: Mapped[date | None]
    author_sealed: Mapped[bytes | None]
    author_key: Mapped[bytes | None]  # blind index: the same name, the same bytes
    text_sealed: Mapped[bytes | None]
    text_key: Mapped[bytes | None]
    similarity: Mapped[int | None]
    text_revision: Mapped[int] = mapped_column(default=0)
    duplicate_of_id: Mapped[UUID | None]
    match_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    author = crypto.sealed[str | None]("author_sealed")
    text = crypto.sealed[str | None]("text_sealed")

    def write(self, author: str, text: str, measure: Measure) -> None:
        """Keep name and text, sealed, with what is needed to find them again."""
        keys = crypto.keyring(self.coalition_id)
        words = words_of(text)
        self.author, self.text = author or None, text or None
        name = author_name(author)
        self.author_key = keys.index("comment-author", name) if name else None
        self.text_key = keys.index("comment-text", " ".join(words)) if words else None
        self.similarity = measure.percent(words)


class ClerkCount(db.Tenant, db.Base):
    """How many comments the clerk says there were; `None` where nothing is said of a position."""

    __tablename__ = "clerk_counts"
    table_args = (within("comment_ledgers", "ledger_id"), Index(None, "ledger_id"))

    ledger_id: Mapped[UUID]
    total: Mapped[int]
    oppose: Mapped[int | None]
    support: Mapped[int | None]
    neutral: Mapped[int | None]
    counted_on: Mapped[date | None]
    source: Mapped[str]  # where the clerk says so
    url: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

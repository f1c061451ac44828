"""Documents of a campaign: files and links, what they show, and what they claim."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

import coalition.decisions.votes  # noqa: F401  meetings lead to motions, whose table must be known
from coalition import audit, db
from coalition.campaigns.models import Campaign
from coalition.clock import now
from coalition.db import within
from coalition.decisions.meetings import Meeting
from coalition.decisions.models import DecisionBody
from coalition.documents.errors import DocumentEmpty
from coalition.documents.folding import vector_of, words_of
from coalition.documents.uploads import Upload
from coalition.wording import Worded


class DocumentKind(StrEnum):
    """What a document is to the campaign."""

    EVIDENCE = "evidence"
    OTHER_SIDE = "other_side"  # what those say or show who want the opposite
    PRESS = "press"
    LAW = "law"
    LETTER = "letter"
    MINUTES = "minutes"


class TextState(StrEnum):
    """Whether the words of a file can be searched."""

    WAITING = "waiting"
    READ = "read"
    EMPTY = "empty"  # a picture, or a scan without text
    FAILED = "failed"


class Document(Worded, db.Tenant, db.Base):
    """Something to read: who published it and when, what it shows, where it belongs.

    `search` has no index: under row security PostgreSQL would not use it, and one campaign's
    documents are few.
    """

    __tablename__ = "documents"
    table_args = (
        within("campaigns", "campaign_id"),
        within("meetings", "meeting_id", ondelete="SET NULL"),
        Index(None, "campaign_id"),
        Index(None, "meeting_id"),
        Index(None, "body_id"),
    )
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012  as SQLAlchemy has it

    WORDS: ClassVar = ("title", "shows")

    campaign_id: Mapped[UUID]
    body_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("decision_bodies.id", ondelete="SET NULL")
    )
    meeting_id: Mapped[UUID | None]
    kind: Mapped[DocumentKind]
    title: Mapped[str]
    agency: Mapped[str] = mapped_column(default="")  # or who published it
    dated_on: Mapped[date | None]
    shows: Mapped[str] = mapped_column(default="")
    url: Mapped[str | None]
    is_public: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    search: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(
            vector_of("title || ' ' || agency || ' ' || shows")
            + " || "
            + words_of("translations"),
            persisted=True,
        ),
        deferred=True,
    )

    campaign: Mapped[Campaign] = relationship(
        primaryjoin="foreign(Document.campaign_id) == Campaign.id", viewonly=True
    )
    body: Mapped[DecisionBody | None] = relationship()
    meeting: Mapped[Meeting | None] = relationship(
        primaryjoin="foreign(Document.meeting_id) == Meeting.id", viewonly=True
    )
    file: Mapped["DocumentFile | None"] = relationship(
        primaryjoin="Document.id == foreign(DocumentFile.document_id)",
        cascade="all, delete-orphan",
        passive_deletes=True,
        lazy="selectin",
    )
    claims: Mapped[list["DocumentClaim"]] = relationship(
        primaryjoin="Document.id == foreign(DocumentClaim.document_id)",
        order_by="DocumentClaim.position",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    def keep_file(self, upload: Upload) -> None:
        """Keep a file in the place of any other; its words wait to be read."""
        self.remove_file()
        self.file = DocumentFile(
            coalition_id=self.coalition_id,
            document_id=self.id,
            name=upload.name,
            media_type=upload.media_type,
            size_bytes=len(upload.content),
            digest=upload.digest,
            content=upload.content,
        )
        db.session.flush()
        audit.record("document.changed", self, ["file"])

    def remove_file(self) -> None:
        """Forget the file and its words; with no link left, nobody sees the document."""
        if self.file is None:
            return
        self.file = None
        db.session.flush()
        self.is_public = self.is_public and self.url is not None
        audit.record("document.changed", self, ["file"])

    def publish(self) -> None:
        """Show it on the campaign's page.

        Raises:
            DocumentEmpty: there is nothing to look at.
        """
        if self.file is None and self.url is None:
            raise DocumentEmpty
        if not self.is_public:
            self.is_public = True
            audit.record("document.published", self)

    def keep_internal(self) -> None:
        """Show it to nobody but the coalition."""
        if self.is_public:
            self.is_public = False
            audit.record("document.kept_internal", self)


class DocumentFile(db.Tenant, db.Base):
    """The file of a document, as it was handed in; `digest` is its SHA-256."""

    __tablename__ = "document_files"
    table_args = (within("documents", "document_id"), UniqueConstraint("document_id"))

    document_id: Mapped[UUID]
    name: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    digest: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    text_state: Mapped[TextState] = mapped_column(default=TextState.WAITING)
    has_pages: Mapped[bool] = mapped_column(default=False)  # numbered ones, as a PDF has
    created_at: Mapped[datetime] = mapped_column(default=now)


class DocumentPage(db.Tenant, db.Base):
    """The words of one page of a file, or of one part of a text that has no pages."""

    __tablename__ = "document_pages"
    table_args = (
        within("document_files", "file_id"),
        UniqueConstraint("file_id", "number"),
    )
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012  as SQLAlchemy has it

    file_id: Mapped[UUID]
    number: Mapped[int]
    text: Mapped[str]
    search: Mapped[str] = mapped_column(
        TSVECTOR, Computed(vector_of("text"), persisted=True), deferred=True
    )


class DocumentClaim(Worded, db.Tenant, db.Base):
    """What a document says, on which page, and what the campaign answers."""

    __tablename__ = "document_claims"
    table_args = (within("documents", "document_id"), Index(None, "document_id"))

    WORDS: ClassVar = ("claim", "answer")

    document_id: Mapped[UUID]
    position: Mapped[int]
    page: Mapped[int | None]
    claim: Mapped[str]
    answer: Mapped[str] = mapped_column(default="")

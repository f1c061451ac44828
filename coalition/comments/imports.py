"""A list of comments on its way into a ledger, and out of it again."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import audit, crypto, db
from coalition.clock import now
from coalition.comments.errors import CannotUndo
from coalition.comments.models import CommentLedger, CommentSource
from coalition.db import within


class ImportState(StrEnum):
    """How far an import is; only what is `done` counts."""

    READING = "reading"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class ListImport(db.Tenant, db.Base):
    """One list that a coordinator confirmed. The list itself is kept, sealed, until it is read.

    `stored` counts the comments that are in the ledger; `handled` also those left out.
    """

    __tablename__ = "comment_imports"
    table_args = (
        within("comment_ledgers", "ledger_id"),
        Index(
            "uq_comment_imports_digest",
            "ledger_id",
            "source",
            "digest",
            unique=True,
            postgresql_where="state IN ('reading', 'done')",
        ),
    )

    ledger_id: Mapped[UUID]
    source: Mapped[CommentSource]
    state: Mapped[ImportState] = mapped_column(default=ImportState.READING)
    origin: Mapped[str]  # where the list comes from, for whoever checks it later
    published_on: Mapped[date | None]
    digest: Mapped[bytes]
    reading: Mapped[dict[str, Any]]
    packed_sealed: Mapped[bytes | None]
    total: Mapped[int]
    handled: Mapped[int] = mapped_column(default=0)
    stored: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]

    packed = crypto.sealed[str | None]("packed_sealed")
    ledger: Mapped[CommentLedger] = relationship(
        primaryjoin="foreign(ListImport.ledger_id) == CommentLedger.id",
        back_populates="imports",
    )

    @property
    def percent(self) -> int:
        """How much of it was read."""
        return 100 * self.handled // self.total if self.total else 100

    def finish(self) -> None:
        """Let its comments count, and forget the file."""
        self.state = ImportState.DONE
        self.packed = None
        self.ended_at = self.ledger.counted_at = now()

    def undo(self) -> None:
        """Let its comments count no more; the worker removes them.

        Raises:
            CannotUndo: that was done before.
        """
        if self.state not in (ImportState.READING, ImportState.DONE):
            raise CannotUndo
        self.state = ImportState.UNDOING
        self.packed = None
        self.ledger.counted_at = now()
        audit.record("comments.import_undone", self)

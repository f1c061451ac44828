"""Work on whole ledgers, in pieces: storing a list, comparing anew, finding duplicates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Table,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from uuid_utils.compat import uuid7

from coalition import crypto, db
from coalition.clock import now
from coalition.comments import settling
from coalition.comments.imports import ImportState, ListImport
from coalition.comments.list_reading import ListedComment
from coalition.comments.models import CommentLedger, PublicComment
from coalition.comments.settling import Entry
from coalition.comments.wording import similarity, words_of

AT_ONCE = 2_000  # comments in one transaction, or in one statement

_TABLE = cast("Table", PublicComment.__table__)


def store(taken: ListImport, ledger: CommentLedger, listed: Iterable[ListedComment]) -> None:
    """Put comments of a list into its ledger; they count when the import is done."""
    rows, measure = [], ledger.measure
    for each in listed:
        comment = PublicComment(
            id=uuid7(),
            ledger_id=taken.ledger_id,
            import_id=taken.id,
            source=taken.source,
            line=each.line,
            position=each.position,
            channel=each.channel,
            organization=each.organization,
            city=each.city,
            received_on=each.received_on,
            text_revision=ledger.text_revision,
            created_at=now(),
        )
        comment.write(each.author, each.text, measure)
        rows.append(
            {
                column.key: getattr(comment, column.key)
                for column in PublicComment.__mapper__.column_attrs
            }
        )
    if rows:
        db.session.execute(insert(PublicComment), rows)


def remeasure_some(ledger: CommentLedger) -> int:
    """Compare some comments that still have a similarity to earlier texts; return how many.

    Zero means that none is left.
    """
    waiting = (
        ledger.comments.select()
        .where(PublicComment.text_revision < ledger.text_revision)
        .order_by(PublicComment.id)
        .limit(AT_ONCE)
    )
    measure = ledger.measure
    changed: list[dict[str, object]] = [
        {
            "row": comment.id,
            "similarity": measure.percent(words_of(comment.text or "")),
            "text_revision": ledger.text_revision,
        }
        for comment in db.session.scalars(waiting)
    ]
    _update(changed, "similarity", "text_revision")
    if not changed:
        ledger.counted_at = now()
    return len(changed)


def waiting_to_be_measured(ledger: CommentLedger) -> int:
    """Count the comments that still have a similarity to earlier texts."""
    waiting = ledger.comments.select().where(PublicComment.text_revision < ledger.text_revision)
    return db.session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


@dataclass(frozen=True)
class Unsettled:
    """What is needed to find duplicates and pairs, read from the database."""

    rows: Sequence[Row[*tuple[Any, ...]]]
    entries: Sequence[Entry]
    words: dict[UUID, list[str]]  # of those comments that may have to be compared

    def changes(self) -> list[dict[str, object]]:
        """Find what is to be written down.

        It takes seconds for a large ledger, so no transaction should be open meanwhile.
        """
        found = settling.settle(self.entries, self._alike)
        return [
            {
                "row": row.id,
                "duplicate_of_id": found.duplicate_of.get(row.id),
                "match_id": found.match.get(row.id),
            }
            for row in self.rows
            if row.duplicate_of_id != found.duplicate_of.get(row.id)
            or row.match_id != found.match.get(row.id)
        ]

    def _alike(self, one: Entry, other: Entry) -> int:
        return similarity(self.words.get(one.id, ()), self.words.get(other.id, ()))


def unsettled(ledger_id: UUID, *, with_import: UUID | None = None) -> Unsettled:
    """Read what counts, and `with_import`, to find the duplicates and the pairs in it."""
    counts = counted()
    if with_import is not None:
        counts = or_(counts, PublicComment.import_id == with_import)
    columns = (
        PublicComment.id, PublicComment.source, PublicComment.author_key,
        PublicComment.text_key, PublicComment.city, PublicComment.duplicate_of_id,
        PublicComment.match_id,
    )  # fmt: skip
    statement = select(*columns).where(PublicComment.ledger_id == ledger_id, counts)
    rows = db.session.execute(statement.order_by(PublicComment.id)).all()
    entries = [
        Entry(row.id, row.source, row.author_key, row.text_key, row.city.casefold())
        for row in rows
    ]
    return Unsettled(rows, entries, _words(_to_compare(entries)))


def settle(ledger: CommentLedger, changes: Sequence[dict[str, object]]) -> None:
    """Write down what was found of the duplicates and the pairs."""
    _update(changes, "duplicate_of_id", "match_id")
    ledger.counted_at = now()


def remove_some(undone: ListImport) -> int:
    """Remove some comments of an import that was undone; return how many."""
    some = select(PublicComment.id).where(PublicComment.import_id == undone.id).limit(AT_ONCE)
    gone = db.session.execute(
        delete(PublicComment)
        .where(PublicComment.id.in_(some))
        .returning(PublicComment.id)
        .execution_options(synchronize_session=False)
    ).all()
    undone.stored -= len(gone)
    return len(gone)


def counted() -> ColumnElement[bool]:
    """Choose the comments that no import under way and none that was undone brought."""
    done = select(ListImport.id).where(ListImport.state == ImportState.DONE)
    return or_(PublicComment.import_id.is_(None), PublicComment.import_id.in_(done))


def _update(changes: Sequence[dict[str, object]], *columns: str) -> None:
    """Write the changed values, many rows in one statement."""
    statement = (
        update(_TABLE)
        .where(_TABLE.c.id == bindparam("row"))
        .values({name: bindparam(name) for name in columns})
    )
    connection = db.session.connection()
    for start in range(0, len(changes), AT_ONCE):
        connection.execute(statement, changes[start : start + AT_ONCE])


def _to_compare(entries: Sequence[Entry]) -> list[UUID]:
    """Return the comments of authors of whom several different ones are known."""
    texts: dict[bytes, set[bytes]] = {}
    for entry in entries:
        if entry.author is not None and entry.text is not None:
            texts.setdefault(entry.author, set()).add(entry.text)
    several = {author for author, known in texts.items() if len(known) > 1}
    return [entry.id for entry in entries if entry.text is not None and entry.author in several]


def _words(ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Open the texts of some comments and return their words."""
    coalition_id = db.current_coalition_id()
    assert coalition_id is not None
    found: dict[UUID, list[str]] = {}
    for start in range(0, len(ids), AT_ONCE):
        statement = select(PublicComment.id, PublicComment.text_sealed).where(
            PublicComment.id.in_(ids[start : start + AT_ONCE]),
            PublicComment.text_sealed.is_not(None),
        )
        for row_id, sealed in db.session.execute(statement):
            assert sealed is not None
            place = "public_comments.text_sealed"
            found[row_id] = words_of(crypto.open_sealed(coalition_id, sealed, place, row_id))
    return found

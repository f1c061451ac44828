"""Work on whole ledgers, in pieces: storing a list, comparing anew, finding duplicates."""

from collections.abc import Iterable, Sequence
from typing import cast
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
from coalition.comments.imports import ImportState, ListImport
from coalition.comments.list_reading import ListedComment
from coalition.comments.models import CommentLedger, CommentSource, PublicComment
from coalition.comments.settling import NEARLY_SAME_FROM, Entry, settle
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


def settle_ledger(ledger: CommentLedger, *, with_import: UUID | None = None) -> None:
    """Find the duplicates and the pairs anew, of all that counts, and of `with_import`."""
    counts = counted()
    if with_import is not None:
        counts = or_(counts, PublicComment.import_id == with_import)
    columns = (
        PublicComment.id, PublicComment.source, PublicComment.author_key,
        PublicComment.text_key, PublicComment.city, PublicComment.duplicate_of_id,
        PublicComment.match_id,
    )  # fmt: skip
    statement = select(*columns).where(PublicComment.ledger_id == ledger.id, counts)
    rows = db.session.execute(statement.order_by(PublicComment.id)).all()
    entries = [
        Entry(row.id, row.source, row.author_key, row.text_key, row.city.casefold())
        for row in rows
    ]
    texts = _Texts(_to_compare(entries))
    found = settle(entries, texts.nearly_same)
    _update(_changes(rows, found.duplicate_of, found.match), "duplicate_of_id", "match_id")
    ledger.needs_settling = False
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


def _changes(
    rows: Iterable[Row[*tuple[object, ...]]],
    duplicate_of: dict[UUID, UUID],
    match: dict[UUID, UUID],
) -> list[dict[str, object]]:
    return [
        {
            "row": row.id,
            "duplicate_of_id": duplicate_of.get(row.id),
            "match_id": match.get(row.id),
        }
        for row in rows
        if (row.duplicate_of_id, row.match_id) != (duplicate_of.get(row.id), match.get(row.id))
    ]


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
    """Return the comments of authors who have written several different ones to one list."""
    texts: dict[tuple[CommentSource, bytes], set[bytes]] = {}
    for entry in entries:
        if entry.author is not None and entry.text is not None:
            texts.setdefault((entry.source, entry.author), set()).add(entry.text)
    several = {author for author, known in texts.items() if len(known) > 1}
    return [
        entry.id
        for entry in entries
        if entry.author is not None
        and entry.text is not None
        and (entry.source, entry.author) in several
    ]


class _Texts:
    """The words of some comments, opened when they are first compared."""

    def __init__(self, ids: Sequence[UUID]) -> None:
        self._words: dict[UUID, list[str]] = {}
        coalition_id = db.current_coalition_id()
        assert coalition_id is not None
        for start in range(0, len(ids), AT_ONCE):
            statement = select(PublicComment.id, PublicComment.text_sealed).where(
                PublicComment.id.in_(ids[start : start + AT_ONCE]),
                PublicComment.text_sealed.is_not(None),
            )
            for row_id, sealed in db.session.execute(statement):
                assert sealed is not None
                text = crypto.open_sealed(
                    coalition_id, sealed, "public_comments.text_sealed", row_id
                )
                self._words[row_id] = words_of(text)

    def nearly_same(self, one: Entry, other: Entry) -> bool:
        if one.id not in self._words or other.id not in self._words:
            return False
        return similarity(self._words[one.id], self._words[other.id]) >= NEARLY_SAME_FROM

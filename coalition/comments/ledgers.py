"""What people do with a ledger that leaves work for later: lists, texts, single comments."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from coalition import audit, crypto, db, jobs
from coalition.clock import now
from coalition.comments import jobs as work
from coalition.comments.counting import counted
from coalition.comments.errors import AlreadyImported, UnknownItem
from coalition.comments.figures import Figures, figures
from coalition.comments.imports import ImportState, ListImport
from coalition.comments.list_files import decode, pack
from coalition.comments.list_reading import Reading
from coalition.comments.list_review import review
from coalition.comments.models import (
    CommentLedger,
    CommentSource,
    LedgerText,
    PublicComment,
)
from coalition.decisions.meetings import AgendaItem

SETTLED_AFTER = timedelta(seconds=20)  # so that many reports at once are settled once


def ledger_of(agenda_item_id: UUID) -> CommentLedger:
    """Return the ledger of an item for writing, begun if need be; others wait for it.

    Raises:
        UnknownItem: the coalition has no such item.
    """
    item = db.session.get(AgendaItem, agenda_item_id)
    if item is None:
        raise UnknownItem
    return CommentLedger.of(item)


def figures_of_item(agenda_item_id: UUID) -> Figures | None:
    """Count the comments on an item, duplicates once; `None` if nobody began to count."""
    ledger = db.session.scalar(select(CommentLedger).filter_by(agenda_item_id=agenda_item_id))
    return figures(ledger) if ledger else None


def import_list(
    ledger: CommentLedger,
    raw: bytes,
    reading: Reading,
    *,
    source: CommentSource,
    origin: str,
    published_on: date | None = None,
) -> ListImport:
    """Take a list that a person has looked at; the worker reads it into the ledger.

    Args:
        raw: text in `reading.encoding`; see `list_files.as_text_file`.
        origin: where the list comes from.

    Raises:
        ListUnreadable, ListTooLarge: it is not as the person saw it, or something is open.
        AlreadyImported: this list is in the ledger.
    """
    found = review(decode(raw, reading.encoding), reading)
    found.require_clear()
    packed = pack(raw)
    digest = crypto.keyring(ledger.coalition_id).index("comment-list", packed)
    known = db.session.scalar(
        ledger.imports.select().where(
            ListImport.source == source,
            ListImport.digest == digest,
            ListImport.state.in_((ImportState.READING, ImportState.DONE)),
        )
    )
    if known is not None:
        raise AlreadyImported(day=known.created_at.date().isoformat())
    taken = ListImport(
        ledger_id=ledger.id,
        source=source,
        origin=origin,
        published_on=published_on,
        digest=digest,
        reading=reading.to_json(),
        packed=packed,
        total=found.total,
    )
    taken.ledger = ledger
    db.session.add(taken)
    db.session.flush()
    audit.record("comments.import_begun", taken, [f"lines: {found.total}", "origin"])
    jobs.enqueue(work.read_list, ledger.coalition_id, taken.id)
    return taken


def undo_import(taken: ListImport) -> None:
    """Take a whole list back: it stops counting at once, the worker removes its comments.

    Raises:
        CannotUndo: that was done before.
    """
    taken.undo()
    jobs.enqueue(work.remove_list, taken.coalition_id, taken.id)


def add_text(ledger: CommentLedger, *, language: str, title: str, body: str) -> LedgerText:
    """Add a text of ours; the worker compares all comments anew.

    Raises:
        TextTaken: there is one of this name in this language.
    """
    text = ledger.add_text(language=language, title=title, body=body)
    jobs.enqueue(work.remeasure, ledger.coalition_id, ledger.id)
    return text


def remove_text(ledger: CommentLedger, text_id: UUID) -> None:
    """Remove a text of ours; the worker compares all comments anew."""
    ledger.remove_text(text_id)
    jobs.enqueue(work.remeasure, ledger.coalition_id, ledger.id)


def record_comment(agenda_item_id: UUID, **values: Any) -> PublicComment:
    """Put down one comment that somebody of ours made; see `CommentLedger.record`.

    It counts at once. Whether the same person reported it twice, and whether the clerk has it,
    is found out a little later.

    Raises:
        UnknownItem, CommentTooLong: as they say.
    """
    ledger = ledger_of(agenda_item_id)
    comment = ledger.record(**values)
    _settle_soon(ledger)
    return comment


def remove_comment(ledger: CommentLedger, comment_id: UUID) -> None:
    """Remove a comment of ours that was put down by mistake; a list is undone as a whole.

    Raises:
        UnknownItem: it is not there, or came with a list.
    """
    comment = db.session.scalar(
        ledger.comments.select().where(
            PublicComment.id == comment_id, PublicComment.import_id.is_(None)
        )
    )
    if comment is None:
        raise UnknownItem
    _remove(ledger, comment)


def comment_or_raise(ledger: CommentLedger, comment_id: UUID) -> PublicComment:
    """Return a comment that a coordinator may correct.

    Raises:
        UnknownItem: it is not there, does not count, or is what somebody reported themselves.
    """
    comment = db.session.scalar(
        ledger.comments.select().where(
            PublicComment.id == comment_id, PublicComment.reported_id.is_(None), counted()
        )
    )
    if comment is None:
        raise UnknownItem
    return comment


def correct_comment(
    ledger: CommentLedger, comment_id: UUID, *, author: str, text: str, **values: Any
) -> None:
    """Correct one comment that was read wrongly; the rest of its list stays as it is.

    Raises:
        UnknownItem: see `comment_or_raise`.
    """
    comment = comment_or_raise(ledger, comment_id)
    changed = comment.adopt(values)
    written = {"author": comment.author or "", "text": comment.text or ""}
    rewritten = [
        name for name, new in (("author", author), ("text", text)) if written[name] != new
    ]
    if rewritten:
        comment.write(author, text, ledger.measure)
        comment.text_revision = ledger.text_revision
    if changed or rewritten:
        audit.record("comment.corrected", comment, [*changed, *rewritten])
        ledger.counted_at = now()
        _settle_soon(ledger)


def remove_reported(comment: PublicComment) -> None:
    """Remove a comment whose author took the report of it back."""
    _remove(db.session.get_one(CommentLedger, comment.ledger_id), comment)


def _remove(ledger: CommentLedger, comment: PublicComment) -> None:
    audit.record("comment.removed", comment)
    db.session.delete(comment)
    ledger.counted_at = now()
    _settle_soon(ledger)


def import_or_raise(ledger: CommentLedger, import_id: UUID, *, locked: bool) -> ListImport:
    """Return an import of this ledger.

    Raises:
        UnknownItem: there is none.
    """
    statement = select(ListImport).filter_by(id=import_id, ledger_id=ledger.id)
    if locked:
        statement = statement.with_for_update(of=ListImport)
    found = db.session.scalar(statement)
    if found is None:
        raise UnknownItem
    return found


def _settle_soon(ledger: CommentLedger) -> None:
    if not ledger.needs_settling:
        ledger.needs_settling = True
        jobs.enqueue(work.settle, ledger.coalition_id, ledger.id, run_at=now() + SETTLED_AFTER)

"""What the worker does with ledgers: reads confirmed lists, counts anew, removes what was undone.

Each piece is a transaction of its own that notes how far it came: a worker that dies in the
middle loses one piece, and the next one goes on from there.
"""

import time
from itertools import islice
from uuid import UUID

from sqlalchemy import select

from coalition import audit, db, events, jobs, outbox
from coalition.clock import now
from coalition.comments import counting
from coalition.comments.events import CommentListImported, CommentListUndone
from coalition.comments.imports import ImportState, ListImport
from coalition.comments.list_files import decode, unpack
from coalition.comments.list_reading import ListedComment, Reading, comments
from coalition.comments.models import CommentLedger


def read_list(coalition_id: str, import_id: str) -> None:
    """Put the comments of a confirmed list into its ledger. Goes on where it was left."""
    mine, wanted = UUID(coalition_id), UUID(import_id)
    with db.reading(mine) as session:
        taken = session.get(ListImport, wanted)
        if taken is None or taken.state != ImportState.READING or taken.packed is None:
            return
        reading, handled = Reading.from_json(taken.reading), taken.handled
        raw = unpack(taken.packed)
    listed = comments(decode(raw, reading.encoding), reading)
    next(islice(listed, handled, handled), None)  # what was stored before
    ends = time.monotonic() + outbox.WORK_S
    while time.monotonic() < ends:
        piece = list(islice(listed, counting.AT_ONCE))
        with db.transaction(mine):
            taken = _locked_import(wanted)
            if taken.state != ImportState.READING or taken.handled != handled:
                return  # undone meanwhile, or another worker reads it
            if not piece:
                _finish(taken)
                return
            fitting = [each for each in piece if isinstance(each, ListedComment)]
            counting.store(taken, _ledger(taken.ledger_id), fitting)
            handled += len(piece)
            taken.handled = handled
            taken.stored += len(fitting)
    with db.transaction(mine):
        jobs.enqueue(read_list, mine, wanted)


def remeasure(coalition_id: str, ledger_id: str) -> None:
    """Compare the comments of a ledger with its texts of today."""
    mine, wanted = UUID(coalition_id), UUID(ledger_id)
    ends = time.monotonic() + outbox.WORK_S
    while time.monotonic() < ends:
        with db.transaction(mine):
            if not counting.remeasure_some(_ledger(wanted, locked=True)):
                return
    with db.transaction(mine):
        jobs.enqueue(remeasure, mine, wanted)


def settle(coalition_id: str, ledger_id: str) -> None:
    """Find the duplicates and the pairs of a ledger anew."""
    with db.transaction(UUID(coalition_id)):
        ledger = _ledger(UUID(ledger_id), locked=True)
        if ledger.needs_settling:
            counting.settle_ledger(ledger)


def remove_list(coalition_id: str, import_id: str) -> None:
    """Remove the comments of an import that was undone."""
    mine, wanted = UUID(coalition_id), UUID(import_id)
    ends = time.monotonic() + outbox.WORK_S
    while time.monotonic() < ends:
        with db.transaction(mine):
            undone = _locked_import(wanted)
            if undone.state != ImportState.UNDOING:
                return
            if not counting.remove_some(undone):
                _end_undoing(undone)
                return
    with db.transaction(mine):
        jobs.enqueue(remove_list, mine, wanted)


def _finish(taken: ListImport) -> None:
    """Let a list count that was read to its end: from now on, and all of it at once."""
    ledger = _ledger(taken.ledger_id, locked=True)
    counting.settle_ledger(ledger, with_import=taken.id)
    taken.finish()
    if counting.waiting_to_be_measured(ledger):  # a text was changed while the list was read
        jobs.enqueue(remeasure, taken.coalition_id, ledger.id)
    audit.record("comments.import_read", taken)
    events.record(
        CommentListImported(
            coalition_id=taken.coalition_id,
            agenda_item_id=ledger.agenda_item_id,
            import_id=taken.id,
            source=taken.source.value,
        )
    )


def _end_undoing(undone: ListImport) -> None:
    undone.state = ImportState.UNDONE
    undone.ended_at = now()
    ledger = _ledger(undone.ledger_id, locked=True)
    counting.settle_ledger(ledger)
    events.record(
        CommentListUndone(
            coalition_id=undone.coalition_id,
            agenda_item_id=ledger.agenda_item_id,
            import_id=undone.id,
        )
    )


def _ledger(ledger_id: UUID, *, locked: bool = False) -> CommentLedger:
    statement = select(CommentLedger).filter_by(id=ledger_id)
    if locked:
        statement = statement.with_for_update(of=CommentLedger)
    return db.session.scalars(statement).one()


def _locked_import(import_id: UUID) -> ListImport:
    statement = select(ListImport).filter_by(id=import_id)
    return db.session.scalars(statement.with_for_update(of=ListImport)).one()

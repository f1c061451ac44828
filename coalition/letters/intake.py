"""The door for signatures: those that arrive at the same moment are stored by one statement.

Signing is the busiest thing that happens here, and an adversary watches its answers. So a new
and a repeated signature take the same path and give the same answer, and nothing is read before
it is written: the letter's row is share-locked (a closing letter waits), the unique index decides
whether a name is new. While one thread of a process writes, the others wait with their
signatures, and the next one writes them all: one round trip and one commit for all of them.
Nobody waits for company that might come.
"""

import base64
import json
from collections.abc import Sequence
from threading import Lock
from typing import Any
from uuid import UUID

from coalition import db

MAX_BATCH = 64

_TAKE = """
    WITH given AS (
        SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS given(
            n int, id uuid, event_id uuid, slug text, accepted text, kind text, source text,
            given_name text, family_name text, email_sealed text, email_index text,
            organization_name text, organization_key text, capacity text, website text,
            sort_key text, city text, region text, postal_code_sealed text, language text,
            listed boolean, updates_wording text, partner_id uuid, partner_wording text,
            source_code text)),
    letter AS (
        SELECT id, slug, signatories FROM letters
        WHERE coalition_id = %(coalition_id)s AND slug IN (SELECT slug FROM given)
          AND state = 'open'
          AND (opens_at IS NULL OR opens_at <= clock_timestamp())
          AND (closes_at IS NULL OR clock_timestamp() < closes_at)
        FOR SHARE),
    taken AS (
        SELECT given.*, letter.id AS letter_id, decode(given.email_index, 'base64') AS mailbox
        FROM given JOIN letter USING (slug)
        WHERE letter.signatories IN ('both', given.accepted)),
    added AS (
        INSERT INTO signatures (
            id, coalition_id, letter_id, kind, state, source, given_name, family_name,
            email_sealed, email_index, organization_name, organization_key, capacity, website,
            display_name, sort_key, city, region, postal_code_sealed, language, listed,
            updates_wording, partner_id, partner_wording, source_code, created_at)
        SELECT id, %(coalition_id)s, letter_id, kind, 'pending', source, given_name, family_name,
            decode(email_sealed, 'base64'), mailbox, organization_name, organization_key,
            capacity, website, '', sort_key, city, region,
            decode(postal_code_sealed, 'base64'), language, listed, updates_wording,
            partner_id, partner_wording, source_code, clock_timestamp()
        FROM taken ORDER BY n
        ON CONFLICT (letter_id, kind, email_index, organization_key)
            WHERE state <> 'withdrawn' AND NOT (state = 'rejected' AND confirmed_at IS NULL)
            DO NOTHING
        RETURNING id),
    facts AS (
        SELECT event_id, letter_id, id AS signature_id, kind, 'signature.added' AS name
        FROM taken JOIN added USING (id)
        UNION ALL
        SELECT event_id, letter_id, known.id, taken.kind, 'signature.repeated'
        FROM taken JOIN signatures AS known USING (letter_id)
        WHERE known.kind = taken.kind AND known.email_index = taken.mailbox
          AND known.organization_key = taken.organization_key
          AND known.state <> 'withdrawn'
          AND NOT (known.state = 'rejected' AND known.confirmed_at IS NULL)
          AND NOT EXISTS (SELECT FROM added WHERE added.id = taken.id)),
    told AS (
        INSERT INTO outbox (id, coalition_id, name, payload)
        SELECT event_id, %(coalition_id)s, name,
            jsonb_build_object('id', event_id, 'kind', kind, 'letter_id', letter_id,
                'coalition_id', cast(%(coalition_id)s AS uuid), 'signature_id', signature_id)
        FROM facts)
    SELECT coalesce(array_agg(n), '{}') FROM taken
"""

Row = dict[str, Any]


class _Waiting:
    """A signature that a thread brought, and what became of it.

    Its thread sleeps on `wake` until another one has stored it, or until it is its turn to
    store what has come together meanwhile.
    """

    def __init__(self, coalition_id: UUID, row: Row) -> None:
        self.coalition_id = coalition_id
        self.row = row
        self.is_done = False
        self.is_taken = False
        self.error: BaseException | None = None
        self.wake = Lock()
        self.wake.acquire()


_queue: list[_Waiting] = []
_queue_lock = Lock()
_state = {"is_led": False}  # whether some thread of this process is writing


def take(coalition_id: UUID, row: Row) -> bool:
    """Store a signature, committed when this returns; false if no open letter takes it.

    Raises:
        psycopg.Error: it could not be stored; others that came with it were.
    """
    mine = _Waiting(coalition_id, row)
    with _queue_lock:
        _queue.append(mine)
        leads = not _state["is_led"]
        _state["is_led"] = True
    if not leads:
        mine.wake.acquire()
    if not mine.is_done:
        _lead(mine)
    if mine.error is not None:
        raise mine.error
    return mine.is_taken


def _lead(mine: _Waiting) -> None:
    """Store what has come together, hand the lead on, and wake those whose signature is stored."""
    batch = _batch_with(mine)
    try:
        _write(batch)
    finally:
        with _queue_lock:
            successor = _queue[0] if _queue else None
            _state["is_led"] = successor is not None
        if successor is not None:
            successor.wake.release()
        for each in batch:
            if each is not mine:
                each.wake.release()


def take_within(coalition_id: UUID, row: Row) -> bool:
    """Store a signature as part of the open transaction; false if no open letter takes it."""
    statement = db.session.connection().exec_driver_sql(_TAKE, _values(coalition_id, [row]))
    return bool(statement.scalar_one())


def _batch_with(mine: _Waiting) -> list[_Waiting]:
    """Take `mine` and others of the same coalition out of the queue, oldest first."""
    with _queue_lock:
        others = [
            each
            for each in _queue
            if each is not mine and each.coalition_id == mine.coalition_id
        ]
        batch = [mine, *others[: MAX_BATCH - 1]]
        for each in batch:
            _queue.remove(each)
    return batch


def _write(batch: Sequence[_Waiting]) -> None:
    """Store a batch; if it fails, each alone, so that one bad row fails nobody else's."""
    try:
        values = _values(batch[0].coalition_id, [each.row for each in batch])
        taken = set(db.run_alone(batch[0].coalition_id, _TAKE, values))
    except BaseException as error:
        if len(batch) > 1:
            for each in batch:
                _write([each])
            return
        batch[0].error = error
        taken = set()
    for n, each in enumerate(batch):
        each.is_taken = n in taken
        each.is_done = True


def _values(coalition_id: UUID, rows: Sequence[Row]) -> dict[str, Any]:
    numbered = [{**row, "n": n} for n, row in enumerate(rows)]
    return {"coalition_id": coalition_id, "rows": json.dumps(numbered, default=_plain)}


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return str(value)

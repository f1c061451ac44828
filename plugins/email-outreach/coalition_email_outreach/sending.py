"""Sending: batches claimed, each recipient asked about, handed over one by one, written down.

A batch is claimed in one transaction and settled in another; between them no transaction is
open. What is true of single messages meanwhile lies in the journal.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import zip_longest
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from uuid_utils.compat import uuid7

from coalition.sdk import (
    Coalition,
    Deferred,
    DkimKey,
    InDoubt,
    Refused,
    Stops,
    Transport,
    Unreachable,
    dkim_keys,
    dkim_signed,
    now,
    reading,
    session,
    transaction,
    transport,
)
from coalition_email_outreach import audience, bells, pacing, resting, settling, subjects
from coalition_email_outreach.journal import Claimed, Journal, Outcome, Verdict
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.workshop import Letter, Workshop

BATCH = 250  # so much may be in doubt if a machine is lost with its journal
WORK_S = 20.0
LEASE_S = 240  # a batch not sent by then is put back by whoever holds it
DATABASE_PATIENCE_S = 90  # that long the results of a batch wait for a database that is away

# The next ones are found once, before anything is changed: as a condition of the UPDATE they
# may be looked for again for each row, and then there is no limit.
_CLAIM = text("""
    WITH following AS MATERIALIZED (
        SELECT id FROM email_outreach_recipients
        WHERE mailing_id = :mailing AND state = 'queued' AND due_at <= cast(:now AS timestamptz)
        ORDER BY due_at LIMIT :most FOR UPDATE SKIP LOCKED)
    UPDATE email_outreach_recipients r SET state = 'sending', claim_id = :claim,
        lease_until = cast(:now AS timestamptz) + make_interval(secs => :lease)
    FROM following WHERE r.id = following.id
    RETURNING r.id, r.person_id, r.subject, r.occasion_id""")

log = structlog.get_logger(__name__)


def has_work() -> bool:
    """Return whether a mailing wants attention."""
    with reading():
        return bells.is_any_due()


def send_due() -> int:
    """Send for a while over one connection; return how many messages the server took.

    Several processes may do so at once, also for one mailing.
    """
    settling.recover()
    ends, sent = time.monotonic() + WORK_S, 0
    with ExitStack() as stack:
        lane = Lane(
            stack.enter_context(closing(Journal.open())),
            stack.enter_context(closing(transport())),
            stack.enter_context(closing(Stops())),
            stack.enter_context(ThreadPoolExecutor(1)),
        )
        while time.monotonic() < ends and (bell := _next_bell()) is not None:
            sent += lane.attend(*bell)
    return sent


@dataclass
class Lane:
    """One process's way out: its journal, its connection, its ear, its writing desk."""

    journal: Journal
    carrier: Transport
    stops: Stops
    desk: Executor
    workshop: Workshop = field(default_factory=Workshop)
    keys: Sequence[DkimKey] = field(default_factory=dkim_keys)

    def attend(self, mailing_id: UUID, coalition_id: UUID) -> int:
        """Do what a mailing wants next; return how many messages the server took."""
        claimed = Claimed(uuid7(), coalition_id, mailing_id)
        self.journal.claim(claimed)
        letters = self._claim(claimed)
        if not letters:
            self.journal.clear()
            resting.rest(mailing_id, coalition_id)
            return 0
        self._send(claimed, letters)
        _patiently(lambda: settling.settle(claimed))
        self.journal.clear()
        verdicts = [outcome.verdict for outcome in claimed.outcomes.values()]
        return verdicts.count(Verdict.SENT)

    def _claim(self, claimed: Claimed) -> list[Letter]:
        """Take a batch, with all that is needed to write it."""
        with transaction(claimed.coalition_id):
            # Not locked: ten workers that each hold it now and then would never let a coordinator
            # have it who wants to pause. Who pauses meanwhile is heard before the first message.
            mailing = session.scalar(select(Mailing).filter_by(id=claimed.mailing_id))
            coalition = session.get_one(Coalition, claimed.coalition_id)
            if mailing is None or mailing.status != MailingStatus.SENDING:
                return []
            if not audience.has_purpose(mailing):
                return []  # it is held, not refused to everybody: the purpose may come back
            if pacing.quiet_until(coalition, now()) is not None:
                return []
            subjects.decide_if_due(mailing)
            limits = pacing.limits()
            most, wait_s = _take(mailing.coalition_id, limits)
            if most == 0:
                bells.put_off(mailing.id, now() + timedelta(seconds=wait_s))
                return []
            rows = session.execute(
                _CLAIM,
                {
                    "claim": claimed.claim_id,
                    "mailing": mailing.id,
                    "now": now(),
                    "lease": LEASE_S,
                    "most": most,
                },
            ).all()
            return self._letters(mailing, coalition, rows, limits.domain)

    def _letters(
        self,
        mailing: Mailing,
        coalition: Coalition,
        rows: Iterable[Any],
        per_domain: float | None,
    ) -> list[Letter]:
        found = list(rows)
        people = [row.person_id for row in found if row.person_id]
        boxes = {box.person_id: box for box in audience.boxes(mailing, people)}
        letters = [
            self.workshop.letter(
                mailing,
                coalition,
                row.id,
                subject=row.subject,
                box=boxes.get(row.person_id),
                occasion_id=row.occasion_id,
            )
            for row in found
        ]
        domains = [letter.domain for letter in letters if letter.domain]
        waiting = pacing.held_up(domains, per_domain) if domains else {}
        for letter in letters:
            letter.wait_s = waiting.get(letter.domain, 0)
        return letters

    def _send(self, claimed: Claimed, letters: list[Letter]) -> None:
        lease_ends = time.monotonic() + LEASE_S
        struck: set[str] = set()
        for at, (letter, written) in enumerate(self._written_ahead(letters)):
            if time.monotonic() > lease_ends:
                break
            if self.stops.heard(claimed.coalition_id) and not _ask_again(claimed, letters[at:]):
                break
            outcome = self._hand_over(letter, written, struck)
            self.journal.end(letter.recipient_id, outcome)
            if outcome.reason == _SERVER_AWAY:
                break
        _note_pace(claimed, letters, struck)

    def _written_ahead(self, letters: list[Letter]) -> Iterator[tuple[Letter, Future[bytes]]]:
        """Give each letter with its text, written and signed while the one before it left.

        Only one is written ahead: of thirty megabytes each there must not be many.
        """
        ahead = self.desk.submit(self._write, letters[0])
        for letter, following in zip_longest(letters, letters[1:]):
            written = ahead
            if following is not None:
                ahead = self.desk.submit(self._write, following)
            yield letter, written

    def _write(self, letter: Letter) -> bytes:
        if letter.address is None or letter.wait_s:
            return b""  # it will not leave now
        return dkim_signed(letter.written(), self.keys)

    def _hand_over(self, letter: Letter, written: Future[bytes], struck: set[str]) -> Outcome:
        if letter.address is None:
            return Outcome(Verdict.REFUSED, "not allowed")
        if letter.wait_s or letter.domain in struck:
            return Outcome(Verdict.LATER, "", letter.wait_s or pacing.FIRST_BLOCK_S)
        try:
            self.carrier.hand_over(
                letter.return_path,
                letter.address,
                written.result(),
                begin=lambda: self.journal.begin(letter.recipient_id),
            )
        except Refused as error:
            return Outcome(Verdict.BOUNCED, _code(error))
        except Deferred as error:
            struck.add(letter.domain)
            return Outcome(Verdict.DEFERRED, _code(error))
        except Unreachable:
            return Outcome(Verdict.LATER, _SERVER_AWAY)
        except InDoubt:
            return Outcome(Verdict.UNCERTAIN, "the connection broke")
        except Exception:
            log.exception(
                "a message could not be written", recipient_id=str(letter.recipient_id)
            )
            if self.journal.claimed and self.journal.claimed.begun:
                return Outcome(Verdict.UNCERTAIN, "an error of ours")
            return Outcome(Verdict.DEFERRED, "an error of ours")
        return Outcome(Verdict.SENT)


_SERVER_AWAY = "the mail server is away"


def _next_bell() -> tuple[UUID, UUID] | None:
    with transaction():
        bell = bells.next_due()
        return (bell.id, bell.owner_id) if bell else None


def _take(coalition_id: UUID, limits: pacing.Limits) -> tuple[int, float]:
    rates = {
        pacing.INSTALLATION: limits.installation,
        pacing.coalition_key(coalition_id): limits.coalition,
    }
    return pacing.take(rates, BATCH)


def _ask_again(claimed: Claimed, letters: list[Letter]) -> bool:
    """Ask who of the rest may still be written to; return whether the mailing goes on."""
    try:
        with reading(claimed.coalition_id):
            mailing = session.get(Mailing, claimed.mailing_id)
            if mailing is None or mailing.status != MailingStatus.SENDING:
                return False
            people = [letter.person_id for letter in letters if letter.person_id]
            allowed = {box.person_id for box in audience.boxes(mailing, people)}
    except DBAPIError:
        return False  # who cannot ask does not write
    for letter in letters:
        if letter.person_id not in allowed:
            letter.address = None
    return True


def _note_pace(claimed: Claimed, letters: list[Letter], struck: set[str]) -> None:
    """Remember which mail domains and whether our server want to be left alone."""
    outcomes = claimed.outcomes
    taken = {
        pacing.domain_key(letter.domain)
        for letter in letters
        if letter.recipient_id in outcomes
        and outcomes[letter.recipient_id].verdict == Verdict.SENT
    }
    is_away = any(outcome.reason == _SERVER_AWAY for outcome in outcomes.values())
    keys = {pacing.domain_key(domain) for domain in struck}
    if is_away:
        keys.add(pacing.SERVER)
    elif taken:
        taken.add(pacing.SERVER)

    def note() -> None:
        with transaction():
            pacing.strike(keys)
            pacing.forgive(taken - keys)

    _patiently(note)


def _patiently(write: Callable[[], None]) -> None:
    """Write to a database that may be away for a while; the journal knows what it will be told."""
    ends = time.monotonic() + DATABASE_PATIENCE_S
    while True:
        try:
            return write()
        except DBAPIError:
            if time.monotonic() > ends:
                raise
            session.remove()
            time.sleep(0.5)


def _code(error: Refused | Deferred) -> str:
    answer = error.answer
    return f"{answer.code} {answer.status}".strip() if answer else "not taken"

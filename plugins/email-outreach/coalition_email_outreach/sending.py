"""Sending: batches claimed, each recipient asked about, handed over one by one, written down.

A batch is claimed in one transaction and settled in another; between them no transaction is
open. What is true of single messages meanwhile lies in the journal.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import zip_longest
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError
from uuid_utils.compat import uuid7

from coalition.sdk import (
    Deferred,
    DkimKey,
    InDoubt,
    Refused,
    Stops,
    Transport,
    Unreachable,
    dkim_keys,
    dkim_signed,
    reading,
    session,
    transaction,
    transport,
)
from coalition_email_outreach import (
    audience,
    bells,
    holding,
    pacing,
    refusals,
    resting,
    settling,
    troubles,
)
from coalition_email_outreach.admitting import OF_DOMAIN
from coalition_email_outreach.claiming import LEASE_S, Batch, claim, untried
from coalition_email_outreach.errors import ServerRefuses
from coalition_email_outreach.journal import Claimed, Journal, Outcome, Verdict
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.refusals import InARow
from coalition_email_outreach.temper import IN_A_ROW, Tempers
from coalition_email_outreach.workshop import Letter, Workshop

WORK_S = 20.0
AHEAD = 8  # letters that are written while others leave
DATABASE_PATIENCE_S = 90  # that long the results of a batch wait for a database that is away

Written = bytes | Exception

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
    _trouble: str = ""  # why the server takes nothing of a batch

    def attend(self, mailing_id: UUID, coalition_id: UUID) -> int:
        """Do what a mailing wants next; return how many messages the server took."""
        claimed = Claimed(uuid7(), coalition_id, mailing_id)
        self.journal.claim(claimed)
        try:
            batch = claim(claimed, self.workshop)
        except Exception as error:
            self.journal.clear()
            holding.give_up(mailing_id, coalition_id, error)
            return 0
        if batch is None or not batch.letters:
            self.journal.clear()
            if batch is not None:
                resting.rest(mailing_id, coalition_id)
            return 0
        was_refused = self._send(claimed, batch)
        _patiently(lambda: settling.settle(claimed))
        self.journal.clear()
        if was_refused:
            _hold_if_all_are_refused(mailing_id, coalition_id)
        verdicts = [outcome.verdict for outcome in claimed.outcomes.values()]
        return verdicts.count(Verdict.SENT)

    def _send(self, claimed: Claimed, batch: Batch) -> bool:
        """Hand a batch over; return whether the last of it was refused for what we are."""
        lease_ends, letters = time.monotonic() + LEASE_S, batch.letters
        tempers, refused = Tempers(), InARow()
        self._trouble = ""
        for at, (letter, written) in enumerate(self._written_ahead(letters)):
            if time.monotonic() > lease_ends:
                break
            if self.stops.heard(claimed.coalition_id) and not _ask_again(claimed, letters[at:]):
                break
            outcome = self._hand_over(letter, written, tempers)
            self.journal.end(letter.recipient_id, outcome)
            tempers.note(letter.domain, outcome)
            refused.note(outcome)
            if self._trouble or refused.is_long:
                break
        _note_pace(claimed, batch, tempers, self._trouble)
        return refused.count > 0

    def _written_ahead(self, letters: list[Letter]) -> Iterator[tuple[Letter, Written]]:
        """Give each letter with its text; some are written and signed while those before leave.

        A few at a time: to pass each by itself to the other thread takes as long as writing it,
        and of a megabyte each there must not be many.
        """
        shares = [letters[at : at + AHEAD] for at in range(0, len(letters), AHEAD)]
        ahead = self.desk.submit(self._write, shares[0])
        for share, following in zip_longest(shares, shares[1:]):
            written = ahead
            if following is not None:
                ahead = self.desk.submit(self._write, following)
            yield from zip(share, written.result(), strict=True)

    def _write(self, letters: Sequence[Letter]) -> list[Written]:
        return [self._written(each) for each in letters]

    def _written(self, letter: Letter) -> Written:
        if letter.address is None:
            return b""  # it will not leave
        try:
            return dkim_signed(letter.written(), self.keys)
        except Exception as error:
            return error  # of this one; it is told when its turn comes

    def _hand_over(self, letter: Letter, written: Written, tempers: Tempers) -> Outcome:
        if letter.address is None:
            return Outcome(Verdict.REFUSED, "not allowed")
        if tempers.is_left_alone(letter.domain):
            return Outcome(Verdict.LATER, OF_DOMAIN, pacing.FIRST_BLOCK_S)
        try:
            if isinstance(written, Exception):
                raise written
            self.carrier.hand_over(
                letter.return_path,
                letter.address,
                written,
                begin=lambda: self.journal.begin(letter.recipient_id),
            )
        except Refused as error:
            return Outcome(Verdict.BOUNCED, troubles.code_of(error.answer))
        except Deferred as error:
            return Outcome(Verdict.DEFERRED, troubles.code_of(error.answer))
        except Unreachable as error:
            self._trouble = troubles.noted(error)
            log.warning("mail is not taken", trouble=self._trouble)
            return Outcome(Verdict.LATER)
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


def _next_bell() -> tuple[UUID, UUID] | None:
    with transaction():
        bell = bells.next_due()
        return (bell.id, bell.owner_id) if bell else None


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


def _hold_if_all_are_refused(mailing_id: UUID, coalition_id: UUID) -> None:
    with reading(coalition_id):
        code = refusals.of_everything(mailing_id)
    if code:
        holding.give_up(mailing_id, coalition_id, ServerRefuses(code=code))


def _note_pace(claimed: Claimed, batch: Batch, tempers: Tempers, trouble: str) -> None:
    """Remember who wants to be left alone, and give back what the limits counted in vain."""
    signs = {pacing.domain_key(domain): run for domain, run in tempers.signs.items()}
    verdicts = {outcome.verdict for outcome in claimed.outcomes.values()}
    if Verdict.SENT in verdicts and not trouble:
        signs[pacing.SERVER] = 0

    unused = Counter(pacing.domain_key(each.domain) for each in untried(batch, claimed))
    unused.update(dict.fromkeys(batch.limits, unused.total()))

    def note() -> None:
        with transaction():
            pacing.lock({*unused, *signs, pacing.SERVER})
            if unused.total():
                pacing.give_back(unused)
            pacing.strike({key: run for key, run in signs.items() if run})
            if trouble:
                pacing.strike({pacing.SERVER: IN_A_ROW}, trouble)
            pacing.forgive({key for key, run in signs.items() if not run})

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

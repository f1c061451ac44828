"""The send journal: what this process has begun to hand over and how each ended.

A row in the database says that a batch is a worker's; committing each message by itself would
cost more than sending it. So between two commits the truth about single messages lies in a
file: a line before the text of a message goes out, a line when the server has answered. Of a
process that was killed, one message at most has the first line without the second.

The file outlives a killed process, also one killed with -9. It does not outlive a machine that
loses its power in the same second: for that every message would have to wait for the disk. The
process holds a lock on the file as long as it lives, so whoever can take the lock knows that
the process is gone, not merely slow.
"""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self
from uuid import UUID

from uuid_utils.compat import uuid7

from coalition.sdk import data_folder

_SUFFIX = ".journal"


class Verdict(StrEnum):
    """What came of one message of a batch."""

    SENT = "sent"
    BOUNCED = "bounced"  # the server will never take it
    DEFERRED = "deferred"  # the server does not take it now
    LATER = "later"  # not tried: its mail domain has to wait
    REFUSED = "refused"  # we must not write to them
    UNCERTAIN = "uncertain"


@dataclass(frozen=True)
class Outcome:
    """A verdict, and the server's code or our reason in one word."""

    verdict: Verdict
    reason: str = ""
    wait_s: int = 0

    @property
    def was_tried(self) -> bool:
        """Whether a server was asked to take the message."""
        return self.verdict not in (Verdict.LATER, Verdict.REFUSED)


@dataclass
class Claimed:
    """A batch that is one worker's: under which id, of which mailing, and what came of it."""

    claim_id: UUID
    coalition_id: UUID
    mailing_id: UUID
    outcomes: dict[UUID, Outcome] = field(default_factory=dict)
    begun: UUID | None = None

    def settled_outcomes(self) -> dict[UUID, Outcome]:
        """Return what came of each message; one that was begun and not ended is in doubt."""
        if self.begun is None:
            return self.outcomes
        doubt = Outcome(Verdict.UNCERTAIN, "the worker died")
        return self.outcomes | {self.begun: doubt}


class Journal:
    """The journal of one process, for one batch at a time."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor
        self.claimed: Claimed | None = None

    @classmethod
    def open(cls) -> Self:
        """Begin a journal that nobody else writes to."""
        while True:
            path = folder() / f"{uuid7()}{_SUFFIX}"
            flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND | os.O_CLOEXEC
            descriptor = os.open(path, flags, 0o600)
            if _lock(descriptor):
                return cls(path, descriptor)
            os.close(descriptor)  # somebody took it for a dead one's, and will remove it

    def claim(self, claimed: Claimed) -> None:
        """Note a batch, before the database knows of it."""
        self.claimed = claimed
        ids = (claimed.claim_id, claimed.coalition_id, claimed.mailing_id)
        self._write("claim", *(each.hex for each in ids))

    def begin(self, recipient_id: UUID) -> None:
        """Note that the text of a message is about to go out."""
        assert self.claimed is not None
        self._write(">", recipient_id.hex)
        self.claimed.begun = recipient_id

    def end(self, recipient_id: UUID, outcome: Outcome) -> None:
        """Note what came of a message."""
        assert self.claimed is not None
        self.claimed.outcomes[recipient_id] = outcome
        self.claimed.begun = None
        self._write("=", recipient_id.hex, outcome.verdict, str(outcome.wait_s), outcome.reason)

    def clear(self) -> None:
        """Forget the batch, because the database knows all of it."""
        self.claimed = None
        os.ftruncate(self._descriptor, 0)

    def close(self) -> None:
        """End the journal. One with a batch that the database does not know stays."""
        if self.claimed is None:
            self._path.unlink(missing_ok=True)
        os.close(self._descriptor)

    def _write(self, *words: str) -> None:
        line = (" ".join(words) + "\n").encode()
        written = os.write(self._descriptor, line)
        if written < len(line):
            # The disk is full. Half a line would spoil the one after it.
            os.ftruncate(self._descriptor, os.fstat(self._descriptor).st_size - written)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextmanager
def left_behind() -> Iterator[list[Claimed]]:
    """Give the batches of processes that are gone; their journals are removed at the end.

    If the block raises, they stay and are found again.
    """
    found: list[Claimed] = []
    locked: list[tuple[Path, int]] = []
    try:
        for path in sorted(folder().glob(f"*{_SUFFIX}")):
            descriptor = _take(path)
            if descriptor is not None:
                locked.append((path, descriptor))
                found += read(path)
        yield found
        for path, _ in locked:
            path.unlink(missing_ok=True)
    finally:
        for _, descriptor in locked:
            os.close(descriptor)


def folder() -> Path:
    """Return where the journals of this machine lie."""
    place = data_folder("email-outreach") / "journals"
    place.mkdir(mode=0o700, exist_ok=True)
    return place


def read(path: Path) -> list[Claimed]:
    """Read a journal; a last line that was cut off counts for nothing."""
    batches: list[Claimed] = []
    for line in path.read_text(encoding="utf-8", errors="replace").split("\n")[:-1]:
        match line.split(" ", 4):
            case ["claim", claim, coalition, mailing]:
                batches.append(Claimed(UUID(claim), UUID(coalition), UUID(mailing)))
            case [">", recipient]:
                batches[-1].begun = UUID(recipient)
            case ["=", recipient, verdict, wait, reason]:
                outcome = Outcome(Verdict(verdict), reason, int(wait))
                batches[-1].outcomes[UUID(recipient)] = outcome
                batches[-1].begun = None
    return batches


def _take(path: Path) -> int | None:
    """Return the open and locked file of a process that is gone, or `None`."""
    with suppress(FileNotFoundError):
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        if _lock(descriptor) and path.exists():  # another may have dealt with it meanwhile
            return descriptor
        os.close(descriptor)
    return None


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

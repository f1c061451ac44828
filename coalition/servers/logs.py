"""Log files of the servers: opened safely, kept small, quoted when a start fails."""

import os
from pathlib import Path
from typing import IO

MAX_LOG_BYTES = 5_000_000
QUOTED_LINES = 12


def open_log(path: Path) -> IO[bytes]:
    """Open a log to append to; a long one first becomes the previous one."""
    if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
        path.rename(path.with_suffix(".previous.log"))
    # The folder may be another user's: never follow a link that user could have put there.
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
    return os.fdopen(os.open(path, flags, 0o600), "ab")


def last_lines(path: Path) -> str:
    """Return the end of a log, for the message of a failed start."""
    try:
        lines = path.read_text(errors="replace").splitlines()
    except OSError:
        return "(no log)"
    return "\n".join(lines[-QUOTED_LINES:])

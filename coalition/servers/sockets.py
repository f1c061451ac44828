"""Folders for Unix sockets whose paths stay within what the kernel takes."""

import os
import stat
import sys
import tempfile
from pathlib import Path

from coalition.servers.service_user import ServiceUser

MAX_SOCKET_PATH_BYTES = 107 if sys.platform == "linux" else 103
# libpq takes a comma for a list of hosts, and our connection strings are text.
AWKWARD = frozenset(',"')
RECORD = "socket-folder"


def socket_folder(home: Path, *, socket: str, user: ServiceUser | None) -> Path:
    """Return a private folder for `socket`: inside `home`, or a short one where that is too long.

    The short one lies in the temporary folder and is written down in `home`, for the next
    start to use again.
    """
    folder = home / "run"
    if not _is_fit(folder / socket):
        folder = _recorded(home, user) or _short(home)
    folder.mkdir(mode=0o700, exist_ok=True)
    if user is not None:
        user.give(folder)
    else:
        folder.chmod(0o700)
    return folder


def forget_socket_folder(home: Path, folder: Path) -> None:
    """Remove a short folder after the server has ended; one inside `home` stays."""
    if folder.parent == home:
        return
    try:
        folder.rmdir()
    except OSError:  # something of its owner's is still in it
        return
    (home / RECORD).unlink(missing_ok=True)


def _is_fit(path: Path) -> bool:
    text = str(path)
    return (
        len(os.fsencode(path)) <= MAX_SOCKET_PATH_BYTES
        and text.isprintable()
        and not AWKWARD.intersection(text)
    )


def _recorded(home: Path, user: ServiceUser | None) -> Path | None:
    """Return the folder of the last start, if it is still there and still private."""
    try:
        folder = Path((home / RECORD).read_text())
        facts = folder.lstat()
    except (OSError, ValueError):
        return None
    owners = {os.geteuid()} | ({user.uid} if user else set())
    is_private = stat.S_ISDIR(facts.st_mode) and not facts.st_mode & 0o077
    return folder if is_private and facts.st_uid in owners else None


def _short(home: Path) -> Path:
    temporary = Path(tempfile.gettempdir())
    if not _is_fit(temporary / "coalition-12345678" / ".s.PGSQL.5432"):
        temporary = Path("/tmp")
    folder = Path(tempfile.mkdtemp(prefix="coalition-", dir=temporary))
    (home / RECORD).write_text(str(folder))
    return folder

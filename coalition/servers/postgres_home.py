"""Choose the folder that holds PostgreSQL's data, where the user it runs as can reach it."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from coalition.servers.errors import ServerError
from coalition.servers.service_user import service_user

SYSTEM_FOLDER = Path("/var/lib/coalition")
RECORD = "postgres-folder"


def home(data_dir: Path, *, on_progress: Callable[[str], None]) -> Path:
    """Return PostgreSQL's folder: inside `data_dir`, or elsewhere when root's are closed.

    PostgreSQL refuses root. Run by root, it runs as another user, who may not be able to walk
    into `data_dir`; we do not open other people's folders, so its data then lies in a system
    folder, whose path is written down in `data_dir`.
    """
    inside = data_dir / "postgres"
    recorded = _recorded(data_dir)
    user = service_user((inside / "data") if (inside / "data").exists() else None)
    if recorded is not None:
        return recorded
    if user is None or user.reaches(data_dir):
        inside.mkdir(mode=0o700, exist_ok=True)
        return inside
    if (inside / "data").exists():
        raise ServerError(
            f"the user “{user.name}”, who owns {inside}, can no longer reach it; give that user"
            " access to the folders above it, or start coalition as that user"
        )
    chosen = SYSTEM_FOLDER / secrets.token_hex(6)
    SYSTEM_FOLDER.mkdir(parents=True, exist_ok=True)
    chosen.mkdir(mode=0o700)
    (data_dir / RECORD).write_text(f"{chosen}\n")
    on_progress(
        f"PostgreSQL runs as the user “{user.name}”, who cannot reach {data_dir};"
        f" its data lies in {chosen}"
    )
    return chosen


def _recorded(data_dir: Path) -> Path | None:
    """Return the system folder of an earlier start, if it is still there."""
    try:
        folder = Path((data_dir / RECORD).read_text().strip())
    except FileNotFoundError:
        return None
    if os.geteuid() != 0:
        raise ServerError(
            f"the data of {data_dir} was made by root and lies in {folder}; start coalition as"
            " root, or choose another data folder"
        )
    if not folder.is_dir():
        raise ServerError(
            f"the PostgreSQL data of {data_dir} lay in {folder}, which is gone. Bring it back,"
            f" or remove {data_dir / RECORD} to begin with an empty database"
        )
    return folder

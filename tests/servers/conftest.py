"""Folders and processes for the tests of the servers; whatever they start is ended."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coalition.servers import postgres_home
from tests.servers.programs import Holder
from tests.servers.watching import all_gone


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Return a folder that PostgreSQL's user can walk into, unlike pytest's own for root."""
    folder = Path(tempfile.mkdtemp(prefix="coalition-test-"))
    folder.chmod(0o711)
    yield folder
    assert all_gone(folder)
    for record in folder.rglob(postgres_home.RECORD):
        shutil.rmtree(record.read_text().strip())
    shutil.rmtree(folder)


@pytest.fixture
def hold() -> Iterator[Callable[..., Holder]]:
    """Return a function that starts a `Holder`."""
    holders: list[Holder] = []

    def start(data_dir: Path, *, mode: str = "normal") -> Holder:
        holders.append(Holder(data_dir, mode=mode))
        return holders[-1]

    yield start
    for holder in holders:
        if holder.process.poll() is None:
            holder.kill()

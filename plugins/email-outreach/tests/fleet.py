"""Some processes that send what is due, and can be killed."""

import os
import random
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

NURSERY = Path(__file__).parent / "worker.py"


class Fleet:
    """Some workers, replaced when they are killed."""

    def __init__(self, folder: Path, lanes: int) -> None:
        self.kills = 0
        self._list = folder / "workers"
        self._nursery = subprocess.Popen(
            [sys.executable, str(NURSERY), str(self._list), str(lanes)],
            stdin=subprocess.PIPE,
            env={**os.environ, "COALITION_DATABASE_POOL_SIZE": "2"},
        )

    def kill_one(self) -> None:
        """Kill a worker that is alive, with no chance to say a word."""
        with suppress(FileNotFoundError, ProcessLookupError, IndexError, ValueError):
            os.kill(int(random.choice(self._list.read_text().split())), signal.SIGKILL)
            self.kills += 1

    def stop(self) -> None:
        """End all of them."""
        assert self._nursery.stdin is not None
        self._nursery.stdin.close()
        self._nursery.wait(20)

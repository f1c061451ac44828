"""Programs that the tests start as processes of their own."""

import json
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]

HOLD = """
import json, sys, time
from pathlib import Path
from coalition.servers import embedded, processes
if sys.argv[2] == "abandon":  # as where the system knows no death signal
    launcher = processes.launcher
    processes.launcher = lambda *given: [*launcher(*given)[:-3], "0", *launcher(*given)[-2:]]
servers = embedded.start(Path(sys.argv[1]), on_progress=lambda line: print(line, file=sys.stderr))
print(json.dumps([servers.database_url, servers.redis_url]), flush=True)
sys.stdin.read()
servers.stop()
"""

# Spawns a child of its own, as web servers and workers do, and writes both pids down.
STUBBORN = """
import os, pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
pathlib.Path(sys.argv[1]).write_text(f"{os.getpid()} {child.pid}")
print("ready", flush=True)
time.sleep(300)
"""

SUPERVISE = """
import sys
from coalition.supervisor import Process, Supervisor
commands = [Process(f"p{number}", [sys.executable, "-c", code, *sys.argv[1:]], grace_s=1.0)
            for number, code in enumerate(CODES)]
sys.exit(Supervisor(commands, on_stop=lambda: print("servers stopped", flush=True)).run())
"""


class Holder:
    """A process that holds the servers of one folder, to be killed or stopped."""

    def __init__(self, data_dir: Path, *, mode: str = "normal") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(data_dir), mode],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.database_url, self.redis_url = json.loads(
            self.process.stdout.readline() or "[0, 0]"
        )

    def stop(self) -> str:
        """Let it stop in order; return the progress it showed."""
        return self.process.communicate(timeout=30)[1]

    def kill(self) -> None:
        """Kill it without a chance to stop anything."""
        self.process.kill()
        self.process.communicate(timeout=30)

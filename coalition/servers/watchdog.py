"""Outlive a killed supervisor just long enough to end its children.

Run as a module. It reads a line `+PID` for each session that `processes.launch` opened and
`-PID` for each that ended. When its input closes, it ends the sessions that are left.
"""

import signal
import sys

from coalition.servers import processes

GRACE_S = 5.0


def watch() -> None:
    """Read until the supervisor is gone, then end what it left running."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    sessions: set[int] = set()
    for line in sys.stdin:
        session = int(line[1:])
        if line.startswith("+"):
            sessions.add(session)
        else:
            sessions.discard(session)
    if sessions:
        processes.end_sessions(sessions, grace_s=GRACE_S)


if __name__ == "__main__":
    watch()

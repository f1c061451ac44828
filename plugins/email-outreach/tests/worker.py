"""A nursery of processes that send what is due: whoever is killed is replaced at once.

It writes the ids of its children to the file named on the command line, and ends when its input
does.
"""

import contextlib
import os
import select
import sys
import time
from pathlib import Path

from coalition_email_outreach import sending
from sqlalchemy.exc import DBAPIError

from coalition.testing import application

LIST, LANES = Path(sys.argv[1]), int(sys.argv[2])


def child() -> None:
    """Send until killed."""
    with app.app_context():
        while True:
            with contextlib.suppress(DBAPIError, OSError):
                sending.send_due()
            time.sleep(0.02)


app = application()
children: set[int] = set()
while not select.select([sys.stdin], [], [], 0.01)[0]:
    while len(children) < LANES:
        pid = os.fork()
        if pid == 0:
            child()
        children.add(pid)
    LIST.write_text(" ".join(map(str, children)))
    with contextlib.suppress(ChildProcessError):
        ended, _ = os.waitpid(-1, os.WNOHANG)
        children.discard(ended)
for each in children:
    os.kill(each, 9)
    os.waitpid(each, 0)

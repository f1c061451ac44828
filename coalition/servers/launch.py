"""Become another program that ends with the process that asked for it.

Run as a script, by path, with `python -I -S`: it may start as root from a folder that the
user it turns into cannot read, so it imports nothing of ours. Between fork and exec of a
threaded process Python code may deadlock; here, in a fresh process, it may not.

    launch.py PARENT_PID DEATH_SIGNAL UID GID PROGRAM [ARGUMENT …]

UID and GID are -1 to stay who we are.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
PRIVATE = 0o077  # umask: what the program writes is its user's own


def become(arguments: list[str]) -> None:
    """Replace this process by the program in `arguments`."""
    parent_pid, death_signal, uid, gid = (int(argument) for argument in arguments[:4])
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    # After setuid, which would clear it again.
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent_pid:  # the parent ended before we could ask to be told
        sys.exit(1)
    # Python ignores SIGPIPE and a background shell ignores SIGINT; both would be inherited.
    for name in (signal.SIGINT, signal.SIGPIPE):
        signal.signal(name, signal.SIG_DFL)
    if uid >= 0:
        os.umask(PRIVATE)
    try:
        os.execvp(arguments[4], arguments[4:])
    except OSError as problem:
        sys.exit(f"cannot run {arguments[4]}: {problem.strerror}")


if __name__ == "__main__":
    become(sys.argv[1:])

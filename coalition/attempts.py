"""How often one network address may fill in a form: counted in memory, the address never kept."""

import ipaddress
import os
import threading
import time
from collections import deque
from hashlib import blake2b
from typing import ClassVar

from coalition import config
from coalition.errors import N_, DomainError

PERIOD_S = 3600
MAX_ADDRESSES = 50_000

# Gone with the process: nobody can find out later which address a hash was made from.
_KEY = os.urandom(32)
_lock = threading.Lock()
_tries: dict[bytes, deque[float]] = {}


class TooManyAttempts(DomainError):
    """One network address filled in forms too often."""

    status: ClassVar[int] = 429
    code = "too_many_attempts"
    message = N_(
        "There were too many attempts from your network in the last hour. Nothing was stored."
        " Please try again later."
    )


def count_attempt(address: str | None, *, households: int = 1) -> None:
    """Note an attempt from a network address; each web process counts for itself.

    Args:
        households: how many share an address there, such as the guests of one hall; what they
            send is counted apart.

    Raises:
        TooManyAttempts: there were as many in the last hour as the settings allow.
    """
    limit, now = config.current().signing_attempts_per_hour * households, time.monotonic()
    counted = f"{households} {_network(address or '')}"
    name = blake2b(counted.encode(), key=_KEY, digest_size=16).digest()
    with _lock:
        if len(_tries) > MAX_ADDRESSES:
            _forget_before(now - PERIOD_S)
        tries = _tries.setdefault(name, deque(maxlen=limit))
        if len(tries) == limit and now - tries[0] < PERIOD_S:
            raise TooManyAttempts
        tries.append(now)


def _network(address: str) -> str:
    """Return what one household has: an IPv4 address, or 64 bits of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _forget_before(moment: float) -> None:
    old = [name for name, tries in _tries.items() if tries[-1] < moment]
    for name in old:
        del _tries[name]
    if not old:  # all of them are busy: somebody has many addresses, so start anew
        _tries.clear()

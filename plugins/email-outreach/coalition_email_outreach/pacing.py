"""How fast: what the limits have room for, and who wants to be left alone.

A limit is a bucket that fills with time; who hands over takes from it. A mail domain that
answers “not now” (`temper`) is left alone for a while, twice as long each time, and trusted again
step by step. A server of ours that does not answer holds up everything in the same way.
"""

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coalition.sdk import keyed_hash, now, session
from coalition_email_outreach.recipients import Pace
from coalition_email_outreach.temper import IN_A_ROW

PLUGIN = "email-outreach"
INSTALLATION, SERVER = "installation", "server"
HOUR_S = 3600
FIRST_BLOCK_S, LONGEST_BLOCK_S, MOST_STRIKES = 30, 3600, 12


@dataclass(frozen=True)
class Flow:
    """How a bucket fills: with so many messages an hour, or, with none, only once.

    `first`: how many may leave where nobody was counted before. `most`: what piles up while
    nobody sends; a minute's worth if nothing is said.
    """

    per_hour: float
    first: float = 1.0
    most: float | None = None

    def tokens(self, bucket: Pace) -> float:
        """Return how many messages a bucket has room for now."""
        elapsed_s = (now() - bucket.counted_at).total_seconds()
        most = max(1.0, self.per_hour / 60) if self.most is None else self.most
        return min(most, bucket.tokens + elapsed_s * self.per_hour / HOUR_S)

    def fills_in_s(self, tokens: float) -> float:
        """Return after how many seconds there is room for one message; an hour if never."""
        return max(0.0, (1 - tokens) * HOUR_S / self.per_hour) if self.per_hour else HOUR_S


def room(flows: Mapping[str, Flow], wanted: int) -> tuple[int, float]:
    """Look how much some limits have left, without taking it.

    Returns:
        How many of `wanted` messages may leave, and after how many seconds one may, if none.
    """
    tokens = tokens_of(flows)
    left = min(map(whole, tokens.values()), default=wanted)
    lacking = [flows[key].fills_in_s(each) for key, each in tokens.items() if not whole(each)]
    return min(left, wanted), max(lacking, default=0.0)


def tokens_of(flows: Mapping[str, Flow]) -> dict[str, float]:
    """Return how many messages each of some limits has room for now, without locking it."""
    known = session.scalars(select(Pace).where(Pace.key.in_(flows)))
    tokens = {key: flow.first for key, flow in flows.items()}
    return tokens | {pace.key: flows[pace.key].tokens(pace) for pace in known}


def filled(flows: Mapping[str, Flow]) -> dict[str, Pace]:
    """Return the buckets of some limits, locked and filled up to now, by key."""
    buckets = _locked({key: flow.first for key, flow in flows.items()})
    for key, bucket in buckets.items():
        bucket.tokens, bucket.counted_at = flows[key].tokens(bucket), now()
    return buckets


def give_back(unused: Mapping[str, int]) -> None:
    """Put back what was counted and did not leave: how many, by key."""
    known = select(Pace).where(Pace.key.in_(unused)).order_by(Pace.key).with_for_update()
    for bucket in session.scalars(known):
        bucket.tokens += unused[bucket.key]


def coalition_key(coalition_id: UUID) -> str:
    """Return the key of a coalition's bucket."""
    return f"coalition:{coalition_id}"


def domain_key(domain: str) -> str:
    """Return the key of a mail domain's bucket."""
    return "domain:" + keyed_hash("email-outreach.domain", domain)


def whole(tokens: float) -> int:
    """Return how many whole messages some tokens are worth.

    The last millionth may be missing: numbers are not exact, and when the time has come that
    was told, the message shall go.
    """
    return floor(tokens + 1e-6)


def blocked_until(key: str) -> datetime | None:
    """Return until when somebody is left alone, or `None` if they are not."""
    wanted = select(Pace.blocked_until).where(Pace.key == key, Pace.blocked_until > now())
    return session.scalar(wanted)


def pauses(keys: Collection[str]) -> dict[str, float]:
    """Return for how many seconds more those of some are left alone that have to be."""
    known = select(Pace).where(Pace.key.in_(set(keys)), Pace.blocked_until > now())
    return {
        pace.key: (pace.blocked_until - now()).total_seconds()
        for pace in session.scalars(known)
        if pace.blocked_until
    }


def lock(keys: Collection[str]) -> None:
    """Lock the rows of these keys, all in one order, before some are changed after the others."""
    ordered = select(Pace.key).where(Pace.key.in_(keys)).order_by(Pace.key)
    session.execute(ordered.with_for_update())


def strike(signs: Mapping[str, int], trouble: str | None = None) -> None:
    """Note who said “not now”; from a third time in a row on they are left alone for a while.

    Args:
        signs: how many times in a row, by key. Those of several batches add up, and after the
            third each batch doubles the pause.
        trouble: what a server of ours has against us, in the code of `troubles`.
    """
    for key, pace in _locked(dict.fromkeys(signs, 1.0)).items():
        pace.strikes = min(max(pace.strikes + 1, min(signs[key], IN_A_ROW)), MOST_STRIKES)
        if pace.strikes >= IN_A_ROW:
            doubled_s = FIRST_BLOCK_S * 2 ** (pace.strikes - IN_A_ROW)
            spread = random.uniform(0.8, 1.2)  # noqa: S311
            pause_s = min(doubled_s, LONGEST_BLOCK_S) * spread
            pace.blocked_until = now() + timedelta(seconds=pause_s)
            pace.trouble = trouble


def forgive(keys: Collection[str]) -> None:
    """Trust those a step more who took a message."""
    struck = select(Pace).where(Pace.key.in_(keys), Pace.strikes > 0).order_by(Pace.key)
    for pace in session.scalars(struck.with_for_update()):
        pace.strikes = pace.strikes - 1 if pace.strikes > IN_A_ROW else 0
        pace.blocked_until = pace.trouble = None


def server_in_trouble() -> Pace | None:
    """Return what is known of our server if it takes nothing at present."""
    in_trouble = (Pace.trouble.is_not(None), Pace.blocked_until > now())
    return session.scalar(select(Pace).where(Pace.key == SERVER, *in_trouble))


def _locked(keys: Mapping[str, float]) -> dict[str, Pace]:
    """Return the rows of these keys, locked in order of their keys.

    Args:
        keys: with the tokens of a row that has to be made.
    """
    new = [
        {"id": uuid7(), "key": key, "tokens": keys[key], "counted_at": now(), "strikes": 0}
        for key in sorted(keys)
    ]
    if not new:
        return {}
    session.execute(insert(Pace).values(new).on_conflict_do_nothing())
    wanted = select(Pace).where(Pace.key.in_(keys)).order_by(Pace.key).with_for_update()
    return {pace.key: pace for pace in session.scalars(wanted)}

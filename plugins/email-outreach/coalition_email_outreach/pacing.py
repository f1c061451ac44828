"""How fast: limits of the installation, of a coalition and of each mail domain.

A limit is a bucket that fills with time; who hands over takes from it. A mail domain that
answers “not now” (`temper`) is left alone for a while, twice as long each time, and trusted again
step by step. A server of ours that does not answer holds up everything in the same way.
"""

import os
import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import floor
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coalition.sdk import keyed_hash, now, session, settings
from coalition_email_outreach.recipients import Pace
from coalition_email_outreach.temper import IN_A_ROW

PLUGIN = "email-outreach"
INSTALLATION, SERVER = "installation", "server"
HOUR_S = 3600
FIRST_TOKENS = 1.0  # messages that may leave at once where nobody was counted before
FIRST_BLOCK_S, LONGEST_BLOCK_S, MOST_STRIKES = 30, 3600, 12
# Messages a day while mailbox providers get to know us; after the last day there is no limit.
WARM_UP = (200, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 100_000)


@dataclass(frozen=True)
class Limits:
    """Messages per hour; `None` is no limit."""

    installation: float | None
    coalition: float | None
    domain: float | None

    def of_all(self, coalition_id: UUID) -> dict[str, float]:
        """Return those that hold for each message of a coalition, by the key of the bucket."""
        rates = {
            INSTALLATION: self.installation,
            coalition_key(coalition_id): self.coalition,
        }
        return {key: rate for key, rate in rates.items() if rate}


def limits(today: date | None = None) -> Limits:
    """Return the limits that hold for the open coalition now."""
    chosen = settings(PLUGIN)
    rates = [_number("COALITION_MAILING_PER_HOUR"), warm_up_rate(today or now().date())]
    return Limits(
        installation=min((each for each in rates if each), default=None),
        coalition=chosen.get("per_hour") or None,
        domain=_number("COALITION_MAILING_PER_DOMAIN_PER_HOUR"),
    )


def warm_up_rate(today: date) -> float | None:
    """Return how many messages an hour the warm-up plan allows, `None` if it is over or unused.

    It begins on the day in COALITION_MAILING_WARM_UP_FROM.
    """
    begun = os.environ.get("COALITION_MAILING_WARM_UP_FROM", "")
    if not begun:
        return None
    day = (today - date.fromisoformat(begun)).days
    if day >= len(WARM_UP):
        return None
    return WARM_UP[max(day, 0)] / 24


def room(rates: Mapping[str, float], wanted: int) -> tuple[int, float]:
    """Look how much some limits have left, without taking it.

    Returns:
        How many of `wanted` messages may leave, and after how many seconds one may, if none.
    """
    known = session.scalars(select(Pace).where(Pace.key.in_(rates)))
    tokens = dict.fromkeys(rates, FIRST_TOKENS)
    tokens |= {pace.key: _tokens(pace, rates[pace.key]) for pace in known}
    left = min(map(whole, tokens.values()), default=wanted)
    wait_s = max((fills_in_s(tokens[key], rate) for key, rate in rates.items()), default=0.0)
    return min(left, wanted), wait_s


def filled(rates: Mapping[str, float]) -> dict[str, Pace]:
    """Return the buckets of some limits, locked and filled up to now, by key."""
    buckets = _locked(rates)
    for key, bucket in buckets.items():
        bucket.tokens, bucket.counted_at = _tokens(bucket, rates[key]), now()
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
    `fills_in_s` told, the message shall go.
    """
    return floor(tokens + 1e-6)


def fills_in_s(tokens: float, rate: float) -> float:
    """Return after how many seconds a bucket has room for one message."""
    return max(0.0, (1 - tokens) * HOUR_S / rate)


def pauses(keys: Collection[str]) -> dict[str, float]:
    """Return for how many seconds more those of some are left alone that have to be."""
    known = select(Pace).where(Pace.key.in_(set(keys)), Pace.blocked_until > now())
    return {
        pace.key: (pace.blocked_until - now()).total_seconds()
        for pace in session.scalars(known)
        if pace.blocked_until
    }


def strike(signs: Mapping[str, int]) -> None:
    """Note who said “not now”; from a third time in a row on they are left alone for a while.

    Args:
        signs: how many times in a row, by key. Those of several batches add up, and after the
            third each batch doubles the pause.
    """
    for key, pace in _locked(signs).items():
        pace.strikes = min(max(pace.strikes + 1, min(signs[key], IN_A_ROW)), MOST_STRIKES)
        if pace.strikes >= IN_A_ROW:
            doubled_s = FIRST_BLOCK_S * 2 ** (pace.strikes - IN_A_ROW)
            spread = random.uniform(0.8, 1.2)  # noqa: S311
            pause_s = min(doubled_s, LONGEST_BLOCK_S) * spread
            pace.blocked_until = now() + timedelta(seconds=pause_s)


def forgive(keys: Collection[str]) -> None:
    """Trust those a step more who took a message."""
    struck = select(Pace).where(Pace.key.in_(keys), Pace.strikes > 0).order_by(Pace.key)
    for pace in session.scalars(struck.with_for_update()):
        pace.strikes = pace.strikes - 1 if pace.strikes > IN_A_ROW else 0
        pace.blocked_until = None


def _tokens(bucket: Pace, rate: float) -> float:
    elapsed_s = (now() - bucket.counted_at).total_seconds()
    most = max(1.0, rate / 60)  # what piles up while nobody sends: a minute's worth
    return min(most, bucket.tokens + elapsed_s * rate / HOUR_S)


def _locked(keys: Collection[str]) -> dict[str, Pace]:
    """Return the rows of these keys, made if need be, locked in order of their keys."""
    ordered = sorted(keys)
    new = [
        {"id": uuid7(), "key": k, "tokens": FIRST_TOKENS, "counted_at": now(), "strikes": 0}
        for k in ordered
    ]
    if not new:
        return {}
    session.execute(insert(Pace).values(new).on_conflict_do_nothing())
    wanted = select(Pace).where(Pace.key.in_(ordered)).order_by(Pace.key).with_for_update()
    return {pace.key: pace for pace in session.scalars(wanted)}


def _number(name: str) -> float | None:
    text = os.environ.get(name, "").strip()
    return float(text) if text else None

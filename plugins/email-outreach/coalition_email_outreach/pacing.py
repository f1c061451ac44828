"""How fast: limits of the installation, of a coalition and of each mail domain.

A limit is a bucket that fills with time; who hands over takes from it. A mail domain that
answers “not now” (`temper`) is left alone for a while, twice as long each time, and trusted again
step by step. A server of ours that does not answer holds up everything in the same way.
"""

import os
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import floor
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coalition.sdk import Coalition, keyed_hash, now, session, settings
from coalition_email_outreach.recipients import Pace
from coalition_email_outreach.temper import IN_A_ROW

PLUGIN = "email-outreach"
INSTALLATION, SERVER = "installation", "server"
HOUR_S = 3600
FIRST_BLOCK_S, LONGEST_BLOCK_S, MOST_STRIKES = 30, 3600, 12
# Messages a day while mailbox providers get to know us; after the last day there is no limit.
WARM_UP = (200, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 100_000)


@dataclass(frozen=True)
class Limits:
    """Messages per hour; `None` is no limit."""

    installation: float | None
    coalition: float | None
    domain: float | None


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


def take(rates: Mapping[str, float | None], wanted: int) -> tuple[int, float]:
    """Take up to `wanted` messages from all of some buckets at once.

    Returns:
        How many were given, and after how many seconds there will be one, if none was.
    """
    limited = {key: rate for key, rate in rates.items() if rate}
    if not limited:
        return wanted, 0.0
    buckets = _locked(limited)
    given, wait_s = wanted, 0.0
    for key, rate in limited.items():
        bucket = buckets[key]
        _fill(bucket, rate)
        given = min(given, floor(bucket.tokens))
        wait_s = max(wait_s, (1 - bucket.tokens) * HOUR_S / rate)
    for bucket in buckets.values():
        bucket.tokens -= given
    return given, wait_s if given == 0 else 0.0


def give_back(rates: Mapping[str, float | None], unused: int) -> None:
    """Put back what was taken and not used."""
    limited = {key: rate for key, rate in rates.items() if rate}
    if limited and unused > 0:
        for bucket in _locked(limited).values():
            bucket.tokens += unused


def coalition_key(coalition_id: UUID) -> str:
    """Return the key of a coalition's bucket."""
    return f"coalition:{coalition_id}"


def domain_key(domain: str) -> str:
    """Return the key of a mail domain's bucket."""
    return "domain:" + keyed_hash("email-outreach.domain", domain)


def held_up(domains: Sequence[str], rate: float | None) -> dict[str, int]:
    """Return which of the domains of a batch have to wait, and for how many seconds.

    Args:
        domains: one for each message of the batch, so a domain may occur often.
    """
    keys = {domain_key(domain): domain for domain in set(domains)}
    waiting: dict[str, int] = {}
    known = session.scalars(select(Pace).where(Pace.key.in_(keys)))
    for pace in known:
        if pace.blocked_until and pace.blocked_until > now():
            left_s = (pace.blocked_until - now()).total_seconds()
            waiting[keys[pace.key]] = int(left_s * random.uniform(1, 1.3)) + 1  # noqa: S311
    if rate:
        for key, domain in keys.items():
            wanted = domains.count(domain)
            given, wait_s = take({key: rate}, wanted)
            if given < wanted and domain not in waiting:
                give_back({key: rate}, given)
                waiting[domain] = int(wait_s or wanted * HOUR_S / rate) + 1
    return waiting


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


def quiet_until(coalition: Coalition, at: datetime) -> datetime | None:
    """Return when the quiet hours end that `at` falls into, or `None` if one may write."""
    if coalition.is_sample:
        return None  # its mail goes nowhere, and whoever tries it has only this hour
    chosen = settings(PLUGIN)
    begins, ends = chosen.get("quiet_from"), chosen.get("quiet_until")
    if begins is None or ends is None or begins == ends:
        return None
    local = at.astimezone(ZoneInfo(coalition.time_zone))
    hour = local.hour
    quiet = begins <= hour < ends if begins < ends else hour >= begins or hour < ends
    if not quiet:
        return None
    day = local.date() + timedelta(days=1 if hour >= ends else 0)
    return datetime.combine(day, time(ends), local.tzinfo).astimezone(at.tzinfo)


def _fill(bucket: Pace, rate: float) -> None:
    elapsed_s = (now() - bucket.counted_at).total_seconds()
    most = max(1.0, rate / 60)  # what piles up while nobody sends: a minute's worth
    bucket.tokens = min(most, bucket.tokens + elapsed_s * rate / HOUR_S)
    bucket.counted_at = now()


def _locked(keys: Collection[str]) -> dict[str, Pace]:
    """Return the rows of these keys, made if need be, locked in order of their keys."""
    ordered = sorted(keys)
    new = [
        {"id": uuid7(), "key": k, "tokens": 1.0, "counted_at": now(), "strikes": 0}
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

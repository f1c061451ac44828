"""Time passes in tests: what leaves when, and for how long nobody looks."""

from collections import Counter
from datetime import datetime, timedelta

import time_machine
from coalition_email_outreach.recipients import Bell

from coalition.sdk import now, reading, session

from .conftest import send, states


def rests_s(mailing) -> float:
    """Return for how many seconds nobody looks at a mailing."""
    with reading():
        return (session.get_one(Bell, mailing.id).due_at - now()).total_seconds()


def departures(mailing, begins_at: datetime | None = None) -> list[datetime]:
    """Let time pass until a mailing is sent; return when each message left."""
    at, left = begins_at or now(), list[datetime]()
    while states(mailing).keys() - {"sent"}:
        with time_machine.travel(at, tick=False):
            left += [at] * send()
            with reading():
                bell = session.get(Bell, mailing.id)
                at = max(at + timedelta(seconds=1), bell.due_at) if bell else at
    return left


def by_hour(moments: list[datetime]) -> list[int]:
    """Return how many are in each hour after the first."""
    counted = Counter((each - moments[0]) // timedelta(hours=1) for each in moments)
    return [counted[hour] for hour in range(max(counted) + 1)]

"""Who of a batch may leave now, under the limits and as the mail domains like it."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence

from coalition_email_outreach import pacing
from coalition_email_outreach.pacing import HOUR_S, Flow

OF_DOMAIN = "domain"  # the reason of a recipient who waits for their mail domain
NO_ROOM = 0.0  # of a message that could go at any time, if there were room in a limit for all


def admit(
    domains: Sequence[str], flows: Mapping[str, Flow], per_domain: float | None
) -> list[float | None]:
    """Let as many of some messages leave as the limits and their mail domains allow.

    Those whose domain has no room are spread over the time in which it gets room, an hour at
    most: if all came back at once, most would have come for nothing.

    Args:
        domains: one for each message, so a domain may occur often.
        flows: the limits that hold for each message, by key.

    Returns:
        For each message after how many seconds it may try again, or `None` if it may go. Those
        that go are counted; `pacing.give_back` says that one did not.
    """
    keys = [pacing.domain_key(domain) for domain in domains]
    pauses = pacing.pauses(keys)
    limited = {key: Flow(per_domain) for key in keys if per_domain and key not in pauses}
    buckets = pacing.filled({**flows, **limited})
    left = min((pacing.whole(buckets[key].tokens) for key in flows), default=len(keys))
    waits, late = list[float | None](), defaultdict[str, list[int]](list)
    for at, key in enumerate(keys):
        wait_s: float | None = NO_ROOM
        if key in pauses:
            wait_s = pauses[key] * random.uniform(1, 1.3)  # noqa: S311
        elif left and key in limited and not pacing.whole(buckets[key].tokens):
            late[key].append(at)
        elif left:
            wait_s, left = None, left - 1
            for each in (*flows, *({key} & limited.keys())):
                buckets[each].tokens -= 1
        waits.append(wait_s)
    for key, places in late.items():
        spread = _spread(len(places), buckets[key].tokens, limited[key])
        for at, wait_s in zip(places, spread, strict=True):
            waits[at] = wait_s
    return waits


def _spread(count: int, tokens: float, flow: Flow) -> list[float]:
    """Return after how many seconds each of some messages to one domain may try again."""
    first_s = flow.fills_in_s(tokens)
    step_s = min(HOUR_S / flow.per_hour, HOUR_S / count)
    return [first_s + nth * step_s for nth in range(count)]

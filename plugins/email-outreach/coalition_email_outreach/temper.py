"""How mail domains take the messages of a batch: which of them want to be left alone for now."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from coalition_email_outreach.journal import Outcome, Verdict

# So many deferrals in a row, none taken between, are about us and not about single messages.
IN_A_ROW = 3
# Of the address or the mailbox (RFC 3463): full, over its own quota, unknown for the moment.
_OF_A_MAILBOX = ("4.1.", "4.2.")
# Greylisting says so, and so does who finds us too fast. It is the next ones that tell: the first
# takes them after some minutes, one by one, and must have been asked about each of them once.
_OF_EITHER = ("4.7.0", "4.7.1", "")


@dataclass
class Tempers:
    """What the domains of one batch said last.

    One full mailbox says nothing about its neighbours, so it counts for nothing. A server in
    trouble or one that names a rate means all mail of ours. Between the two it needs some in a
    row; who takes a message meanwhile is in a good mood.
    """

    _runs: dict[str, int] = field(default_factory=dict)

    def note(self, domain: str, outcome: Outcome) -> None:
        """Hear what came of a message to a domain."""
        if outcome.verdict == Verdict.SENT:
            self._runs[domain] = 0
        elif outcome.verdict == Verdict.DEFERRED and (weight := _weight(outcome.reason)):
            self._runs[domain] = min(self._runs.get(domain, 0) + weight, IN_A_ROW)

    def is_left_alone(self, domain: str) -> bool:
        """Return whether the rest of the batch to a domain has to wait."""
        return self._runs.get(domain, 0) >= IN_A_ROW

    @property
    def signs(self) -> Mapping[str, int]:
        """How many times in a row each domain said “not now” at last; 0 if it took a message."""
        return self._runs


def _weight(reason: str) -> int:
    """Return how much a deferral ("450 4.2.2") speaks against writing to its domain now."""
    code, _, status = reason.partition(" ")
    if not code.isdigit() or status.startswith(_OF_A_MAILBOX):
        return 0
    return 1 if status in _OF_EITHER else IN_A_ROW

"""What keeps a campaign and its letters from being published, as features above this one see it."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coalition.campaigns.models import Campaign

Check = Callable[["Campaign"], Iterable[str]]
_checks: list[Check] = []


def refuse_when(check: Check) -> None:
    """Ask `check(campaign)` before anything of a campaign is published; called at start-up.

    Each sentence that it returns is a refusal, in words for the coordinator.
    """
    if check not in _checks:
        _checks.append(check)


def unready(campaign: "Campaign") -> list[str]:
    """Return what keeps a campaign from being published: one sentence each."""
    return [sentence for check in _checks for sentence in check(campaign)]

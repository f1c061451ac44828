"""What this plugin tells others."""

from dataclasses import dataclass
from typing import ClassVar

from coalition.sdk import LetterEvent


@dataclass(frozen=True, kw_only=True)
class MilestoneReached(LetterEvent):
    """A letter reached a round number ("number") or its "goal"; told once for each.

    `signature_count` is the milestone, which the count may have passed already.
    """

    name: ClassVar[str] = "signature_counting.milestone_reached"
    signature_count: int
    kind: str

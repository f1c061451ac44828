"""What this plugin tells others."""

from dataclasses import dataclass
from typing import ClassVar

from coalition.sdk import LetterEvent


@dataclass(frozen=True, kw_only=True)
class GoalRaised(LetterEvent):
    """So many signed that the petition asks for more: `signature_count` is its goal now."""

    name: ClassVar[str] = "petition.goal_raised"
    signature_count: int

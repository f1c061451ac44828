"""The goal of a petition: near enough to be reached, and farther when it almost is."""

from collections.abc import Iterator, Sequence
from itertools import count
from uuid import UUID

from coalition.sdk import (
    Letter,
    LetterKind,
    SignatureEvent,
    enqueue,
    letter_count,
    now,
    record,
    session,
    transaction,
)
from coalition_petition.events import GoalRaised
from coalition_petition.models import Goal
from coalition_petition.settings import Growth, chosen_growth

FIRST_GOAL = 100  # signatures, where the letter names no goal of its own


def next_goal(signatures: int, goal: int, share: float) -> int:
    """Return the goal for so many signatures: `goal`, or the next step that is far enough off.

    Steps are 100, 250, 500, 1,000, 2,500, 5,000 and so on.

    Args:
        share: the part of a goal (0 to 1) from which on the next one is shown.
    """
    if signatures < goal * share:
        return goal
    return next(step for step in _steps() if step > goal and signatures < step * share)


def goal_of(letter: Letter) -> int | None:
    """Return what a petition shows as its goal; `None` for other letters and if it never grows.

    What the worker has not stored yet is reckoned: the page must not show a goal that is passed.
    """
    growth = chosen_growth()
    if letter.kind != LetterKind.PETITION or growth == Growth.NEVER:
        return None
    stored = session.get(Goal, letter.id)
    counted = letter_count(letter)
    reached = stored.signature_count if stored else letter.goal or FIRST_GOAL
    return next_goal(counted.total if counted else 0, reached, growth.share)


def grow_after(facts: Sequence[SignatureEvent]) -> None:
    """Have the goals looked at of the letters that were signed.

    In a job: the plugin that counts hears of the same signatures only now.
    """
    for letter_id in sorted({each.letter_id for each in facts}):
        enqueue(grow, facts[0].coalition_id, letter_id)


def grow(coalition_id: str, letter_id: str) -> None:
    """Store the goal that a petition has grown to, and tell so once. Idempotent."""
    with transaction(UUID(coalition_id)):
        letter = session.get(Letter, UUID(letter_id))
        goal = goal_of(letter) if letter else None
        if letter is not None and goal is not None:
            _store(letter, goal)


def _store(letter: Letter, goal: int) -> None:
    stored = session.get(Goal, letter.id, with_for_update=True)
    if stored is None:
        session.add(Goal(id=letter.id, signature_count=goal))
        session.flush()
        if goal == (letter.goal or FIRST_GOAL):
            return  # that is the goal it began with
    elif stored.signature_count >= goal:
        return
    else:
        stored.signature_count, stored.raised_at = goal, now()
    record(
        GoalRaised(coalition_id=letter.coalition_id, letter_id=letter.id, signature_count=goal)
    )


def _steps() -> Iterator[int]:
    for power in count(2):
        yield from (10**power, 25 * 10 ** (power - 1), 5 * 10**power)

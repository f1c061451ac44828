"""Which campaigns a person took part in: asked of the features above, which know signatures."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import Select

Answer = Callable[[UUID], Select[UUID | None]]

_answers: list[Answer] = []


def counts_as_taking_part(answer: Answer) -> Answer:
    """Let `answer(person_id)` select ids of campaigns; called at start-up, also as a decorator."""
    if answer not in _answers:
        _answers.append(answer)
    return answer


def campaigns_of(person_id: UUID) -> list[Select[UUID | None]]:
    """Return selects of the ids of the campaigns that a person took part in."""
    return [answer(person_id) for answer in _answers]

"""Rows that a coordinator puts in order, one step at a time."""

from collections.abc import Sequence
from typing import Protocol, TypeVar
from uuid import UUID


class Placed(Protocol):
    """Something with a place among others."""

    id: UUID
    position: int


_Row = TypeVar("_Row", bound=Placed)


def move(rows: Sequence[_Row], moved: _Row, step: int) -> None:
    """Move one of `rows`, which stand in their order, up (-1) or down (1) by one place.

    The first stays first and the last last. Places are numbered anew, from 1.
    """
    order = list(rows)
    at = next(place for place, each in enumerate(order) if each.id == moved.id)
    to = min(max(at + step, 0), len(order) - 1)
    order.insert(to, order.pop(at))
    for place, each in enumerate(order, start=1):
        each.position = place


def place_at_end(rows: Sequence[Placed]) -> int:
    """Return the place behind all of `rows`."""
    return max((each.position for each in rows), default=0) + 1

"""Facts: recorded inside a transaction, told to subscribers only after its commit."""

import types
import typing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, ClassVar, Self, TypeAlias
from uuid import UUID

from uuid_utils.compat import uuid7

Handler: TypeAlias = Callable[[Sequence[Any]], None]

_known: dict[str, type["Event"]] = {}
_subscribers: dict[str, "Subscriber"] = {}
_recorded: ContextVar[list["Event"] | None] = ContextVar("recorded", default=None)


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened, named in the past tense. Holds ids and counts, never contact data.

    `id` lets a subscriber tell a fact told twice. `coalition_id` is the coalition whose fact
    it is.
    """

    name: ClassVar[str]

    coalition_id: UUID
    id: UUID = field(default_factory=uuid7)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "name" in cls.__dict__:  # a base of several facts has none
            _known[cls.name] = cls

    def to_json(self) -> dict[str, str | int | float | bool | None]:
        """Return the fields as JSON values; ids and moments as strings."""
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Build the event back from `to_json`; unknown keys of a newer version are ignored."""
        kinds = _field_types(cls.name)
        known = {
            key: _typed(kinds[key], value) for key, value in values.items() if key in kinds
        }
        return cls(**known)


@dataclass(frozen=True)
class Subscriber:
    """Who is told: `handle` gets the events of one coalition, oldest first, in a transaction.

    `is_held`: it could not be loaded. Its facts are kept until it can.
    """

    name: str
    events: tuple[type[Event], ...]
    handle: Handler
    is_held: bool = False


def event_type(name: str) -> type[Event] | None:
    """Return the event class called `name`, or `None` if no loaded code knows it."""
    return _known.get(name)


def event_types() -> list[type[Event]]:
    """Return every known event class, by name."""
    return [_known[name] for name in sorted(_known)]


def subscribe(name: str, *kinds: type[Event]) -> Callable[[Handler], Handler]:
    """Tell the decorated function about events of `kinds`, in the worker, after the commit.

    It gets a list of one coalition's events and runs in a transaction of that coalition
    which also ends their delivery: what it writes to the database happens exactly once.
    Anything else it does may happen again after a crash.
    """

    def register(handle: Handler) -> Handler:
        _subscribers[name] = Subscriber(name, kinds, handle)
        return handle

    return register


def hold(name: str) -> None:
    """Keep all facts for a subscriber that could not be loaded; it may want them later."""
    _subscribers[name] = Subscriber(name, (), lambda _events: None, is_held=True)


def unsubscribe(name: str) -> None:
    """Forget the subscriber called `name`, if there is one."""
    _subscribers.pop(name, None)


def subscribers() -> list[Subscriber]:
    """Return everybody who is told, by name."""
    return [_subscribers[name] for name in sorted(_subscribers)]


def kinds_of(handle: Handler) -> tuple[type[Event], ...]:
    """Read from its annotation which events a handler wants: `Sequence[A | B]`.

    Raises:
        TypeError: the first argument is not annotated with event classes.
    """
    hints = typing.get_type_hints(handle)
    hints.pop("return", None)
    wanted = [kind for hint in hints.values() for kind in _classes_in(hint)]
    if not wanted:
        raise TypeError(
            f"{handle.__module__}.{handle.__qualname__} must say which events it wants, "
            "for example `events: Sequence[SignatureConfirmed]`."
        )
    return tuple(wanted)


def record(event: Event) -> None:
    """Note a fact; it is stored with the transaction and told after its commit.

    Raises:
        RuntimeError: there is no transaction that could make the fact true.
    """
    recorded = _recorded.get()
    if recorded is None:
        raise RuntimeError(f"{event.name} was recorded outside a transaction")
    recorded.append(event)


def mark() -> int:
    """Return a mark for `rewind`."""
    return len(_recorded.get() or ())


def rewind(to: int) -> None:
    """Forget what was recorded since the mark, because its database work was undone."""
    recorded = _recorded.get()
    if recorded is not None:
        del recorded[to:]


def is_collecting() -> bool:
    """Return whether a transaction is open that collects events."""
    return _recorded.get() is not None


@contextmanager
def collect() -> Iterator[list[Event]]:
    """Collect what is recorded in the block."""
    token = _recorded.set([])
    try:
        recorded = _recorded.get()
        assert recorded is not None
        yield recorded
    finally:
        _recorded.reset(token)


def _classes_in(hint: Any) -> list[type[Event]]:
    if isinstance(hint, type) and issubclass(hint, Event):
        return [hint] if hint is not Event else list(_known.values())
    return [kind for part in typing.get_args(hint) for kind in _classes_in(part)]


@cache
def _field_types(name: str) -> dict[str, Any]:
    cls = _known[name]
    hints = typing.get_type_hints(cls)
    return {each.name: hints[each.name] for each in fields(cls)}


def _plain(value: Any) -> str | int | float | bool | None:
    match value:
        case Enum():
            return typing.cast(str, value.value)
        case UUID():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case None | str() | int() | float() | bool():
            return value
    raise TypeError(f"an event cannot hold {type(value).__name__}")


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        kind = next(part for part in typing.get_args(kind) if part is not types.NoneType)
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, (UUID, Enum)):
        return kind(value)
    return value

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import ClassVar, get_type_hints
from uuid import UUID, uuid4

import pytest

from coalition import db, events, sdk, tables  # noqa: F401
from coalition.events import Event
from coalition.letters.events import LetterClosed, LetterOpened, SignatureAdded


class Color(StrEnum):
    RED = "red"


@dataclass(frozen=True, kw_only=True)
class Everything(Event):
    """A fact with every kind of field."""

    name: ClassVar[str] = "test.everything"
    number: int
    share: float
    yes: bool
    text: str
    day: date
    moment: datetime
    color: Color
    nothing: int | None
    other: UUID | None


def core_events() -> list[type[Event]]:
    return [kind for kind in events.event_types() if kind.__module__.startswith("coalition.")]


def a_value_for(kind: object) -> object:
    values = {UUID: uuid4(), str: "person", bool: True, int: 3, datetime: datetime.now(UTC)}
    return values[kind]


class TestRecord:
    def test_keeps_the_facts_of_a_transaction_in_order(self, coalition, recorded):
        letter_id = uuid4()

        with db.transaction(coalition.id):
            events.record(LetterOpened(coalition_id=coalition.id, letter_id=letter_id))
            events.record(LetterClosed(coalition_id=coalition.id, letter_id=letter_id))

        assert [type(fact) for fact in recorded()] == [LetterOpened, LetterClosed]

    def test_refuses_outside_a_transaction(self):
        with pytest.raises(RuntimeError, match=r"letter\.opened .* outside a transaction"):
            events.record(LetterOpened(coalition_id=uuid4(), letter_id=uuid4()))


class TestToJson:
    def test_comes_back_as_it_was(self):
        fact = Everything(
            coalition_id=uuid4(),
            number=7,
            share=0.5,
            yes=True,
            text="ünïcode",
            day=date(2026, 11, 24),
            moment=datetime(2026, 11, 24, 12, 30, tzinfo=UTC),
            color=Color.RED,
            nothing=None,
            other=uuid4(),
        )

        assert Everything.from_json(json.loads(json.dumps(fact.to_json()))) == fact

    def test_ignores_what_a_newer_version_added(self):
        fact = LetterOpened(coalition_id=uuid4(), letter_id=uuid4())

        assert LetterOpened.from_json(fact.to_json() | {"new": 1}) == fact

    def test_refuses_what_is_no_plain_value(self):
        @dataclass(frozen=True, kw_only=True)
        class Heavy(Event):
            person: object

        with pytest.raises(TypeError, match="cannot hold"):
            Heavy(coalition_id=uuid4(), person=object()).to_json()

    def test_works_for_every_event_there_is(self):
        for kind in core_events():
            values = {
                name: a_value_for(hint)
                for name, hint in get_type_hints(kind).items()
                if hint != ClassVar[str]
            }
            fact = kind(**values)

            assert kind.from_json(json.loads(json.dumps(fact.to_json()))) == fact


class TestEveryEvent:
    def test_is_named_for_its_noun_and_what_happened(self):
        for kind in core_events():
            noun, _, verb = kind.name.rpartition(".")

            assert noun
            assert verb
            assert kind.name == kind.name.lower()

    def test_holds_no_contact_data(self):
        for kind in core_events():
            names = set(get_type_hints(kind))

            assert not names & {
                "email",
                "address",
                "phone",
                "given_name",
                "family_name",
                "city",
            }


class TestKindsOf:
    def test_reads_the_wanted_events_from_the_annotation(self):
        def hear(facts: Sequence[LetterOpened | SignatureAdded]) -> None: ...

        assert events.kinds_of(hear) == (LetterOpened, SignatureAdded)

    def test_means_every_event_by_the_base(self):
        def hear(facts: Sequence[Event]) -> None: ...

        assert set(events.kinds_of(hear)) == set(events.event_types())

    def test_refuses_a_handler_that_does_not_say(self):
        def hear(facts) -> None: ...

        with pytest.raises(TypeError, match="must say which events it wants"):
            events.kinds_of(hear)

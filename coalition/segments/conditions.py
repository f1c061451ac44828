"""What can be asked: each feature and plugin registers its conditions here.

A condition says what it needs (`parameters`), what it means to the database (`clause`) and how it
is said (`words`). Forms, checks and sentences all follow from that.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from flask_babel import gettext
from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select, true, union_all
from sqlalchemy.sql.visitors import iterate

from coalition.clock import now
from coalition.errors import N_
from coalition.organizations.models import Membership
from coalition.people.models import Person

MAX_TEXT_CHARS = 200

Values: TypeAlias = Mapping[str, Any]
Clause: TypeAlias = ColumnElement[bool]
Words: TypeAlias = Callable[[Mapping[str, str], bool], str]


class Subject(StrEnum):
    """Whom a question is about."""

    PEOPLE = "people"
    ORGANIZATIONS = "organizations"


class ParameterKind(StrEnum):
    """How a value is written: chosen from a list, as a line of text, a day, a whole number."""

    PICK = "pick"
    TEXT = "text"
    DAY = "day"
    WHOLE = "whole"


def nothing_offered() -> Sequence[tuple[str, str]]:
    """Offer nothing."""
    return ()


def always() -> bool:
    """Say that a condition can be asked at any time."""
    return True


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A value that a condition needs.

    `options` gives what can be picked now, as values with their words, in the open transaction;
    `named` gives the words of one value, also of one that is not offered any more, or `None` if
    it is gone. `empty` says, marked with `N_`, what it means to pick nothing where nothing is required.
    A day is stored as "2026-11-24".
    """

    name: str
    label: str
    kind: ParameterKind = ParameterKind.PICK
    options: Callable[[], Sequence[tuple[str, str]]] = nothing_offered
    named: Callable[[str], str | None] | None = None
    is_required: bool = True
    empty: str = N_("any")
    least: int = 1
    most: int = 3650

    def words_of(self, value: Any) -> str | None:
        """Return how a stored value is said, or `None` if what it names is gone."""
        if self.kind != ParameterKind.PICK:
            return str(value)
        if self.named is not None:
            try:
                return self.named(str(value))
            except ValueError:  # it should be an id, and is none
                return None
        return dict(self.options()).get(str(value))


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One thing that is true or not of a person or an organization.

    Args:
        name: for storing; a plugin's begins with the plugin's name.
        label: for the list to choose from, marked with `N_`.
        clause: makes the condition on `Person` or `Organization` from the values, true or
            false, never unknown if it has subqueries: `select(…).where(….person_id ==
            Person.id).exists()`.
        words: says it in the page's language as what follows “people who”; gets the values as
            they are said, empty ones left out, and whether the contrary is meant.
        check: refuses values that do not go together, with an `InvalidInput` of their field.
        is_available: whether it can be asked in the open transaction; a plugin says whether it
            is on.
    """

    name: str
    label: str
    subject: Subject
    clause: Callable[[Values], Clause]
    words: Words
    parameters: tuple[Parameter, ...] = ()
    check: Callable[[Values], None] | None = None
    is_available: Callable[[], bool] = always


@dataclass
class _Registry:
    conditions: dict[tuple[Subject, str], Condition] = field(default_factory=dict)
    acts: dict[str, Callable[[datetime | None], Select[Any]]] = field(default_factory=dict)


_registry = _Registry()


def register(condition: Condition) -> Condition:
    """Make a condition known; called at start-up.

    Raises:
        ValueError: another one has this name.
    """
    key = (condition.subject, condition.name)
    if _registry.conditions.get(key, condition) is not condition:
        raise ValueError(f"there are two conditions called {condition.name!r}")
    _registry.conditions[key] = condition
    return condition


def register_act(name: str, done_since: Callable[[datetime | None], Select[Any]]) -> None:
    """Let something that people do count as their last action; called at start-up.

    Args:
        done_since: makes the select of the ids, one column, of the people who did it at this
            moment or later; ever, for `None`.
    """
    _registry.acts[name] = done_since


def known(subject: Subject) -> list[Condition]:
    """Return what can be asked now, in the order in which it was registered."""
    return [
        each
        for each in _registry.conditions.values()
        if each.subject == subject and each.is_available()
    ]


def condition_called(subject: Subject, name: str) -> Condition | None:
    """Return the condition, or `None` if it is not known or cannot be asked here."""
    found = _registry.conditions.get((subject, name))
    return found if found is not None and found.is_available() else None


def acted_since(moment: datetime | None) -> Clause:
    """Return the condition that a `Person` did anything since a moment; ever, for `None`.

    It is one join with all that was done: a million people are not looked at one by one.
    """
    done = [
        select(each.c[0].label("who"))
        for each in (done_since(moment).subquery() for done_since in _registry.acts.values())
    ]
    acts = union_all(*done).subquery()
    return select(acts.c.who).where(acts.c.who == Person.id).exists()


def plainly(so: str, not_so: str) -> Words:
    """Return words that are the same whatever the values are; marked with `N_`, for a place each."""

    def words(said: Mapping[str, str], contrary: bool) -> str:  # noqa: FBT001
        return gettext(not_so if contrary else so) % said

    return words


def either(clauses: Sequence[Clause], key: Any) -> Clause:
    """Return that at least one of `clauses` is true of the row whose id is `key`."""
    if len(clauses) == 1:
        return clauses[0]
    return unless([not_(each) for each in clauses], key)


def unless(contraries: Sequence[Clause], key: Any) -> Clause:
    """Return that `contraries` are not all true of the row whose id is `key`.

    This is how “or” is asked: PostgreSQL would look up the parts of an OR once per row as soon
    as one of them has a subquery, where it joins whole tables for parts that are joined by AND.
    """
    neither = and_(*contraries)
    if not any(has_subquery(each) for each in contraries):
        return neither.is_not(true())
    rest = select(key.label("id")).where(neither).correlate(None).subquery()
    return not_(select(rest.c.id).where(rest.c.id == key).exists())


def reads(column: Any, written: str) -> Clause:
    """Return that a column holds what somebody wrote, in small letters or capitals."""
    same: Clause = func.lower(column) == written.lower()
    return same


def is_current() -> Clause:
    """Return that a `Membership` has not ended."""
    return or_(Membership.ends_on.is_(None), Membership.ends_on > now().date())


def has_subquery(clause: Clause) -> bool:
    """Return whether other tables are looked into."""
    return any(isinstance(each, Select) for each in iterate(clause))

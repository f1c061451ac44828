"""Turning a question into one condition of SQL, and into one sentence.

A question is a small tree. A group is `{"match": "all" | "any" | "none", "of": […]}`. A condition
is `{"is": "city", "city": "Long Beach"}`, its contrary has `"not": true`. The contrary of a group
is pushed down to its conditions, so that the database sees plain joins and anti-joins.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from babel.lists import format_list
from flask_babel import get_locale, gettext
from sqlalchemy import UnaryExpression, and_, not_, select, true
from sqlalchemy.sql import operators

from coalition.organizations.models import Membership, Organization
from coalition.people.models import Person
from coalition.segments.conditions import (
    Clause,
    Condition,
    ParameterKind,
    Subject,
    Values,
    condition_called,
    either,
    has_subquery,
    is_current,
    unless,
)
from coalition.segments.errors import (
    ConditionGone,
    QuestionTooLarge,
    SegmentInCircle,
    SegmentsTooDeep,
    ThingGone,
    ValueMissing,
)

IN_SEGMENT = "segment"
MAX_CONDITIONS = 200  # those of segments in segments included
MAX_WITHIN = 10  # segments that lead from one to the next

Node: TypeAlias = Mapping[str, Any]


class Asked(Protocol):
    """A saved question, as far as it matters here."""

    id: UUID
    name: str
    subject: Subject
    question: dict[str, Any]


@dataclass
class Walk:
    """A way through a question: how to find segments, and which ones we are in."""

    find: Callable[[UUID], Asked | None]
    within: tuple[UUID, ...] = ()
    seen: list[str] = field(default_factory=list)

    def enter(self, segment_id: UUID) -> Asked:
        """Find a segment that is asked about.

        Raises:
            ThingGone, SegmentInCircle, SegmentsTooDeep: as they say.
        """
        found = self.find(segment_id)
        if found is None:
            raise ThingGone(reason=segment_label())
        if found.id in self.within:
            raise SegmentInCircle(name=found.name)
        if len(self.within) > MAX_WITHIN:
            raise SegmentsTooDeep(limit=MAX_WITHIN, name=found.name)
        return found

    def deeper(self, segment_id: UUID) -> "Walk":
        """Return the walk inside that segment."""
        return Walk(self.find, (*self.within, segment_id), self.seen)

    def count(self, name: str) -> None:
        """Note a condition.

        Raises:
            QuestionTooLarge: it is one too many.
        """
        self.seen.append(name)
        if len(self.seen) > MAX_CONDITIONS:
            raise QuestionTooLarge(limit=MAX_CONDITIONS)


def segment_label() -> str:
    """Return how the condition about other segments is called."""
    found = condition_called(Subject.PEOPLE, IN_SEGMENT)
    return found.label if found else IN_SEGMENT


def clause_of(node: Node, subject: Subject, walk: Walk, *, contrary: bool = False) -> Clause:
    """Return a question as a condition on `Person` or `Organization`.

    Raises:
        QuestionBroken: it cannot be asked now; the sentence says why and what to do.
    """
    if "match" in node:
        by_or, turned = _joined(node, contrary=contrary)
        asks_rest = by_or and len(node["of"]) > 1
        parts = [
            clause_of(each, subject, walk, contrary=turned != asks_rest) for each in node["of"]
        ]
        if asks_rest:
            return unless(parts, Person.id if subject == Subject.PEOPLE else Organization.id)
        return and_(true(), *parts)
    contrary = contrary != bool(node.get("not"))
    walk.count(node["is"])
    if node["is"] == IN_SEGMENT:
        return _clause_of_segment(node, subject, walk, contrary=contrary)
    condition, values = checked_condition(node, subject)
    clause = condition.clause(values)
    if not contrary:
        return clause
    # What is unknown is not true; an anti-join, though, must stay one.
    return _turned(clause) if has_subquery(clause) else clause.is_not(true())


def phrase_of(node: Node, subject: Subject, *, contrary: bool = False) -> str:
    """Say a question as what follows “people who”, in the page's language; empty for everybody.

    What is gone is said to be gone: this never fails.
    """
    if "match" not in node:
        return _phrase_of_condition(node, subject, contrary=contrary != bool(node.get("not")))
    if len(node["of"]) == 1:
        turned = _joined(node, contrary=contrary)[1]
        return phrase_of(node["of"][0], subject, contrary=turned)
    by_or, phrases = _phrases(node, subject, contrary=contrary)
    return format_list(
        phrases, style="or" if by_or else "standard", locale=get_locale() or "en"
    )


def checked_condition(node: Node, subject: Subject) -> tuple[Condition, Values]:
    """Return the condition of a leaf, with its values, if everything that it names is there.

    Raises:
        ConditionGone, ThingGone, ValueMissing: as they say.
    """
    condition = condition_called(subject, node["is"])
    if condition is None:
        raise ConditionGone(name=node["is"])
    values: dict[str, Any] = {}
    for each in condition.parameters:
        value = node.get(each.name)
        if value in (None, ""):
            if each.is_required:
                raise ValueMissing(reason=condition.label)
            continue
        if each.kind == ParameterKind.PICK and each.words_of(value) is None:
            raise ThingGone(reason=condition.label)
        values[each.name] = value
    return condition, values


def segments_in(node: Node) -> list[UUID]:
    """Return which segments a question asks about itself, not through others."""
    if "match" in node:
        return [found for each in node["of"] for found in segments_in(each)]
    return [UUID(node["segment"])] if node["is"] == IN_SEGMENT else []


def members_of(organizations: Clause) -> Clause:
    """Return that a `Person` belongs now to an organization of which a condition is true."""
    ids = select(Organization.id).where(organizations).correlate(None)
    return (
        select(Membership.id)
        .where(
            Membership.person_id == Person.id,
            is_current(),
            Membership.organization_id.in_(ids),
        )
        .exists()
    )


def with_members(people: Clause) -> Clause:
    """Return that a person of whom a condition is true belongs now to an `Organization`."""
    ids = select(Person.id).where(people).correlate(None)
    return (
        select(Membership.id)
        .where(
            Membership.organization_id == Organization.id,
            is_current(),
            Membership.person_id.in_(ids),
        )
        .exists()
    )


def _turned(clause: Clause) -> Clause:
    """Return the contrary; of NOT EXISTS plainly EXISTS, since PostgreSQL joins no NOT NOT."""
    if isinstance(clause, UnaryExpression) and clause.operator is operators.inv:
        element: Clause = clause.element
        return element
    return not_(clause)


def _joined(node: Node, *, contrary: bool) -> tuple[bool, bool]:
    """Return whether the parts are joined by “or”, and whether each is turned round."""
    turned = contrary != (node["match"] == "none")
    any_of = node["match"] in ("any", "none")
    return any_of != turned, turned


def _phrases(node: Node, subject: Subject, *, contrary: bool) -> tuple[bool, list[str]]:
    """Return whether “or” joins the parts of a group, and the parts.

    A group in it that is joined by the same word adds its parts; any other is put in brackets.
    """
    by_or, turned = _joined(node, contrary=contrary)
    phrases = []
    for each in node["of"]:
        if "match" in each and len(each["of"]) > 1:
            same, parts = _phrases(each, subject, contrary=turned)
            whole = phrase_of(each, subject, contrary=turned)
            phrases += parts if same == by_or else [f"({whole})"]
        elif phrase := phrase_of(each, subject, contrary=turned):
            phrases.append(phrase)
    return by_or, phrases


def _clause_of_segment(node: Node, subject: Subject, walk: Walk, *, contrary: bool) -> Clause:
    other = walk.enter(UUID(str(node["segment"])))
    deeper = walk.deeper(other.id)
    if other.subject == subject:
        return clause_of(other.question, subject, deeper, contrary=contrary)
    inner = clause_of(other.question, other.subject, deeper)
    if subject == Subject.PEOPLE:
        clause = members_of(and_(is_here(), inner))
    else:
        clause = with_members(inner)
    return not_(clause) if contrary else clause


def _phrase_of_condition(node: Node, subject: Subject, *, contrary: bool) -> str:
    condition = condition_called(subject, node["is"])
    if condition is None:
        return gettext("“%(name)s” (not available)", name=node["is"])
    gone = gettext("(gone)")
    said = {
        each.name: each.words_of(node[each.name]) or gone
        for each in condition.parameters
        if node.get(each.name) not in (None, "")
    }
    missing = [
        each for each in condition.parameters if each.is_required and each.name not in said
    ]
    for each in missing:
        said[each.name] = "…"
    return condition.words(said, contrary)


def is_here() -> Clause:
    """Return that the coalition has something to do with an `Organization`.

    The directory is shared by all coalitions; a question is about one's own members and those
    that signed one's letters.
    """
    return either([each() for each in _belonging], Organization.id)


_belonging: list[Callable[[], Clause]] = []


def belongs_when(clause: Callable[[], Clause]) -> None:
    """Let organizations of which `clause()` is true count as the coalition's; at start-up."""
    if clause not in _belonging:
        _belonging.append(clause)

"""Segments for programs: saved questions about people and organizations."""

from typing import Any

from flask_babel import gettext
from marshmallow import ValidationError
from sqlalchemy import Select, select

from coalition import audit, db, web
from coalition.api.operations import Section, Unchanged
from coalition.api.schemas.segments import (
    ConditionsSchema,
    CountSchema,
    SampleSchema,
    SegmentChange,
    SegmentInput,
    SegmentSchema,
    SegmentsQuery,
)
from coalition.coalitions.models import Coalition
from coalition.errors import NotFound
from coalition.segments.conditions import (
    Condition,
    Parameter,
    ParameterKind,
    Subject,
    known,
)
from coalition.segments.errors import QuestionBroken
from coalition.segments.models import Segment, hold_all, segment_by_slug
from coalition.segments.schemas import ROOT, check_question

section = Section("segments", "Saved questions about people and organizations.")

_READ, _WRITE = "segments:read", "segments:write"
_NAMES = "people:read"
_ONE = "/segments/<slug:segment>"
_LINKS = {
    name: {"segment": "$response.body#/slug"}
    for name in (
        "read_segment", "change_segment", "delete_segment", "count_segment", "sample_segment",
    )
}  # fmt: skip


@section.lists("/segments", scope=_READ, gives=SegmentSchema, query=SegmentsQuery)
def list_segments(subject: Subject | None) -> Select[Any]:
    """List the segments. `subject` leaves those that are about people, or organizations."""
    chosen = select(Segment)
    return chosen if subject is None else chosen.where(Segment.subject == subject)


@section.creates(
    "/segments", scope=_WRITE, takes=SegmentInput, gives=SegmentSchema, problems=(409,),
    links=_LINKS,
)  # fmt: skip
def create_segment(values: dict[str, Any]) -> Segment:
    """Save a question under a name. Its address is made from the name."""
    subject: Subject = values["subject"]
    question = _checked(values["question"], subject)
    try:
        return Segment.save(name=values["name"], subject=subject, question=question)
    except QuestionBroken as error:
        raise _refusal(error) from error


@section.reads(_ONE, scope=_READ, gives=SegmentSchema, links=_LINKS)
def read_segment(segment: str) -> Segment:
    """Read a segment."""
    return _found(segment)


@section.changes(_ONE, scope=_WRITE, takes=SegmentChange, gives=SegmentSchema)
def change_segment(segment: str, values: dict[str, Any], unchanged: Unchanged) -> Segment:
    """Ask something else from now on. The address and whom it is about stay."""
    hold_all()
    found = _found(segment)
    unchanged(found)
    question = found.question
    if "question" in values:
        question = _checked(values["question"], found.subject)
    try:
        found.change(name=values.get("name", found.name), question=question)
    except QuestionBroken as error:
        raise _refusal(error) from error
    return found


@section.deletes(_ONE, scope=_WRITE, of=SegmentSchema, problems=(409,))
def delete_segment(segment: str, unchanged: Unchanged) -> None:
    """Forget a question. One that another segment asks about is kept; the people stay."""
    hold_all()
    found = _found(segment)
    unchanged(found)
    found.remove()


@section.reads(f"{_ONE}/count", scope=_READ, gives=CountSchema, problems=(409,))
def count_segment(segment: str) -> dict[str, Any]:
    """Count those whom a segment is about now. The question is said in words too."""
    found = _found(segment)
    return {"words": found.in_words(), "count": found.count()}


@section.reads(
    f"{_ONE}/sample", scope=_NAMES, gives=SampleSchema, problems=(409,), opens=db.transaction
)
def sample_segment(coalition: Coalition, segment: str) -> dict[str, Any]:
    """Name some of those whom a segment is about. The newest come first."""
    found = _found(segment)
    count = found.count()
    if found.subject == Subject.PEOPLE:
        audit.record("people.viewed", coalition)
    return {
        "words": found.in_words(),
        "count": count,
        "records": found.sample(among=count),
    }


@section.reads("/segment-conditions", scope=_READ, gives=ConditionsSchema)
def list_segment_conditions() -> dict[str, Any]:
    """List what can be asked. Plugins that are switched on add to it."""
    return {"records": [_told(each) for subject in Subject for each in known(subject)]}


def _found(slug: str) -> Segment:
    found = segment_by_slug(slug)
    if found is None:
        raise NotFound
    return found


def _checked(raw: dict[str, Any], subject: Subject) -> dict[str, Any]:
    """Return the question, cleaned.

    Raises:
        ValidationError: by place, "question.of.0.letter".
    """
    checked = check_question(raw, subject, is_exact=True)
    if checked.errors:
        raise ValidationError(
            {_place(path): [sentence] for path, sentence in checked.errors.items()}
        )
    return checked.question


def _place(path: str) -> str:
    """Return where "q.0.1.letter" stands in what was sent: "question.of.0.of.1.letter"."""
    parts = path.removeprefix(ROOT).strip(".").split(".")
    return ".".join(
        ["question", *(f"of.{part}" if part.isdecimal() else part for part in parts if part)]
    )


def _refusal(error: QuestionBroken) -> ValidationError:
    return ValidationError({"question": [web.say(error)]})


def _told(condition: Condition) -> dict[str, Any]:
    return {
        "name": condition.name,
        "label": gettext(condition.label),
        "subject": condition.subject,
        "parameters": [_told_parameter(each) for each in condition.parameters],
    }


def _told_parameter(parameter: Parameter) -> dict[str, Any]:
    is_listed = parameter.kind == ParameterKind.PICK and parameter.named is None
    return {
        "name": parameter.name,
        "label": gettext(parameter.label),
        "kind": parameter.kind,
        "is_required": parameter.is_required,
        "options": [{"value": value, "label": words} for value, words in parameter.options()]
        if is_listed
        else None,
    }

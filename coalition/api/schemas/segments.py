"""Segments in JSON: the tree of a question, its count, what can be asked."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import gettext
from marshmallow import ValidationError, fields

from coalition.api.describing import SAMPLE_ID
from coalition.api.paging import PageQuery
from coalition.api.schemas.base import Id, Input, Moment, Output, State
from coalition.fields import Choice, Line, Said
from coalition.segments.conditions import ParameterKind, Subject
from coalition.segments.models import MAX_NAME_CHARS
from coalition.segments.schemas import MATCHES, MAX_DEPTH, MAX_WRITTEN

_QUESTION: dict[str, Any] = {
    "match": "all",
    "of": [
        {"is": "city", "city": "Long Beach"},
        {"match": "none", "of": [{"is": "has_email", "which": "any"}]},
    ],
}
_SAID = (
    'A group is `{"match": "all", "of": […]}`; `match` is `all`, `any` or `none`. In it stand'
    f" groups, {MAX_DEPTH} deep at most, and conditions, {MAX_WRITTEN} at most:"
    ' `{"is": "city", "city": "Long Beach"}`, with `"not": true` for the contrary. What can be'
    " asked, and with which values, is listed under `/segment-conditions`. A group of nothing"
    " asks about everybody."
)
_EXAMPLE: dict[str, Any] = {
    "name": "Riders of Long Beach",
    "subject": "people",
    "question": _QUESTION,
}


class Question(Said):
    """The tree of a question. Its form is checked here, its meaning in the open transaction."""

    def __init__(self, *, required: bool = False) -> None:
        super().__init__(required=required, metadata={"type": "object", "description": _SAID})

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError(gettext("Send a JSON object here."))
        errors: dict[str, list[str]] = {}
        _check_group(value, "", errors, 1)
        if errors:
            raise ValidationError(dict(errors))
        return value

    def _serialize(self, value: Any, *_args: Any, **_more: Any) -> Any:
        """The database keeps no order of names, so an order of ours makes equal answers equal."""
        return json.loads(json.dumps(value, sort_keys=True))


class SegmentsQuery(PageQuery):
    """Which segments are wanted."""

    subject = State(Subject)


class SegmentInput(Input):
    """A question and its name."""

    example: ClassVar[dict[str, Any]] = _EXAMPLE

    name = Line(MAX_NAME_CHARS, required=True)
    subject = Choice(Subject, default=Subject.PEOPLE)
    question = Question(required=True)


class SegmentChange(Input):
    """What is asked from now on; whom it is about stays."""

    example: ClassVar[dict[str, Any]] = {"name": "Riders", "question": _QUESTION}
    example_of_change: ClassVar[dict[str, Any]] = {"name": "All riders of Long Beach"}

    name = Line(MAX_NAME_CHARS, required=True)
    question = Question(required=True)


class SegmentSchema(Output):
    """A saved question."""

    example: ClassVar[dict[str, Any]] = {
        "id": SAMPLE_ID,
        "slug": "riders-of-long-beach",
        **_EXAMPLE,
        "created_at": "2026-11-24T17:00:00Z",
    }

    id = Id()
    slug = fields.String(metadata={"description": "The last part of its address; it stays."})
    name = fields.String()
    subject = State(Subject)
    question = Question()
    created_at = Moment()


class CountSchema(Output):
    """How many a question is about now, and the question in a sentence."""

    example: ClassVar[dict[str, Any]] = {
        "words": "People who live in Long Beach and have no e-mail address.",
        "count": 120,
    }

    words = fields.String(metadata={"description": "In the asked language."})
    count = fields.Integer()


class SampledSchema(Output):
    """One of those whom a question is about."""

    example: ClassVar[dict[str, Any]] = {"id": SAMPLE_ID, "name": "Ada Lovelace"}

    id = Id(metadata={"description": "The id of the person or organization."})
    name = fields.String()


class SampleSchema(Output):
    """Some of those whom a question is about, the newest first."""

    example: ClassVar[dict[str, Any]] = {
        **CountSchema.example,
        "records": [SampledSchema.example],
    }

    words = fields.String(metadata={"description": "In the asked language."})
    count = fields.Integer()
    records = fields.List(fields.Nested(SampledSchema))


class OptionSchema(Output):
    """A value that can be chosen."""

    example: ClassVar[dict[str, Any]] = {"value": "working", "label": "e-mail address"}

    value = fields.String()
    label = fields.String(metadata={"description": "In the asked language."})


class ParameterSchema(Output):
    """A value that a condition needs."""

    example: ClassVar[dict[str, Any]] = {
        "name": "which",
        "label": "Which address",
        "kind": "pick",
        "is_required": True,
        "options": [OptionSchema.example],
    }

    name = fields.String()
    label = fields.String(metadata={"description": "In the asked language."})
    kind = State(ParameterKind)
    is_required = fields.Boolean()
    options = fields.List(
        fields.Nested(OptionSchema),
        allow_none=True,
        metadata={
            "description": "What can be chosen; null where it is written, and where it is the id"
            " of a letter, an organization or a segment, which have lists of their own."
        },
    )


class ConditionSchema(Output):
    """One thing that can be asked."""

    example: ClassVar[dict[str, Any]] = {
        "name": "has_email",
        "label": "Has an e-mail address",
        "subject": "people",
        "parameters": [ParameterSchema.example],
    }

    name = fields.String(metadata={"description": "The `is` of the condition."})
    label = fields.String(metadata={"description": "In the asked language."})
    subject = State(Subject)
    parameters = fields.List(fields.Nested(ParameterSchema))


class ConditionsSchema(Output):
    """All that can be asked now, by the coalition's plugins too."""

    example: ClassVar[dict[str, Any]] = {"records": [ConditionSchema.example]}

    records = fields.List(fields.Nested(ConditionSchema))


def _check_group(raw: object, place: str, errors: dict[str, list[str]], depth: int) -> None:
    if not isinstance(raw, Mapping):
        errors[place] = [gettext("Send a JSON object here.")]
        return
    if depth > MAX_DEPTH:
        errors[place] = [gettext("Groups within groups go %(n)d deep here.", n=MAX_DEPTH)]
        return
    for key in set(raw) - {"match", "of"}:
        errors[_join(place, key)] = [gettext("There is no such field here.")]
    if raw.get("match") not in MATCHES:
        errors[_join(place, "match")] = [gettext("Choose one of the values offered.")]
    parts = raw.get("of")
    if not isinstance(parts, list):
        errors[_join(place, "of")] = [gettext("Send a list here.")]
        return
    for n, part in enumerate(parts[: MAX_WRITTEN + 1]):
        inner = _join(place, f"of.{n}")
        if isinstance(part, Mapping) and "is" in part:
            _check_condition(part, inner, errors)
        else:
            _check_group(part, inner, errors, depth + 1)


def _check_condition(
    raw: Mapping[str, object], place: str, errors: dict[str, list[str]]
) -> None:
    for key, value in raw.items():
        if key == "not" and not isinstance(value, bool):
            errors[_join(place, key)] = [gettext("Say true or false here.")]
        elif key == "is" and not isinstance(value, str):
            errors[_join(place, key)] = [gettext("Write text here.")]
        elif key != "not" and (isinstance(value, bool) or not isinstance(value, str | int)):
            errors[_join(place, key)] = [gettext("Write text or a whole number here.")]


def _join(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key

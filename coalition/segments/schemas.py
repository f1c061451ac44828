"""What is written into the form of a segment, and the check of a question from anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext
from marshmallow import EXCLUDE, Schema, ValidationError
from marshmallow.constants import missing

from coalition import web
from coalition.errors import InvalidInput
from coalition.fields import Choice, Day, Line, Said, Whole
from coalition.segments.conditions import (
    MAX_TEXT_CHARS,
    Condition,
    Parameter,
    ParameterKind,
    Subject,
    condition_called,
)
from coalition.segments.errors import ConditionGone, QuestionTooLarge
from coalition.segments.models import MAX_NAME_CHARS

ROOT = "q"
MAX_DEPTH = 4  # groups within groups, the outermost included
MAX_WRITTEN = 50  # conditions in one question, those of segments in it not counted
MATCHES = ("all", "any", "none")


class SegmentForm(Schema):
    """The name of a segment; its question has fields of its own."""

    name = Line(MAX_NAME_CHARS, required=True)


class SubjectForm(Schema):
    """Whom a new segment is about."""

    subject = Choice(Subject, default=Subject.PEOPLE)


@dataclass
class Checked:
    """A question, cleaned, and what is wrong with it: sentences by "q.0.letter".

    `is_exact`: a value that the condition does not know is wrong, and not left out.
    """

    is_exact: bool = False
    question: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    conditions: int = 0


def check_question(raw: object, subject: Subject, *, is_exact: bool = False) -> Checked:
    """Check a question that somebody wrote, in the open transaction.

    Whether segments in it lead back to it, is checked when it is asked.
    """
    checked = Checked(is_exact)
    checked.question = _group(raw, subject, ROOT, checked, 1)
    if checked.conditions > MAX_WRITTEN:
        checked.errors[""] = web.say(QuestionTooLarge(limit=MAX_WRITTEN))
    return checked


def _group(
    raw: object, subject: Subject, path: str, checked: Checked, depth: int
) -> dict[str, Any]:
    match = raw.get("match") if isinstance(raw, Mapping) else None
    parts = raw.get("of") if isinstance(raw, Mapping) else None
    if match not in MATCHES or not isinstance(parts, list):
        checked.errors[path] = gettext("Choose one of the values offered.")
        return {}
    if depth > MAX_DEPTH:
        checked.errors[path] = gettext("Groups within groups go %(n)d deep here.", n=MAX_DEPTH)
        return {}
    if not parts and path != ROOT:
        checked.errors[path] = gettext("This group is empty. Add a condition, or remove it.")
    made = []
    for n, part in enumerate(parts[: MAX_WRITTEN + 1]):
        place = f"{path}.{n}"
        if isinstance(part, Mapping) and "match" in part:
            made.append(_group(part, subject, place, checked, depth + 1))
        else:
            made.append(_condition(part, subject, place, checked))
    return {"match": match, "of": made}


def _condition(raw: object, subject: Subject, path: str, checked: Checked) -> dict[str, Any]:
    checked.conditions += 1
    name = raw.get("is") if isinstance(raw, Mapping) else None
    condition = condition_called(subject, name) if isinstance(name, str) else None
    if condition is None or not isinstance(raw, Mapping):
        checked.errors[path] = web.say(ConditionGone(name=str(name)[:MAX_TEXT_CHARS]))
        return {"is": str(name)}
    if checked.is_exact:
        known = {"is", "not", *(each.name for each in condition.parameters)}
        for key in set(raw) - known:
            checked.errors[f"{path}.{key}"] = gettext("There is no such field here.")
    try:
        values = _schema(condition).load(
            {key: value for key, value in raw.items() if value not in ("", None)},
            unknown=EXCLUDE,
        )
        if condition.check is not None:
            condition.check(values)
    except ValidationError as error:
        said = error.messages if isinstance(error.messages, dict) else {}
        for each, sentences in said.items():
            checked.errors[f"{path}.{each}"] = str(sentences[0])
        return {key: str(value) for key, value in raw.items()}
    except InvalidInput as error:
        checked.errors[f"{path}.{error.field}"] = web.say(error)
    made = {key: _plain(value) for key, value in values.items() if value not in ("", None)}
    contrary = {"not": True} if raw.get("not") not in (None, False, "", "no") else {}
    return {"is": condition.name, **made, **contrary}


class _Picked(Said):
    """A value that a parameter offers, or that still names something."""

    def __init__(self, parameter: Parameter) -> None:
        self.parameter = parameter
        required = parameter.is_required
        super().__init__(required=required, load_default=missing if required else None)

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> str:
        if not isinstance(value, str) or self.parameter.words_of(value) is None:
            raise self.make_error("choice")
        return value


def _schema(condition: Condition) -> Schema:
    made: Schema = Schema.from_dict(
        {each.name: _field(each) for each in condition.parameters}
    )()
    return made


def _field(parameter: Parameter) -> Said:
    match parameter.kind:
        case ParameterKind.PICK:
            return _Picked(parameter)
        case ParameterKind.DAY:
            return Day(required=parameter.is_required)
        case ParameterKind.WHOLE:
            return Whole(parameter.least, parameter.most, required=parameter.is_required)
    return Line(MAX_TEXT_CHARS, required=parameter.is_required)


def _plain(value: Any) -> str | int:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)

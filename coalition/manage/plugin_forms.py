"""Forms made from the schemas of plugins' settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import gettext
from marshmallow import Schema, fields, validate

from coalition.coalitions.models import Coalition
from coalition.fields import Choice, OneOf, Paragraphs, Whole, YesNo
from coalition.manage.forms import in_form


class Control(StrEnum):
    """How a setting is entered."""

    CHECKBOX = "checkbox"
    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    LINES = "lines"
    TEXT = "text"


@dataclass(frozen=True)
class Setting:
    """One field of a plugin's settings as the form shows it."""

    name: str
    label: str
    help: str
    control: Control
    choices: Sequence[tuple[str, str]]
    required: bool


def settings_of(schema: Schema) -> list[Setting]:
    """Return how each field of the schema is entered, in its order.

    Label, help and the words of choices come from the field's `metadata`; the choices
    themselves from its kind or its validators.
    """
    return [_setting(name, field) for name, field in schema.load_fields.items()]


def notes_of(schema: Schema, coalition: Coalition) -> list[str]:
    """Return what the plugin says above its settings, if it says anything."""
    say = getattr(schema, "notes", None)
    return list(say(coalition)) if say is not None else []


def written(schema: Schema, values: Mapping[str, Any]) -> dict[str, str]:
    """Return stored settings as the form shows them."""
    return {name: in_form(values.get(name)) for name in schema.load_fields}


def _setting(name: str, field: fields.Field[Any]) -> Setting:
    metadata = field.metadata
    words = {str(in_form(key)): text for key, text in metadata.get("choices", {}).items()}
    choices = [
        (value, gettext(str(words.get(value, value.replace("_", " ")))))
        for value in map(in_form, _choices(field))
    ]
    label = metadata.get("label") or name.replace("_", " ").capitalize()
    explained = metadata.get("help")
    return Setting(
        name=name,
        label=gettext(str(label)),
        help=gettext(str(explained)) if explained else "",
        control=_control(field, has_choices=bool(choices)),
        choices=choices,
        required=field.required,
    )


def _control(field: fields.Field[Any], *, has_choices: bool) -> Control:
    if has_choices:
        return Control.CHOICE
    if isinstance(field, (fields.Boolean, YesNo)):
        return Control.CHECKBOX
    if isinstance(field, (fields.Number, Whole)):
        return Control.NUMBER
    if isinstance(field, fields.Date):
        return Control.DATE
    if isinstance(field, Paragraphs):
        return Control.LINES
    return Control.TEXT


def _choices(field: fields.Field[Any]) -> list[Any]:
    if isinstance(field, Choice):
        return list(field.kind)
    if isinstance(field, OneOf):
        return list(field.offered() if callable(field.offered) else field.offered)
    if isinstance(field, fields.Enum):
        return [member if field.by_value else member.name for member in field.enum]
    for check in field.validators:
        if isinstance(check, validate.OneOf):
            return list(check.choices)
    return []

"""Fields that a coalition adds to its people: their kinds, and the checked values."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update

from coalition import db
from coalition.errors import N_
from coalition.people.errors import ChoicesRefused, CustomValueRefused, TooManyCustomFields
from coalition.people.models import CustomField, Person

MAX_FIELDS = 30
MAX_VALUE_CHARS = 500
MAX_LABEL_CHARS = 60
MAX_CHOICES = 50
MAX_CHOICE_CHARS = 60
MAX_NUMBER = 10**12

_NUMBER = re.compile(r"-?\d{1,13}(?:\.\d{1,6})?")


class CustomKind(StrEnum):
    """What a custom field holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"


def custom_fields() -> list[CustomField]:
    """Return the coalition's fields in their order."""
    ordered = select(CustomField).order_by(CustomField.position, CustomField.id)
    return list(db.session.scalars(ordered))


def define(label: str, kind: CustomKind, choices: Sequence[str] = ()) -> CustomField:
    """Add a field to all people of the coalition.

    Raises:
        TooManyCustomFields: there are `MAX_FIELDS` already.
    """
    known = custom_fields()
    if len(known) >= MAX_FIELDS:
        raise TooManyCustomFields(field="label", limit=MAX_FIELDS)
    taken = {each.key for each in known}
    base = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:40] or "field"
    key = next(
        key for n in range(MAX_FIELDS + 1) if (key := f"{base}_{n}" if n else base) not in taken
    )
    added = CustomField(
        key=key,
        label=label,
        kind=kind.value,
        choices=list(choices),
        position=max((each.position for each in known), default=0) + 1,
    )
    db.session.add(added)
    return added


def checked(field: CustomField, written: str) -> str | int | float | bool | None:
    """Return what is stored for what somebody wrote into a field; `None` for nothing.

    Dates are stored as "2026-11-24".

    Raises:
        CustomValueRefused: it is no value of the field's kind.
    """
    text = written.strip()
    if not text:
        return None
    match CustomKind(field.kind):
        case CustomKind.NUMBER:
            return _number(field, text)
        case CustomKind.DATE:
            return _day(field, text)
        case CustomKind.YES_NO:
            if text not in ("yes", "no"):
                raise _refused(field, N_("Choose yes or no."))
            return text == "yes"
        case CustomKind.CHOICE:
            if text not in field.choices:
                raise _refused(field, N_("Choose one of the values offered."))
    return text


def clean_choices(kind: CustomKind, written: str) -> list[str]:
    """Return the values that a choice offers, one a line; empty for other kinds.

    Raises:
        ChoicesRefused: there are fewer than two, more than `MAX_CHOICES`, or one is too long.
    """
    if kind != CustomKind.CHOICE:
        return []
    lines = (" ".join(line.split()) for line in written.split("\n"))
    choices = list(dict.fromkeys(line for line in lines if line))
    if not 2 <= len(choices) <= MAX_CHOICES or any(
        len(each) > MAX_CHOICE_CHARS for each in choices
    ):
        raise ChoicesRefused(field="choices", most=MAX_CHOICES, chars=MAX_CHOICE_CHARS)
    return choices


def remove(field: CustomField) -> None:
    """Remove a field and what people have in it."""
    db.session.execute(
        update(Person)
        .where(Person.custom_fields.has_key(field.key))
        .values(custom_fields=Person.custom_fields.op("-")(field.key)),
        execution_options={"synchronize_session": False},
    )
    db.session.delete(field)


def as_written(field: CustomField, values: Mapping[str, Any]) -> str:
    """Return a stored value as it stands in a form."""
    value = values.get(field.key)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _number(field: CustomField, text: str) -> int | float:
    plain = text.replace(" ", "").replace(",", "")
    if not _NUMBER.fullmatch(plain) or abs(float(plain)) > MAX_NUMBER:
        raise _refused(field, N_("Write a number, for example 12 or 3.5."))
    return float(plain) if "." in plain else int(plain)


def _day(field: CustomField, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise _refused(
            field, N_("Write the day as year-month-day, for example 2026-11-24.")
        ) from None


def _refused(field: CustomField, reason: str) -> CustomValueRefused:
    return CustomValueRefused(field=f"custom_{field.key}", reason=reason)

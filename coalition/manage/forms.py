"""What the forms of these pages share: errors beside the form, values to begin with."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any
from uuid import UUID

from flask import request
from marshmallow import Schema, ValidationError

from coalition import web
from coalition.accounts import access
from coalition.coalitions.models import Coalition
from coalition.fields import Line
from coalition.people import custom_fields
from coalition.people.models import CustomField

showing_refusals = web.showing_refusals


def filled(schema: type[Schema] | Schema, subject: object, **more: object) -> web.Form:
    """Return a form that shows what is stored; `more` overrides what the object says."""
    names = (schema() if isinstance(schema, type) else schema).load_fields
    stored = {name: more.get(name, getattr(subject, name, None)) for name in names}
    return web.Form(written={name: in_form(value) for name, value in stored.items()})


def in_form(value: object) -> str:
    """Return a stored value as a form field holds it."""
    match value:
        case None:
            return ""
        case Enum():
            return str(value.value)
        case date():
            return value.isoformat()
        case bool():
            return "yes" if value else ""
    return str(value)


def may_change(coalition: Coalition) -> bool:
    """Return whether who is signed in may change things of the coalition."""
    user = access.user()
    role = user.role_in(coalition.id) if user else None
    return role is not None and role.covers(access.Role.COORDINATOR)


def is_administrator() -> bool:
    """Return whether who is signed in administers the installation."""
    user = access.user()
    return user is not None and user.is_administrator


def place_in_list() -> UUID | None:
    """Return after which entry the page of a list begins: `?after=`."""
    after = request.args.get("after")
    return web.id_or_404(after) if after else None


def asked(name: str, max_chars: int = 100) -> str:
    """Return what was searched for in the address, cut to a length that is worth searching."""
    return " ".join(request.args.get(name, "").replace("\0", "").split())[:max_chars]


def read_custom_values(form: web.Form, definitions: Sequence[CustomField]) -> dict[str, Any]:
    """Check the custom fields of the request's form; errors and texts go into `form`."""
    written = {
        f"custom_{each.key}": request.form.get(f"custom_{each.key}", "") for each in definitions
    }
    form.written = {**form.written, **written}
    values: dict[str, Any] = {}
    for each in definitions:
        name = f"custom_{each.key}"
        try:
            text = Line(custom_fields.MAX_VALUE_CHARS).deserialize(written[name])
        except ValidationError as error:
            form.errors[name] = str(error.messages[0])
            continue
        with showing_refusals(form):
            value = custom_fields.checked(each, text or "")
            if value is not None:
                values[each.key] = value
    return values


def custom_texts(
    definitions: Sequence[CustomField], values: Mapping[str, Any]
) -> dict[str, str]:
    """Return stored values of custom fields as a form shows them."""
    return {
        f"custom_{each.key}": custom_fields.as_written(each, values) for each in definitions
    }

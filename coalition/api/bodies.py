"""JSON in and out: bodies are checked for size and depth before anything else looks at them."""

import base64
import hashlib
import json
from typing import Any

from flask import Response, request
from marshmallow import Schema

from coalition.api.errors import (
    MalformedBody,
    NotAnObject,
    NotJson,
    PreconditionFailed,
    PreconditionMissing,
    TooDeep,
)

MAX_PARTS = 2_000  # objects and lists in one body, nested or not
MAX_FIELDS = 100  # of the outermost object
_ETAG_BYTES = 16


def read_object() -> dict[str, Any]:
    """Return the request's body, which must be a JSON object.

    Raises:
        NotJson, MalformedBody, NotAnObject, TooDeep: as they say.
    """
    if request.mimetype != "application/json":
        raise NotJson
    raw = request.get_data()
    if raw.count(b"{") + raw.count(b"[") > MAX_PARTS:
        raise TooDeep(limit=MAX_PARTS)
    try:
        body = json.loads(raw, parse_constant=_refuse)
    except RecursionError:
        raise TooDeep(limit=MAX_PARTS) from None
    except ValueError:  # also what is not UTF-8, and numbers of thousands of digits
        raise MalformedBody from None
    if not isinstance(body, dict) or len(body) > MAX_FIELDS:
        raise NotAnObject(limit=MAX_FIELDS)
    return body


def read_query(schema: Schema) -> dict[str, Any]:
    """Return the checked parameters of the address; `lang` is everywhere, so it is not one."""
    sent = {
        name: values[0] if len(values) == 1 else values
        for name, values in request.args.lists()
        if name != "lang"
    }
    loaded: dict[str, Any] = schema.load(sent)
    return loaded


def written(body: Any) -> bytes:
    """Return `body` as the bytes that are sent."""
    return json.dumps(body, separators=(",", ":")).encode()


def etag(body: bytes) -> str:
    """Return a text that is another one for any other body."""
    digest = hashlib.sha256(body).digest()[:_ETAG_BYTES]
    return f'"{base64.urlsafe_b64encode(digest).decode().rstrip("=")}"'


def readable(body: bytes) -> Response:
    """Return an answer that a program may keep, and that is empty if it has it already."""
    response = Response(body, mimetype="application/json")
    response.headers["ETag"] = etag(body)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization"
    response.make_conditional(request)
    return response


def require_precondition() -> None:
    """Refuse a change that does not say which state it is meant for.

    Raises:
        PreconditionMissing: there is no If-Match.
    """
    if "If-Match" not in request.headers:
        raise PreconditionMissing


def check_precondition(current: bytes) -> None:
    """Refuse a change that was meant for another state than `current`.

    Raises:
        PreconditionFailed: as it says.
    """
    wanted = request.if_match
    if not wanted.star_tag and not wanted.contains(etag(current).strip('"')):
        raise PreconditionFailed


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")

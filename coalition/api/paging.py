"""Lists page by page, in the order in which the rows were made; rows added meanwhile come last."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import request
from flask_babel import gettext
from marshmallow import Schema, ValidationError, fields
from sqlalchemy import Select

from coalition import db
from coalition.api.errors import BadCursor

DEFAULT_LIMIT, MAX_LIMIT = 50, 100
CURSOR_CHARS = 22  # sixteen bytes in URL-safe base64


class Limit(fields.Field[int]):
    """How many rows a page has."""

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> int:
        text = value if isinstance(value, str) else ""
        if not (text.isascii() and text.isdecimal() and 1 <= int(text[:4]) <= MAX_LIMIT):
            raise ValidationError(
                gettext("Write a whole number from 1 to %(most)d.", most=MAX_LIMIT)
            )
        return int(text[:4])


class Cursor(fields.Field[UUID]):
    """Where a page begins: what the page before gave as `next_cursor`."""

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> UUID:
        try:
            raw = base64.urlsafe_b64decode(f"{value}==") if len(value) == CURSOR_CHARS else b""
            return UUID(bytes=raw)
        except (ValueError, TypeError, binascii.Error):
            raise BadCursor(field="cursor") from None


class PageQuery(Schema):
    """Which part of a list is wanted."""

    limit = Limit(
        load_default=DEFAULT_LIMIT,
        metadata={
            "description": "How many records to give at most.",
            "type": "integer",
            "minimum": 1,
            "maximum": MAX_LIMIT,
        },
    )
    cursor = Cursor(
        load_default=None,
        metadata={
            "description": "`next_cursor` of the page before; leave it out for the first page.",
            "type": "string",
            "minLength": CURSOR_CHARS,
            "maxLength": CURSOR_CHARS,
        },
    )


@dataclass(frozen=True)
class Page:
    """A part of a list, and the cursor of the next part if there is one."""

    rows: list[Any]
    next_cursor: str | None

    @property
    def next_url(self) -> str | None:
        """The address of the next page."""
        if self.next_cursor is None:
            return None
        query = {**request.args.to_dict(), "cursor": self.next_cursor}
        return f"{request.path}?{urlencode(query)}"


def page_of(statement: Select[Any], *, after: UUID | None, limit: int) -> Page:
    """Return the rows of the statement's model that come after the one with the id `after`."""
    key = statement.column_descriptions[0]["entity"].id
    if after is not None:
        statement = statement.where(key > after)
    rows = list(db.session.scalars(statement.order_by(key).limit(limit + 1)).unique())
    shown = rows[:limit]
    return Page(shown, _cursor(shown[-1].id) if len(rows) > limit else None)


def _cursor(row_id: UUID) -> str:
    return base64.urlsafe_b64encode(row_id.bytes).decode().rstrip("=")

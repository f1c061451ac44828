"""What all schemas of the API share: unknown fields are refused, and each refusal is a sentence."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, ClassVar, cast

from flask_babel import gettext, lazy_gettext
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from coalition.fields import Choice, Line, Said, Whole
from coalition.letters.moments import YEARS

MAX_LANGUAGE_CHARS = 3

# Said in the language of the request, at the time when the answer is made.
_l = cast("Callable[[str], str]", lazy_gettext)
_Messages = dict[str, str | list[Any] | dict[Any, Any]]
_INPUT_SENTENCES: dict[str, str] = {
    "unknown": _l("There is no such field here."),
    "type": _l("Send a JSON object here."),
}
_ID_SENTENCES: _Messages = {
    "required": _l("Fill this in."),
    "null": _l("Fill this in."),
    "invalid_uuid": _l("This is not the id of a record."),
}
_FLAG_SENTENCES: _Messages = {
    "required": _l("Fill this in."),
    "null": _l("Fill this in."),
    "invalid": _l("Say true or false here."),
}
_LIST_SENTENCES: _Messages = {
    "required": _l("Fill this in."),
    "null": _l("Send a list here."),
    "invalid": _l("Send a list here."),
}
_PART_SENTENCES: _Messages = {
    "required": _l("Fill this in."),
    "null": _l("Fill this in."),
    "type": _l("Send a JSON object here."),
}


class Input(Schema):
    """What a program sends."""

    example: ClassVar[dict[str, Any]] = {}
    error_messages = _INPUT_SENTENCES

    class Meta:
        unknown = RAISE


class Output(Schema):
    """What a program gets."""

    example: ClassVar[dict[str, Any]] = {}


class Id(fields.UUID):
    """The id of a record."""

    default_error_messages = _ID_SENTENCES


class Flag(fields.Boolean):
    """true or false."""

    default_error_messages = _FLAG_SENTENCES

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Language(Line):
    """The code of a language, such as "es"."""

    def __init__(self, *, required: bool = False, default: str | None = "en") -> None:
        super().__init__(
            MAX_LANGUAGE_CHARS,
            required=required,
            default=default,
            metadata={"pattern": "^[a-z]{2,3}$", "minLength": 2},
        )

    def _deserialize(self, value: Any, *args: Any, **more: Any) -> str | None:
        text = super()._deserialize(value, *args, **more)
        if text is None or not (
            len(text) >= 2 and text.isascii() and text.isalpha() and text.islower()
        ):
            raise ValidationError(gettext("Write the code of a language, such as en or es."))
        return text


class Number(Whole):
    """A whole number, and no text that looks like one."""

    def _deserialize(self, value: Any, *args: Any, **more: Any) -> int:
        if not isinstance(value, int):
            raise self.make_error("whole", least=self.least, most=self.most)
        return super()._deserialize(value, *args, **more)


class Moment(Said):
    """A moment with its offset from UTC, as RFC 3339 writes it."""

    def __init__(self, *, required: bool = False, **options: Any) -> None:
        super().__init__(required=required, **options)

    def _serialize(self, value: Any, *_args: Any, **_more: Any) -> str | None:
        if not isinstance(value, datetime):
            return None
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(self._written(value))
            in_utc = moment.astimezone(UTC) if moment.tzinfo and "T" in value else None
        except (ValueError, OverflowError):
            in_utc = None
        if in_utc is None or in_utc.year not in YEARS:
            raise ValidationError(
                gettext("Write a date and time with offset, like 2026-12-14T23:59:59-08:00.")
            )
        return in_utc


class Items(fields.List[Any]):
    """A list of at most `limit` values."""

    def __init__(self, inner: Any, limit: int, **options: Any) -> None:
        too_many = _l("At most {max} fit here.")
        super().__init__(inner, validate=validate.Length(max=limit, error=too_many), **options)

    default_error_messages = _LIST_SENTENCES


class Part(fields.Nested):
    """A record inside a record; it is sent whole, also in a change of the outer one."""

    default_error_messages = _PART_SENTENCES

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, partial: Any = None, **more: Any
    ) -> Any:
        del partial
        return super()._deserialize(value, attr, data, partial=False, **more)


class Text(fields.String):
    """Text as it is stored; for answers only."""


class State(Choice):
    """A value of an enumeration; for answers and filters."""

    def __init__(self, kind: Any) -> None:
        super().__init__(kind, required=False)


def check_order(first: date | None, last: date | None, field: str = "ends_on") -> None:
    """Refuse a last day before the first.

    Raises:
        ValidationError: as it says.
    """
    if first and last and last < first:
        raise ValidationError({field: [gettext("The last day is before the first.")]})

"""Fields of forms and of the API: each has a limit, and says it in the page's language."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from flask_babel import gettext
from marshmallow import ValidationError, fields
from marshmallow.constants import missing

from coalition import config
from coalition.addresses import MAX_ADDRESS_CHARS, clean_address, is_host
from coalition.errors import N_, InvalidInput

MAX_URL_CHARS = 500
MAX_SLUG_CHARS = 60
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)

_WHOLE = re.compile(r"[+-]?[0-9]{1,12}")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# Marks that turn the direction of what follows: a name with one can look like another name.
_DIRECTION_MARKS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


_SENTENCES = {
    "required": N_("Fill this in."),
    "null": N_("Fill this in."),
    "text": N_("Write text here."),
    "too_long": N_("At most %(limit)d characters fit here; this has %(chars)d."),
    "control": N_("There are invisible control characters in this. Type it anew."),
    "direction": N_(
        "There are invisible marks in this that change the direction of writing. Type it anew."
    ),
    "slug": N_("Use small letters a to z, digits and hyphens, for example “night-buses”."),
    "address": N_("This is no web address. It should look like https://example.org."),
    "choice": N_("Choose one of the values offered."),
    "day": N_("Write the day as year-month-day, for example 2026-11-24."),
    "range": N_("The day must be between %(first)s and %(last)s."),
    "whole": N_("Write a whole number from %(least)d to %(most)d."),
    "yes_no": N_("Say yes or no here."),
}


class Said(fields.Field[Any]):
    """A field that says what is wrong in the page's language."""

    def make_error(self, key: str, **values: Any) -> ValidationError:
        """Make the error whose sentence is called `key`, translated."""
        sentence = gettext(_SENTENCES[key])
        return ValidationError(sentence % values if values else sentence)

    def _written(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("text")
        return unicodedata.normalize("NFC", value)


class Line(Said):
    """One line of text; runs of spaces become one."""

    def __init__(
        self,
        max_chars: int,
        *,
        required: bool = False,
        default: str | None = "",
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        self.max_chars = max_chars
        super().__init__(
            required=required,
            load_default=missing if required else default,
            metadata=metadata,
        )

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> str | None:
        text = self._tidy(self._written(value))
        for character in text:
            if character in _DIRECTION_MARKS:
                raise self.make_error("direction")
            if character != "\n" and _is_control(character):
                raise self.make_error("control")
        if len(text) > self.max_chars:
            raise self.make_error("too_long", limit=self.max_chars, chars=len(text))
        if not text:
            if self.required:
                raise self.make_error("required")
            return None if self.load_default is missing else self.load_default
        return text

    def _tidy(self, text: str) -> str:
        return " ".join(text.split())


class Paragraphs(Line):
    """Text of several lines, such as Markdown."""

    def _tidy(self, text: str) -> str:
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ").strip()


class Slug(Line):
    """The last part of a page's address."""

    def __init__(self, *, required: bool = True) -> None:
        super().__init__(MAX_SLUG_CHARS, required=required)

    def _deserialize(self, value: Any, *args: Any, **more: Any) -> str | None:
        text = super()._deserialize(value, *args, **more)
        if text and not _SLUG.fullmatch(text):
            raise self.make_error("slug")
        return text


class WebAddress(Line):
    """The address of a website, completed to begin with https:// where it has no scheme."""

    def __init__(self, *, required: bool = False) -> None:
        super().__init__(MAX_URL_CHARS, required=required, default=None)

    def _deserialize(self, value: Any, *args: Any, **more: Any) -> str | None:
        text = super()._deserialize(value, *args, **more)
        if not text:
            return None
        completed = text if "://" in text else f"https://{text}"
        try:
            parts = urlsplit(completed)
            host = (parts.hostname or "").encode("idna").decode()
        except (ValueError, UnicodeError):
            raise self.make_error("address") from None
        if (
            parts.scheme.lower() not in ("http", "https")
            or parts.username is not None
            or not is_host(host)
            or any(c.isspace() or c in '<>"' for c in completed)
        ):
            raise self.make_error("address")
        return completed


class MailAddress(Line):
    """An e-mail address."""

    def __init__(self, *, required: bool = False) -> None:
        super().__init__(MAX_ADDRESS_CHARS, required=required, default=None)

    def _deserialize(self, value: Any, *args: Any, **more: Any) -> str | None:
        text = super()._deserialize(value, *args, **more)
        if not text:
            return None
        try:
            return clean_address(text)
        except InvalidInput as error:
            raise ValidationError(gettext(error.message) % error.values) from error


class Choice(Said):
    """One of the values of an enumeration."""

    def __init__(
        self,
        kind: type[StrEnum],
        *,
        required: bool = True,
        default: StrEnum | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        self.kind = kind
        needed = required and default is None
        super().__init__(
            required=needed, load_default=missing if needed else default, metadata=metadata
        )

    def _serialize(self, value: Any, *_args: Any, **_more: Any) -> str | None:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> StrEnum:
        try:
            return self.kind(value)
        except ValueError:
            raise self.make_error("choice") from None


class OneOf(Said):
    """One of several texts; `offered` is asked each time."""

    def __init__(
        self, offered: Any, *, required: bool = True, default: str | None = None
    ) -> None:
        self.offered = offered
        needed = required and default is None
        super().__init__(required=needed, load_default=missing if needed else default)

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> str:
        offered = self.offered() if callable(self.offered) else self.offered
        if not isinstance(value, str) or value not in offered:
            raise self.make_error("choice")
        return value


class Day(Said):
    """A day of the calendar."""

    def __init__(self, *, required: bool = False) -> None:
        super().__init__(required=required, load_default=missing if required else None)

    def _serialize(self, value: Any, *_args: Any, **_more: Any) -> str | None:
        return value.isoformat() if isinstance(value, date) else value

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> date:
        text = self._written(value).strip()
        try:
            day = datetime.strptime(text, "%Y-%m-%d").date()
        except ValueError:
            raise self.make_error("day") from None
        if not FIRST_DAY <= day <= LAST_DAY:
            raise self.make_error("range", first=FIRST_DAY, last=LAST_DAY)
        return day


class Whole(Said):
    """A whole number."""

    def __init__(
        self,
        least: int,
        most: int,
        *,
        required: bool = False,
        default: int | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        self.least, self.most = least, most
        super().__init__(
            required=required,
            load_default=missing if required else default,
            metadata=metadata,
        )

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> int:
        is_number = isinstance(value, int) and not isinstance(value, bool)
        written = isinstance(value, str) and _WHOLE.fullmatch(value.strip())
        if not (is_number or written) or not self.least <= int(value) <= self.most:
            raise self.make_error("whole", least=self.least, most=self.most)
        return int(value)


class YesNo(Said):
    """A tick box: what a form does not send is a no."""

    def __init__(self) -> None:
        super().__init__(load_default=False)

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> bool:
        if value in (True, "on", "true", "yes", "1"):
            return True
        if value in (False, "off", "false", "no", "0"):
            return False
        raise self.make_error("yes_no")


def _is_control(character: str) -> bool:
    code = ord(character)
    never_a_character = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return never_a_character or unicodedata.category(character) in ("Cc", "Cs")


def languages() -> tuple[str, ...]:
    """Return the languages that pages are offered in."""
    return config.current().languages


def time_zones() -> set[str]:
    """Return the names of all time zones."""
    return available_timezones()

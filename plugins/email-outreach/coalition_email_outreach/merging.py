"""Merge fields: `{{given_name|friend}}`, an allow-list of names and nothing that computes.

What somebody's name is can stand in a text; it cannot be markup, a header or a program there.
The source is parsed once per mailing; for each person the parts are joined.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from coalition.sdk import N_, markdown_to_html, markdown_to_text, one_line
from coalition_email_outreach.errors import FieldInLink, UnknownField

CUSTOM = "field."  # {{field.shoe-size}}: a field that the coalition added to its people
MAX_VALUE_CHARS = 200
# Of the person; what each says, for the help beside the text.
PERSONAL = {
    "given_name": N_("first name"),
    "family_name": N_("last name"),
    "name": N_("whole name"),
    "city": N_("city"),
}
# Of the mailing, or of what a series is about: the same for everybody.
COMMON = {"coalition": N_("the coalition's name")}
LETTER = {
    "letter_title": N_("title of the letter that the mailing is about"),
    "letter_url": N_("address of that letter's page"),
    "closes_on": N_("day on which that letter closes"),
}
MEETING = {
    "meeting_title": N_("title of the meeting"),
    "meeting_at": N_("day and time of the meeting"),
    "meeting_place": N_("place of the meeting"),
}
VOTE = {
    "item_subject": N_("what was voted on"),
    "meeting_title": N_("title of the meeting"),
    "vote_result": N_("how the vote ended"),
}
# Bounded, so that a text of nothing but braces and spaces takes no longer than another.
_PLACE = re.compile(r"\{\{([^{}|]{0,100})(?:\|([^{}]{0,200}))?\}\}")
_OPEN, _CLOSE = "\ue000", "\ue001"  # characters of no script; they mark the places meanwhile
_MARK = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_IN_LINK = re.compile(rf"\]\([^)\s]*{_OPEN}")
_LOST_MARK = "%EE%80%80"  # a mark in the address of a link


@dataclass(frozen=True)
class Field:
    """A place in a text: the field's name and what stands there for whom it is empty."""

    name: str
    fallback: str = ""


@dataclass(frozen=True)
class Template:
    """A parsed text: words and fields in turn."""

    parts: tuple[str | Field, ...]

    @property
    def fields(self) -> list[Field]:
        """The fields in it, each once."""
        return list(dict.fromkeys(part for part in self.parts if isinstance(part, Field)))

    def lines(self) -> Iterator[list[str | Field]]:
        """Cut it behind each line break."""
        line: list[str | Field] = []
        for part in self.parts:
            if isinstance(part, Field):
                line.append(part)
                continue
            *ended, rest = part.split("\n")
            for each in ended:
                yield [*line, f"{each}\n"]
                line = []
            line.append(rest)
        yield line

    def render(
        self, values: Mapping[str, str], quote: Callable[[str], str] = lambda value: value
    ) -> str:
        """Put a person's values in; `quote` makes them harmless where they will stand."""
        return "".join(
            part if isinstance(part, str) else quote(values.get(part.name) or part.fallback)
            for part in self.parts
        )


@dataclass(frozen=True)
class Body:
    """A Markdown text with fields, as plain text and as HTML."""

    text: Template
    html: Template

    def as_text(self, values: Mapping[str, str]) -> str:
        """Write it as plain text for one person."""
        return self.text.render(values)

    def as_html(self, values: Mapping[str, str]) -> str:
        """Write it as HTML for one person, their values escaped."""
        return self.html.render(values, html.escape)


def names_in(*sources: str) -> list[str]:
    """Return the names of the fields in some texts, each once."""
    found = (match[1].strip() for source in sources for match in _PLACE.finditer(source))
    return list(dict.fromkeys(found))


def parse(source: str, known: Iterable[str]) -> Template:
    """Parse a line, such as a subject.

    Raises:
        UnknownField: a field is not among the `known` ones.
    """
    allowed, parts, end = frozenset(known), list[str | Field](), 0
    for match in _PLACE.finditer(source):
        parts += [source[end : match.start()], _field(match, allowed)]
        end = match.end()
    parts.append(source[end:])
    return Template(tuple(part for part in parts if part != ""))


def parse_body(source: str, known: Iterable[str], urls: Mapping[str, str]) -> Body:
    """Parse a Markdown text.

    Args:
        urls: addresses of ours by field, which are put in at once and may stand in a link.

    Raises:
        UnknownField, FieldInLink: a field is not known, or stands in the address of a link.
    """
    clean = source.replace(_OPEN, "").replace(_CLOSE, "")
    allowed, fields = frozenset(known), list[Field]()

    def mark(match: re.Match[str]) -> str:
        field = _field(match, allowed)
        if field.name in urls:
            return urls[field.name]
        fields.append(field)
        return f"{_OPEN}{len(fields) - 1}{_CLOSE}"

    marked = _PLACE.sub(mark, clean)
    as_html = str(markdown_to_html(marked))
    if _LOST_MARK in as_html or _IN_LINK.search(marked):
        raise FieldInLink
    return Body(_split(markdown_to_text(marked), fields), _split(as_html, fields))


def values_of(
    given_name: str, family_name: str, city: str | None, custom: Mapping[str, object]
) -> dict[str, str]:
    """Return a person's values by field, on one line each and not too long."""
    values = {
        "given_name": given_name,
        "family_name": family_name,
        "name": f"{given_name} {family_name}",
        "city": city or "",
    }
    values |= {CUSTOM + key: "" if v is None else str(v) for key, v in custom.items()}
    return {key: one_line(value)[:MAX_VALUE_CHARS] for key, value in values.items()}


def is_personal(name: str) -> bool:
    """Return whether a field is of the person, not of what the mailing is about."""
    return name in PERSONAL or name.startswith(CUSTOM)


def known_fields(custom_keys: Sequence[str], about: Mapping[str, str]) -> dict[str, str]:
    """Return the fields that a text may hold, with what they say; `about` are its subject's."""
    return {**PERSONAL, **COMMON, **about, **{CUSTOM + key: key for key in custom_keys}}


def _field(match: re.Match[str], allowed: frozenset[str]) -> Field:
    name, fallback = match[1].strip(), one_line(match[2] or "")
    if name not in allowed:
        offered = ", ".join("{{" + each + "}}" for each in sorted(allowed))
        raise UnknownField(name=name[:60], offered=offered)
    return Field(name, fallback)


def _split(marked: str, fields: Sequence[Field]) -> Template:
    parts: list[str | Field] = []
    end = 0
    for match in _MARK.finditer(marked):
        parts += [marked[end : match.start()], fields[int(match[1])]]
        end = match.end()
    parts.append(marked[end:])
    return Template(tuple(part for part in parts if part != ""))

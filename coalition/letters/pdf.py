"""The letter on paper: a tagged PDF with its text, its signatories and their number."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from coalition.errors import N_
from coalition.markdown import to_blocks, without_controls
from coalition.textblocks import Block, Inline
from coalition.typesetting.parent import to_pdf

# What the template says by itself. Translate the values, keep the keys and the %(…)s places.
LABELS: Mapping[str, str] = {
    "signatories": N_("Signatories"),
    "organizations": N_("Organizations"),
    "people": N_("People"),
    "page": N_("Page %(page)s of %(pages)s"),
}

_TEMPLATE = Path(__file__).with_name("letter.typ")
_RUNNING_CHARS = 60  # characters of a title that fit on one line beside the coalition's name
_LONG_WORD = re.compile(r"\S{30}(?=\S)")
_ZERO_WIDTH_SPACE = "\u200b"  # lets a word break that is longer than a line


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """Whom the letter goes to; empty lines are left out."""

    name: str
    title: str = ""
    address: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class OrganizationLine:
    """An organization as it is listed; leave empty what may not be shown."""

    name: str
    place: str = ""
    signed_by: str = ""
    capacity: str = ""


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """A person as they are listed; leave empty what may not be shown."""

    name: str
    city: str = ""
    affiliation: str = ""


@dataclass(frozen=True, kw_only=True)
class LetterDocument:
    """All that is printed, in the order in which it is printed.

    `body` is Markdown; everything else is one line of plain text. `counts` is the sentence
    over the names, `footer` stands on every page, `note` too, in bold ("Sample data: …").
    `made_at` (with a time zone) is the only moment in the file: equal documents give equal
    bytes. `labels` are `LABELS` in the letter's language.
    """

    title: str
    body: str
    made_at: datetime
    language: str = "en"
    coalition: str = ""
    campaign: str = ""
    date_line: str = ""
    addressees: Sequence[Addressee] = ()
    counts: str = ""
    organizations: Sequence[OrganizationLine] = ()
    people: Sequence[PersonLine] = ()
    footer: str = ""
    note: str = ""
    paper: Literal["us-letter", "a4"] = "us-letter"
    labels: Mapping[str, str] = field(default_factory=lambda: LABELS)


def render_letter(document: LetterDocument) -> bytes:
    """Print `document` as PDF/UA-1: tagged, with a title and a language.

    A letter with a character that no font on this machine has still comes out tagged, but
    does not claim the standard, because PDF/UA forbids missing glyphs.

    Raises:
        TextTooLong: the body is longer than `markdown.MAX_MARKDOWN_CHARS`.
        NotTypeset: it took too long, or more memory than it may.
    """
    inputs = {"letter": json.dumps(_tree(document), ensure_ascii=False)}
    timestamp = int(document.made_at.timestamp())
    return to_pdf(_TEMPLATE.read_text(encoding="utf-8"), inputs, timestamp=timestamp)


def _tree(document: LetterDocument) -> dict[str, object]:
    title = _line(document.title) or "—"  # PDF/UA asks for a title
    return {
        "title": title,
        "running_title": _shortened(title),
        "running_coalition": _shortened(_line(document.coalition)),
        "language": re.split("[-_]", document.language)[0].lower(),
        "paper": document.paper,
        "coalition": _line(document.coalition),
        "campaign": _line(document.campaign),
        "date_line": _line(document.date_line),
        "addressees": [_addressee(addressee) for addressee in document.addressees],
        "body": [_node(block) for block in to_blocks(document.body)],
        "counts": _line(document.counts),
        "organizations": [_organization(line) for line in document.organizations],
        "people": [_person(line) for line in document.people],
        "footer": _line(document.footer),
        "note": _line(document.note),
        "labels": {key: document.labels.get(key, label) for key, label in LABELS.items()},
    }


def _addressee(addressee: Addressee) -> list[str]:
    lines = (addressee.name, addressee.title, *addressee.address)
    return [line for line in map(_line, lines) if line]


def _organization(line: OrganizationLine) -> dict[str, str]:
    signed = ", ".join(filter(None, (_line(line.signed_by), _line(line.capacity))))
    return {"name": _line(line.name), "aside": _line(line.place), "under": signed}


def _person(line: PersonLine) -> dict[str, str]:
    aside = ", ".join(filter(None, (_line(line.affiliation), _line(line.city))))
    return {"name": _line(line.name), "aside": aside, "under": ""}


def _node(value: object) -> Any:
    """Turn a Markdown tree into JSON values, each node with its `kind`."""
    if isinstance(value, tuple):
        return [_node(one) for one in value]
    if not isinstance(value, Block | Inline):
        return value
    shown = {one.name: _node(getattr(value, one.name)) for one in fields(value)}
    shown["kind"] = type(value).kind
    if "text" in shown:
        shown["text"] = _breakable(shown["text"])
    return shown


def _line(text: str) -> str:
    composed = unicodedata.normalize("NFC", without_controls(text))
    return _breakable(" ".join(composed.split()))


def _breakable(text: str) -> str:
    return _LONG_WORD.sub(rf"\g<0>{_ZERO_WIDTH_SPACE}", text)


def _shortened(text: str) -> str:
    return text if len(text) <= _RUNNING_CHARS else text[: _RUNNING_CHARS - 1].rstrip() + "…"

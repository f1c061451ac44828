"""What the words in a clerk's list mean: names of columns, positions, channels, days."""

import re
from datetime import date
from enum import StrEnum

from coalition.comments.models import CommentChannel, CommentPosition
from coalition.comments.wording import words_of
from coalition.errors import N_


class Role(StrEnum):
    """What a column of the list holds."""

    AUTHOR = "author"
    ORGANIZATION = "organization"
    CITY = "city"
    RECEIVED_ON = "received_on"
    CHANNEL = "channel"
    POSITION = "position"
    TEXT = "text"
    IGNORED = "ignored"

    @property
    def label(self) -> str:
        """The role in words, in English; translate where it is shown."""
        return _LABELS[self]


_LABELS = {
    Role.AUTHOR: N_("name"),
    Role.ORGANIZATION: N_("organization"),
    Role.CITY: N_("city"),
    Role.RECEIVED_ON: N_("day received"),
    Role.CHANNEL: N_("way it came"),
    Role.POSITION: N_("position"),
    Role.TEXT: N_("comment"),
    Role.IGNORED: N_("not needed"),
}
# First and last name, subject and comment may stand in two columns each.
JOINED_BY = {Role.AUTHOR: " ", Role.TEXT: "\n"}

_HEADINGS = {
    Role.POSITION: "position stance opinion vote posicion posición postura voto sentiment",
    Role.TEXT: (
        "comment comments text message body letter statement remarks comentario comentarios"
        " texto mensaje carta observaciones"
    ),
    Role.RECEIVED_ON: "date received day submitted timestamp fecha recibido día dia",
    Role.ORGANIZATION: (
        "organization organisation affiliation company group representing organización"
        " organizacion grupo empresa"
    ),
    Role.CITY: "city town municipality ciudad municipio localidad",
    Role.CHANNEL: "channel method via canal medio",
    Role.AUTHOR: (
        "name author commenter speaker from first last given family surname nombre autor"
        " apellido apellidos remitente"
    ),
}
_WHOLE_HEADINGS = {
    "support oppose": Role.POSITION,
    "for against": Role.POSITION,
    "in favor": Role.POSITION,
    "a favor": Role.POSITION,
    "comment position": Role.POSITION,
    "comment date": Role.RECEIVED_ON,
    "date of comment": Role.RECEIVED_ON,
    "how received": Role.CHANNEL,
    "comment type": Role.CHANNEL,
    "organization name": Role.ORGANIZATION,
    "city name": Role.CITY,
    "e mail": Role.IGNORED,
    "email": Role.IGNORED,
    "email from": Role.IGNORED,
    "id": Role.IGNORED,
    "comment id": Role.IGNORED,
    "comment number": Role.IGNORED,
}
_POSITIONS = {
    CommentPosition.OPPOSE: (
        "o op opp oppose opposed opposes opposing opposition against no nay con contra en|contra"
        " anti disagree objection object opuesto opuesta oponer rechazo rechazar"
    ),
    CommentPosition.SUPPORT: (
        "s supp sup support supported supports supporting favor favour in|favor in|favour for"
        " yes yea y sí si pro a|favor apoyo apoya apoyar agree approve approval"
    ),
    CommentPosition.NEUTRAL: (
        "neutral neither general undecided mixed other comment comments question neutro neutra"
        " ninguna ninguno"
    ),
    CommentPosition.UNKNOWN: "unknown unclear unspecified not|stated not|given n|a na none|given",
}
_NEGATIONS = frozenset(["not", "no", "dont", "doesnt", "never", "unless", "if", "ni", "sin"])
_CHANNELS = {
    CommentChannel.EMAIL: "email e mail correo",
    CommentChannel.WEB_FORM: "web online ecomment form portal website formulario línea linea",
    CommentChannel.PHONE: "phone call voicemail telephone teléfono telefono llamada",
    CommentChannel.IN_PERSON: "person presencial persona",
    CommentChannel.SPOKEN: "spoken oral speaker zoom remote virtual verbal",
    CommentChannel.WRITTEN: "written letter post paper fax carta escrito",
}
_MONTHS = {
    month: number
    for number, months in enumerate(
        [
            "jan january ene enero",
            "feb february febrero",
            "mar march marzo",
            "apr april abr abril",
            "may mayo",
            "jun june junio",
            "jul july julio",
            "aug august ago agosto",
            "sep sept september septiembre",
            "oct october octubre",
            "nov november noviembre",
            "dec december dic diciembre",
        ],
        start=1,
    )
    for month in months.split()
}
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_NUMBERS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)")
_NAMED = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:de\s+)?([^\W\d]+)\.?,?\s+(?:de\s+)?(\d{4})"
)
_NAMED_FIRST = re.compile(r"([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")


def role_of(heading: str) -> Role:
    """Return what a column under this heading holds, as far as the heading says so."""
    words = words_of(heading)
    whole = _WHOLE_HEADINGS.get(" ".join(words))
    if whole is not None:
        return whole
    for role, known in _HEADINGS.items():
        if set(words) & set(known.split()):
            return role
    return Role.IGNORED


def position_of(written: str) -> CommentPosition | None:
    """Return the position that a clerk's word means, or `None` if somebody has to say."""
    words = words_of(written)
    if not words:
        return CommentPosition.UNKNOWN
    whole = _POSITION_WORDS.get(" ".join(words))
    if whole is not None:
        return whole
    if set(words) & _NEGATIONS:
        return None  # "do not support", "oppose unless amended"
    found = {
        _POSITION_WORDS[word] for word in words if len(word) > 1 and word in _POSITION_WORDS
    }
    return found.pop() if len(found) == 1 else None


def channel_of(written: str) -> CommentChannel:
    """Return the channel that a clerk's word means; `UNKNOWN` if it says nothing to us."""
    words = set(words_of(written))
    for channel, known in _CHANNELS.items():
        if words & set(known.split()):
            return channel
    return CommentChannel.UNKNOWN


def day_of(written: str, *, day_first: bool) -> date | None:
    """Return the day that is written, whatever stands after it; `None` for an empty cell.

    Raises:
        ValueError: it is no day, or one far from any public comment.
    """
    text = " ".join(written.split())
    if not text:
        return None
    day = _day(text, day_first=day_first)
    if not 1970 <= day.year <= 2200:
        raise ValueError("no day of a public comment")
    return day


def is_ambiguous(written: str) -> bool | None:
    """Return whether a day in numbers may be read both ways; `None` if it is no such day."""
    found = _NUMBERS.match(written.strip())
    return None if found is None else int(found[1]) <= 12 and int(found[2]) <= 12


def is_day_first(written: str) -> bool:
    """Return whether a day in numbers can only have its day first: 25/12/2020."""
    found = _NUMBERS.match(written.strip())
    return found is not None and int(found[1]) > 12


def _day(text: str, *, day_first: bool) -> date:
    if found := _ISO.match(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMBERS.match(text):
        one, other, year = (int(part) for part in found.groups())
        year += 2000 if year < 100 else 0
        return date(year, other, one) if day_first else date(year, one, other)
    text = text.casefold()
    if found := _NAMED.search(text):
        return date(int(found[3]), _month(found[2]), int(found[1]))
    if found := _NAMED_FIRST.search(text):
        return date(int(found[3]), _month(found[1]), int(found[2]))
    raise ValueError("no day")


def _month(word: str) -> int:
    if word not in _MONTHS:
        raise ValueError("no month")
    return _MONTHS[word]


_POSITION_WORDS = {
    word.replace("|", " "): position
    for position, known in _POSITIONS.items()
    for word in known.split()
}

"""Building the messages of a mailing: what all share is made once, the rest per person.

`EmailMessage` takes milliseconds for each. Here its work is done once, for the headers and the
lines that all messages have in common; per person only lines with names and links are filled in
and encoded. The tests hold what comes out against what `EmailMessage` reads in it.
"""

import binascii
import html
import itertools
import os
import re
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from uuid import UUID

from coalition.sdk import one_line
from coalition_email_outreach.merging import Body, Field, Template

MAX_LINE_CHARS = 70
BODY, UNSUBSCRIBE, PREFERENCES = "\ue002", "\ue003", "\ue004"  # places in a frame
_PART = (
    b'\r\nContent-Type: text/%b; charset="utf-8"\r\n'
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
)
_WORD_BYTES = 45  # of text in one encoded word, RFC 2047: 60 letters of base64


@dataclass(frozen=True)
class Sheet:
    """What a mailing is in one language: its words and how they are framed.

    `frame_text` and `frame_html` hold `BODY` where the text goes, and `UNSUBSCRIBE` and
    `PREFERENCES` for the person's own links.
    """

    subject: Template
    body: Body
    frame_text: str
    frame_html: str


@dataclass(frozen=True)
class Sender:
    """Who writes: the name that is shown, the address, and where answers go."""

    name: str
    address: str
    reply_to: str | None
    list_id: str  # "night-buses.coalition.example"


@dataclass(frozen=True)
class Links:
    """A person's own links."""

    unsubscribe: str
    preferences: str


@dataclass(frozen=True)
class File:
    """A file that everybody gets."""

    name: str
    kind: str
    content: bytes


class Composer:
    """Makes the messages of one mailing in one language."""

    def __init__(self, sheet: Sheet, sender: Sender, files: Sequence[File] = ()) -> None:
        self._subject = sheet.subject
        self._domain = sender.address.rpartition("@")[2]
        self._head = _head(sender)
        self._text = _Page(sheet.frame_text, sheet.body.text, lambda value: value)
        self._html = _Page(sheet.frame_html, sheet.body.html, html.escape)
        self._boundary = f"=_{os.urandom(12).hex()}"
        self._files = b"".join(_part(file, self._boundary + "_m") for file in files)
        self._dated = (0, b"")

    def compose(
        self, recipient_id: UUID, address: str, values: Mapping[str, str], links: Links
    ) -> bytes:
        """Return one person's message with CRLF line ends, ready to be signed and sent."""
        filled = _with_links(values, links)
        return b"".join(
            (
                self._head,
                b"Subject: ", encode_header(self.subject(values), len("Subject: ")),
                b"\r\nTo: ", address.encode("ascii"),
                b"\r\nDate: ", self._date(),
                b"\r\nMessage-ID: <", recipient_id.hex.encode(), b".m@",
                self._domain.encode("ascii"), b">",
                b"\r\nList-Unsubscribe: <", links.unsubscribe.encode("ascii"), b">",
                b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click",
                b"\r\nMIME-Version: 1.0\r\n",
                self._parts(self._text.printed(filled), self._html.printed(filled)),
            )
        )  # fmt: skip

    def text(self, values: Mapping[str, str], links: Links) -> str:
        """Return the plain text for one person."""
        return self._text.written(_with_links(values, links))

    def page(self, values: Mapping[str, str], links: Links) -> str:
        """Return the HTML for one person."""
        return self._html.written(_with_links(values, links))

    def subject(self, values: Mapping[str, str]) -> str:
        """Return the subject for one person, on one line whatever stands in their name."""
        return one_line(self._subject.render(values))

    def _parts(self, text: bytes, page: bytes) -> bytes:
        inner = self._boundary.encode()
        alternative = b"".join(
            (
                b'Content-Type: multipart/alternative; boundary="', inner, b'"\r\n\r\n--', inner,
                _PART % b"plain",
                text, b"\r\n--", inner,
                _PART % b"html",
                page, b"\r\n--", inner, b"--\r\n",
            )
        )  # fmt: skip
        if not self._files:
            return alternative
        outer = inner + b"_m"
        return b"".join(
            (
                b'Content-Type: multipart/mixed; boundary="', outer, b'"\r\n\r\n--', outer,
                b"\r\n", alternative, self._files, b"--", outer, b"--\r\n",
            )
        )  # fmt: skip

    def _date(self) -> bytes:
        second = int(time.time())
        if self._dated[0] != second:
            self._dated = (second, formatdate(second).encode())
        return self._dated[1]


class _Page:
    """The text with its frame. Lines without a field are encoded once, for everybody."""

    def __init__(self, frame: str, body: Template, quote: Callable[[str], str]) -> None:
        self._whole = Template(tuple(_framed(frame, body)))
        self._quote = quote
        self._pieces: list[bytes | Template] = []
        for is_shared, lines in itertools.groupby(self._whole.lines(), key=_is_shared):
            piece = Template(tuple(itertools.chain.from_iterable(lines)))
            self._pieces.append(_quoted(piece.render({})) if is_shared else piece)

    def written(self, values: Mapping[str, str]) -> str:
        """Return the page for one person."""
        return self._whole.render(values, self._quote)

    def printed(self, values: Mapping[str, str]) -> bytes:
        """Return the page for one person, quoted-printable."""
        return b"".join(
            piece if isinstance(piece, bytes) else _quoted(piece.render(values, self._quote))
            for piece in self._pieces
        )


def _framed(frame: str, body: Template) -> Iterator[str | Field]:
    for piece in re.split(f"([{BODY}{UNSUBSCRIBE}{PREFERENCES}])", frame):
        if piece == BODY:
            yield from body.parts
        else:
            yield Field(piece) if piece in (UNSUBSCRIBE, PREFERENCES) else piece


def _is_shared(line: Sequence[str | Field]) -> bool:
    return all(isinstance(part, str) for part in line)


def _with_links(values: Mapping[str, str], links: Links) -> dict[str, str]:
    return {**values, UNSUBSCRIBE: links.unsubscribe, PREFERENCES: links.preferences}


def encode_header(text: str, used_chars: int) -> bytes:
    """Return one line of text as it stands in a header, folded and encoded where need be.

    Args:
        used_chars: what stands before it on the first line.
    """
    plain = text.isascii() and "=?" not in text
    if plain and used_chars + len(text) <= MAX_LINE_CHARS:
        return text.encode("ascii")
    words, chunk = list[bytes](), b""
    for character in text:
        encoded = character.encode("utf-8", "replace")
        if len(chunk) + len(encoded) > _WORD_BYTES - (used_chars if not words else 0):
            words.append(chunk)
            chunk = b""
        chunk += encoded
    words.append(chunk)
    return b"\r\n ".join(b"=?utf-8?b?" + b64encode(word) + b"?=" for word in words)


def _head(sender: Sender) -> bytes:
    """Return the headers that all messages share, as `EmailMessage` writes them."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(
        display_name=one_line(sender.name).replace("@", " at "), addr_spec=sender.address
    )
    if sender.reply_to:
        message["Reply-To"] = Address(addr_spec=sender.reply_to)
    message["List-Id"] = f"<{sender.list_id}>"
    message["Precedence"] = "bulk"  # most out-of-office programs keep quiet then
    return message.as_bytes().removesuffix(b"\r\n")


def _quoted(text: str) -> bytes:
    # It breaks long lines as the first line ends, so there must be one that ends.
    lines = text.replace("\r\n", "\n").replace("\n", "\r\n") + "\r\n"
    return binascii.b2a_qp(lines.encode("utf-8", "replace")).removesuffix(b"\r\n")


def _part(file: File, boundary: str) -> bytes:
    part = EmailMessage(policy=SMTP)
    main, _, sub = file.kind.partition("/")
    part.set_content(file.content, maintype=main, subtype=sub, filename=file.name)
    del part["MIME-Version"]
    return b"--" + boundary.encode() + b"\r\n" + part.as_bytes() + b"\r\n"

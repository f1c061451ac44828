"""Where returned mail is read from: a Maildir, a folder over IMAP, or our own LMTP server."""

import imaplib
import mailbox
import os
import socket
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from coalition.sdk import is_on
from coalition_email_outreach import returns
from coalition_email_outreach.pacing import PLUGIN
from coalition_email_outreach.returns import ReturnKind

READ_AT_ONCE = 500  # messages of one reading
TIMEOUT_S = 30
MAX_TAKEN_BYTES = 64 * 1024 * 1024  # who refuses a long bounce loses it: nobody gets it back
_LEFT_FOR_PEOPLE = frozenset({ReturnKind.REPLY, ReturnKind.UNKNOWN})

log = structlog.get_logger(__name__)


def read_returns() -> None:
    """Read what came back since the last time. Idempotent; called every minute."""
    url = returns_url()
    if url is None or urlsplit(url).scheme == "lmtp" or not is_on(PLUGIN):
        return
    done: Counter[str] = Counter()
    for raw, forget in _messages(url):
        returned = returns.read(raw)
        done[returns.handle(returned)] += 1
        forget(returned.kind not in _LEFT_FOR_PEOPLE)
    returns.tally(done)


def returns_url() -> str | None:
    """Return where returned mail is read: maildir:/path, imaps://user:password@host/folder."""
    return os.environ.get("COALITION_RETURNS_URL", "").strip() or None


def _messages(url: str) -> Iterator[tuple[bytes, "Forget"]]:
    parts = urlsplit(url)
    if parts.scheme == "maildir":
        yield from _maildir(Path(unquote(parts.path)))
    elif parts.scheme in ("imap", "imaps"):
        yield from _imap(url)
    else:
        log.error("COALITION_RETURNS_URL must begin with maildir:, imaps: or lmtp:")


class Forget:
    """Ends the reading of one message: removed, or left for people as read."""

    def __call__(self, remove: bool) -> None:  # noqa: FBT001
        """Remove it, or leave it."""
        raise NotImplementedError


class _FromMaildir(Forget):
    def __init__(self, box: mailbox.Maildir, key: str) -> None:
        self._box, self._key = box, key

    def __call__(self, remove: bool) -> None:  # noqa: FBT001
        if remove:
            self._box.discard(self._key)
            return
        message = self._box[self._key]
        message.set_subdir("cur")
        message.add_flag("S")
        self._box[self._key] = message


class _FromImap(Forget):
    def __init__(self, server: imaplib.IMAP4, uid: str) -> None:
        self._server, self._uid = server, uid

    def __call__(self, remove: bool) -> None:  # noqa: FBT001
        flags = r"(\Seen \Deleted)" if remove else r"(\Seen)"
        self._server.uid("STORE", self._uid, "+FLAGS", flags)


def _maildir(path: Path) -> Iterator[tuple[bytes, Forget]]:
    if not path.is_dir():
        log.error("there is no Maildir where COALITION_RETURNS_URL says")
        return
    box = mailbox.Maildir(path, create=False)
    for key in list(islice(_unread(path), READ_AT_ONCE)):
        with suppress(KeyError):  # another reader was quicker
            yield box.get_bytes(key), _FromMaildir(box, key)


def _unread(path: Path) -> Iterator[str]:
    """Give the keys of what nobody has read, by the names of the files: people's mail stays."""
    for folder in ("new", "cur"):
        for file in path.joinpath(folder).iterdir():
            key, _, flags = file.name.partition(":2,")
            if "S" not in flags and not key.startswith("."):
                yield key


def _imap(url: str) -> Iterator[tuple[bytes, Forget]]:
    with _folder(url) as server:
        _, found = server.uid("SEARCH", "UNSEEN")
        for uid in found[0].decode().split()[:READ_AT_ONCE]:
            _, answer = server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{returns.MAX_BYTES}>)")
            # Beside the text, the server may tell of flags that somebody else changed.
            for part in answer or ():
                if isinstance(part, tuple):
                    yield part[1], _FromImap(server, uid)
        server.expunge()


@contextmanager
def _folder(url: str) -> Iterator[imaplib.IMAP4]:
    parts = urlsplit(url)
    host, is_tls = parts.hostname or "localhost", parts.scheme == "imaps"
    context = ssl.create_default_context()
    server: imaplib.IMAP4
    if is_tls:
        server = imaplib.IMAP4_SSL(
            host, parts.port or 993, ssl_context=context, timeout=TIMEOUT_S
        )
    else:
        server = imaplib.IMAP4(host, parts.port or 143, timeout=TIMEOUT_S)
    with server:
        if not is_tls and ("STARTTLS" in server.capabilities or parts.username):
            server.starttls(context)  # a password never goes out in the clear
        server.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.strip("/")) or "INBOX"
        answer, _ = server.select(f'"{folder}"')
        if answer != "OK":
            raise imaplib.IMAP4.error("there is no such folder")
        yield server


def problem() -> str:
    """Try the way by which returned mail comes; return what is in the way, or nothing."""
    url = returns_url() or ""
    parts = urlsplit(url)
    try:
        if parts.scheme == "maildir":
            for folder in ("new", "cur"):
                next(Path(unquote(parts.path), folder).iterdir(), None)
        elif parts.scheme in ("imap", "imaps"):
            with _folder(url):
                pass
        elif parts.scheme == "lmtp":
            socket.create_connection(_lmtp_address(url), TIMEOUT_S).close()
        else:
            return "maildir:, imaps:, lmtp:?"
    except imaplib.IMAP4.error as error:
        told = error.args[0] if error.args else ""
        return told.decode("ascii", "replace") if isinstance(told, bytes) else str(told)
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""


class _Taker:
    """Takes returned mail over LMTP."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """Note what came back, and answer for each recipient by itself (RFC 2033, 4.2).

        A mail that is not ours is taken too, and changes nothing.
        """
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        done: Counter[str] = Counter()
        answers = [_take(raw, recipient, done) for recipient in envelope.rcpt_tos]
        returns.tally(done)
        return "\r\n".join(answers)


def _take(raw: bytes, recipient: str, done: Counter[str]) -> str:
    try:
        done[returns.handle(returns.read(raw, recipient=recipient))] += 1
    except Exception:
        log.exception("a returned message could not be written down")
        return "451 4.3.0 try again later"  # the mail server keeps it
    return "250 2.0.0 taken"


class LmtpServer(Controller):
    """An LMTP server for a mail server on the same machine, which gives it what came back."""

    def factory(self) -> SMTP:
        """Speak LMTP with a client."""
        return LMTP(self.handler, enable_SMTPUTF8=True, data_size_limit=MAX_TAKEN_BYTES)


def lmtp_server(url: str) -> LmtpServer:
    """Make the server that `lmtp://127.0.0.1:2424` names; `start` and `stop` it."""
    host, port = _lmtp_address(url)
    return LmtpServer(_Taker(), hostname=host, port=port)


def _lmtp_address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or 2424

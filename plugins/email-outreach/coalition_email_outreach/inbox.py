"""Where returned mail is read from: a Maildir, a folder over IMAP, or our own LMTP server."""

import imaplib
import mailbox
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from coalition.sdk import is_on
from coalition_email_outreach import returning, returns
from coalition_email_outreach.pacing import PLUGIN
from coalition_email_outreach.returns import ReturnKind

READ_AT_ONCE = 500  # messages of one reading
IMAP_TIMEOUT_S = 30
MAX_TAKEN_BYTES = 64 * 1024 * 1024  # who refuses a long bounce loses it: nobody gets it back
_LEFT_FOR_PEOPLE = frozenset({ReturnKind.REPLY, ReturnKind.UNKNOWN})

log = structlog.get_logger(__name__)


def read_returns() -> None:
    """Read what came back since the last time. Idempotent; called every minute."""
    url = returning.returns_url()
    if url is None or urlsplit(url).scheme == "lmtp" or not is_on(PLUGIN):
        return
    done: Counter[str] = Counter()
    for raw, forget in _messages(url):
        returned = returns.read(raw)
        done[returns.handle(returned)] += 1
        forget(returned.kind not in _LEFT_FOR_PEOPLE)
    returns.tally(done)


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
    keys = [key for key, message in box.items() if "S" not in message.get_flags()]
    for key in keys[:READ_AT_ONCE]:
        with suppress(KeyError):  # another reader was quicker
            yield box.get_bytes(key), _FromMaildir(box, key)


def _imap(url: str) -> Iterator[tuple[bytes, Forget]]:
    parts = urlsplit(url)
    host, is_tls = parts.hostname or "localhost", parts.scheme == "imaps"
    context = ssl.create_default_context()
    server: imaplib.IMAP4
    if is_tls:
        server = imaplib.IMAP4_SSL(
            host, parts.port or 993, ssl_context=context, timeout=IMAP_TIMEOUT_S
        )
    else:
        server = imaplib.IMAP4(host, parts.port or 143, timeout=IMAP_TIMEOUT_S)
        if "STARTTLS" in server.capabilities or parts.username:
            server.starttls(context)  # a password never goes out in the clear
    with server:
        server.login(unquote(parts.username or ""), unquote(parts.password or ""))
        server.select(unquote(parts.path.strip("/")) or "INBOX")
        _, found = server.uid("SEARCH", "UNSEEN")
        for uid in found[0].decode().split()[:READ_AT_ONCE]:
            _, answer = server.uid("FETCH", uid, "(BODY.PEEK[])")
            if answer and isinstance(answer[0], tuple):
                yield answer[0][1], _FromImap(server, uid)
        server.expunge()


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
    parts = urlsplit(url)
    return LmtpServer(_Taker(), hostname=parts.hostname or "127.0.0.1", port=parts.port or 2424)

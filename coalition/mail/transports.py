"""Ways to hand a message over: an SMTP server, or the demo's mailbox page."""

from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.headerregistry import Address, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy, default
from email.utils import format_datetime
from typing import Protocol
from urllib.parse import urlsplit

from coalition import config, db, plugins
from coalition.clock import now
from coalition.mail import dkim
from coalition.mail.models import MailboxMessage
from coalition.mail.smtp import Answer, SmtpConnection, Unreachable

TRY_OUT_S = 20.0  # for one answer: Dovecot makes a wrong password wait that long


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """What is handed over: exactly one recipient."""

    message_id: str
    to: str
    subject: str
    text: str
    html: str | None
    sender_name: str
    reply_to: str | None
    list_unsubscribe: str | None = None
    return_path: str | None = None


class Transport(Protocol):
    """Hands messages over, one after the other, and is closed at the end."""

    def send(self, envelope: Envelope) -> None:
        """Hand one message over.

        Raises:
            Refused: for good. Unreachable: the server is away. Any other error: later.
        """

    def hand_over(
        self, sender: str, recipient: str, message: bytes, *, begin: Callable[[], None] = ...
    ) -> Answer:
        """Hand a finished message over; see `SmtpConnection.hand_over` for what it raises."""

    def close(self) -> None:
        """End the connection."""


def transport() -> Transport:
    """Return the transport that `COALITION_MAIL_URL` names.

    Raises:
        config.ConfigError: it names none.
    """
    settings = config.current()
    scheme = urlsplit(settings.mail_url).scheme
    if scheme == "mailbox":
        return MailboxPage()
    if scheme in ("smtp", "smtps"):
        return SmtpServer(settings.mail_url)
    brought: Transport | None = plugins.ask_first(
        "coalition_mail_transport", url=settings.mail_url
    )
    if brought is not None:
        return brought
    raise config.ConfigError(
        "COALITION_MAIL_URL must look like smtp://user:password@host:587 or smtps://…:465"
    )


def trouble() -> Unreachable | None:
    """Try the SMTP server out without sending anything; return what is in the way, if so."""
    settings = config.current()
    if urlsplit(settings.mail_url).scheme not in ("smtp", "smtps"):
        return None
    connection = SmtpConnection(settings.mail_url, timeout_s=TRY_OUT_S)
    try:
        connection.try_out()
    except Unreachable as error:
        return error
    finally:
        connection.close()
    return None


class _Whole(UniqueUnstructuredHeader):
    """A header that is never folded: an address that was cut or encoded is none any more."""

    def fold(self, *, policy: Policy) -> str:
        """Write it on one line, which may have 998 characters (RFC 5322, 2.1.1)."""
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


_headers = HeaderRegistry()
_headers.map_to_type("list-unsubscribe", _Whole)  # type: ignore[arg-type]  # as its own are
_POLICY = SMTP.clone(header_factory=_headers)


def compose(envelope: Envelope) -> EmailMessage:
    """Build the message. `EmailMessage` refuses line breaks in headers."""
    settings = config.current()
    domain = settings.mail_from.rpartition("@")[2]
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(display_name=envelope.sender_name, addr_spec=settings.mail_from)
    message["To"] = Address(addr_spec=envelope.to)
    message["Subject"] = envelope.subject
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{envelope.message_id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    if envelope.reply_to:
        message["Reply-To"] = Address(addr_spec=envelope.reply_to)
    if envelope.list_unsubscribe:  # RFC 2369, and RFC 8058 for the click
        message["List-Unsubscribe"] = f"<{envelope.list_unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(envelope.text)
    if envelope.html:
        message.add_alternative(envelope.html, subtype="html")
    return message


class SmtpServer(SmtpConnection):
    """An SMTP server to which messages go signed with our DKIM keys, where there are some."""

    def send(self, envelope: Envelope) -> None:
        """Build, sign and hand over one message."""
        message = dkim.signed(compose(envelope).as_bytes())
        sender = envelope.return_path or config.current().mail_from
        self.hand_over(sender, envelope.to, message)


class MailboxPage:
    """Keeps messages for the demo's mailbox page."""

    def send(self, envelope: Envelope) -> None:
        """Store the message where the page finds it, built as for a server."""
        self.hand_over(config.current().mail_from, envelope.to, compose(envelope).as_bytes())

    def hand_over(
        self,
        sender: str,  # noqa: ARG002  it is not shown
        recipient: str,
        message: bytes,
        *,
        begin: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Store a finished message where the page finds it."""
        read = message_from_bytes(message, policy=default)
        text, html = read.get_body(("plain",)), read.get_body(("html",))
        shown = MailboxMessage(
            recipient=recipient,
            sender=read["From"].addresses[0].display_name or str(read["From"]),
            subject=str(read["Subject"]),
            text=text.get_content() if text else "",
            html=html.get_content() if html else None,
            headers=message.partition(b"\r\n\r\n")[0].decode("ascii", "replace"),
        )
        begin()
        with db.transaction() as session:
            session.add(shown)
        return Answer(250)

    def close(self) -> None:
        """Nothing is open."""

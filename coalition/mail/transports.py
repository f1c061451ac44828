"""Ways to hand a message over: an SMTP server, or the demo's mailbox page."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.headerregistry import Address, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from typing import Protocol
from urllib.parse import unquote, urlsplit

from coalition import config, db
from coalition.clock import now
from coalition.mail.models import MailboxMessage

TIMEOUT_S = 20


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


class Refused(Exception):
    """The server will never take this message; `str()` is its code without the address."""


class Unreachable(Exception):
    """The server does not answer, or takes no mail from us now: try all messages later."""


class Transport(Protocol):
    """Hands messages over, one after the other, and is closed at the end."""

    def send(self, envelope: Envelope) -> None:
        """Hand one message over.

        Raises:
            Refused: for good. Unreachable: the server is away. Any other error: later.
        """

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
    raise config.ConfigError(
        "COALITION_MAIL_URL must look like smtp://user:password@host:587 or smtps://…:465"
    )


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


class SmtpServer:
    """An SMTP server; one connection serves many messages.

    `smtp://` uses STARTTLS when the server offers it, and always before a password;
    `smtps://` is TLS from the start.
    """

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._server: smtplib.SMTP | None = None

    def send(self, envelope: Envelope) -> None:
        """Hand one message over, connecting if need be."""
        message = compose(envelope)
        try:
            server = self._server or self._connect()
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable from error
        try:
            server.send_message(message, config.current().mail_from, [envelope.to])
        except smtplib.SMTPRecipientsRefused as error:
            code, _ = error.recipients[envelope.to]
            self._give_up_if_permanent(code, error)
            raise
        except smtplib.SMTPSenderRefused as error:
            # A limit of the day, or COALITION_MAIL_FROM is not ours: no fault of this message.
            self.close()
            raise Unreachable from error
        except smtplib.SMTPResponseException as error:
            self.close()
            self._give_up_if_permanent(error.smtp_code, error)
            raise
        except (smtplib.SMTPException, OSError):
            self.close()
            raise

    def close(self) -> None:
        """Say goodbye; a server that is gone already is no error."""
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
            self._server = None

    def _connect(self) -> smtplib.SMTP:
        host = self._url.hostname or "localhost"
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if self._url.scheme == "smtps":
            server = smtplib.SMTP_SSL(
                host, self._url.port or 465, timeout=TIMEOUT_S, context=context
            )
        else:
            server = smtplib.SMTP(host, self._url.port or 25, timeout=TIMEOUT_S)
            server.ehlo()
            if server.has_extn("starttls") or self._url.username:
                server.starttls(context=context)
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))
        self._server = server
        return server

    @staticmethod
    def _give_up_if_permanent(code: int, error: Exception) -> None:
        if 500 <= code < 600:  # RFC 5321, 4.2.1
            raise Refused(f"the mail server answered {code}") from error


class MailboxPage:
    """Keeps messages for the demo's mailbox page."""

    def send(self, envelope: Envelope) -> None:
        """Store the message where the page finds it."""
        compose(envelope)  # so that the demo refuses what a server would refuse
        message = MailboxMessage(
            recipient=envelope.to,
            sender=envelope.sender_name or config.current().mail_from,
            subject=envelope.subject,
            text=envelope.text,
            html=envelope.html,
        )
        with db.transaction() as session:
            session.add(message)

    def close(self) -> None:
        """Nothing is open."""

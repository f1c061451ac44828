"""A way to hand mail over that nobody gets: files in a Maildir, to look at before going live.

`COALITION_MAIL_URL=maildir:/var/tmp/mail`; any mail program opens the folder.
"""

import mailbox
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from coalition.sdk import Answer, MailEnvelope, compose_mail, sender_address


class Maildir:
    """Keeps each message as a file, with its envelope in two headers."""

    def __init__(self, path: str) -> None:
        self._box = mailbox.Maildir(path, create=True)

    def send(self, envelope: MailEnvelope) -> None:
        """Keep a message of the core's."""
        message: EmailMessage = compose_mail(envelope)
        self.hand_over(sender_address(), envelope.to, message.as_bytes())

    def hand_over(
        self,
        sender: str,
        recipient: str,
        message: bytes,
        *,
        begin: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Keep a finished message."""
        envelope = f"Return-Path: <{sender}>\r\nDelivered-To: {recipient}\r\n".encode("ascii")
        begin()
        self._box.add(envelope + message)
        return Answer(250)

    def close(self) -> None:
        """Nothing is open."""


def transport(url: str) -> Maildir | None:
    """Return the transport for a `maildir:` address, `None` for others."""
    parts = urlsplit(url)
    return Maildir(unquote(parts.path)) if parts.scheme == "maildir" else None

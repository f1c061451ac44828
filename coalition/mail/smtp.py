"""One kept connection to an SMTP server, and what its answers mean."""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Self
from urllib.parse import unquote, urlsplit

TIMEOUT_S = 60  # for one answer; after the text servers may take long (RFC 5321, 4.5.3.2)
# At the front of the text, or as qmail writes it at the end: "(#5.1.1)".
_STATUS = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})\b|\(#([245]\.\d{1,3}\.\d{1,3})\)")
# Exim, for one, gives no enhanced code when it does not relay for us.
_ABOUT_US = re.compile(
    r"relay|authenticat|prohibit|block(?:ed|list)|black ?list|spam|unsolicited|polic|reputation",
    re.IGNORECASE,
)
_AN_ADDRESS = re.compile(r"\S*@\S*")


@dataclass(frozen=True)
class Answer:
    """What a server answered: its code, and its enhanced one (RFC 3463) if it gave one.

    The text is not kept: servers like to repeat the address in it.
    """

    code: int
    status: str = ""

    @classmethod
    def read(cls, code: int, text: str) -> Self:
        """Read what a server said; words that speak of us stand for the code of a policy."""
        found = _STATUS.search(text)
        if found:
            return cls(code, found[1] or found[2])
        is_ours = code >= 500 and _ABOUT_US.search(_AN_ADDRESS.sub("", text))
        return cls(code, "5.7.1" if is_ours else "")

    def __str__(self) -> str:
        return f"the mail server answered {self.code} {self.status}".rstrip()


class NotTaken(Exception):
    """The server did not take the message: so it said, or so it is sure."""

    def __init__(self, answer: Answer | str) -> None:
        self.answer = answer if isinstance(answer, Answer) else None
        super().__init__(str(answer))


class Refused(NotTaken):
    """The server will never take this message; `str()` is its code without the address."""


class Deferred(NotTaken):
    """The server does not take this message now; try it again later."""


class Trouble(StrEnum):
    """Why a server takes no mail from us at all."""

    ABSENT = "absent"  # no such host, or nobody listens there
    SILENT = "silent"  # no answer, or it hangs up
    CERTIFICATE = "certificate"
    NO_TLS = "no_tls"  # and so it gets no password
    WRONG_TLS = "wrong_tls"  # TLS from the start, or not, as the address says
    PASSWORD = "password"  # noqa: S105  none, but the name of a trouble
    NO_PASSWORDS = "no_passwords"  # it asks for none here
    BUSY = "busy"
    SENDER = "sender"  # it does not let us send, or not from this address


class Unreachable(NotTaken):
    """The server does not answer, or takes no mail from us now: try all messages later."""

    def __init__(self, answer: Answer | str, trouble: Trouble = Trouble.SILENT) -> None:
        self.trouble = trouble
        super().__init__(answer)

    @classmethod
    def of(cls, error: Exception) -> Self:
        """Return what an error on the way says about the server."""
        if isinstance(error, smtplib.SMTPResponseException):
            answer = _read(error.smtp_code, error.smtp_error)
            if isinstance(error, smtplib.SMTPAuthenticationError) and answer.code >= 500:
                return cls(answer, Trouble.PASSWORD)
            return cls(answer, _trouble_of(answer))
        if isinstance(error, ssl.SSLCertVerificationError):
            return cls(error.verify_message, Trouble.CERTIFICATE)
        kinds: dict[type[Exception], Trouble] = {
            ssl.SSLError: Trouble.WRONG_TLS,
            socket.gaierror: Trouble.ABSENT,
            ConnectionRefusedError: Trouble.ABSENT,
        }
        trouble = next((kinds[k] for k in kinds if isinstance(error, k)), Trouble.SILENT)
        return cls(type(error).__name__, trouble)


class InDoubt(Exception):
    """The connection broke between our last byte and the server's answer: nobody knows."""


class SmtpConnection:
    """An SMTP server; one connection serves many messages.

    `smtp://` uses STARTTLS when the server offers it, and always before a password;
    `smtps://` is TLS from the start. Where the server can read ahead (RFC 2920), a message
    takes two round trips instead of four. Messages themselves are never sent ahead: so of all
    that a lost connection carried, one at most is in doubt.
    """

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S) -> None:
        self._url = urlsplit(url)
        self._timeout_s = timeout_s
        self._server: smtplib.SMTP | None = None
        self._reads_ahead = False
        self._ended = 0  # messages over this connection, taken or refused

    def hand_over(
        self,
        sender: str,
        recipient: str,
        message: bytes,
        *,
        begin: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Hand one message over to one recipient, connecting if need be.

        Args:
            message: with CRLF line ends, as it goes over the wire less the dots.
            begin: called when the server waits for the text. Until then nothing was handed
                over; from then until this returns or raises, nobody can know.

        Raises:
            Refused: for good. Deferred: try this one later. Unreachable: the server is away.
            InDoubt: the connection broke at the worst moment.
        """
        kept = self._server is not None
        try:
            self._ask(sender, recipient)
        except Unreachable as error:
            if not kept or not (error.answer is None or self._ended):
                raise
            # It had hung up while we were silent, or takes so many over one connection only.
            self._ask(sender, recipient)
        try:
            begin()
        except BaseException:
            self._drop()  # the server waits for a text: it would take the next command for it
            raise
        return self._send_text(message)

    def try_out(self) -> None:
        """Connect, sign in and hand nothing over.

        Raises:
            Unreachable: it takes no mail from us.
        """
        self._server = self._server or self._connect()

    def close(self) -> None:
        """Say goodbye; a server that is gone already is no error."""
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
            self._server = None

    def _ask(self, sender: str, recipient: str) -> None:
        """Say from whom and to whom; return when the server waits for the text."""
        server = self._server or self._connect()
        commands = [f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "DATA"]
        try:
            if self._reads_ahead:
                server.send("".join(f"{each}\r\n" for each in commands).encode("ascii"))
                answers = [_answer(server) for _ in commands]
            else:
                answers = []
                for command in commands:
                    server.send(f"{command}\r\n".encode("ascii"))
                    answers.append(_answer(server))
                    if answers[-1].code >= 400:
                        break
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise Unreachable.of(error) from error
        self._judge(server, answers)

    def _judge(self, server: smtplib.SMTP, answers: list[Answer]) -> None:
        refusal = next((each for each in answers if each.code >= 400), None)
        if refusal is None:
            return
        if refusal.code == 421 or refusal is answers[0]:
            # It hangs up, or does not let us send at all: no fault of this message.
            self._drop()
            raise Unreachable(refusal, _trouble_of(refusal))
        if refusal is not answers[-1] and answers[-1].code == 354:
            # It waits for a text for nobody (RFC 2920, 3.1): it gets an empty one.
            with suppress(smtplib.SMTPException, OSError):
                server.send(b".\r\n")
                _answer(server)
        self._reset(server)
        raise (Refused if refusal.code >= 500 else Deferred)(refusal)

    def _send_text(self, message: bytes) -> Answer:
        server = self._server
        assert server is not None
        if message.startswith(b".") or b"\n." in message:
            message = re.sub(rb"(?m)^\.", b"..", message)
        try:
            server.send(message + (b".\r\n" if message.endswith(b"\r\n") else b"\r\n.\r\n"))
            answer = _answer(server)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise InDoubt(type(error).__name__) from error
        if answer.code < 400:
            self._ended += 1
            return answer
        if answer.code == 421:
            self.close()
            raise Unreachable(answer, Trouble.BUSY)
        self._reset(server)
        raise (Refused if answer.code >= 500 else Deferred)(answer)

    def _reset(self, server: smtplib.SMTP) -> None:
        self._ended += 1
        try:
            server.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        """Forget a connection that is broken, without another word."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _connect(self) -> smtplib.SMTP:
        try:
            server = self._open()
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable.of(error) from error
        try:
            self._greet(server)
        except BaseException as error:
            server.close()
            if isinstance(error, (smtplib.SMTPException, OSError)):
                raise Unreachable.of(error) from error
            raise
        self._server, self._ended = server, 0
        self._reads_ahead = bool(server.has_extn("pipelining"))
        return server

    def _open(self) -> smtplib.SMTP:
        host, port = self._url.hostname or "localhost", self._url.port
        if self._url.scheme == "smtps":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, port or 465, timeout=self._timeout_s, context=context)
        return smtplib.SMTP(host, port or 25, timeout=self._timeout_s)

    def _greet(self, server: smtplib.SMTP) -> None:
        """Say who we are, encrypted if that can be."""
        server.ehlo_or_helo_if_needed()
        if self._url.scheme == "smtp":
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo_or_helo_if_needed()
            elif self._url.username:
                raise Unreachable("it offers no STARTTLS", Trouble.NO_TLS)
        if server.sock is not None:
            server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._url.username:
            if not server.has_extn("auth"):
                raise Unreachable("it offers no AUTH", Trouble.NO_PASSWORDS)
            server.login(unquote(self._url.username), unquote(self._url.password or ""))


def _answer(server: smtplib.SMTP) -> Answer:
    code, text = server.getreply()
    if code == -1:
        raise smtplib.SMTPServerDisconnected("no answer")
    return _read(code, text)


def _read(code: int, text: bytes | str) -> Answer:
    return Answer.read(code, text if isinstance(text, str) else text.decode("ascii", "replace"))


def _trouble_of(answer: Answer) -> Trouble:
    return Trouble.BUSY if answer.code < 500 else Trouble.SENDER

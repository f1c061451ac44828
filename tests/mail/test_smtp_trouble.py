"""Why a server takes no mail from us at all: said in one word, and no connection is left open."""

import base64
import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from coalition.mail.smtp import SmtpConnection, Trouble, Unreachable

GOOD = base64.b64encode(b"\0ada\0secret").decode()


def certificate(folder: Path, *, expired: bool = False) -> Path:
    """Write a certificate for 127.0.0.1 with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    ends = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=-1 if expired else 9)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(ends - datetime.timedelta(days=30))
        .not_valid_after(ends)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return path


class Server:
    """An SMTP server that may want TLS and a password."""

    def __init__(
        self,
        pem: Path | None,
        *,
        greets: str = "220 x",
        offers: str = "STARTTLS",
        then_offers: str = "AUTH PLAIN",
    ) -> None:
        self.greets, self.offers, self.then_offers = greets, offers, then_offers
        self.ended = threading.Event()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if pem else None
        if self._context and pem:
            self._context.load_cert_chain(pem)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        connection, _ = self._listening.accept()
        try:
            connection.sendall(f"{self.greets}\r\n".encode())
            self._speak(connection)
        except OSError:
            pass
        finally:
            connection.close()
            self.ended.set()

    def _speak(self, connection: socket.socket) -> None:
        while line := _line(connection):
            if line[:4].upper() == "EHLO":
                answer = f"250-x\r\n250 {self.offers}"
            elif line.upper() == "STARTTLS" and self._context:
                connection.sendall(b"220 go\r\n")
                self.offers = self.then_offers
                with self._context.wrap_socket(connection, server_side=True) as encrypted:
                    self._speak(encrypted)
                return
            elif line.startswith("AUTH"):
                is_good = line.endswith(GOOD)
                answer = "235 welcome" if is_good else "535 5.7.8 ada@x.example: wrong"
            elif line.upper() == "QUIT":
                answer = "221 bye"
            else:
                answer = "502 what?"
            connection.sendall(f"{answer}\r\n".encode())


def _line(connection: socket.socket) -> str:
    found = b""
    while not found.endswith(b"\r\n"):
        piece = connection.recv(1)
        if not piece:
            return ""
        found += piece
    return found.decode().strip()


@pytest.fixture
def trusted(tmp_path, monkeypatch) -> Path:
    """Give a certificate that this machine trusts."""
    path = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


@pytest.fixture
def serve() -> Iterator[object]:
    """Give a function that starts servers, which end with the test."""
    started: list[Server] = []

    def start(*args: object, **more: object) -> Server:
        started.append(Server(*args, **more))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for each in started:
        each.close()


def trouble_of(server: Server, user: str = "ada:secret@", scheme: str = "smtp") -> Unreachable:
    connection = SmtpConnection(f"{scheme}://{user}127.0.0.1:{server.port}", timeout_s=5)
    with pytest.raises(Unreachable) as raised:
        connection.try_out()
    assert server.ended.wait(5)  # it was not left waiting for us
    return raised.value


class TestTryOut:
    def test_is_silent_where_all_is_well(self, serve, trusted):
        server = serve(trusted)
        connection = SmtpConnection(f"smtp://ada:secret@127.0.0.1:{server.port}")

        connection.try_out()
        connection.close()

        assert server.ended.wait(5)

    def test_tells_of_a_wrong_password_without_repeating_an_address(self, serve, trusted):
        error = trouble_of(serve(trusted), "ada:wrong@")

        assert error.trouble == Trouble.PASSWORD
        assert str(error) == "the mail server answered 535 5.7.8"

    def test_tells_of_a_certificate_that_nobody_vouches_for(self, serve, tmp_path):
        error = trouble_of(serve(certificate(tmp_path)))

        assert error.trouble == Trouble.CERTIFICATE
        assert "self" in str(error)

    def test_tells_of_a_certificate_that_is_over(self, serve, tmp_path, monkeypatch):
        path = certificate(tmp_path, expired=True)
        monkeypatch.setenv("SSL_CERT_FILE", str(path))

        error = trouble_of(serve(path))

        assert error.trouble == Trouble.CERTIFICATE
        assert "expired" in str(error)

    def test_gives_no_password_to_a_server_without_encryption(self, serve):
        assert trouble_of(serve(None, offers="AUTH PLAIN")).trouble == Trouble.NO_TLS

    def test_tells_that_a_server_wants_no_password(self, serve, trusted):
        server = serve(trusted, then_offers="SIZE 1000")

        assert trouble_of(server).trouble == Trouble.NO_PASSWORDS

    def test_tells_that_there_is_no_tls_from_the_start(self, serve):
        assert trouble_of(serve(None), scheme="smtps").trouble == Trouble.WRONG_TLS

    @pytest.mark.parametrize(
        ("greets", "trouble"),
        [
            ("421 4.3.2 too many connections", Trouble.BUSY),
            ("554 5.7.1 we do not know you", Trouble.SENDER),
        ],
    )
    def test_tells_that_a_server_sends_us_away(self, serve, greets, trouble):
        assert trouble_of(serve(None, greets=greets), "").trouble == trouble

    def test_tells_that_there_is_no_server(self):
        with pytest.raises(Unreachable) as raised:
            SmtpConnection("smtp://mail.nowhere.invalid").try_out()

        assert raised.value.trouble == Trouble.ABSENT

"""DKIM signatures (RFC 6376, RFC 8463): that a mail is ours, and its words are as we sent them."""

import base64
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from coalition import config
from coalition.clock import now

RSA_BITS = 2048
# Everything that a reader or their mail program relies on. The first three are signed once more
# than they occur, so that nobody can add another.
_OVERSIGNED = ("from", "to", "subject")
_SIGNED = (
    *_OVERSIGNED, "reply-to", "date", "message-id", "mime-version", "content-type",
    "content-transfer-encoding", "auto-submitted", "list-id", "list-unsubscribe",
    "list-unsubscribe-post", "in-reply-to", "references", "feedback-id",
)  # fmt: skip
_FOLD = re.compile(rb"\r\n(?=[ \t])")
_SPACES = re.compile(rb"[ \t]+")
_TRAILING = re.compile(rb"[ \t]+(?=\r\n)")

PrivateKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True)
class DkimKey:
    """A private key and the name under which DNS has its public half."""

    domain: str
    selector: str
    private: PrivateKey

    @cached_property
    def algorithm(self) -> str:
        """Its name in the signature."""
        is_rsa = isinstance(self.private, rsa.RSAPrivateKey)
        return "rsa-sha256" if is_rsa else "ed25519-sha256"

    @property
    def record_name(self) -> str:
        """The name in DNS at which the public half is looked up."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """What DNS must say there, in a TXT record."""
        public = self.private.public_key()
        if isinstance(public, ed25519.Ed25519PublicKey):
            return f"v=DKIM1; k=ed25519; p={_base64(public.public_bytes_raw())}"
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={_base64(der)}"

    def sign(self, data: bytes) -> bytes:
        """Sign the canonical headers."""
        return self._signs(data)

    @cached_property
    def _signs(self) -> Callable[[bytes], bytes]:
        private = self.private  # asking of what kind it is takes a tenth of signing
        if isinstance(private, rsa.RSAPrivateKey):
            return lambda data: private.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return lambda data: private.sign(hashlib.sha256(data).digest())


def signed(message: bytes, keys: Sequence[DkimKey] | None = None) -> bytes:
    """Return the message with a signature in front by each key, by default by all of ours.

    Args:
        message: with CRLF line ends.
    """
    chosen = own_keys() if keys is None else keys
    if not chosen:
        return message
    head, _, body = message.partition(b"\r\n\r\n")
    names, canonical = _canonical_headers(head)
    body_hash = _base64(hashlib.sha256(_canonical_body(body)).digest())
    made = [_signature(key, names, canonical, body_hash) for key in chosen]
    return b"".join(made) + message


def own_keys() -> tuple[DkimKey, ...]:
    """Return the keys of this installation: each `SELECTOR.pem` in its folder."""
    settings = config.current()
    return _read_keys(settings.data_dir / "dkim", settings.mail_from.rpartition("@")[2])


def make_key(selector: str, *, is_rsa: bool) -> DkimKey:
    """Make a key and keep it in the folder; from the next start mails are signed with it.

    Raises:
        FileExistsError: there is one with this selector.
    """
    private: PrivateKey = (
        rsa.generate_private_key(65537, RSA_BITS)
        if is_rsa
        else ed25519.Ed25519PrivateKey.generate()
    )
    settings = config.current()
    folder = settings.data_dir / "dkim"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{selector}.pem"
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    _read_keys.cache_clear()
    return DkimKey(settings.mail_from.rpartition("@")[2], selector, private)


@cache
def _read_keys(folder: Path, domain: str) -> tuple[DkimKey, ...]:
    found = []
    for path in sorted(folder.glob("*.pem")):
        private = load_pem_private_key(path.read_bytes(), None)
        if not isinstance(private, (rsa.RSAPrivateKey, ed25519.Ed25519PrivateKey)):
            raise config.ConfigError(f"{path} is neither an RSA nor an Ed25519 key.")
        found.append(DkimKey(domain, path.stem, private))
    return tuple(found)


def _canonical_headers(head: bytes) -> tuple[str, bytes]:
    """Return the names that are signed, and these headers in the relaxed form (3.4.2)."""
    present: dict[str, list[bytes]] = {}
    unfolded = _FOLD.sub(b"", head) if b"\r\n " in head or b"\r\n\t" in head else head
    for line in unfolded.split(b"\r\n"):
        name, _, value = line.partition(b":")
        relaxed = _single_spaced(value).strip()
        present.setdefault(name.strip().lower().decode(), []).append(relaxed)
    chosen = [(name, value) for name in _SIGNED for value in reversed(present.get(name, []))]
    names = ":".join([*(name for name, _ in chosen), *_OVERSIGNED])
    return names, b"".join(name.encode() + b":" + value + b"\r\n" for name, value in chosen)


def _canonical_body(body: bytes) -> bytes:
    """Return the body in the relaxed form (3.4.4)."""
    if b" \r\n" in body or b"\t\r\n" in body:
        body = _TRAILING.sub(b"", body)
    relaxed = _single_spaced(body).rstrip(b"\r\n ")
    return relaxed + b"\r\n" if relaxed else b""


def _single_spaced(text: bytes) -> bytes:
    """Make one space of each run of spaces and tabs; most texts have none."""
    return _SPACES.sub(b" ", text) if b"  " in text or b"\t" in text else text


def _signature(key: DkimKey, names: str, canonical: bytes, body_hash: str) -> bytes:
    tags = (
        f"v=1; a={key.algorithm}; c=relaxed/relaxed; d={key.domain}; s={key.selector};"
        f" t={int(now().timestamp())}; h={names}; bh={body_hash}; b="
    )
    made = _base64(key.sign(canonical + b"dkim-signature:" + tags.encode()))
    folded = "\r\n ".join(made[at : at + 70] for at in range(0, len(made), 70))
    head = tags.replace("; h=", ";\r\n h=").replace("; bh=", ";\r\n bh=")
    return f"DKIM-Signature: {head}{folded}\r\n".encode()


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()

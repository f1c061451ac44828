"""What happens to letters and signatures."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from coalition.events import Event


@dataclass(frozen=True, kw_only=True)
class LetterEvent(Event):
    """Something about a letter."""

    letter_id: UUID


@dataclass(frozen=True, kw_only=True)
class LetterOpened(LetterEvent):
    """A letter takes signatures from now on."""

    name: ClassVar[str] = "letter.opened"


@dataclass(frozen=True, kw_only=True)
class LetterClosed(LetterEvent):
    """A letter takes no more signatures."""

    name: ClassVar[str] = "letter.closed"


@dataclass(frozen=True, kw_only=True)
class LetterDelivered(LetterEvent):
    """A letter was handed to those whom it addresses."""

    name: ClassVar[str] = "letter.delivered"


@dataclass(frozen=True, kw_only=True)
class SignatureEvent(LetterEvent):
    """Something about a signature; `kind` is person or organization."""

    signature_id: UUID
    kind: str


@dataclass(frozen=True, kw_only=True)
class SignatureAdded(SignatureEvent):
    """Somebody signed and has yet to confirm it by mail."""

    name: ClassVar[str] = "signature.added"


@dataclass(frozen=True, kw_only=True)
class SignatureRepeated(SignatureEvent):
    """Somebody signed again what they had signed; only the mailbox's owner is told."""

    name: ClassVar[str] = "signature.repeated"


@dataclass(frozen=True, kw_only=True)
class SignatureConfirmed(SignatureEvent):
    """The owner of the mailbox confirmed. A person's signature counts from now on."""

    name: ClassVar[str] = "signature.confirmed"


@dataclass(frozen=True, kw_only=True)
class SignatureApproved(SignatureEvent):
    """An organization's signature was accepted and counts from now on."""

    name: ClassVar[str] = "signature.approved"


@dataclass(frozen=True, kw_only=True)
class SignatureRejected(SignatureEvent):
    """A coordinator refused a signature; `counted` says whether it had counted until then."""

    name: ClassVar[str] = "signature.rejected"
    counted: bool


@dataclass(frozen=True, kw_only=True)
class SignatureWithdrawn(SignatureEvent):
    """The signatory took the name back; `counted` says whether it had counted until then."""

    name: ClassVar[str] = "signature.withdrawn"
    counted: bool


@dataclass(frozen=True, kw_only=True)
class SignatureChanged(SignatureEvent):
    """How a counted signature is listed or to whom it belongs was changed."""

    name: ClassVar[str] = "signature.changed"

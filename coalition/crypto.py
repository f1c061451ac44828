"""Sealing of contact data: a data key per coalition, a blind index to find equal values.

Values are sealed with AES-256-GCM and bound to their place (table, column, row, coalition), so
that a ciphertext moved elsewhere does not open. Data keys lie in the database, wrapped by the
installation's key (MultiFernet), which does not. Deleting a coalition deletes its key.
"""

import base64
import hashlib
import hmac
import os
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar, overload
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Identity, Integer, LargeBinary, select
from sqlalchemy.orm import Mapped, mapped_column

from coalition import config, db
from coalition.clock import now

_VERSION = 1
_HEAD = struct.Struct(">BI")  # version, key number
_NONCE_BYTES = 12  # NIST SP 800-38D: 96 random bits per value
_INDEX_BYTES = 32


class DataKey(db.Tenant, db.Base):
    """The wrapped keys of a coalition; the newest seals, all of them open."""

    __tablename__ = "data_keys"

    number: Mapped[int] = mapped_column(Integer, Identity(), unique=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    wrapped_index_key: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=now)


class CannotOpen(Exception):
    """A sealed value does not open here: it was moved, changed, or its key is gone."""


class NoKeys(CannotOpen):
    """The coalition has no keys: there is none with this id any more, or yet."""


class WrappedKeys(Protocol):
    """A row of `DataKey`, however it was read."""

    @property
    def number(self) -> int: ...
    @property
    def wrapped_key(self) -> bytes: ...
    @property
    def wrapped_index_key(self) -> bytes: ...


@dataclass(frozen=True)
class Keyring:
    """The unwrapped keys of one coalition."""

    coalition_id: UUID
    number: int
    keys: dict[int, AESGCM]
    index_key: bytes

    def seal(self, value: str, place: str, row_id: UUID) -> bytes:
        """Seal `value` for the column `place` ("table.column") of the row `row_id`."""
        return self.seal_bytes(value.encode(), place, row_id)

    def seal_bytes(self, value: bytes, place: str, row_id: UUID) -> bytes:
        """Seal a file or the like; the same as `seal` otherwise."""
        nonce = os.urandom(_NONCE_BYTES)
        head = _HEAD.pack(_VERSION, self.number)
        sealed = self.keys[self.number].encrypt(nonce, value, self._bound(place, row_id))
        return head + nonce + sealed

    def open(self, sealed: bytes, place: str, row_id: UUID) -> str:
        """Open what `seal` made for the same place.

        Raises:
            CannotOpen: it was sealed for another place, or changed, or the key is gone.
        """
        return self.open_bytes(sealed, place, row_id).decode()

    def open_bytes(self, sealed: bytes, place: str, row_id: UUID) -> bytes:
        """Open what `seal_bytes` made for the same place.

        Raises:
            CannotOpen: it was sealed for another place, or changed, or the key is gone.
        """
        version, number = _HEAD.unpack_from(sealed)
        nonce_ends = _HEAD.size + _NONCE_BYTES
        key = self.keys.get(number)
        if version != _VERSION or key is None:
            raise CannotOpen(f"no key {number} for {place}")
        try:
            return key.decrypt(
                sealed[_HEAD.size : nonce_ends], sealed[nonce_ends:], self._bound(place, row_id)
            )
        except InvalidTag as error:
            raise CannotOpen(f"{place} does not open") from error

    def index(self, kind: str, value: str) -> bytes:
        """Return the blind index of a normalised `value`: equal values, equal 32 bytes.

        `kind` ("email", "phone") keeps equal texts of different kinds apart.
        """
        return hmac.digest(self.index_key, f"{kind}\0{value}".encode(), hashlib.sha256)

    def _bound(self, place: str, row_id: UUID) -> bytes:
        return place.encode() + b"\0" + row_id.bytes + self.coalition_id.bytes


_keyrings: dict[UUID, Keyring] = {}
_lock = Lock()


def keyring(coalition_id: UUID) -> Keyring:
    """Return the keys of a coalition, from this process's memory after the first time.

    Asked inside a transaction of that coalition, because its row is invisible elsewhere.

    Raises:
        NoKeys: the coalition has none. CannotOpen: the installation's key does not open them.
    """
    known = _keyrings.get(coalition_id)
    if known is not None:
        return known
    rows = db.session.scalars(
        select(DataKey).where(DataKey.coalition_id == coalition_id).order_by(DataKey.number)
    ).all()
    made = unwrapped(coalition_id, rows)
    with _lock:
        _keyrings[coalition_id] = made
    return made


def unwrapped(coalition_id: UUID, rows: Sequence[WrappedKeys]) -> Keyring:
    """Unwrap the keys of a coalition: `rows` of its `DataKey`, the oldest first.

    Raises:
        NoKeys: there are none. CannotOpen: the installation's key does not open them.
    """
    if not rows:
        raise NoKeys(f"coalition {coalition_id} has no data key")
    keys = {row.number: AESGCM(_unwrap(row.wrapped_key)) for row in rows}
    # The index key stays when the data key changes, or nothing would be found any more.
    return Keyring(coalition_id, rows[-1].number, keys, _unwrap(rows[0].wrapped_index_key))


def load_keyring(coalition_id: UUID) -> Keyring:
    """Return the keys of a coalition, also outside a transaction.

    Raises:
        NoKeys: the coalition has none. CannotOpen: the installation's key does not open them.
    """
    if coalition_id in _keyrings or db.is_open():
        return keyring(coalition_id)
    with db.reading(coalition_id):
        return keyring(coalition_id)


def open_sealed(coalition_id: UUID, sealed_value: bytes, place: str, row_id: UUID) -> str:
    """Open a sealed text, with a key that another process may have added since.

    Raises:
        CannotOpen: it was sealed for another place, or changed, or the key is gone.
    """
    return open_sealed_bytes(coalition_id, sealed_value, place, row_id).decode()


def open_sealed_bytes(
    coalition_id: UUID, sealed_value: bytes, place: str, row_id: UUID
) -> bytes:
    """Open a sealed file or the like; the same as `open_sealed` otherwise."""
    try:
        return keyring(coalition_id).open_bytes(sealed_value, place, row_id)
    except CannotOpen:
        with _lock:
            _keyrings.pop(coalition_id, None)
        return keyring(coalition_id).open_bytes(sealed_value, place, row_id)


def forget_keyrings() -> None:
    """Drop the unwrapped keys from memory, for example after a key was added."""
    with _lock:
        _keyrings.clear()


def add_data_key(coalition_id: UUID) -> None:
    """Give a coalition a new data key; what was sealed before still opens."""
    first = db.session.scalars(
        select(DataKey).where(DataKey.coalition_id == coalition_id).order_by(DataKey.number)
    ).first()
    wrapped_index_key = (
        first.wrapped_index_key if first else _wrapper().encrypt(os.urandom(_INDEX_BYTES))
    )
    db.session.add(
        DataKey(
            coalition_id=coalition_id,
            wrapped_key=_wrapper().encrypt(AESGCM.generate_key(256)),
            wrapped_index_key=wrapped_index_key,
        )
    )
    db.session.flush()
    forget_keyrings()


def new_installation_key() -> str:
    """Make a key for `COALITION_ENCRYPTION_KEYS`."""
    return Fernet.generate_key().decode()


def wrap(value: bytes) -> bytes:
    """Seal a small secret of the installation itself, such as a TOTP seed."""
    return _wrapper().encrypt(value)


def unwrap(wrapped: bytes) -> bytes:
    """Open what `wrap` made.

    Raises:
        CannotOpen: none of the installation's keys fits.
    """
    return _unwrap(wrapped)


def coalition_hash(coalition_id: UUID, purpose: str, value: str) -> bytes:
    """Return 32 bytes that only who has the coalition's own key can make from `value`.

    They stay the same as long as the coalition is there, whichever keys of the installation are
    replaced: for what is sent out and has to be known again years later.

    Raises:
        NoKeys: there is no such coalition.
    """
    return load_keyring(coalition_id).index(f"hash {purpose}", value)


def keyed_hash(purpose: str, value: str) -> str:
    """Return a hash that only this installation can make, for things never to be read back.

    It is another one once `SECRET_KEY` is replaced, so it serves for what is soon forgotten.
    """
    key = hashlib.sha256(f"{purpose}\0{config.current().secret_keys[0]}".encode()).digest()
    return base64.urlsafe_b64encode(hmac.digest(key, value.encode(), hashlib.sha256)).decode()


@cache
def _wrapper() -> MultiFernet:
    keys = config.current().encryption_keys
    if not keys:
        raise config.ConfigError(
            "COALITION_ENCRYPTION_KEYS is not set. Without it contact data cannot be read or"
            " stored. `coalition up` makes a key; elsewhere set it and keep a copy apart from"
            " the database's backups."
        )
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as error:
        raise config.ConfigError(
            "COALITION_ENCRYPTION_KEYS must be keys of 32 bytes in URL-safe base64."
        ) from error


def _unwrap(wrapped: bytes) -> bytes:
    try:
        return _wrapper().decrypt(wrapped)
    except InvalidToken as error:
        raise CannotOpen(
            "COALITION_ENCRYPTION_KEYS does not open this database's keys. Set the key that it"
            " was made with."
        ) from error


T = TypeVar("T", bound=str | bytes | None)


class sealed(Generic[T]):  # noqa: N801  used like `property`
    """A text that is stored sealed: `street = sealed[str | None]("street_sealed")`."""

    _seal: Callable[[Keyring, Any, str, UUID], bytes] = staticmethod(Keyring.seal)
    _open: Callable[[UUID, bytes, str, UUID], Any] = staticmethod(open_sealed)

    def __init__(self, column: str) -> None:
        self.column = column

    @overload
    def __get__(self, row: None, owner: type) -> "sealed[T]": ...
    @overload
    def __get__(self, row: Any, owner: type) -> T: ...
    def __get__(self, row: Any, owner: type) -> Any:
        if row is None:
            return self
        value = getattr(row, self.column)
        if value is None:
            return None
        return self._open(row.coalition_id, value, self._place(row), row.id)

    def __set__(self, row: Any, value: T) -> None:
        made = None
        if value is not None:
            ring = keyring(row.coalition_id)
            made = self._seal(ring, value, self._place(row), row.id)
        setattr(row, self.column, made)

    def _place(self, row: Any) -> str:
        return f"{row.__tablename__}.{self.column}"

"""Passwords: which are accepted, how they are stored."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from coalition.accounts.errors import WeakPassword
from coalition.errors import N_

MIN_CHARS = 15  # NIST SP 800-63B-4, 3.1.1.2, where the password may be the only factor
MAX_CHARS = 1000

_DIGITS = "0123456789"
_LEFT_OVER = 8  # so much must be left when all that is easy to guess is taken out
_KEYBOARD = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "01234567890",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)
_ROWS = (*_KEYBOARD, *(row[::-1] for row in _KEYBOARD))
_LONGEST_ROW = max(map(len, _ROWS))

# RFC 9106, 4, second recommended option: 64 MiB, three passes.
TIME_COST, MEMORY_KIB, PARALLELISM = 3, 64 * 1024, 4
_hasher = PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=PARALLELISM)

_TOO_SHORT = N_("A password needs at least 15 characters. Several words in a row do well.")
_TOO_LONG = N_("A password can have at most 1,000 characters.")
_COMMON = N_("This password is among those that are tried first. Choose another.")
_ABOUT_YOU = N_(
    "This password is little more than a name or address that others know. Choose another."
)
_REPEATS = N_("This password repeats the same few characters. Choose another.")


def normalize(password: str) -> str:
    """Return the form that is hashed: the same on every keyboard, nothing cut off."""
    return unicodedata.normalize("NFKC", password)


def check(password: str, about: Iterable[str] = ()) -> str:
    """Return the password's normal form if it may be used.

    Args:
        about: what others know of the user, such as name, address and coalitions.

    Raises:
        WeakPassword: it is too short or too easy to guess; the sentence says which.
    """
    text = normalize(password)
    if len(text) < MIN_CHARS:
        raise WeakPassword(field="password", reason=_TOO_SHORT)
    if len(text) > MAX_CHARS:
        raise WeakPassword(field="password", reason=_TOO_LONG)
    bare = _bare(text)
    if len(set(bare)) < 5 or _period(bare) <= 6:
        raise WeakPassword(field="password", reason=_REPEATS)
    known = tuple({part for each in about for part in _words(each)})
    left = _without(bare, known)
    is_about_you = left != _without(bare, ())
    if is_about_you and len(_without(left, _pieces())) < _LEFT_OVER:
        raise WeakPassword(field="password", reason=_ABOUT_YOU)
    if bare.strip(_DIGITS) in _phrases() or len(_without(bare, _pieces())) < _LEFT_OVER:
        raise WeakPassword(field="password", reason=_COMMON)
    return text


def hashed(password: str) -> str:
    """Return the hash of a password that `check` let pass."""
    return _hasher.hash(normalize(password))


def matches(password: str, stored: str | None) -> bool:
    """Return whether `password` is the one stored; takes as long when nothing is stored."""
    try:
        return _hasher.verify(stored or _nobodys(), normalize(password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Return whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody signs in with this")


@cache
def _listed() -> frozenset[str]:
    lines = files("coalition.accounts").joinpath("common-passwords.txt").read_text("utf-8")
    return frozenset(_bare(line) for line in lines.splitlines() if not line.startswith("#"))


@cache
def _pieces() -> tuple[str, ...]:
    return tuple(each for each in _listed() if len(each) < MIN_CHARS)


@cache
def _phrases() -> frozenset[str]:
    return frozenset(each for each in _listed() if len(each) >= MIN_CHARS - 3)


def _without(text: str, pieces: tuple[str, ...]) -> str:
    """Return `text` without `pieces`, digits at its ends and walks along the keyboard."""
    for piece in sorted(pieces, key=len, reverse=True):
        text = text.replace(piece, "")
    for length in range(min(len(text), _LONGEST_ROW), 3, -1):
        for start in range(len(text) - length + 1):
            walk = text[start : start + length]
            if any(walk in row for row in _ROWS):
                text = text.replace(walk, "")
    return text.strip(_DIGITS)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _words(text: str) -> list[str]:
    parts = re.split(r"[\W_]+", text.casefold())
    return [part for part in [_bare(text), *parts] if len(part) >= 4]


def _period(text: str) -> int:
    """Return the length of the shortest piece that `text` repeats; its own length if none."""
    return next(
        (n for n in range(1, len(text)) if text == (text[:n] * len(text))[: len(text)]),
        len(text),
    )

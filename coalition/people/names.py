"""How the names of people are compared and sorted."""

import re
from functools import lru_cache

from anyascii import anyascii

_WORD = re.compile(r"[a-z0-9]+")


@lru_cache(maxsize=8_192)
def person_key(text: str) -> str:
    """Return the words of a name in plain small letters: “Muñoz-Díaz” and “munoz diaz” agree."""
    return " ".join(_WORD.findall(anyascii(text[:500]).lower()))

"""How the names of people are compared and sorted."""

import re
from functools import lru_cache

from anyascii import anyascii

_WORD = re.compile(r"[a-z0-9]+")


@lru_cache(maxsize=8_192)
def person_key(text: str) -> str:
    """Return the words of a name in plain small letters: “Muñoz-Díaz” and “munoz diaz” agree."""
    return " ".join(_WORD.findall(anyascii(text[:500]).lower()))


def given_and_family(name: str) -> tuple[str, str]:
    """Cut a name that was written into one field at its last space; one word is a given name."""
    given_name, _, family_name = name.rpartition(" ")
    return (given_name, family_name) if given_name else (family_name, "")

"""Names that look like another organization's name and are spelled with foreign letters.

A signature with such letters is shown to a coordinator for review. Other names of the directory
must not have them: the next forgery would match.
"""

import re
import unicodedata
from functools import lru_cache

from coalition.organizations.errors import LookAlikeLetters
from coalition.organizations.names import clean_name

_WORD = re.compile(r"[^\W_]+")
# Scripts that share letter shapes with Latin. Japanese, Arabic and others do not and mix freely.
_LATIN_LIKE = frozenset(
    {"CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "CHEROKEE", "LISU", "DESERET"}
)
_SAME_SHAPE = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l", "5": "s"})


def suspicious_characters(name: str) -> tuple[str, ...]:
    """Return the letters in `name` that pass for Latin ones among Latin letters.

    A name in one script, accents, and a foreign word beside an English one are not
    suspicious; “АCLU” with a Cyrillic А is, and so is a Cyrillic “а” standing alone in
    an otherwise Latin name.
    """
    if name.isascii():
        return ()
    found: dict[str, None] = {}
    words = _WORD.findall(clean_name(name))
    latin_words = sum(all(_script(c) != "FOREIGN" for c in word) for word in words)
    mostly_latin = latin_words * 2 > len(words)
    for word in words:
        alike = [letter for letter in word if _latin_twin(letter)]
        if not alike:
            continue
        has_latin = any(_script(letter) == "LATIN" for letter in word)
        wholly_alike = all(_latin_twin(letter) for letter in word if letter.isalpha())
        styled = any(_script(letter) == "STYLED" for letter in alike)
        if has_latin or styled or (wholly_alike and mostly_latin):
            found.update(dict.fromkeys(alike))
    return tuple(found)


def refuse_look_alikes(name: str, *, field: str) -> None:
    """Refuse a name for the directory that is spelled with letters of another alphabet.

    Raises:
        LookAlikeLetters: it names them.
    """
    if letters := suspicious_characters(name):
        raise LookAlikeLetters(field=field, letters=", ".join(letters))


def is_lookalike(name: str, other: str) -> bool:
    """Say whether `name` looks like `other` on the screen although it is another text.

    Case, accents and spaces do not make two texts different here: those are spellings
    of one name, which `names.name_key` compares.
    """
    skeleton_of_name, skeleton_of_other = skeleton(name), skeleton(other)
    return skeleton_of_name == skeleton_of_other and _letters(name) != _letters(other)


@lru_cache(maxsize=65_536)
def skeleton(name: str) -> str:
    """Return the shape of a name: every letter replaced by the Latin one it looks like."""
    shown = "".join(_latin_twin(letter) or letter for letter in clean_name(name))
    folded = _letters(shown).translate(_SAME_SHAPE)
    return folded.replace("rn", "m").replace("vv", "w")


def _letters(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", clean_name(name)).casefold()
    return "".join(filter(str.isalnum, decomposed))


@lru_cache(maxsize=8_192)
def _latin_twin(letter: str) -> str:
    """Return the ASCII letter that a foreign or styled letter looks like, or nothing."""
    if letter.isascii() or _script(letter) not in {"FOREIGN", "STYLED"}:
        return ""
    # Imported here: its tables take 7 MB, and a web process may never need them.
    from confusable_homoglyphs import confusables

    for entry in confusables.confusables_data.get(letter, ()):
        if len(entry["c"]) == 1 and entry["c"].isascii() and entry["c"].isalpha():
            return str(entry["c"])
    return ""


@lru_cache(maxsize=8_192)
def _script(letter: str) -> str:
    """Sort a letter into LATIN, FOREIGN (its script has Latin shapes), STYLED or OTHER."""
    if 0x1D400 <= ord(letter) <= 0x1D7FF:  # mathematical bold, script, double-struck …
        return "STYLED"
    # Imported here: as above.
    from confusable_homoglyphs import categories

    script = str(categories.alias(letter))
    if script == "LATIN":
        return "LATIN"
    return "FOREIGN" if script in _LATIN_LIKE else "OTHER"

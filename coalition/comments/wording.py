"""How much of a comment is the coalition's text, measured in words and their order."""

import unicodedata
from collections.abc import Sequence
from enum import StrEnum

from rapidfuzz.distance import LCSseq

MAX_TEXT_CHARS = 50_000  # of one comment; some twenty printed pages

# Writing without spaces between words: there each character is compared by itself.
_SPACELESS = (
    range(0x0E00, 0x1000),  # Thai, Lao, Tibetan
    range(0x1000, 0x10A0),  # Burmese
    range(0x1780, 0x1800),  # Khmer
    range(0x3040, 0x3100),  # Japanese
    range(0x3400, 0xA000),  # Chinese characters
    range(0xF900, 0xFB00),
    range(0x20000, 0x32000),
)
_APOSTROPHES = frozenset("'’‘ʼ＇`´")
_FOREIGN = "\0"  # stands for each word that none of our texts has
_SURROGATES = range(0xD800, 0xE000)


class Wording(StrEnum):
    """Whose words a comment uses; `unknown` without its text, or without one of ours."""

    TEMPLATE = "template"
    ADAPTED = "adapted"
    OWN_WORDS = "own_words"
    UNKNOWN = "unknown"


def words_of(text: str) -> list[str]:
    """Return the words, without case, punctuation and the different ways to write a letter."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_SPACED).split()


def author_name(author: str) -> str:
    """Return by what an author is known again: "Garcia, Maria" and "Dr. Maria Garcia" are one.

    The words of the name in alphabetical order, without titles; "" for who gave no name.
    """
    words = " ".join(sorted(word for word in words_of(author) if word not in _TITLES))
    return "" if words in _NAMELESS else words


def similarity(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how alike two lists of words are, in whole percent, rounded down.

    Twice the number of words that both have in the same order, of all words of both: 100 only
    if they are the same, 0 if they share none.
    """
    total = len(one) + len(other)
    return 200 * int(LCSseq.similarity(one, other)) // total if total else 0


def wording(percent: int | None, *, template_from: int, adapted_from: int) -> Wording:
    """Return the class of a comment that is alike to our nearest text by `percent`."""
    if percent is None:
        return Wording.UNKNOWN
    if percent >= template_from:
        return Wording.TEMPLATE
    return Wording.ADAPTED if percent >= adapted_from else Wording.OWN_WORDS


class Measure:
    """Compares comments with a coalition's texts, fast enough for a hundred thousand.

    Each word of our texts becomes one character and all other words another one, so that the
    common words in order are found by RapidFuzz on strings, 64 positions at a time.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._codes: dict[str, str] = {}
        listed = [words for words in map(words_of, texts) if words]
        self._texts = ["".join(map(self._code, words)) for words in listed]

    def percent(self, words: Sequence[str]) -> int | None:
        """Return how alike a comment is to the nearest text; `None` if there is no such thing."""
        if not words or not self._texts:
            return None
        coded = "".join(self._codes.get(word, _FOREIGN) for word in words)
        return max(similarity(coded, text) for text in self._texts)

    def _code(self, word: str) -> str:
        known = self._codes.get(word)
        if known is None:
            place = len(self._codes) + 1
            if place >= _SURROGATES.start:
                place += len(_SURROGATES)
            known = self._codes[word] = chr(place)
        return known


class _Spaced(dict[int, str | None]):
    """What each character becomes, found out when it first occurs."""

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        kept: str | None = " "
        if character in _APOSTROPHES:
            kept = None  # "don't" and "dont" are one word
        elif unicodedata.category(character)[0] in "LMN":
            spaceless = any(code in block for block in _SPACELESS)
            kept = f" {character} " if spaceless else character
        self[code] = kept
        return kept


_SPACED = _Spaced()
# What stands where a name should be.
_NAMELESS = frozenset(
    " ".join(sorted(words_of(each)))
    for each in (
        "anonymous", "anon", "unknown", "n/a", "none", "no name", "no name given", "withheld",
        "name withheld", "not given", "not stated", "redacted", "private", "resident",
        "anónimo", "anónima", "anonimo", "anonima", "desconocido", "sin nombre", "reservado",
    )
)  # fmt: skip
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "sr", "sra", "srta", "prof"})

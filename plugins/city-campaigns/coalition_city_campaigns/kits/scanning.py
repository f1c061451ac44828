"""Finding in texts what is left over from another city: names, days, addresses, near misses too."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from anyascii import anyascii
from rapidfuzz import fuzz

from coalition_city_campaigns.kits.patterns import COMMON_WORDS, NAMES, PATTERNS, Kind

AROUND_CHARS = 40  # of the text, shown on each side of what was found
_NEAR = 86  # of 100: how alike a misspelled name must be to be found
_LEAST_CHARS_OF_A_MISSPELLING = 6  # shorter names are too much like other words
_LEAST_CHARS_OF_A_WORD = 4
_ACRONYM_CHARS = 3  # longer ones, such as LAPD, are no words in small letters either
_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*", re.UNICODE)
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})

Terms = Mapping[Kind, Sequence[str]]


@dataclass(frozen=True)
class Text:
    """A text of a campaign: where it stands, in words and as a key, and what it says."""

    key: str
    place: str
    text: str
    edit_path: str = ""  # where it is changed, below the coalition's coordinators' pages


@dataclass(frozen=True)
class Finding:
    """Something left over, with the words around it. `is_near` says that it is spelled otherwise."""

    text: Text
    kind: Kind
    word: str
    start: int
    before: str
    after: str
    is_near: bool

    @property
    def fingerprint(self) -> str:
        """What it is known by as long as neither it nor the words around it change."""
        parts = (self.text.key, self.kind, self.before, self.word, self.after)
        return sha256("\0".join(parts).encode()).hexdigest()


def leftovers(texts: Iterable[Text], names: Terms) -> dict[Kind, list[str]]:
    """Return what to look for later in copies of these texts: the names, and each day, address …"""
    found: dict[Kind, set[str]] = defaultdict(set)
    for kind, words in names.items():
        found[kind].update(word.strip() for word in words if word.strip())
    for each in texts:
        for kind, _, _, word in _by_pattern(each.text):
            found[kind].add(word)
    return {kind: sorted(words) for kind, words in found.items()}


def scan(texts: Iterable[Text], terms: Terms) -> list[Finding]:
    """Return everything of `terms` that stands in the texts, in the order of the texts."""
    exact = [(kind, _pattern(word)) for kind, words in terms.items() for word in words]
    exact += [
        (kind, _pattern(word))
        for kind, words in terms.items()
        if kind in NAMES
        for name in words
        for word in _telling_words(kind, name)
    ]
    return [finding for each in texts for finding in _scan_one(each, exact, terms)]


def _scan_one(
    each: Text, exact: Sequence[tuple[Kind, re.Pattern[str]]], terms: Terms
) -> Iterator[Finding]:
    text, folded = each.text, _folded(each.text)
    spans = [
        (found.start(), found.end(), kind, False)
        for kind, pattern in exact
        for found in pattern.finditer(text if pattern.flags & re.IGNORECASE == 0 else folded)
    ]
    spans += [(start, end, kind, True) for start, end, kind in _misspelled(folded, terms)]
    for start, end, kind, is_near in _apart(spans):
        yield Finding(
            each,
            kind,
            text[start:end],
            start,
            text[max(0, start - AROUND_CHARS) : start],
            text[end : end + AROUND_CHARS],
            is_near,
        )


def _apart(
    spans: Iterable[tuple[int, int, Kind, bool]],
) -> Iterator[tuple[int, int, Kind, bool]]:
    """Keep the longest of those that overlap, and of equal ones the one spelled right."""
    taken: list[tuple[int, int]] = []
    kept = []
    for span in sorted(spans, key=lambda each: (each[3], each[0] - each[1], each[0])):
        if all(span[1] <= start or end <= span[0] for start, end in taken):
            taken.append((span[0], span[1]))
            kept.append(span)
    yield from sorted(kept)


def _pattern(word: str) -> re.Pattern[str]:
    """Match a term however its words are joined; an acronym ("LA") only as it is written."""
    letters = re.sub(r"[^\w]", "", word)
    if letters.isalpha() and letters.isupper() and len(letters) <= _ACRONYM_CHARS:
        return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    parts = [re.escape(part) for part in re.split(r"[\s\-–_]+", _folded(word)) if part]
    joined = r"[\s\-–_]*".join(parts)
    return re.compile(rf"(?<!\w){joined}(?!\w)", re.IGNORECASE)


def _telling_words(kind: Kind, name: str) -> Iterator[str]:
    """Return the words by which a name is meant too: "Culver" of Culver City, a family name."""
    words = [word for word in _WORD.findall(_folded(name)) if word not in _SUFFIXES]
    if kind == Kind.CITY:
        yield from (
            word
            for word in words
            if len(word) >= _LEAST_CHARS_OF_A_WORD and word not in COMMON_WORDS
        )
    elif kind == Kind.PERSON and len(words) > 1:
        yield words[-1]


def _misspelled(folded: str, terms: Terms) -> Iterator[tuple[int, int, Kind]]:
    """Find names that somebody spelled nearly right, word by word of the text."""
    words = [(found.start(), found.end()) for found in _WORD.finditer(folded)]
    for kind in NAMES:
        for name in terms.get(kind, ()):
            looked_for = _folded(name)
            if len(looked_for) < _LEAST_CHARS_OF_A_MISSPELLING:
                continue
            length = len(_WORD.findall(looked_for))
            for first in range(len(words) - length + 1):
                start, end = words[first][0], words[first + length - 1][1]
                if fuzz.ratio(folded[start:end], looked_for, score_cutoff=_NEAR):
                    yield start, end, kind


def _by_pattern(text: str) -> Iterator[tuple[Kind, int, int, str]]:
    spans = [
        (found.start(), found.end(), kind, False)
        for kind, pattern in PATTERNS
        for found in pattern.finditer(text)
    ]
    for start, end, kind, _ in _apart(spans):
        yield kind, start, end, text[start:end]


def _folded(text: str) -> str:
    """Take accents and capitals away, letter by letter, so that places in the text stay."""
    return "".join(_plain(character) for character in text)


def _plain(character: str) -> str:
    if character.isascii():
        return character.lower()
    plain = anyascii(character).lower()
    return plain if len(plain) == 1 else character

"""How alike two names of organizations are, word by word."""

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from coalition.organizations.names import (
    SMALL_WORDS,
    clean_name,
    name_key,
    name_words,
    word_set,
)
from coalition.organizations.places import directions, place_words

# At or above: one name, spelled in two ways. A missing letter, “centre” for “center” or
# “Natl.” for “National” stay above; one real word more or less never gets here.
SAME_SPELLING = 0.9
# At or above: worth a coordinator's look. “Mozilla” and “Mozilla Foundation” are above,
# “Green Party of Rhode Island” and “Green Party of the United States” below.
WORTH_A_LOOK = 0.62
# What two names reach at most when a word that matters is in only one of them.
_ONE_WORD_APART = 0.85
# Same words in another order: “Policy Studies Institute” and “Institute for Policy Studies”
# are two organizations, so a person decides.
_OTHER_ORDER = 0.88
# “Local 12” is not “Local 21”, however long the rest of the name.
_OTHER_NUMBER = 0.6

_CHAPTER_WORDS = word_set(
    "chapter branch section affiliate local district region regional capitulo seccion"
    " ortsgruppe landesverband regionalgruppe"
)
# What an organization adds to the name of a sister that is not its chapter.
_SISTER_WORDS = word_set(
    "foundation fund action institute project network education pac center centre committee"
    " coalition alliance association society initiative now"
)
_SHORT_FORMS = {
    "assn": "association",
    "assoc": "association",
    "centre": "center",
    "cmte": "committee",
    "ctr": "center",
    "dept": "department",
    "fdn": "foundation",
    "govt": "government",
    "intl": "international",
    "natl": "national",
    "org": "organization",
    "programme": "program",
    "univ": "university",
    "us": "united states",
    "usa": "united states",
}
_NATION = (("united", "states", "of", "america"), ("united", "states"), ("america",), ("usa",))


@dataclass(frozen=True, slots=True)
class Profile:
    """What of a name is compared: made once per name, because thousands are compared."""

    key: str
    words: tuple[str, ...]  # words that matter, abbreviations written out
    digits: tuple[str, ...]


@lru_cache(maxsize=65_536)
def profile(name: str) -> Profile:
    """Return what is compared of `name`."""
    written_out = [
        part for word in name_words(name) for part in _SHORT_FORMS.get(word, word).split()
    ]
    words = tuple(word for word in written_out if word not in SMALL_WORDS)
    key = name_key(name)
    digits = tuple(sorted(re.findall(r"\d+", key)))
    return Profile(key=key, words=words or tuple(written_out), digits=digits)


def similarity(a: str, b: str) -> float:
    """Return how alike two names are: 1.0 for one key, 0.0 for nothing in common.

    Compare with `SAME_SPELLING` and `WORTH_A_LOOK`. Names that differ by a chapter, a
    place, a direction or a number stay below `SAME_SPELLING`, however few letters that is.
    """
    return similarity_of(profile(a), profile(b))


def similarity_of(a: Profile, b: Profile) -> float:
    """Return `similarity` of two names whose profiles are at hand."""
    if a.key == b.key:
        return 1.0
    if not a.words or not b.words:
        return 0.0
    pairs, left_a, left_b = _pair_words(a.words, b.words)
    shared = _shared_letters(a, b, pairs, left_a, left_b)
    if a.digits and b.digits and a.digits != b.digits:
        return min(shared, _OTHER_NUMBER)
    if not left_a and not left_b:
        in_order = tuple(other for _, other, _ in pairs) == b.words
        return SAME_SPELLING + (1 - SAME_SPELLING) * shared * 0.9 if in_order else _OTHER_ORDER
    if _differ_in_spacing(a, b):
        return SAME_SPELLING + 0.05
    return min(shared, _ONE_WORD_APART)


def is_chapter_of(name: str, parent: str) -> bool:
    """Guess from the names alone whether `name` is a local group of `parent`.

    True for “National Lawyers Guild - DC Chapter” and “Greenpeace USA”, false for a
    sister such as “Mozilla Foundation” and for the parent itself.
    """
    words, stem = name_words(name), name_words(parent)
    for tail in _NATION:  # chapters of “Green Party of the United States” drop that
        if len(stem) > len(tail) and stem[-len(tail) :] == tail and words[: len(stem)] != stem:
            stem = stem[: -len(tail)]
            break
    while len(stem) > 1 and stem[-1] in SMALL_WORDS:
        stem = stem[:-1]
    if not stem or len(words) <= len(stem):
        return False
    if words[: len(stem)] == stem:
        extra = words[len(stem) :]
    elif words[-len(stem) :] == stem:
        extra = words[: -len(stem)]
    else:
        return False
    return _is_local(extra, name, alone=len(stem) == 1, leading=words[: len(stem)] != stem)


def _is_local(extra: tuple[str, ...], name: str, *, alone: bool, leading: bool) -> bool:
    main = [word for word in extra if word not in SMALL_WORDS]
    if not main:
        return False
    if _CHAPTER_WORDS.intersection(main):
        return True
    if _SISTER_WORDS.intersection(main):
        return False
    local = place_words().intersection(main)
    if alone or leading:  # “Access Now”, “Free Press”: too little to guess from without a place
        return len(local) == len(main)
    named_place = extra[0] in {"of", "in", "for"} or re.search(
        r"\s[-–—]\s|\([^)]*\)\s*$|,", clean_name(name)
    )
    return bool(local) or bool(named_place and len(main) <= 3)


def _shared_letters(
    a: Profile,
    b: Profile,
    pairs: list[tuple[str, str, float]],
    left_a: list[str],
    left_b: list[str],
) -> float:
    """Return which part of all letters of the two names is in words that they share."""
    letters: float = sum(map(len, a.words)) + sum(map(len, b.words))
    if left_a and left_b:
        # Each has a word of its own: mostly two organizations, surely so with two places.
        places = place_words()
        apart = not places.isdisjoint(left_a) and not places.isdisjoint(left_b)
        letters /= 0.7 if apart else 0.85
    else:
        # “Foundation” or “Project” in only one of them says less than another word.
        letters -= sum(len(word) / 2 for word in left_a + left_b if word in _SISTER_WORDS)
    return sum((len(x) + len(y)) * likeness for x, y, likeness in pairs) / letters


def _pair_words(
    a: tuple[str, ...], b: tuple[str, ...]
) -> tuple[list[tuple[str, str, float]], list[str], list[str]]:
    """Pair every word of `a` with the same or a misspelled word of `b`, and list the rest."""
    left_b = list(b)
    pairs: list[tuple[str, str, float]] = []
    left_a: list[str] = []
    for word in a:
        if word in left_b:
            other = word
        else:
            other = next((w for w in left_b if w not in a and is_misspelling(word, w)), "")
        if other:
            left_b.remove(other)
            likeness = 1.0 if other == word else 1 - 1 / max(len(word), len(other))
            pairs.append((word, other, likeness))
        else:
            left_a.append(word)
    return pairs, left_a, left_b


@lru_cache(maxsize=262_144)
def is_misspelling(a: str, b: str) -> bool:
    """Say whether two words are one word with a slip: same start, one or two letters off.

    Short words, numbers, directions and two different places are never that: “Iran” and
    “Iraq”, “northern” and “southern”, “Iceland” and “Ireland”.
    """
    shorter = min(len(a), len(b))
    if shorter < 4 or a[0] != b[0] or not (a.isalpha() and b.isalpha()):
        return False
    if shorter == 4 and a.rstrip("s") != b.rstrip("s"):
        return False
    if directions().intersection((a, b)) or {a, b} <= place_words():
        return False
    allowed = 2 if shorter >= 10 else 1
    return OSA.distance(a, b, score_cutoff=allowed) <= allowed


def _differ_in_spacing(a: Profile, b: Profile) -> bool:
    """Say whether only spaces and one letter differ: “Freedom Work” and “FreedomWorks”."""
    if len(a.words) == len(b.words) or min(len(a.key), len(b.key)) < 8:
        return False
    if min(map(len, a.words + b.words)) < 2 or a.key[0] != b.key[0]:
        return False
    return OSA.distance(a.key, b.key, score_cutoff=1) <= 1

"""Which organization of the directory a written name means."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from heapq import nlargest
from math import log
from typing import Generic, TypeVar

from rapidfuzz import fuzz, process

from coalition.errors import N_
from coalition.organizations.confusables import is_lookalike, skeleton, suspicious_characters
from coalition.organizations.names import acronym, clean_name, initials, name_key
from coalition.organizations.similarity import (
    SAME_SPELLING,
    WORTH_A_LOOK,
    Profile,
    is_chapter_of,
    profile,
    similarity_of,
)

Id = TypeVar("Id", bound=Hashable)

_COMMON_WORD = 400  # a word in more names than this finds nobody: “coalition”, “rights”
_LOOKED_AT = 40  # names compared in full per query, the most promising ones
_TYPO_CUTOFF = 82  # of 100 in rapidfuzz's ratio of keys; lower only costs time


class Why(StrEnum):
    """Why a candidate may be the one that was meant, the surest first."""

    NAME = "name"
    ALIAS = "alias"
    ACRONYM = "acronym"
    SPELLING = "spelling"
    LOOKALIKE = "lookalike"
    INITIALS = "initials"
    CHAPTER = "chapter"
    PARENT = "parent"
    SIMILAR = "similar"

    @property
    def sentence(self) -> str:
        """Return the reason in words, in English; translate where it is shown."""
        return _SENTENCES[self]


_SENTENCES = {
    Why.NAME: N_("the same name"),
    Why.ALIAS: N_("also known by this name"),
    Why.ACRONYM: N_("known by this acronym"),
    Why.SPELLING: N_("nearly the same spelling"),
    Why.LOOKALIKE: N_("looks the same but has foreign letters: check who it is"),
    Why.INITIALS: N_("its initials"),
    Why.CHAPTER: N_("the name pasted seems to be a chapter of this organization"),
    Why.PARENT: N_("this organization seems to be a chapter of the name pasted"),
    Why.SIMILAR: N_("some of the same words"),
}
_SURE = frozenset({Why.NAME, Why.ALIAS, Why.ACRONYM, Why.SPELLING})


@dataclass(frozen=True, slots=True)
class NameRow(Generic[Id]):
    """What the index needs of one organization."""

    id: Id
    name: str
    aliases: tuple[str, ...] = ()
    parent_id: Id | None = None


@dataclass(frozen=True, slots=True)
class Candidate(Generic[Id]):
    """An organization that a name may mean."""

    id: Id
    name: str  # as the directory has it
    matched: str  # the name or alias that was alike
    score: float  # 0 to 1
    why: Why

    @property
    def is_sure(self) -> bool:
        """Say whether this is the same name and not merely one like it."""
        return self.why in _SURE


@dataclass(frozen=True, slots=True)
class _Spelling:
    row: int
    text: str
    profile: Profile
    why: Why


class NameIndex(Generic[Id]):
    """All names of a directory, asked which organization a written name means.

    Built in memory for one request or job, because a directory of 10,000 names takes
    about a second to build and a thousand questions another.
    """

    def __init__(self, rows: Iterable[NameRow[Id]]) -> None:
        self._rows = list(rows)
        self._row_of = {row.id: row for row in self._rows}
        self._spellings: list[_Spelling] = []
        self._by_key: defaultdict[str, list[int]] = defaultdict(list)
        self._by_skeleton: defaultdict[str, list[int]] = defaultdict(list)
        self._by_acronym: defaultdict[str, list[int]] = defaultdict(list)
        self._by_initials: defaultdict[str, list[int]] = defaultdict(list)
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(self._rows):
            self._add(number, row.name, Why.NAME)
            for alias in row.aliases:
                self._add(number, alias, Why.ALIAS)
        self._keys = [spelling.profile.key for spelling in self._spellings]

    def __len__(self) -> int:
        return len(self._rows)

    def name_of(self, organization_id: Id) -> str | None:
        """Return the name of an organization in the index."""
        row = self._row_of.get(organization_id)
        return row.name if row else None

    def find(self, name: str, limit: int = 5) -> list[Candidate[Id]]:
        """Return the organizations that `name` may mean, the likeliest first.

        If the name, an alias or the spelling is the same, the merely similar ones are
        left out; several are left only if several are the same.
        """
        asked = profile(name)
        found: dict[int, Candidate[Id]] = {}
        for position in self._by_key.get(asked.key, ()):
            spelling = self._spellings[position]
            forged = _may_be_forged(name, spelling.text)
            self._keep(found, position, 1.0, Why.LOOKALIKE if forged else spelling.why)
        self._find_acronyms(found, name, asked)
        for position in self._by_skeleton.get(skeleton(name), ()):
            if is_lookalike(name, self._spellings[position].text):
                self._keep(found, position, 0.97, Why.LOOKALIKE)
        if not any(candidate.is_sure for candidate in found.values()):
            self._find_similar(found, name, asked)
        ranked = sorted(found.values(), key=_rank)
        if ranked and ranked[0].is_sure:
            ranked = [candidate for candidate in ranked if candidate.is_sure]
        return ranked[:limit]

    def _add(self, number: int, text: str, why: Why) -> None:
        position = len(self._spellings)
        spelling = _Spelling(number, text, profile(text), why)
        self._spellings.append(spelling)
        self._by_key[spelling.profile.key].append(position)
        self._by_skeleton[skeleton(text)].append(position)
        for word in set(spelling.profile.words):
            self._by_word[word].append(position)
        if own := acronym(text):
            self._by_acronym[name_key(own)].append(position)
        for short in initials(text):
            self._by_initials[short].append(position)

    def _keep(
        self, found: dict[int, Candidate[Id]], position: int, score: float, why: Why
    ) -> None:
        spelling = self._spellings[position]
        row = self._rows[spelling.row]
        candidate = Candidate(row.id, row.name, spelling.text, round(score, 3), why)
        known = found.get(spelling.row)
        if known is None or _rank(candidate) < _rank(known):
            found[spelling.row] = candidate

    def _find_acronyms(
        self, found: dict[int, Candidate[Id]], name: str, asked: Profile
    ) -> None:
        for position in self._by_acronym.get(asked.key, ()):
            self._keep(found, position, 0.95, Why.ACRONYM)
        for position in self._by_initials.get(asked.key, ()):
            self._keep(found, position, 0.7, Why.INITIALS)
        if own := acronym(name):
            for position in self._by_key.get(name_key(own), ()):
                self._keep(found, position, 0.7, Why.INITIALS)

    def _find_similar(self, found: dict[int, Candidate[Id]], name: str, asked: Profile) -> None:
        for position in self._promising(asked):
            spelling = self._spellings[position]
            score = similarity_of(asked, spelling.profile)
            if score >= SAME_SPELLING:
                forged = _may_be_forged(name, spelling.text)
                self._keep(found, position, score, Why.LOOKALIKE if forged else Why.SPELLING)
            elif is_chapter_of(name, spelling.text):
                self._keep(found, position, max(score, WORTH_A_LOOK), Why.CHAPTER)
            elif is_chapter_of(spelling.text, name):
                self._keep(found, position, max(score, WORTH_A_LOOK), Why.PARENT)
            elif score >= WORTH_A_LOOK:
                self._keep(found, position, score, Why.SIMILAR)

    def _promising(self, asked: Profile) -> list[int]:
        """Return the spellings that share a rare word or most letters with the name asked."""
        weights: defaultdict[int, float] = defaultdict(float)
        for word in set(asked.words):
            positions = self._by_word.get(word, ())
            if 0 < len(positions) <= _COMMON_WORD:
                weight = log(1 + len(self._spellings) / len(positions))
                for position in positions:
                    weights[position] += weight
        promising = nlargest(_LOOKED_AT, weights, key=weights.__getitem__)
        alike = process.extract(
            asked.key, self._keys, scorer=fuzz.ratio, score_cutoff=_TYPO_CUTOFF, limit=10
        )
        return list(dict.fromkeys([*(position for _, _, position in alike), *promising]))


def _may_be_forged(name: str, known: str) -> bool:
    """Say whether one of two alike names has foreign letters: “АCLU” may be anybody."""
    if is_lookalike(name, known):
        return True
    if clean_name(name) == clean_name(known):
        return False
    return bool(suspicious_characters(name) or suspicious_characters(known))


def _rank(candidate: Candidate[Id]) -> tuple[int, float, int, str]:
    order = list(Why).index(candidate.why)
    return (not candidate.is_sure, -candidate.score, order, candidate.name)

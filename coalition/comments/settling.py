"""Finding what is the same comment: twice from one author, and ours in the clerk's list."""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from coalition.comments.models import CommentSource

NEARLY_SAME_FROM = 95  # percent of the words, of two comments by one author in one list
SAME_FROM = 50  # percent, of one author's comment in both lists: clerks shorten and type anew
MAX_COMPARED = 50  # different comments of one author that a further one is compared with

Alike = Callable[["Entry", "Entry"], int]  # in percent


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a comment without opening it; keys are blind indexes."""

    id: UUID
    source: CommentSource
    author: bytes | None
    text: bytes | None
    city: str


@dataclass(frozen=True, slots=True)
class Settled:
    """For each comment that has one: the earlier one it repeats, the same one in the other list."""

    duplicate_of: dict[UUID, UUID]
    match: dict[UUID, UUID]


def settle(entries: Sequence[Entry], alike: Alike) -> Settled:
    """Find duplicates within each source, and pairs between the two.

    A comment is a duplicate if an earlier one in the same source has the same author, the same
    or nearly the same text, and no other city. Without an author nothing is one: two people
    may send the same letter. What remains is paired, best reasons first: same author and text;
    same author, and texts that may be the same; same text where one of the two lists has no
    names. Each is paired once.
    """
    duplicate_of = _duplicates(entries, alike)
    left = [entry for entry in entries if entry.id not in duplicate_of]
    ours = [entry for entry in left if entry.source == CommentSource.OURS]
    theirs = [entry for entry in left if entry.source == CommentSource.CLERK]
    pairs = _Pairs({})
    pairs.add(ours, theirs, lambda each: (each.author, each.text))
    pairs.add(
        ours,
        theirs,
        lambda each: (each.author,),
        lambda one, other: _may_be_same(one, other, alike),
    )
    nameless = [each for each in theirs if each.author is None]
    pairs.add(ours, nameless, lambda each: (each.text,))
    nameless = [each for each in ours if each.author is None]
    pairs.add(nameless, theirs, lambda each: (each.text,))
    return Settled(duplicate_of, pairs.match)


def _duplicates(entries: Sequence[Entry], alike: Alike) -> dict[UUID, UUID]:
    by_author: dict[tuple[CommentSource, bytes], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.author is not None and entry.text is not None:
            by_author[entry.source, entry.author].append(entry)
    found: dict[UUID, UUID] = {}
    for group in by_author.values():
        kept: list[Entry] = []
        by_text: dict[bytes | None, list[Entry]] = defaultdict(list)
        for entry in group:
            same = (each for each in by_text[entry.text] if _may_be_one(each, entry))
            near = (
                each
                for each in kept[:MAX_COMPARED]
                if _may_be_one(each, entry) and alike(each, entry) >= NEARLY_SAME_FROM
            )
            first = next(same, None) or next(near, None)
            if first is not None:
                found[entry.id] = first.id
            else:
                kept.append(entry)
                by_text[entry.text].append(entry)
    return found


def _may_be_one(one: Entry, other: Entry) -> bool:
    """Return whether nothing speaks against one author: two cities do."""
    return not one.city or not other.city or one.city == other.city


def _may_be_same(one: Entry, other: Entry, alike: Alike) -> bool:
    """Return whether one author's comments in both lists may be the same one."""
    if not _may_be_one(one, other):
        return False
    return one.text is None or other.text is None or alike(one, other) >= SAME_FROM


@dataclass(frozen=True)
class _Pairs:
    """Pairs of comments, in both directions."""

    match: dict[UUID, UUID]

    def add(
        self,
        ours: Iterable[Entry],
        theirs: Iterable[Entry],
        key: Callable[[Entry], tuple[Hashable | None, ...]],
        fits: Callable[[Entry, Entry], bool] = lambda *_two: True,
    ) -> None:
        """Pair those that have the same key and fit, each with the earliest that is left."""
        waiting: dict[tuple[Hashable | None, ...], deque[Entry]] = defaultdict(deque)
        for entry in theirs:
            if entry.id not in self.match and None not in key(entry):
                waiting[key(entry)].append(entry)
        for entry in ours:
            left = waiting.get(key(entry))
            if entry.id in self.match or not left:
                continue
            tried = islice(left, MAX_COMPARED)
            other = next((each for each in tried if fits(entry, each)), None)
            if other is not None:
                left.remove(other)  # near the front
                self.match[entry.id], self.match[other.id] = other.id, entry.id

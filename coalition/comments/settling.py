"""Finding what is the same comment: twice from one author, and ours in the clerk's list."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from coalition.comments.models import CommentSource

NEARLY_SAME_FROM = 95  # percent of the words, of two comments by one author
MAX_COMPARED = 200  # different comments of one author that a further one is compared with

Near = Callable[["Entry", "Entry"], bool]


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


def settle(entries: Sequence[Entry], nearly_same: Near) -> Settled:
    """Find duplicates within each source, and pairs between the two.

    A comment is a duplicate if an earlier one in the same source has the same author, the same
    or nearly the same text, and no other city. Without an author nothing is one: two people
    may send the same letter. What remains is paired, best reasons first: same author and text;
    same author; same text where one of the two lists has no names. Each is paired once.
    """
    duplicate_of = _duplicates(entries, nearly_same)
    left = [entry for entry in entries if entry.id not in duplicate_of]
    ours = [entry for entry in left if entry.source == CommentSource.OURS]
    theirs = [entry for entry in left if entry.source == CommentSource.CLERK]
    match: dict[UUID, UUID] = {}
    _pair(match, ours, theirs, lambda each: (each.author, each.text))
    _pair(match, ours, theirs, lambda each: (each.author,))
    nameless = [each for each in theirs if each.author is None]
    _pair(match, ours, nameless, lambda each: (each.text,))
    nameless = [each for each in ours if each.author is None]
    _pair(match, nameless, theirs, lambda each: (each.text,))
    return Settled(duplicate_of, match)


def _duplicates(entries: Sequence[Entry], nearly_same: Near) -> dict[UUID, UUID]:
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
            first = next(same, None) or next(
                (
                    each
                    for each in kept[:MAX_COMPARED]
                    if _may_be_one(each, entry) and nearly_same(each, entry)
                ),
                None,
            )
            if first is not None:
                found[entry.id] = first.id
            else:
                kept.append(entry)
                by_text[entry.text].append(entry)
    return found


def _may_be_one(one: Entry, other: Entry) -> bool:
    """Return whether nothing speaks against one author: two cities do."""
    return not one.city or not other.city or one.city == other.city


def _pair(
    match: dict[UUID, UUID],
    ours: Iterable[Entry],
    theirs: Iterable[Entry],
    key: Callable[[Entry], tuple[Hashable | None, ...]],
) -> None:
    waiting: dict[tuple[Hashable | None, ...], list[UUID]] = defaultdict(list)
    for entry in theirs:
        if entry.id not in match and None not in key(entry):
            waiting[key(entry)].append(entry.id)
    for places in waiting.values():
        places.reverse()  # the earliest is taken first
    for entry in ours:
        if entry.id not in match and waiting.get(key(entry)):
            other = waiting[key(entry)].pop()
            match[entry.id], match[other] = other, entry.id

"""Which organizations of the directory a new name may mean, before a second entry is made."""

from collections.abc import Iterable
from heapq import nlargest
from uuid import UUID

from rapidfuzz import fuzz, process
from sqlalchemy import select

from coalition import db
from coalition.organizations.matching import Candidate, NameIndex, NameRow
from coalition.organizations.models import Organization, OrganizationAlias
from coalition.organizations.names import SMALL_WORDS, acronym, initials, name_key, name_words

# Organizations compared in full, the most promising ones: comparing all takes a second.
_LOOKED_AT = 120
_ALIKE = 70  # of 100 in rapidfuzz's ratio; the full comparison decides
_LONGEST_ACRONYM = 8  # letters
_SHORTEST_WORD = 4  # letters; “free” finds too many already


def may_mean(name: str, limit: int = 5) -> list[Candidate[UUID]]:
    """Return the organizations that `name` may mean, the likeliest first."""
    return each_may_mean([name], limit)[name]


def each_may_mean(names: Iterable[str], limit: int = 5) -> dict[str, list[Candidate[UUID]]]:
    """Return by name the organizations that it may mean, the likeliest first."""
    keys = [
        *db.session.execute(select(Organization.id, Organization.name_key)),
        *db.session.execute(
            select(OrganizationAlias.organization_id, OrganizationAlias.name_key)
        ),
    ]
    promising = {name: _promising(name, keys) for name in names}
    return {
        name: NameIndex(_rows(ids)).find(name, limit) if ids else []
        for name, ids in promising.items()
    }


def _promising(name: str, keys: list[tuple[UUID, str]]) -> set[UUID]:
    asked = name_key(name)
    alike = process.extract(
        asked, [key for _, key in keys], scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=50
    )
    found = {keys[position][0] for _, _, position in alike}
    shorts = {asked, *initials(name)} | ({name_key(own)} if (own := acronym(name)) else set())
    words = {
        word
        for word in name_words(name)
        if len(word) >= _SHORTEST_WORD and word not in SMALL_WORDS
    }
    shared = (
        (sum(len(word) for word in words if word in key) + 100 * (key in shorts), position)
        for position, (_, key) in enumerate(keys)
    )
    best = nlargest(_LOOKED_AT, (each for each in shared if each[0]))
    found |= {keys[position][0] for _, position in best}
    if len(asked) <= _LONGEST_ACRONYM:
        found |= _with_initials(asked)
    return found


def _with_initials(short: str) -> set[UUID]:
    """Return the organizations with these initials; “The” does not count in a sort key."""
    names = select(Organization.id, Organization.name).where(
        Organization.sort_key.startswith(short[:1], autoescape=True)
    )
    return {each for each, name in db.session.execute(names) if short in initials(name)}


def _rows(ids: Iterable[UUID]) -> list[NameRow[UUID]]:
    aliases: dict[UUID, list[str]] = {}
    wanted = list(ids)
    for each, alias in db.session.execute(
        select(OrganizationAlias.organization_id, OrganizationAlias.name).where(
            OrganizationAlias.organization_id.in_(wanted)
        )
    ):
        aliases.setdefault(each, []).append(alias)
    found = select(Organization.id, Organization.name, Organization.parent_id).where(
        Organization.id.in_(wanted)
    )
    return [
        NameRow(each, name, tuple(aliases.get(each, ())), parent_id)
        for each, name, parent_id in db.session.execute(found)
    ]

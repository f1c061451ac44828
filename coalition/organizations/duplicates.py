"""Which organizations of the directory a new name may mean, before a second entry is made."""

from collections.abc import Iterable
from uuid import UUID

from rapidfuzz import fuzz, process
from sqlalchemy import select

from coalition import db
from coalition.organizations.matching import Candidate, NameIndex, NameRow
from coalition.organizations.models import Organization, OrganizationAlias
from coalition.organizations.names import SMALL_WORDS, acronym, initials, name_key, name_words

_LOOKED_AT = (
    400  # organizations compared in full; an index of the whole directory takes a second
)
_ALIKE = 70  # of 100 in rapidfuzz's ratio; the full comparison decides
_SHORTEST_WORD = 4  # letters; “free” finds too many already


def may_mean(name: str, limit: int = 5) -> list[Candidate[UUID]]:
    """Return the organizations that `name` may mean, the likeliest first."""
    return each_may_mean([name], limit)[name]


def each_may_mean(names: Iterable[str], limit: int = 5) -> dict[str, list[Candidate[UUID]]]:
    """Return by name the organizations that it may mean, the likeliest first."""
    keys = [
        *db.session.execute(select(Organization.id, Organization.name_key)).tuples(),
        *db.session.execute(
            select(OrganizationAlias.organization_id, OrganizationAlias.name_key)
        ).tuples(),
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
    for organization_id, key in keys:
        if len(found) >= _LOOKED_AT:
            break
        if key in shorts or any(word in key for word in words):
            found.add(organization_id)
    if len(asked) <= 8:  # perhaps an acronym: the initials of a long name
        found |= _with_initials(asked)
    return found


def _with_initials(short: str) -> set[UUID]:
    names = db.session.execute(select(Organization.id, Organization.name)).tuples()
    return {each for each, name in names if short in initials(name)}


def _rows(ids: Iterable[UUID]) -> list[NameRow[UUID]]:
    aliases: dict[UUID, list[str]] = {}
    wanted = list(ids)
    for each, alias in db.session.execute(
        select(OrganizationAlias.organization_id, OrganizationAlias.name).where(
            OrganizationAlias.organization_id.in_(wanted)
        )
    ).tuples():
        aliases.setdefault(each, []).append(alias)
    found = select(Organization.id, Organization.name, Organization.parent_id).where(
        Organization.id.in_(wanted)
    )
    return [
        NameRow(each, name, tuple(aliases.get(each, ())), parent_id)
        for each, name, parent_id in db.session.execute(found).tuples()
    ]

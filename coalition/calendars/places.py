"""Who lives where: what people wrote as their city and state, matched with the places we know."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, false, func, or_, select

from coalition import db
from coalition.areas.models import Area, AreaKind
from coalition.areas.states import state_code
from coalition.people.models import Person
from coalition.people.names import person_key


def region_key(text: str | None) -> str:
    """Return how a state is compared: “California”, “CA” and “ca” agree."""
    return (state_code(text or "") or person_key(text or "")).lower()


def people_of(area: Area | None) -> ColumnElement[bool]:
    """Return the condition that a `Person` of the query lives in a place.

    People write a city and a state, so counties and districts have nobody whom we know of.
    """
    if area is None:
        return false()
    match area.kind:
        case AreaKind.PLACE:
            return _one_of(_written_as(area))
        case AreaKind.STATE:
            regions = db.session.scalars(
                select(Person.region).where(Person.region.is_not(None)).distinct()
            )
            wanted = region_key(area.region or area.name)
            return Person.region.in_([each for each in regions if region_key(each) == wanted])
        case AreaKind.COUNTRY:
            return or_(Person.country.is_(None), func.lower(Person.country).in_(_names(area)))
    return false()


def areas_of(person: Person, among: Sequence[Area]) -> list[Area]:
    """Return those of some places in which a person lives."""
    return [area for area in among if _lives_in(person, area)]


def _lives_in(person: Person, area: Area) -> bool:
    match area.kind:
        case AreaKind.PLACE:
            return is_written(area, person.city, person.region, is_alone=_is_alone(area))
        case AreaKind.STATE:
            return region_key(person.region) == region_key(area.region or area.name)
        case AreaKind.COUNTRY:
            return person.country is None or person.country.lower() in _names(area)
    return False


def is_written(area: Area, city: str | None, region: str | None, *, is_alone: bool) -> bool:
    """Return whether what somebody wrote as their city and state means `area`.

    Args:
        is_alone: no other place that we know has its name, so a state need not be written.
    """
    key, name, state = person_key(city or ""), person_key(area.name), region_key(area.region)
    if not key:
        return False
    if state and key != name:  # “Culver City, CA” in the city's field
        words = key.removeprefix(name + " ")
        return words != key and region_key(words) == state
    if key != name:
        return False
    written = region_key(region)
    return written == state if written and state else is_alone or not state


def _written_as(area: Area) -> list[tuple[str, str | None]]:
    """Return how the coalition's people write a place, of all spellings that there are."""
    alone = _is_alone(area)
    written = select(Person.city, Person.region).where(Person.city.is_not(None)).distinct()
    return [
        (city, region)
        for city, region in db.session.execute(written)
        if city is not None and is_written(area, city, region, is_alone=alone)
    ]


def _one_of(pairs: Collection[tuple[str, str | None]]) -> ColumnElement[bool]:
    return or_(
        false(),
        *(
            (Person.city == city) & Person.region.is_not_distinct_from(region)
            for city, region in pairs
        ),
    )


def _is_alone(area: Area) -> bool:
    same = select(Area.id).where(
        func.lower(Area.name) == area.name.lower(),
        Area.kind == AreaKind.PLACE,
        Area.region != area.region,
    )
    return db.session.scalar(same.limit(1)) is None


def _names(area: Area) -> list[str]:
    """Return how a country may be written: its name, and the code in its division id."""
    code = area.division_id.partition("country:")[2].partition("/")[0]
    return [area.name.lower(), code]

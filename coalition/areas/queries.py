"""Places found as people write them."""

from collections.abc import Sequence

from sqlalchemy import func, select

from coalition import db
from coalition.areas.errors import AreaAmbiguous, AreaUnknown
from coalition.areas.models import Area, AreaKind
from coalition.areas.states import state_code

SHOWN = 2000  # places offered in one list


def areas() -> Sequence[Area]:
    """Return the places of the directory by name."""
    return db.session.scalars(select(Area).order_by(Area.name, Area.region).limit(SHOWN)).all()


def areas_called(text: str) -> Sequence[Area]:
    """Return the places that "Springfield" or "Springfield, IL" may mean, by state."""
    name, _, region = (part.strip() for part in text.rpartition(","))
    found: Sequence[Area] = ()
    if name and (state := state_code(region)):
        found = _named(name, state)
    return found or _named(text)


def area_called(text: str, *, field: str = "area") -> Area:
    """Return the one place that is meant.

    Raises:
        AreaUnknown: there is none with this name.
        AreaAmbiguous: several states have one; the message names them.
    """
    found = areas_called(text)
    # Of a city and a county with one name the city is meant.
    found = [each for each in found if each.kind == AreaKind.PLACE] or found
    if not found:
        raise AreaUnknown(field=field, name=text[:100])
    if len(found) > 1:
        names = "; ".join(each.full_name for each in found)
        raise AreaAmbiguous(field=field, name=text[:100], areas=names)
    return found[0]


def _named(name: str, region: str | None = None) -> Sequence[Area]:
    wanted = " ".join(name.split())
    statement = select(Area).where(func.lower(Area.name) == func.lower(wanted))
    if region is not None:
        statement = statement.where(Area.region == region)
    return db.session.scalars(statement.order_by(Area.region, Area.id).limit(20)).all()

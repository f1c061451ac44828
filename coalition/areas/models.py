"""Places that public bodies govern, by their Open Civic Data division id."""

import re
from enum import StrEnum
from typing import Self

from anyascii import anyascii
from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, mapped_column

from coalition import audit, db
from coalition.areas.errors import AreaKnown, DivisionMalformed, StateUnknown
from coalition.areas.states import state_code
from coalition.localtime import time_zone as checked_zone

COUNTRY = "ocd-division/country:us"
# https://open-civic-data.readthedocs.io: ocd-division/country:us/state:ca/place:culver_city
_DIVISION = re.compile(r"ocd-division/country:[a-z]{2}(/[a-z_]+:[a-z0-9_~.\-]+)*")


class AreaKind(StrEnum):
    """What sort of place an area is."""

    PLACE = "place"
    COUNTY = "county"
    STATE = "state"
    COUNTRY = "country"
    DISTRICT = "district"


class Area(db.Base):
    """A place that is governed: public facts only, the same for every coalition."""

    __tablename__ = "areas"
    __table_args__ = (Index(None, "region", "name"),)

    division_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[AreaKind] = mapped_column(default=AreaKind.PLACE)
    name: Mapped[str]
    region: Mapped[str] = mapped_column(default="")  # "CA"
    time_zone: Mapped[str] = mapped_column(default="America/Los_Angeles")

    @classmethod
    def add(
        cls,
        name: str,
        region: str = "",
        *,
        kind: AreaKind = AreaKind.PLACE,
        time_zone: str = "America/Los_Angeles",
        division_id: str | None = None,
    ) -> Self:
        """Add a place to the directory.

        Args:
            region: its state, "CA"; "" for the country.
            division_id: made from the rest if it is not given.

        Raises:
            DivisionMalformed, StateUnknown, UnknownTimeZone: as they say.
            AreaKnown: the directory has a place with this division id.
        """
        division_id = division_id or division_of(name, region, kind)
        check_division(division_id)
        checked_zone(time_zone)
        if known := area_by_division(division_id):
            raise AreaKnown(field="name", area=known.full_name, existing=known.id)
        made = cls(
            division_id=division_id,
            kind=kind,
            name=name,
            region=state_code(region) or region,
            time_zone=time_zone,
        )
        db.session.add(made)
        db.session.flush()
        audit.record("area.added", made)
        return made

    @property
    def full_name(self) -> str:
        """The name with its state: three states have a Springfield."""
        return f"{self.name}, {self.region}" if self.region else self.name


def check_division(division_id: str) -> None:
    """Refuse what is no division id.

    Raises:
        DivisionMalformed: it does not begin with a country, or has a part without a name.
    """
    if not _DIVISION.fullmatch(division_id):
        raise DivisionMalformed(field="division_id", division_id=division_id[:100])


def division_of(name: str, region: str, kind: AreaKind = AreaKind.PLACE) -> str:
    """Return the division id that a place of the USA has: "…/state:ca/place:culver_city".

    Raises:
        StateUnknown: `region` is no state, and the place is not the country.
        DivisionMalformed: the name has no letters, or a district needs an id of its own.
    """
    if kind == AreaKind.COUNTRY:
        return COUNTRY
    state = state_code(region if kind != AreaKind.STATE else region or name)
    if state is None:
        raise StateUnknown(field="region", state=region or name)
    # OCD calls the capital a district; so is its council's place.
    within = f"{COUNTRY}/{'district' if state == 'DC' else 'state'}:{state.lower()}"
    if kind == AreaKind.STATE:
        return within
    last = re.sub(r"[^a-z0-9~.\-]+", "_", anyascii(name).casefold().replace("'", "~"))
    if kind == AreaKind.DISTRICT or not last.strip("_"):
        raise DivisionMalformed(field="division_id", division_id=name[:100])
    return f"{within}/{kind.value}:{last.strip('_')}"


def area_by_division(division_id: str) -> Area | None:
    """Return the area with this division id."""
    return db.session.scalar(select(Area).filter_by(division_id=division_id))

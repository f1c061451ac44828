"""Places that public bodies govern, by their Open Civic Data division id."""

import re
from enum import StrEnum

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, mapped_column

from coalition import db
from coalition.areas.errors import DivisionMalformed

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


def area_by_division(division_id: str) -> Area | None:
    """Return the area with this division id."""
    return db.session.scalar(select(Area).filter_by(division_id=division_id))

"""A city as its plugin describes it: public facts, read from a file, never changed at run time."""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from coalition.cities import places
from coalition.cities.places import Place
from coalition.decisions.models import BodyFacts

_GAPS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, kw_only=True)
class HeldBy:
    """Somebody who held a seat; a day that is not known is `None`."""

    name: str
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A seat in a body, with those who held it."""

    label: str
    holders: tuple[HeldBy, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Body:
    """A body of the city that decides, with what is known of it and its seats."""

    name: str
    facts: BodyFacts
    seats: tuple[Seat, ...] = ()


@dataclass(frozen=True, kw_only=True)
class City:
    """What is known of a city, its bodies and what its campaigns are made from.

    `campaigns` are the files in `folder` that describe campaigns as kits. `also_called` and
    `agencies` are names that texts use for the city and its departments ("LAPD").
    """

    division_id: str
    name: str
    region: str
    time_zone: str
    folder: Path
    languages: tuple[str, ...] = ("en",)
    website: str | None = None
    also_called: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    bodies: tuple[Body, ...] = ()
    campaigns: tuple[str, ...] = field(default=())

    @property
    def slug(self) -> str:
        """The last part of its pages' addresses: "culver-city-ca"."""
        return place_slug(self.name, self.region)

    @property
    def full_name(self) -> str:
        """The name with its state."""
        return f"{self.name}, {self.region}"

    @cached_property
    def place(self) -> Place | None:
        """The place of this name with its postcodes; `None` if the post knows none."""
        return places.place_in(self.name, self.region)

    @property
    def postcodes(self) -> frozenset[str]:
        """The five-digit postcodes that the post delivers to under the city's name."""
        return self.place.postcodes if self.place else frozenset()

    def has_postcode(self, written: str) -> bool:
        """Return whether a postcode, "90232" or "90232-1234", belongs to the city."""
        return self.place is not None and self.place.has_postcode(written)


def place_slug(name: str, region: str) -> str:
    """Return how a place is called in addresses of pages: "culver-city-ca"."""
    return _GAPS.sub("-", f"{places.place_key(name)} {region.lower()}").strip("-")

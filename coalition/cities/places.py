"""The places that the post knows, by name and state, with their postcodes (library `zipcodes`)."""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

import zipcodes
from anyascii import anyascii
from rapidfuzz import fuzz, process

from coalition.areas.states import STATES, state_code
from coalition.cities.errors import PlaceAmbiguous, PlaceContradicts, PlaceUnknown

MAX_PLACE_CHARS = 100
_POSTCODE = re.compile(r"([0-9]{5})(?:-?[0-9]{4})?")
_GAPS = re.compile(r"[^a-z0-9]+")
_SHORT = {"st": "saint", "ft": "fort", "mt": "mount"}
_TOWNS = frozenset({"STANDARD", "PO BOX"})  # not: one company's own code, the army's
_ALIKE = 82  # of 100: how near a misspelled name must come to be proposed


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place that the post delivers to; latitude and longitude are its first postcode's."""

    name: str
    region: str
    time_zone: str
    latitude: float
    longitude: float
    postcodes: frozenset[str]

    @property
    def full_name(self) -> str:
        """The name with its state: three states have a Springfield."""
        return f"{self.name}, {self.region}"

    @property
    def division_id(self) -> str:
        """The Open Civic Data id as it is made for most cities; somebody has to check it."""
        state, place = self.region.lower(), _GAPS.sub("_", anyascii(self.name).lower())
        if self.region == "DC":
            return "ocd-division/country:us/district:dc"
        kind = "territory" if self.region == "PR" else "state"
        return f"ocd-division/country:us/{kind}:{state}/place:{place.strip('_')}"

    def has_postcode(self, written: str) -> bool:
        """Return whether a postcode, "90232" or "90232-1234", belongs to the place."""
        found = _POSTCODE.fullmatch(written.strip())
        return found is not None and found.group(1) in self.postcodes


def place_written(written: str, region: str = "") -> Place:
    """Return the place that somebody wrote: "Culver City, CA", "culver city", "Ft. Worth Texas".

    Args:
        region: the state, where it was chosen apart.

    Raises:
        PlaceUnknown: there is none of this name.
        PlaceContradicts: another state was chosen than written.
        PlaceAmbiguous: several states have one, and none was named.
    """
    name, named = _apart(written)
    state = region.strip().upper() or named
    found = places_called(name)
    if found and named and state != named:
        raise PlaceContradicts(
            field="city",
            written=written[:MAX_PLACE_CHARS],
            named=STATES[named],
            chosen=STATES.get(state, state),
        )
    chosen = [each for each in found if each.region == state] if state else found
    if not chosen:
        raise PlaceUnknown(field="city", written=written[:MAX_PLACE_CHARS])
    if len(chosen) > 1:
        raise PlaceAmbiguous(field="city", name=chosen[0].name, count=len(chosen))
    return chosen[0]


def places_called(name: str) -> list[Place]:
    """Return the places of this name, one for each state that has one, by state."""
    known = _names().get(place_key(name), ())
    made = [_place(spelled, region) for spelled, region in known]
    return sorted((each for each in made if each), key=lambda each: each.region)


def place_in(name: str, region: str) -> Place | None:
    """Return the place of this name in a state."""
    return next((each for each in places_called(name) if each.region == region), None)


def proposals(written: str) -> list[Place]:
    """Return up to five places that somebody who wrote this may have meant."""
    name, state = _apart(written)
    near = process.extract(
        place_key(name), list(_names()), scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=5
    )
    meant = [each for key, _, _ in near for each in places_called(key)]
    return [each for each in meant if not state or each.region == state][:5]


def place_key(name: str) -> str:
    """Return the form in which two spellings of a place are the same: "st. louis" is Saint Louis."""
    words = _GAPS.sub(" ", anyascii(name).lower().replace("'", "")).split()
    return " ".join(_SHORT.get(word, word) for word in words)


def _apart(written: str) -> tuple[str, str]:
    """Split "Culver City, CA" into name and state; the state is "" where none is named."""
    text = " ".join(written[:MAX_PLACE_CHARS].split())
    name, comma, words = text.rpartition(",")
    if comma and (region := _state(words)):
        return name, region
    if place_key(text) in _names():  # Kansas City is a name, no city in Kansas
        return text, ""
    parts = text.split()
    for length in (3, 2, 1):
        region = _state(" ".join(parts[-length:])) if len(parts) > length else None
        if region:
            return " ".join(parts[:-length]), region
    return text, ""


def _state(words: str) -> str | None:
    return state_code(words.replace(".", ""))


@cache
def _names() -> dict[str, tuple[tuple[str, str], ...]]:
    """Return {key: ((name, state), …)}. The full list of the library would take 100 MB."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for region in STATES:
        for row in zipcodes.filter_by(state=region, active=True):
            if row["zip_code_type"] in _TOWNS:
                found[place_key(row["city"])].add((row["city"], region))
    return {key: tuple(sorted(pairs)) for key, pairs in found.items()}


@cache
def _place(name: str, region: str) -> Place | None:
    rows = [
        row
        for row in zipcodes.filter_by(city=name, state=region)
        if row["zip_code_type"] in _TOWNS or row["active"]
    ]
    first = next((row for row in rows if row["zip_code_type"] == "STANDARD"), None)
    first = first or next(iter(rows), None)
    if first is None:
        return None
    return Place(
        name=name,
        region=region,
        time_zone=first["timezone"],
        latitude=float(first["lat"] or 0),
        longitude=float(first["long"] or 0),
        postcodes=frozenset(row["zip_code"] for row in rows),
    )

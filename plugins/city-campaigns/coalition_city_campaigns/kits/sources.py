"""Where a kit comes from: a campaign of this coalition, a city's plugin, or a file that was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from coalition.sdk import (
    Area,
    Campaign,
    City,
    DecisionBody,
    Place,
    area_by_division,
    campaign_by_slug,
    known_cities,
    place_in,
    read_sent_file,
    read_toml,
    session,
)
from coalition_city_campaigns.kits.errors import NotChosen
from coalition_city_campaigns.kits.exporting import export
from coalition_city_campaigns.kits.patterns import Kind
from coalition_city_campaigns.kits.schemas import KitSchema

CAMPAIGN, FILE, SENT = "campaign", "kit", "file"


@dataclass(frozen=True)
class Source:
    """A kit with the place that it is about and the names that may be left over from there."""

    key: str
    kit: Mapping[str, Any]
    division_id: str
    place: str
    names: Mapping[Kind, Sequence[str]]


@dataclass(frozen=True)
class Choice:
    """A kit that can be chosen: "campaign:slug" or "kit:city/file"."""

    key: str
    words: str


def choices() -> list[Choice]:
    """Return what a campaign can begin with: the coalition's own first, then the cities' kits."""
    own = session.scalars(select(Campaign).order_by(Campaign.id.desc()).limit(200))
    found = [
        Choice(
            f"{CAMPAIGN}:{each.slug}",
            f"{each.title} ({each.area.full_name})" if each.area else each.title,
        )
        for each in own
    ]
    for city in known_cities():
        for file in city.campaigns:
            words = gettext("%(title)s (kit of %(place)s)")
            title = kit_of(city, file)["campaign"]["title"]
            found.append(
                Choice(
                    f"{FILE}:{city.slug}/{file}",
                    words % {"title": title, "place": city.full_name},
                )
            )
    return found


def source(key: str) -> Source:
    """Return the kit that was chosen.

    Raises:
        NotChosen: there is none of this name.
    """
    kind, _, name = key.partition(":")
    if kind == CAMPAIGN and (campaign := campaign_by_slug(name)):
        kit = KitSchema().load(export(campaign))
        area = campaign.area
        city = _city(area.division_id) if area else None
        return Source(
            key,
            kit,
            area.division_id if area else "",
            area.full_name if area else "",
            _names(kit, area, city),
        )
    slug, _, file = name.partition("/")
    for city in known_cities() if kind == FILE else ():
        if city.slug == slug and file in city.campaigns:
            kit = kit_of(city, file)
            return Source(key, kit, city.division_id, city.full_name, _names(kit, None, city))
    raise NotChosen(field="source")


def sent_kit(name: str, content: bytes, place: Place | None = None) -> Source:
    """Return the kit in a file that a coordinator sent.

    Args:
        place: where it comes from, if the file does not say it.

    Raises:
        FilesInvalid: something is wrong with it.
    """
    kit = read_sent_file(name, content, KitSchema())
    key = f"{SENT}:{name[:100]}"
    if told := kit["place"]:
        name, region, division_id = told["name"], told["region"], told["division_id"]
        place = place_in(name, region)
    elif place is not None:
        name, region, division_id = place.name, place.region, ""
    else:
        return Source(key, kit, "", "", _names(kit, None, None))
    division_id = division_id or (place.division_id if place else "")
    area, city = area_by_division(division_id), _city(division_id)
    names = _names(kit, area, city)
    if area is None:
        names[Kind.CITY].append(name)
        names[Kind.DIVISION].append(division_id)
        names[Kind.POSTCODE] += place.postcodes if place else ()
    found = {kind: sorted({each for each in words if each}) for kind, words in names.items()}
    return Source(key, kit, division_id, f"{name}, {region}", found)


def kit_of(city: City, file: str) -> dict[str, Any]:
    """Read a kit from a city's folder.

    Raises:
        FilesInvalid: something is wrong with it.
    """
    return read_toml(city.folder / file, KitSchema())


def _city(division_id: str) -> City | None:
    return next((each for each in known_cities() if each.division_id == division_id), None)


def _names(
    kit: Mapping[str, Any], area: Area | None, city: City | None
) -> dict[Kind, list[str]]:
    """Return the names of the place, of its bodies and of the people in them."""
    names: dict[Kind, list[str]] = {kind: [] for kind in Kind}
    if area is not None:
        _name_area(names, area)
    if city is not None:
        _name_city(names, city)
    for letter in kit["letters"]:
        for target in letter["targets"]:
            # A target without an office is a body that is addressed as a whole.
            is_person = bool(target["office"])
            names[Kind.PERSON if is_person else Kind.BODY].append(target["name"])
            names[Kind.BODY].append(target["body"])
    names[Kind.BODY].append(kit["campaign"]["target"])
    for meeting in kit["meetings"]:
        names[Kind.BODY].append(meeting["body"])
        names[Kind.ADDRESS] += [meeting["place"], meeting["address"]]
        names[Kind.ITEM] += [item["number"] for item in meeting["items"]]
        names[Kind.ITEM] += [item["docket"] for item in meeting["items"]]
    return {kind: sorted({each for each in words if each}) for kind, words in names.items()}


def _name_area(names: dict[Kind, list[str]], area: Area) -> None:
    names[Kind.CITY].append(area.name)
    names[Kind.DIVISION].append(area.division_id)
    if place := place_in(area.name, area.region):
        names[Kind.POSTCODE] += place.postcodes
    for body in session.scalars(select(DecisionBody).filter_by(area_id=area.id)):
        names[Kind.BODY].append(body.name)
        names[Kind.ADDRESS] += [body.place, body.address]
        names[Kind.EMAIL].append(body.comment_email or "")
        names[Kind.LINK] += [body.website or "", body.comment_url or ""]
        names[Kind.PERSON] += [
            holder.name for post in body.posts for holder in post.officeholders
        ]


def _name_city(names: dict[Kind, list[str]], city: City) -> None:
    names[Kind.CITY] += [city.name, *city.also_called]
    names[Kind.AGENCY] += city.agencies
    names[Kind.DIVISION].append(city.division_id)
    names[Kind.POSTCODE] += city.postcodes
    names[Kind.LINK].append(city.website or "")
    for body in city.bodies:
        names[Kind.BODY].append(body.name)
        names[Kind.ADDRESS] += [body.facts.place, body.facts.address]
        names[Kind.EMAIL].append(body.facts.comment_email or "")
        names[Kind.LINK] += [body.facts.website or "", body.facts.comment_url or ""]
        names[Kind.PERSON] += [h.name for seat in body.seats for h in seat.holders]

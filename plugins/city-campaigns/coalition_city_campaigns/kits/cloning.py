"""Carrying a campaign to another place: everything as a draft, with what must be adapted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from coalition.sdk import (
    Area,
    BodyFacts,
    BodyKind,
    Campaign,
    CampaignStatus,
    City,
    DecisionBody,
    DocumentKind,
    ItemStatus,
    Letter,
    MeetingStatus,
    Place,
    Precision,
    campaign_by_slug,
    known_cities,
    record,
    record_in_audit_log,
    session,
)
from coalition_city_campaigns.kits.directory import area_of_city, area_of_place, body_called
from coalition_city_campaigns.kits.errors import KitInItsOwnCity, KitTaken
from coalition_city_campaigns.kits.events import CampaignCloned
from coalition_city_campaigns.kits.fields import When
from coalition_city_campaigns.kits.loading import load
from coalition_city_campaigns.kits.models import Clone
from coalition_city_campaigns.kits.patterns import Kind
from coalition_city_campaigns.kits.scanning import leftovers
from coalition_city_campaigns.kits.schemas import ItemTable
from coalition_city_campaigns.kits.slots import slots
from coalition_city_campaigns.kits.sources import Source
from coalition_city_campaigns.leads.models import Lead

# What a document says of another city's police is evidence here too; minutes are not.
_CARRIED = frozenset({DocumentKind.EVIDENCE, DocumentKind.PRESS, DocumentKind.LAW})


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Where a campaign is carried to, and what is known there already."""

    place: Place
    slug: str
    title: str
    body: str = ""
    body_kind: BodyKind = BodyKind.COUNCIL
    meets_on: date | None = None
    meets_at: time | None = None


def clone(source: Source, wanted: Wanted, *, lead: Lead | None = None) -> Campaign:
    """Make a campaign for another place of a kit. Nothing of it is public.

    Letters, reasons, actions, documents and the agenda come along; signatures, news, votes and
    days do not. Those whom a letter addressed are replaced by `wanted.body` where it is known.

    Raises:
        KitInItsOwnCity: the kit is this place's.
        KitTaken: an address is taken.
        TimeSkipped, TimeComesTwice: the clocks change at the meeting's time.
    """
    if source.division_id and source.division_id == _division_of(wanted.place):
        raise KitInItsOwnCity(field="city", place=source.place)
    if campaign_by_slug(wanted.slug) is not None:
        raise KitTaken(field="slug", slug=wanted.slug)
    area = _area_of(wanted.place)
    if wanted.body and body_called(area, wanted.body) is None:
        DecisionBody.add(area, wanted.body, BodyFacts(classification=wanted.body_kind))
    campaign = load(_pattern(source.kit, wanted), area)
    made = Clone(
        campaign_id=campaign.id,
        campaign=campaign,
        lead_id=lead.id if lead else None,
        source=source.key,
        source_title=source.kit["campaign"]["title"],
        source_place=source.place,
        terms=_terms(source, campaign, wanted),
        meetings={"meetings": [_written(each) for each in source.kit["meetings"]]},
    )
    session.add(made)
    session.flush()
    record_in_audit_log("kit.cloned", made)
    record(
        CampaignCloned(
            coalition_id=made.coalition_id, campaign_id=campaign.id, clone_id=made.id
        )
    )
    if lead is not None:
        lead.start(campaign)
    return campaign


def _area_of(place: Place) -> Area:
    city = _city_of(place)
    return area_of_city(city) if city else area_of_place(place)


def _division_of(place: Place) -> str:
    city = _city_of(place)
    return city.division_id if city else place.division_id


def _city_of(place: Place) -> City | None:
    return next(
        (
            city
            for city in known_cities()
            if (city.name, city.region) == (place.name, place.region)
        ),
        None,
    )


def _pattern(kit: Mapping[str, Any], wanted: Wanted) -> dict[str, Any]:
    """Return the kit without what only happened where it comes from."""
    told = {
        **kit["campaign"],
        "slug": wanted.slug,
        "title": wanted.title,
        "status": CampaignStatus.PLANNED,
        "starts_on": None,
        "ends_on": None,
        "outcome": "",
        "outcome_on": None,
    }
    gone = {"outcome", *(["target"] if wanted.body else [])}
    told["translations"] = {
        language: {name: text for name, text in texts.items() if name not in gone}
        for language, texts in told["translations"].items()
    }
    if wanted.body:
        told["target"] = wanted.body
    return {
        **kit,
        "campaign": told,
        "updates": [],
        "letters": [
            _letter(each, position, wanted) for position, each in enumerate(kit["letters"])
        ],
        "actions": [
            {**each, "slug": _free_slug(wanted.slug, position, "action")}
            for position, each in enumerate(kit["actions"])
        ],
        "meetings": _meetings(kit["meetings"], wanted),
        "documents": [
            {**each, "body": "", "meeting": None}
            for each in kit["documents"]
            if each["kind"] in _CARRIED
        ],
    }


def _letter(letter: Mapping[str, Any], position: int, wanted: Wanted) -> dict[str, Any]:
    targets = letter["targets"]
    if wanted.body:
        targets = [{"name": wanted.body, "office": "", "body": ""}]
    return {
        **letter,
        "slug": _free_slug(wanted.slug, position, "letter"),
        "state": "draft",
        "dated_on": None,
        "delivered_on": None,
        "delivery_note": "",
        "targets": targets,
    }


def _free_slug(slug: str, position: int, kind: str) -> str:
    """Return the campaign's address for its first letter, and one with a number for others."""
    made = slug if kind == "letter" else f"{slug}-{kind}"[:60].strip("-")
    numbered = made if position == 0 else f"{made[:56].strip('-')}-{position + 1}"
    taken = session.scalar(select(Letter.id).filter_by(slug=numbered)) is not None
    return f"{numbered[:50].strip('-')}-{kind}" if taken and kind == "letter" else numbered


def _meetings(told: Sequence[Mapping[str, Any]], wanted: Wanted) -> list[dict[str, Any]]:
    """Return the next meeting of the body here, with the kit's own items, not yet numbered."""
    if not wanted.body or wanted.meets_on is None:
        return []
    precision = Precision.TIME if wanted.meets_at else Precision.DAY
    when = When(datetime.combine(wanted.meets_on, wanted.meets_at or time(12)), precision)
    return [
        {
            "body": wanted.body,
            "when": when,
            "duration_min": None,
            "status": MeetingStatus.TENTATIVE,
            "place": "",
            "address": "",
            "items": [_item(_first_own_item(told) or _untold(wanted.title))],
        }
    ]


def _first_own_item(told: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    return next((item for each in told for item in each["items"] if item["is_ours"]), None)


def _untold(subject: str) -> dict[str, Any]:
    """Return an item for a kit that has none: the meeting is about the campaign."""
    loaded: dict[str, Any] = ItemTable().load({"subject": subject, "is_ours": True})
    return loaded


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item as it is before anybody has heard of it."""
    return {
        **item,
        "number": "",
        "docket": "",
        "status": ItemStatus.SCHEDULED,
        "outcome": None,
        "outcome_note": "",
        "outcome_on": None,
        "comments": None,
        "motions": [
            {**each, "result": None, "yes_count": None, "no_count": None, "votes": {}}
            for each in item["motions"]
        ],
    }


def _terms(source: Source, campaign: Campaign, wanted: Wanted) -> dict[str, list[str]]:
    """Return what may be left over, without what is as true here as there."""
    here = {wanted.place.name.casefold(), wanted.body.casefold(), wanted.slug}
    if wanted.meets_on is not None:
        here.add(wanted.meets_on.isoformat())
    found = leftovers((slot.text for slot in slots(campaign)), source.names)
    return {
        kind.value: [word for word in words if word.casefold() not in here]
        for kind, words in found.items()
        if kind != Kind.ITEM or words
    }


def _written(meeting: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a coordinator wants to know of the old meetings, as plain values."""
    when = meeting["when"]
    return {
        "body": meeting["body"],
        "when": when.written() if when else "",
        "items": [item["subject"] for item in meeting["items"] if item["is_ours"]],
    }

"""Campaigns for programs."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from coalition import audit, db
from coalition.actions.models import Action
from coalition.api.operations import Section, Unchanged
from coalition.api.schemas.base import check_order
from coalition.api.schemas.campaigns import CampaignInput, CampaignSchema
from coalition.campaigns.errors import (
    CampaignHasActions,
    CampaignHasLetters,
    CampaignSlugTaken,
)
from coalition.campaigns.models import Campaign
from coalition.campaigns.queries import place_called, slug_is_free
from coalition.errors import NotFound
from coalition.letters.models import Letter

section = Section("campaigns", "Named efforts: what is wanted, from whom, what came of it.")

_READ, _WRITE = "campaigns:read", "campaigns:write"
_ONE = "/campaigns/<slug:campaign>"
_SELF = {"campaign": "$response.body#/slug"}
_LINKS = dict.fromkeys(
    ("read_campaign", "change_campaign", "delete_campaign", "publish_campaign"), _SELF
)


@section.lists("/campaigns", scope=_READ, gives=CampaignSchema)
def list_campaigns() -> Select[Any]:
    """List the campaigns. The oldest come first."""
    return select(Campaign).options(joinedload(Campaign.area))


@section.creates(
    "/campaigns", scope=_WRITE, takes=CampaignInput, gives=CampaignSchema, links=_LINKS,
    problems=(409,),
)  # fmt: skip
def create_campaign(values: dict[str, Any]) -> Campaign:
    """Add a campaign. Its slug must be free in the coalition."""
    if not slug_is_free(values["slug"]):
        raise CampaignSlugTaken(field="slug", slug=values["slug"])
    campaign = Campaign(slug=values["slug"], title=values["title"])
    _write(campaign, values)
    db.session.add(campaign)
    audit.record("campaign.added", campaign)
    return campaign


@section.reads(_ONE, scope=_READ, gives=CampaignSchema)
def read_campaign(campaign: str) -> Campaign:
    """Read a campaign."""
    return _found(campaign)


@section.changes(
    _ONE, scope=_WRITE, takes=CampaignInput, gives=CampaignSchema, problems=(409,)
)  # fmt: skip
def change_campaign(campaign: str, values: Mapping[str, Any], unchanged: Unchanged) -> Campaign:
    """Change a campaign. Fields that are left out stay as they are."""
    found = _found(campaign, locked=True)
    unchanged(found)
    if "slug" in values and not slug_is_free(values["slug"], but=found.id):
        raise CampaignSlugTaken(field="slug", slug=values["slug"])
    check_order(values.get("starts_on", found.starts_on), values.get("ends_on", found.ends_on))
    _write(found, values)
    audit.record("campaign.changed", found, sorted(values))
    return found


@section.deletes(_ONE, scope=_WRITE, of=CampaignSchema, problems=(409,))
def delete_campaign(campaign: str, unchanged: Unchanged) -> None:
    """Remove a campaign. One that has letters or actions stays."""
    found = _found(campaign, locked=True)
    unchanged(found)
    if db.session.scalar(select(Letter.id).filter_by(campaign_id=found.id).limit(1)):
        raise CampaignHasLetters
    if db.session.scalar(select(Action.id).filter_by(campaign_id=found.id).limit(1)):
        raise CampaignHasActions
    audit.record("campaign.removed", found)
    db.session.delete(found)


@section.creates(
    f"{_ONE}/publication", scope=_WRITE, takes=None, gives=CampaignSchema, status=200,
    problems=(409,), links={"unpublish_campaign": _SELF},
)  # fmt: skip
def publish_campaign(campaign: str) -> Campaign:
    """Let everybody read the campaign's page. It must say what is wanted, why, and what to do."""
    found = _found(campaign, locked=True)
    found.publish()
    return found


@section.creates(
    f"{_ONE}/unpublication", scope=_WRITE, takes=None, gives=CampaignSchema, status=200
)  # fmt: skip
def unpublish_campaign(campaign: str) -> Campaign:
    """Take the campaign's page off the web. Nothing of it is lost."""
    found = _found(campaign, locked=True)
    found.unpublish()
    return found


def _write(campaign: Campaign, values: Mapping[str, Any]) -> None:
    own = {name: value for name, value in values.items() if name != "translations"}
    if "area" in own:
        own["area"] = place_called(own["area"]) if own["area"] else None
    for name, value in own.items():
        setattr(campaign, name, value)
    if "translations" in values:
        campaign.translations = {}
        for texts in values["translations"]:
            campaign.translate(texts["language"], texts)


def _found(slug: str, *, locked: bool = False) -> Campaign:
    statement = select(Campaign).filter_by(slug=slug)
    found = db.session.scalar(statement.with_for_update() if locked else statement)
    if found is None:
        raise NotFound
    return found

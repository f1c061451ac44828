"""Campaigns for programs."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select

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
from coalition.campaigns.queries import slug_is_free
from coalition.errors import NotFound
from coalition.letters.models import Letter

section = Section("campaigns", "Named efforts: what is wanted, from whom, what came of it.")

_READ, _WRITE = "campaigns:read", "campaigns:write"
_ONE = "/campaigns/<slug:campaign>"
_LINKS = {
    name: {"campaign": "$response.body#/slug"}
    for name in ("read_campaign", "change_campaign", "delete_campaign")
}


@section.lists("/campaigns", scope=_READ, gives=CampaignSchema)
def list_campaigns() -> Select[Any]:
    """List the campaigns. The oldest come first."""
    return select(Campaign)


@section.creates(
    "/campaigns", scope=_WRITE, takes=CampaignInput, gives=CampaignSchema, links=_LINKS,
    problems=(409,),
)  # fmt: skip
def create_campaign(values: dict[str, Any]) -> Campaign:
    """Add a campaign. Its slug must be free in the coalition."""
    if not slug_is_free(values["slug"]):
        raise CampaignSlugTaken(field="slug", slug=values["slug"])
    campaign = Campaign(**values)
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
    for name, value in values.items():
        setattr(found, name, value)
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


def _found(slug: str, *, locked: bool = False) -> Campaign:
    statement = select(Campaign).filter_by(slug=slug)
    found = db.session.scalar(statement.with_for_update() if locked else statement)
    if found is None:
        raise NotFound
    return found

"""What a campaign's page shows, for programs: news, reasons, sponsors, documents."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from coalition import db
from coalition.api.operations import Section
from coalition.api.schemas.campaign_pages import (
    DocumentSchema,
    ReasonSchema,
    SponsorSchema,
    UpdateSchema,
)
from coalition.campaigns.models import Campaign, campaign_by_slug
from coalition.campaigns.reasons import Reason
from coalition.campaigns.sponsors import Sponsor
from coalition.campaigns.updates import CampaignUpdate
from coalition.documents.models import Document
from coalition.errors import NotFound

section = Section(
    "campaign_pages", "What a campaign's page shows: news, reasons, sponsors, documents."
)

_READ = "campaigns:read"
_ONE = "/campaigns/<slug:campaign>"
_DOCUMENTS = f"{_ONE}/documents"


@section.lists(f"{_ONE}/updates", scope=_READ, gives=UpdateSchema)
def list_updates(campaign: str) -> Select[Any]:
    """List a campaign's news, drafts too. The oldest come first."""
    return select(CampaignUpdate).filter_by(campaign_id=_found(campaign).id)


@section.lists(f"{_ONE}/reasons", scope=_READ, gives=ReasonSchema)
def list_reasons(campaign: str) -> Select[Any]:
    """List a campaign's reasons. `position` is their place on the page."""
    return select(Reason).filter_by(campaign_id=_found(campaign).id)


@section.lists(f"{_ONE}/sponsors", scope=_READ, gives=SponsorSchema)
def list_sponsors(campaign: str) -> Select[Any]:
    """List the organizations under a campaign's text. One without `agreed_on` is not shown."""
    return select(Sponsor).filter_by(campaign_id=_found(campaign).id)


@section.lists(_DOCUMENTS, scope=_READ, gives=DocumentSchema)
def list_documents(campaign: str) -> Select[Any]:
    """List a campaign's documents with their claims, internal ones too."""
    chosen = select(Document).filter_by(campaign_id=_found(campaign).id)
    return chosen.options(selectinload(Document.claims))


@section.reads(f"{_DOCUMENTS}/<uuid:document>", scope=_READ, gives=DocumentSchema)
def read_document(campaign: str, document: UUID) -> Document:
    """Read a document with its claims."""
    chosen = select(Document).filter_by(id=document, campaign_id=_found(campaign).id)
    found = db.session.scalar(chosen)
    if found is None:
        raise NotFound
    return found


def _found(slug: str) -> Campaign:
    found = campaign_by_slug(slug)
    if found is None:
        raise NotFound
    return found

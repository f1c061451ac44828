"""A coalition's campaigns, and what belongs to each."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import case, func, select

from coalition import db
from coalition.areas.models import Area, area_by_division
from coalition.areas.queries import area_called
from coalition.campaigns.models import Campaign, CampaignStatus
from coalition.campaigns.reasons import Reason
from coalition.campaigns.sponsors import Sponsor
from coalition.campaigns.updates import CampaignUpdate

SHOWN = 300  # campaigns on one page; a coalition has tens

_UNDER_WAY_FIRST = case(
    {CampaignStatus.ACTIVE: 0, CampaignStatus.PLANNED: 1, CampaignStatus.PAUSED: 2},
    value=Campaign.status,
    else_=3,
)


def campaigns(*, published: bool | None = None) -> Sequence[Campaign]:
    """Return the campaigns, those under way first, then the newest."""
    ordered = select(Campaign).order_by(_UNDER_WAY_FIRST, Campaign.id.desc())
    if published is not None:
        ordered = ordered.filter_by(is_published=published)
    return db.session.scalars(ordered.limit(SHOWN)).all()


def slug_is_free(slug: str, *, but: UUID | None = None) -> bool:
    """Return whether no campaign, or only the one with the id `but`, has this address."""
    taken = db.session.scalar(select(Campaign.id).filter_by(slug=slug))
    return taken is None or taken == but


def reasons(campaign: Campaign) -> Sequence[Reason]:
    """Return the reasons in their order."""
    own = select(Reason).filter_by(campaign_id=campaign.id)
    return db.session.scalars(own.order_by(Reason.position, Reason.id)).all()


def sponsors(campaign: Campaign, *, agreed: bool | None = None) -> Sequence[Sponsor]:
    """Return the sponsors in their order."""
    own = select(Sponsor).filter_by(campaign_id=campaign.id)
    if agreed is not None:
        has_agreed = Sponsor.agreed_on.is_not(None)
        own = own.where(has_agreed if agreed else ~has_agreed)
    return db.session.scalars(own.order_by(Sponsor.position, Sponsor.id)).all()


def updates(campaign: Campaign, *, published: bool | None = None) -> Sequence[CampaignUpdate]:
    """Return the updates, the newest first."""
    own = select(CampaignUpdate).filter_by(campaign_id=campaign.id)
    if published is not None:
        is_published = CampaignUpdate.published_at.is_not(None)
        own = own.where(is_published if published else ~is_published)
    newest = func.coalesce(
        CampaignUpdate.happened_on,
        func.date(func.coalesce(CampaignUpdate.published_at, CampaignUpdate.created_at)),
    )
    return db.session.scalars(own.order_by(newest.desc(), CampaignUpdate.id.desc())).all()


def place_called(text: str) -> Area:
    """Return the one place that is meant by "Culver City, CA" or by a division id.

    Raises:
        AreaUnknown, AreaAmbiguous: none or several are called so.
    """
    return area_by_division(text) or area_called(text)

"""A coalition's campaigns."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import case, select

from coalition import db
from coalition.campaigns.models import Campaign, CampaignStatus

SHOWN = 300  # campaigns on one page; a coalition has tens

_UNDER_WAY_FIRST = case(
    {CampaignStatus.ACTIVE: 0, CampaignStatus.PLANNED: 1, CampaignStatus.PAUSED: 2},
    value=Campaign.status,
    else_=3,
)


def campaigns() -> Sequence[Campaign]:
    """Return the campaigns, those under way first, then the newest."""
    ordered = select(Campaign).order_by(_UNDER_WAY_FIRST, Campaign.id.desc())
    return db.session.scalars(ordered.limit(SHOWN)).all()


def slug_is_free(slug: str, *, but: UUID | None = None) -> bool:
    """Return whether no campaign, or only the one with the id `but`, has this address."""
    taken = db.session.scalar(select(Campaign.id).filter_by(slug=slug))
    return taken is None or taken == but

"""A coalition's campaigns, and what belongs to each."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import case, func, or_, select

from coalition import db
from coalition.areas.models import Area, AreaKind
from coalition.campaigns.errors import PlaceAmbiguous, PlaceUnknown
from coalition.campaigns.models import Campaign, CampaignStatus
from coalition.campaigns.reasons import Reason
from coalition.campaigns.sponsors import Sponsor
from coalition.campaigns.updates import CampaignUpdate

SHOWN = 300  # campaigns on one page; a coalition has tens
PLACES_OFFERED = 300

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


def places() -> Sequence[Area]:
    """Return places to choose from, by name."""
    return db.session.scalars(
        select(Area).order_by(Area.name, Area.region).limit(PLACES_OFFERED)
    ).all()


def place_called(name: str) -> Area:
    """Return the one place with this name, "Culver City" or "Culver City, CA", or division id.

    A city is meant before the county of its name.

    Raises:
        PlaceUnknown, PlaceAmbiguous: none or several have it.
    """
    wanted = name.casefold()
    full_name = func.lower(Area.name + ", " + Area.region)
    found = db.session.scalars(
        select(Area)
        .where(
            or_(
                func.lower(Area.name) == wanted,
                full_name == wanted,
                Area.division_id == name,
            )
        )
        .order_by(Area.region)
        .limit(10)
    ).all()
    if not found:
        raise PlaceUnknown(field="area", name=name)
    cities = [each for each in found if each.kind == AreaKind.PLACE]
    found = cities if len(cities) == 1 else found
    if len(found) > 1:
        names = "; ".join(f"{each.full_name} ({each.division_id})" for each in found)
        raise PlaceAmbiguous(field="area", names=names)
    return found[0]

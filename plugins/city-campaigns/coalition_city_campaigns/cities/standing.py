"""How a coalition stands in each city: open, won, lost, or only watched."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from sqlalchemy import select

from coalition.sdk import (
    Area,
    Campaign,
    CampaignStatus,
    City,
    NotFound,
    Place,
    known_cities,
    place_in,
    place_slug,
    session,
)
from coalition_city_campaigns.cities.models import WatchedCity

MOST = 500  # cities on one page


class Standing(StrEnum):
    """How it stands in a city."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
    WATCHING = "watching"


_OVER = {CampaignStatus.WON: Standing.WON, CampaignStatus.LOST: Standing.LOST}


@dataclass
class CityStanding:
    """A city with the coalition's campaigns there, the latest first."""

    area: Area
    campaigns: list[Campaign] = field(default_factory=list)
    watched: WatchedCity | None = None

    @property
    def slug(self) -> str:
        """The last part of the address of its page."""
        return place_slug(self.area.name, self.area.region)

    @property
    def standing(self) -> Standing:
        """Open while one campaign is; else as the one ended that ended last."""
        if any(each.status not in (*_OVER, CampaignStatus.ENDED) for each in self.campaigns):
            return Standing.OPEN
        over = [each for each in self.campaigns if each.status in _OVER]
        if not over:
            return Standing.WATCHING
        last = max(over, key=lambda each: each.outcome_on or each.ends_on or date.min)
        return _OVER[last.status]

    @property
    def place(self) -> Place | None:
        """Where it lies and which postcodes it has, if the post knows it."""
        return place_in(self.area.name, self.area.region)

    @property
    def described(self) -> City | None:
        """What a plugin says of it."""
        return next(
            (each for each in known_cities() if each.division_id == self.area.division_id), None
        )


def cities_with_standing(*, published: bool = True) -> list[CityStanding]:
    """Return the cities of the coalition by name.

    Args:
        published: only with campaigns that the public may see.
    """
    campaigns = select(Campaign).join(Area, Campaign.area_id == Area.id)
    if published:
        campaigns = campaigns.filter_by(is_published=True)
    found: dict[object, CityStanding] = {}
    for campaign in session.scalars(campaigns.order_by(Campaign.id.desc()).limit(MOST)):
        assert campaign.area is not None
        city = found.setdefault(campaign.area_id, CityStanding(campaign.area))
        city.campaigns.append(campaign)
    for watched in session.scalars(select(WatchedCity).limit(MOST)):
        found.setdefault(watched.area_id, CityStanding(watched.area)).watched = watched
    return sorted(found.values(), key=lambda each: (each.area.name, each.area.region))


def city_called(slug: str) -> CityStanding:
    """Return one of the coalition's cities by the last part of its page's address.

    Raises:
        NotFound: the public knows of no campaign there, and it is not watched.
    """
    for city in cities_with_standing():
        if city.slug == slug:
            return city
    raise NotFound


def counted(cities: Sequence[CityStanding]) -> dict[Standing, int]:
    """Return how many cities stand how."""
    return {
        standing: sum(each.standing == standing for each in cities) for standing in Standing
    }

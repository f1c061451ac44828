"""What the demonstration shows: the campaigns of all cities that plugins describe."""

from coalition.sdk import Coalition, known_cities
from coalition_city_campaigns.kits.directory import area_of_city
from coalition_city_campaigns.kits.loading import load
from coalition_city_campaigns.kits.sources import kit_of


def load_cities(_coalition: Coalition) -> None:
    """Load each city with its campaigns; what is there is left alone."""
    for city in known_cities():
        area = area_of_city(city)
        for file in city.campaigns:
            load(kit_of(city, file), area, publish=True)

"""Reading the folder of a city's plugin, and asking all plugins for their cities."""

from functools import cache
from pathlib import Path

from coalition import plugins
from coalition.cities.city import City
from coalition.cities.schemas import CitySchema
from coalition.cities.tomlfiles import read_toml

CITY_FILE = "city.toml"


@cache
def read_city(folder: Path) -> City:
    """Read a city from `city.toml` in a folder: `read_city(Path(__file__).parent)`.

    Raises:
        FilesInvalid: something is wrong; each problem with its file and line.
    """
    values = read_toml(folder / CITY_FILE, CitySchema())
    for name in ("languages", "also_called", "agencies", "campaigns", "bodies"):
        values[name] = tuple(values[name])
    return City(folder=folder, **values)


def known_cities() -> list[City]:
    """Return the cities that plugins which are on describe, by name; of two for one place the first."""
    found: dict[str, City] = {}
    for _, cities in plugins.ask_all("coalition_cities"):
        for city in cities:
            found.setdefault(city.division_id, city)
    return sorted(found.values(), key=lambda city: (city.name, city.region))

"""What this plugin answers: the city that its files describe."""

from pathlib import Path

from coalition.sdk import City, hookimpl, read_city


@hookimpl
def coalition_cities() -> tuple[City, ...]:
    return (read_city(Path(__file__).parent),)

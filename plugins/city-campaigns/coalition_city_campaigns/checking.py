"""Checking the files of a city before anybody installs them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from coalition.sdk import City, FilesInvalid, Problem, read_city, read_toml
from coalition_city_campaigns.kits.schemas import KitSchema

CITY_FILE = "city.toml"


def problems_in(folder: Path) -> list[Problem]:
    """Return what is wrong with `city.toml` and the campaigns that it names, by file and line."""
    try:
        city = read_city(folder)
    except FilesInvalid as error:
        return error.problems
    return sorted(
        problem for file in city.campaigns for problem in _problems_of_kit(city, folder / file)
    )


def _problems_of_kit(city: City, file: Path) -> Iterator[Problem]:
    try:
        kit = read_toml(file, KitSchema())
    except FilesInvalid as error:
        yield from error.problems
        return
    lines = file.read_text(encoding="utf-8").splitlines()
    bodies = {body.name for body in city.bodies}
    for name, sentence in _misfits(kit, bodies):
        line = next((n for n, text in enumerate(lines, 1) if name and name in text), 1)
        yield Problem(file, line, sentence)


def _misfits(kit: Mapping[str, Any], bodies: set[str]) -> Iterator[tuple[str, str]]:
    """Return what does not fit the city: a word to find the line by, and a sentence."""
    for meeting in kit["meetings"]:
        if meeting["body"] not in bodies:
            yield meeting["body"], f"“{meeting['body']}” is no body in {CITY_FILE}."
        for item in meeting["items"]:
            if item["outcome"] is not None and meeting["when"] is None:
                yield item["subject"], "An item with an outcome needs a meeting with a time."
    for document in kit["documents"]:
        if document["body"] and document["body"] not in bodies:
            yield document["body"], f"“{document['body']}” is no body in {CITY_FILE}."
        if not document["url"] and not document["excerpt"]:
            yield (
                document["title"],
                "A document needs a url or an excerpt, or nobody can see it.",
            )
    for letter in kit["letters"]:
        if not letter["targets"]:
            yield letter["slug"], "A letter needs somebody whom it addresses."

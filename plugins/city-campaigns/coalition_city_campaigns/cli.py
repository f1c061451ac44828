"""`coalition cities`: begin the plugin of a city, check its files, list what is known."""

import re
import sys
from pathlib import Path
from string import Template

import click

from coalition.sdk import City, DomainError, Place, known_cities, place_written
from coalition_city_campaigns.checking import problems_in

_SKELETON = Path(__file__).parent / "skeleton"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@click.group()
def cities() -> None:
    """Begin the plugin of a city, check its files, list what is known."""


# Writing and checking files needs no database, and a volunteer should not wait for one.
cities.__dict__["needs_database"] = False


@cities.command(epilog='Example: coalition cities new burbank --place "Burbank, CA"')
@click.argument("name")
@click.option(
    "--place", "written", required=True, help='The city with its state: "Burbank, CA".'
)
@click.option(
    "--into",
    default="plugins",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder in which the plugin's folder is made.",
)
def new(name: str, written: str, into: Path) -> None:
    """Write a plugin for a city: NAME is how its folder ends, "city-NAME"."""
    if not _NAME.fullmatch(name):
        raise click.BadParameter("use small letters, digits and single hyphens: culver-city")
    try:
        place = place_written(written)
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    folder = into / f"city-{name}"
    if folder.exists():
        raise click.ClickException(f"{folder} exists already.")
    _write(folder, name, place)
    click.echo(
        f"Wrote {folder}. Next: fill in what you know in {folder}/coalition_city_"
        f"{name.replace('-', '_')}/city.toml, then\n"
        f"  coalition cities check {folder}\n  pip install -e {folder}\n  pytest {folder}"
    )


@cities.command(epilog="Example: coalition cities check plugins/city-culver-city")
@click.argument(
    "folders", nargs=-1, type=click.Path(path_type=Path, exists=True, file_okay=False)
)
def check(folders: tuple[Path, ...]) -> None:
    """Say what is wrong with the files of cities, with file and line; exit code 1 then.

    Without FOLDERS the cities of all installed plugins are checked.
    """
    wanted = [file.parent for folder in folders for file in sorted(folder.rglob("city.toml"))]
    if folders and not wanted:
        raise click.ClickException("There is no city.toml in this folder.")
    if not folders:
        wanted = [city.folder for city in known_cities()]
    found = [problem for folder in wanted for problem in problems_in(folder)]
    for problem in found:
        click.echo(str(problem))
    if found:
        click.echo(f"{len(found)} to correct.")
        sys.exit(1)
    click.echo(f"{len(wanted)} checked, nothing to correct.")


@cities.command("list", epilog="Example: coalition cities list")
def list_() -> None:
    """Show the cities that installed plugins describe."""
    described = known_cities()
    if not described:
        click.echo("No plugin describes a city: coalition cities new")
    for city in described:
        click.echo(_line(city))


def _line(city: City) -> str:
    return (
        f"{city.full_name} ({city.slug}): {len(city.bodies)} bodies,"
        f" {len(city.campaigns)} campaigns, {len(city.postcodes)} postcodes"
    )


def _write(folder: Path, name: str, place: Place) -> None:
    package = f"coalition_city_{name.replace('-', '_')}"
    values = {
        "name": name,
        "package": package,
        "city": place.name,
        "region": place.region,
        "time_zone": place.time_zone,
        "division_id": place.division_id,
        "postcode": min(place.postcodes),
        "slug": name,
    }
    for source in sorted(_SKELETON.rglob("*.txt")):
        relative = str(source.relative_to(_SKELETON)).removesuffix(".txt")
        target = folder / relative.replace("PACKAGE", package)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Template(source.read_text()).substitute(values), encoding="utf-8")

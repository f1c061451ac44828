"""`coalition coalitions`: found them and list them."""

import click
from marshmallow import ValidationError

from coalition import db
from coalition.coalitions.queries import coalitions_page
from coalition.coalitions.schemas import NewCoalitionForm
from coalition.errors import DomainError
from coalition.manage.founding import found_with_coordinator


@click.group()
def coalitions() -> None:
    """Found coalitions and list them."""


@coalitions.command(
    epilog='Example: coalition coalitions found night-buses "Night Buses"'
    " --coordinator ada@example.org"
)
@click.argument("slug")
@click.argument("name")
@click.option("--language", default="en", show_default=True, help="Its first language.")
@click.option(
    "--time-zone",
    default="America/Los_Angeles",
    show_default=True,
    help="Where it works; its deadlines are in this zone.",
)
@click.option("--coordinator", help="The e-mail address of its first coordinator.")
def found(slug: str, name: str, language: str, time_zone: str, coordinator: str | None) -> None:
    """Found the coalition NAME, whose pages live under the address SLUG."""
    written = {"slug": slug, "name": name, "language": language, "time_zone": time_zone}
    if coordinator:
        written["coordinator"] = coordinator
    try:
        values = NewCoalitionForm().load(written)
        with db.transaction():
            made = found_with_coordinator(**values)
    except ValidationError as error:
        lines = [f"{key}: {' '.join(said)}" for key, said in error.messages_dict.items()]
        raise click.ClickException("\n".join(lines)) from error
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Founded {made.name}: /manage/{made.slug}/")
    if coordinator:
        click.echo(f"{coordinator} coordinates it. Without an account they get an invitation.")


@coalitions.command("list", epilog="Example: coalition coalitions list")
def list_() -> None:
    """List the coalitions by address."""
    after: str | None = ""
    while after is not None:
        with db.reading():
            page, after = coalitions_page(after)
            for each in page:
                click.echo(f"{each.slug}\t{each.name}")

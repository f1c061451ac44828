"""`coalition counts`: show them, verify them."""

import sys
from uuid import UUID

import click
from sqlalchemy import select

from coalition.sdk import Coalition, letter_by_slug, reading, session
from coalition_signature_counting.queries import letter_count
from coalition_signature_counting.verifying import verify as differences


@click.group()
def counts() -> None:
    """Show and verify the counts of signatures."""


@counts.command(epilog="Example: coalition counts show los-angeles stop-face-recognition")
@click.argument("coalition")
@click.argument("letter")
def show(coalition: str, letter: str) -> None:
    """Show how many have signed the LETTER of a COALITION (their addresses), and by what rule."""
    _, coalition_id = _coalitions(coalition)[0]
    with reading(coalition_id):
        found = letter_by_slug(letter)
        if found is None:
            raise click.ClickException(f"{coalition} has no letter {letter!r}.")
        count = letter_count(found)
    click.echo(f"Organizations: {count.organizations}. People: {count.people}. {count.rule}")


@counts.command(epilog="Example: coalition counts verify --coalition los-angeles --repair")
@click.option("--coalition", "slug", help="Only this coalition's (its address).")
@click.option("--repair", is_flag=True, help="Correct what is wrong.")
def verify(slug: str | None, *, repair: bool) -> None:
    """Recompute the counts from the signatures and say each difference; exit code 1 then.

    While people sign, a signature of the last seconds may show up as not yet counted.
    """
    found = 0
    for name, coalition_id in _coalitions(slug):
        for difference in differences(coalition_id, repair=repair):
            found += 1
            click.echo(f"{name}: {difference}")
    if found:
        click.echo(f"{found} differences, {'repaired' if repair else 'nothing was changed'}.")
        sys.exit(1)
    click.echo("All counts are right.")


def _coalitions(slug: str | None) -> list[tuple[str, UUID]]:
    wanted = select(Coalition.slug, Coalition.id).order_by(Coalition.slug)
    with reading():
        rows = session.execute(wanted.filter_by(slug=slug) if slug else wanted)
        found = [(row.slug, row.id) for row in rows]
    if slug and not found:
        raise click.ClickException(f"There is no coalition {slug!r}.")
    return found

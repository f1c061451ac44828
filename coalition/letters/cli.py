"""`coalition letters`: list, show, open, close, paste signatories, take away as a file."""

from pathlib import Path
from shutil import copyfileobj
from typing import TextIO

import click
from sqlalchemy import select

from coalition import audit, db
from coalition.coalitions.models import Coalition, coalition_by_slug
from coalition.errors import NotFound
from coalition.letters import documents, glance, paste_plan, paste_storing, queries, review
from coalition.letters.editing import locked_letter
from coalition.letters.models import Letter, LetterState
from coalition.letters.pasting import PastedList, parse

_in_coalition = click.option(
    "--coalition",
    "coalition_slug",
    metavar="SLUG",
    help="Whose letter; may be left out if the installation has one coalition.",
)


@click.group(epilog="Example: coalition letters list")
def letters() -> None:
    """List, open and close letters, paste signatories, take letters away."""


@letters.command("list", epilog="Example: coalition letters list --coalition night-buses")
@_in_coalition
def list_(coalition_slug: str | None) -> None:
    """List a coalition's letters with state and counts."""
    coalition = _coalition(coalition_slug)
    with db.reading(coalition.id):
        for each in glance.figures(glance.letters_in(*LetterState)):
            letter = each.letter
            counted = documents.count_sentence(each.organizations, each.people)
            click.echo(f"{letter.slug}\t{letter.state.value}\t{counted}\t{letter.title}")


@letters.command(epilog="Example: coalition letters show keep-the-night-buses")
@click.argument("slug")
@_in_coalition
def show(slug: str, coalition_slug: str | None) -> None:
    """Show how the letter SLUG stands."""
    coalition = _coalition(coalition_slug)
    with db.reading(coalition.id):
        each = glance.figures_of(_letter(slug))
        letter = each.letter
        lines = {
            "title": letter.title,
            "state": letter.state.value,
            "languages": ", ".join(letter.languages),
            "addressed to": ", ".join(target.name for target in letter.targets),
            "closes at": letter.closes_at.isoformat()
            if letter.closes_at
            else "never by itself",
            "counted": documents.count_sentence(each.organizations, each.people),
            "waiting for a coordinator": str(each.waiting),
            "unconfirmed": str(each.unconfirmed),
        }
    for name, value in lines.items():
        click.echo(f"{name}: {value}")


@letters.command("open", epilog="Example: coalition letters open keep-the-night-buses")
@click.argument("slug")
@_in_coalition
def open_(slug: str, coalition_slug: str | None) -> None:
    """Open the letter SLUG for signatures."""
    coalition = _coalition(coalition_slug)
    with db.transaction(coalition.id):
        _known(slug).open()
    click.echo(f"{slug} is open.")


@letters.command(epilog="Example: coalition letters close keep-the-night-buses")
@click.argument("slug")
@_in_coalition
def close(slug: str, coalition_slug: str | None) -> None:
    """Close the letter SLUG: nobody can sign it any more."""
    coalition = _coalition(coalition_slug)
    with db.transaction(coalition.id):
        _known(slug).close()
    click.echo(f"{slug} is closed.")


@letters.command(
    epilog='Example: coalition letters paste buses names.txt --evidence "sheet of 3 May" --store'
)
@click.argument("slug")
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"))
@click.option("--evidence", default="", help="Where the list comes from; needed to store it.")
@click.option(
    "--section", multiple=True, type=int, help="Take this part of the list; see its number."
)
@click.option(
    "--undecided",
    type=click.Choice([paste_plan.NEW, "leave-out"]),
    help="What to do with names that may mean several organizations.",
)
@click.option(
    "--store", is_flag=True, help="Store; without it only what would happen is shown."
)
@_in_coalition
def paste(
    slug: str,
    file: TextIO,
    *,
    evidence: str,
    section: tuple[int, ...],
    undecided: str | None,
    store: bool,
    coalition_slug: str | None,
) -> None:
    """Put the names in FILE, one a line, under the letter SLUG ("-" reads standard input)."""
    if store and not evidence.strip():
        raise click.UsageError("Say with --evidence where this list comes from.")
    coalition = _coalition(coalition_slug)
    pasted = parse(file.read())
    pasted.require_names()
    with db.reading(coalition.id):
        letter = _letter(slug)
        takeable = paste_plan.takeable_sections(letter, pasted)
        known, directory = paste_plan.under_letter(letter), review.directory()
    chosen = section or paste_plan.default_sections(takeable, pasted)
    plan = paste_plan.make_plan(pasted, directory, known, takeable=takeable, chosen=chosen)
    choice = (undecided or "").replace("-", "_")
    choices = {
        number: choice
        for number, row in plan.numbered
        if choice and paste_plan.needs_choice(row)
    }
    _tell(pasted, plan)
    if store:
        with db.transaction(coalition.id):
            stored = paste_storing.store(
                _known(slug), plan, directory, choices, evidence=evidence.strip()
            )
        click.echo(f"Stored: {documents.count_sentence(stored.organizations, stored.people)}.")
    else:
        click.echo("Nothing was stored. Add --store to store this.")


@letters.command(
    epilog="Example: coalition letters export buses --format pdf --output buses.pdf"
)
@click.argument("slug")
@click.option("--format", "kind", type=click.Choice(["csv", "xlsx", "pdf"]), required=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--contacts", is_flag=True, help="With e-mail addresses (CSV and XLSX).")
@click.option("--language", default="", help="Which text of the letter (PDF).")
@click.option("--reason", default="command line", help="What the file is for; it is noted.")
@_in_coalition
def export(
    slug: str,
    *,
    kind: str,
    output: Path,
    contacts: bool,
    language: str,
    reason: str,
    coalition_slug: str | None,
) -> None:
    """Write the letter SLUG as PDF, or all its signatures as CSV or XLSX."""
    coalition = _coalition(coalition_slug)
    if kind == "pdf":
        output.write_bytes(documents.print_letter(coalition, slug, language))
        with db.transaction(coalition.id):
            audit.record("letter.printed", _letter(slug), ["format:pdf"])
    else:
        with db.reading(coalition.id):
            letter_id = _letter(slug).id
        table_kind: documents.TableKind = "csv" if kind == "csv" else "xlsx"
        table = documents.signature_table(
            coalition.id, letter_id, table_kind, contacts=contacts
        )
        with db.transaction(coalition.id):
            what = [kind, "contacts" if contacts else "names"]
            documents.note_export(_letter(slug), what, rows=table.rows, reason=reason)
        with table.file as source, output.open("wb") as target:
            copyfileobj(source, target)
    click.echo(f"Wrote {output}.")


def _coalition(slug: str | None) -> Coalition:
    """Return the coalition called `slug`, or the only one."""
    with db.reading() as session:
        if slug:
            found = coalition_by_slug(slug)
            if found is None:
                raise click.ClickException(f"There is no coalition called {slug!r}.")
            return found
        every = session.scalars(select(Coalition).order_by(Coalition.slug).limit(20)).all()
    if len(every) != 1:
        known = ", ".join(each.slug for each in every) or "none yet"
        raise click.UsageError(f"Say with --coalition which one: {known}.")
    return every[0]


def _letter(slug: str) -> Letter:
    try:
        return queries.letter_or_raise(slug)
    except NotFound:
        raise click.ClickException(f"There is no letter called {slug!r}.") from None


def _known(slug: str) -> Letter:
    _letter(slug)
    return locked_letter(slug)


def _tell(pasted: PastedList, plan: paste_plan.Plan) -> None:
    for place, part in enumerate(pasted.sections):
        if part.found:
            mark = "taken" if place in plan.chosen else "left"
            label = part.label or "names without a heading"
            click.echo(f"part {place} ({mark}): {label}, {part.kind.value}, {part.found} names")
    undecided = [row for _, row in plan.numbered if paste_plan.needs_choice(row)]
    click.echo(f"to be added: {len(plan.review.new_on_letter) + len(plan.new_people)}")
    click.echo(f"there already: {len(plan.review.already_there) + len(plan.known_people)}")
    click.echo(f"under the letter and not in the list: {len(plan.review.missing)}")
    click.echo(f"to be decided: {len(undecided)}")
    for row in undecided:
        meant = "; ".join(each.name for each in row.candidates) or "foreign letters in it"
        click.echo(f"  line {row.entry.line}: {row.entry.name} → {meant}?")

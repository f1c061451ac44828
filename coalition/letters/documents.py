"""A letter taken away: as PDF to hand over, as table to work with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from tempfile import TemporaryFile
from typing import IO, Literal
from uuid import UUID

from babel.dates import format_date
from flask_babel import force_locale, gettext, ngettext

from coalition import audit, db
from coalition.clock import now
from coalition.coalitions.models import Coalition
from coalition.errors import N_, DomainError
from coalition.letters import pdf, queries, signature_search
from coalition.letters.exporting import Cell, Sheet, csv_rows, write_xlsx
from coalition.letters.models import Letter
from coalition.letters.signatures import Signature
from coalition.localtime import time_zone

TableKind = Literal["csv", "xlsx"]

PEOPLE_AT_ONCE = 5_000

COLUMNS = (
    N_("Kind"), N_("State"), N_("Listed name"), N_("Listed"), N_("Given name"),
    N_("Family name"), N_("Organization"), N_("Role"), N_("Website"), N_("City"), N_("Region"),
    N_("Language"), N_("Source"), N_("Source code"), N_("Evidence"), N_("Signed at"),
    N_("Confirmed at"), N_("Decided at"),
)  # fmt: skip
CONTACT_COLUMNS = (N_("E-mail"), N_("Postal code"), N_("Agreed to updates"))


class PdfNotMade(DomainError):
    """The letter could not be printed."""

    status = 503
    code = "pdf_not_made"
    message = N_(
        "The PDF could not be made now. Nothing was changed. Try again in a minute; if it"
        " fails again, tell your administrator."
    )


@dataclass(frozen=True, slots=True)
class Table:
    """A finished file at its beginning, and how many signatures are in it."""

    file: IO[bytes]
    rows: int


def print_letter(coalition: Coalition, slug: str, language: str) -> bytes:
    """Print a letter with its signatories, all as of one instant; no scope may be open.

    Raises:
        NotFound: the coalition has no such letter. LetterIncomplete: it has no text.
        PdfNotMade: typesetting failed.
    """
    with db.snapshot(coalition.id):
        document = letter_document(coalition, queries.letter_or_raise(slug), language)
    try:
        return pdf.render_letter(document)
    except pdf.LetterNotPrinted as error:
        raise PdfNotMade from error


def letter_document(coalition: Coalition, letter: Letter, language: str) -> pdf.LetterDocument:
    """Gather all that is printed; read it in one snapshot, so that the counts fit the lists."""
    text = letter.text_in(language)
    with force_locale(text.language):
        return pdf.LetterDocument(
            title=text.title,
            body=text.body,
            made_at=now(),
            language=text.language,
            coalition=coalition.name,
            campaign=letter.campaign.title if letter.campaign else "",
            date_line=_date_line(letter, text.language),
            addressees=[
                pdf.Addressee(name=each.name, title=each.office, address=[each.body])
                for each in letter.targets
            ],
            counts=count_sentence(*queries.count_counted(letter.id)),
            organizations=[
                pdf.OrganizationLine(name=each.name, place=_place(each))
                for each in queries.listed_organizations(letter)
            ],
            people=[
                pdf.PersonLine(name=each.name, city=each.city or "")
                for each in _all_people(letter)
            ],
            note=gettext("Sample data: not real signatures.") if letter.is_sample else "",
            labels={name: gettext(label) for name, label in pdf.LABELS.items()},
        )


def count_sentence(organizations: int, people: int) -> str:
    """Say how many signed: “67 organizations and 312 people”."""
    parts = []
    if organizations or not people:
        parts.append(
            ngettext("%(num)s organization", "%(num)s organizations", organizations)
            % {"num": f"{organizations:,}"}
        )
    if people:
        parts.append(
            ngettext("%(num)s person", "%(num)s people", people) % {"num": f"{people:,}"}
        )
    return gettext(" and ").join(parts)


def signature_table(
    coalition_id: UUID, letter_id: UUID, kind: TableKind, *, contacts: bool
) -> Table:
    """Write all signatures of a letter, of every state, into a temporary file.

    Read in one snapshot, batch by batch; no scope may be open.

    Raises:
        TooManyRows: XLSX was asked for and the letter has more signatures than a sheet rows.
    """
    file = TemporaryFile()  # noqa: SIM115  the caller sends it
    counted = _Counted()
    header = [gettext(name) for name in (*COLUMNS, *(CONTACT_COLUMNS if contacts else ()))]
    try:
        with db.snapshot(coalition_id):
            found = signature_search.every(letter_id)
            rows = counted.through(_row(each, contacts=contacts) for each in found)
            if kind == "csv":
                file.writelines(csv_rows(header, rows))
            else:
                write_xlsx(file, [Sheet(gettext("Signatures"), header, rows)])
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return Table(file, counted.number)


def note_export(letter: Letter, what: Sequence[str], *, rows: int, reason: str) -> None:
    """Note in the audit log that a list left the house: what, how long, what for."""
    audit.record("letter.exported", letter, [*what, f"rows: {rows}", f"reason: {reason}"])


class _Counted:
    """Counts what passes through."""

    def __init__(self) -> None:
        self.number = 0

    def through(self, rows: Iterator[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
        for row in rows:
            self.number += 1
            yield row


def _row(signature: Signature, *, contacts: bool) -> Sequence[Cell]:
    own: tuple[Cell, ...] = (
        signature.kind.value,
        signature.state.value,
        signature.listed_name,
        signature.listed,
        signature.given_name,
        signature.family_name,
        signature.organization.name if signature.organization else signature.organization_name,
        signature.capacity,
        signature.website,
        signature.city,
        signature.region,
        signature.language,
        signature.source.value,
        signature.source_code,
        signature.evidence,
        signature.created_at,
        signature.confirmed_at,
        signature.decided_at,
    )
    if not contacts:
        return own
    agreed = signature.updates_wording is not None
    return (*own, signature.email, signature.postal_code, agreed)


def _all_people(letter: Letter) -> Iterator[queries.ListedPerson]:
    after: queries.Place | None = None
    while page := queries.listed_people(letter, after, PEOPLE_AT_ONCE):
        yield from page
        after = page[-1].place


def _date_line(letter: Letter, language: str) -> str:
    today: date = now().astimezone(time_zone(letter.time_zone)).date()
    return format_date(letter.dated_on or today, "long", locale=language)


def _place(organization: queries.ListedOrganization) -> str:
    return ", ".join(chain(filter(None, (organization.city, organization.region))))

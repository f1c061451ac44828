"""Handing over to a member group who agreed to hear from it: a coordinator does, nobody else."""

from collections.abc import Iterator, Sequence
from itertools import islice
from tempfile import TemporaryFile
from typing import IO
from uuid import UUID

from flask import Blueprint, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import Schema
from sqlalchemy import select

from coalition import audit, db, web
from coalition.accounts import access
from coalition.coalitions.models import Coalition
from coalition.consents import partner_lists, purposes
from coalition.consents.models import ConsentSource
from coalition.consents.partner_lists import Agreed
from coalition.errors import N_
from coalition.fields import Line
from coalition.letters.exporting import Cell, csv_rows, export_filename
from coalition.letters.models import Letter
from coalition.letters.signatures import Signature
from coalition.manage.organizations import organization_or_404

COLUMNS = (
    N_("First name"), N_("Last name"), N_("Email"), N_("City"), N_("State"), N_("Language"),
    N_("Agreed to"), N_("In these words"), N_("When"), N_("Where they said it"), N_("Letter"),
    N_("Code"),
)  # fmt: skip

pages = Blueprint(
    "manage_partner_list",
    __name__,
    url_prefix="/manage/<coalition>/organizations/<organization>/agreed",
    template_folder="templates",
)


class HandOver(Schema):
    """What the list is taken for."""

    reason = Line(500, required=True)


@pages.get("")
@access.staff(access.Role.COORDINATOR)
@access.fresh
def ask(coalition: Coalition, organization: str) -> ResponseReturnValue:
    """Offer the list, after the password was given again."""
    return _page(coalition, web.id_or_404(organization), web.Form())


@pages.post("")
@access.staff(access.Role.COORDINATOR)
@access.fresh
def take(coalition: Coalition, organization: str) -> ResponseReturnValue:
    """Send the list, and note who took it and what for."""
    organization_id = web.id_or_404(organization)
    form = web.form(HandOver)
    if form.errors:
        return _page(coalition, organization_id, form), 422
    file, rows = _table(coalition.id, organization_id)
    with db.transaction(coalition.id):
        # Noted before the file leaves: a list that was handed over is always on record.
        found = organization_or_404(organization_id)
        reason = form.values["reason"]
        audit.record(
            "organization.list_taken", found, ["contacts", f"rows: {rows}", f"reason: {reason}"]
        )
        name = export_filename(found.name, "csv")
    return send_file(
        file, mimetype="text/csv; charset=utf-8", as_attachment=True, download_name=name
    )


def _table(coalition_id: UUID, organization_id: UUID) -> tuple[IO[bytes], int]:
    """Write the list into a temporary file; return it with the number of its rows."""
    file, rows = TemporaryFile(), 0  # noqa: SIM115  the caller sends it

    def counted() -> Iterator[Sequence[Cell]]:
        nonlocal rows
        for some in _some_at_a_time(partner_lists.who_agreed(organization_id)):
            letters = _letters(some)
            for each in some:
                rows += 1
                yield _row(each, letters.get(each.source_id))

    try:
        with db.snapshot(coalition_id):
            organization_or_404(organization_id)
            file.writelines(csv_rows([gettext(each) for each in COLUMNS], counted()))
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file, rows


def _some_at_a_time(found: Iterator[Agreed]) -> Iterator[list[Agreed]]:
    while some := list(islice(found, partner_lists.AT_ONCE)):
        yield some


def _letters(some: list[Agreed]) -> dict[UUID | None, str]:
    """Return the slug of the letter with which each was said, by its signature."""
    signed = [each.source_id for each in some if each.source == ConsentSource.SIGNATURE]
    rows = db.session.execute(
        select(Signature.id, Letter.slug)
        .join(Letter, Letter.id == Signature.letter_id)
        .where(Signature.id.in_(signed))
    )
    return {row.id: row.slug for row in rows}


def _row(agreed: Agreed, letter: str | None) -> Sequence[Cell]:
    purpose = purposes.purpose_called(agreed.purpose)
    return (
        agreed.given_name,
        agreed.family_name,
        agreed.address,
        agreed.city,
        agreed.region,
        agreed.language,
        gettext(purpose.label) if purpose else agreed.purpose,
        agreed.wording,
        agreed.recorded_at,
        agreed.source.value,
        letter,
        agreed.source_code,
    )


def _page(coalition: Coalition, organization_id: UUID, form: web.Form) -> str:
    with db.reading(coalition.id):
        return render_template(
            "manage/organizations/agreed.html",
            coalition=coalition,
            organization=organization_or_404(organization_id),
            people=partner_lists.count_agreed(organization_id),
            form=form,
        )

"""The list of who signed a letter: searching, correcting, refusing, taking it away."""

from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition import audit, db, web
from coalition.accounts import access
from coalition.coalitions.models import Coalition
from coalition.errors import DomainError, NotFound
from coalition.letters import documents, queries, review, signature_search
from coalition.letters.exporting import export_filename
from coalition.letters.manage_schemas import MAX_QUERY_CHARS, Export, Rejection, Relisting
from coalition.letters.signature_search import Filter
from coalition.letters.signatures import (
    Signature,
    SignatureKind,
    SignatureSource,
    SignatureState,
)

Choice = TypeVar("Choice", bound=StrEnum)

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

pages = Blueprint(
    "letters_signatures",
    __name__,
    url_prefix="/manage/<coalition>/letters/<slug>",
    template_folder="templates",
)


@pages.get("/signatures/")
@access.staff(access.Role.VIEWER)
def signatures(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """List the signatures, newest first, with a search."""
    wanted = _filter()
    with db.reading(coalition.id):
        letter = queries.letter_or_raise(slug)
        page = signature_search.page_of(letter.id, wanted, request.args.get("after", ""))
        return render_template(
            "letters/manage/signatures.html",
            coalition=coalition,
            letter=letter,
            page=page,
            wanted=wanted,
            kinds=list(SignatureKind),
            states=list(SignatureState),
            sources=list(SignatureSource),
        )


@pages.get("/signatures/<signature>")
@access.staff(access.Role.VIEWER)
def signature(coalition: Coalition, slug: str, signature: str) -> ResponseReturnValue:
    """Show all that is known of one signature; a coordinator's look at the address is noted."""
    signature_id = web.id_or_404(signature)
    if not access.may_change(coalition):
        with db.reading(coalition.id):
            return _page(coalition, slug, signature_id, web.Form())
    with db.transaction(coalition.id):
        audit.record("signature.viewed", review.signature_or_404(signature_id))
        return _page(coalition, slug, signature_id, web.Form())


@pages.post("/signatures/<signature>/listing")
@access.staff(access.Role.COORDINATOR)
def relist(coalition: Coalition, slug: str, signature: str) -> ResponseReturnValue:
    """Change whether and under which name somebody is listed."""
    form, signature_id = web.form(Relisting), web.id_or_404(signature)
    if form.errors:
        with db.reading(coalition.id):
            return _page(coalition, slug, signature_id, form), 422
    try:
        with db.transaction(coalition.id):
            _locked(slug, signature_id).relist(**form.values)
    except DomainError as error:
        form.refuse(error)
        with db.reading(coalition.id):
            return _page(coalition, slug, signature_id, form), error.status
    flash(gettext("Stored."), "success")
    return web.see_other(
        "letters_signatures.signature", coalition=coalition.slug, slug=slug, signature=signature
    )


@pages.post("/signatures/<signature>/rejection")
@access.staff(access.Role.COORDINATOR)
def reject(coalition: Coalition, slug: str, signature: str) -> ResponseReturnValue:
    """Refuse a signature, also one that counted, with a reason for the coalition's records."""
    form, signature_id = web.form(Rejection), web.id_or_404(signature)
    if form.errors:
        with db.reading(coalition.id):
            return _page(coalition, slug, signature_id, form), 422
    try:
        with db.transaction(coalition.id):
            _locked(slug, signature_id).reject(form.values["reason"])
    except DomainError as error:
        form.refuse(error)
        with db.reading(coalition.id):
            return _page(coalition, slug, signature_id, form), error.status
    flash(gettext("The signature was refused. It does not count and is not listed."), "success")
    return web.see_other(
        "letters_signatures.signature", coalition=coalition.slug, slug=slug, signature=signature
    )


@pages.get("/exports")
@access.staff(access.Role.VIEWER)
def exports(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Offer the letter as PDF and its list as a table."""
    with db.reading(coalition.id):
        letter = queries.letter_or_raise(slug)
        return _exports_page(coalition, letter.slug, web.Form(), contacts=False)


@pages.get("/letter.pdf")
@access.staff(access.Role.VIEWER)
def letter_pdf(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Send the letter with its ordered signatories and their number, as PDF."""
    language = request.args.get("language", "")
    document = documents.print_letter(coalition, slug, language)
    with db.transaction(coalition.id):
        letter = queries.letter_or_raise(slug)
        audit.record("letter.printed", letter, ["format:pdf"])
        name = export_filename(letter.title, "pdf")
    response = Response(document, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@pages.post("/exports")
@access.staff(access.Role.COORDINATOR)
def export(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Send the list without contact data."""
    return _export(coalition, slug, contacts=False)


@pages.get("/exports/contacts")
@access.staff(access.Role.COORDINATOR)
@access.fresh
def contact_exports(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Offer the list with contact data, after the password was given again."""
    with db.reading(coalition.id):
        letter = queries.letter_or_raise(slug)
        return _exports_page(coalition, letter.slug, web.Form(), contacts=True)


@pages.post("/exports/contacts")
@access.staff(access.Role.COORDINATOR)
@access.fresh
def export_contacts(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Send the list with contact data."""
    return _export(coalition, slug, contacts=True)


def _export(coalition: Coalition, slug: str, *, contacts: bool) -> ResponseReturnValue:
    form = web.form(Export)
    with db.reading(coalition.id):
        letter = queries.letter_or_raise(slug)
        name, letter_id = letter.title, letter.id
        if form.errors:
            return _exports_page(coalition, slug, form, contacts=contacts), 422
    kind = form.values["format"]
    table = documents.signature_table(coalition.id, letter_id, kind, contacts=contacts)
    with db.transaction(coalition.id):
        # Noted before the file leaves: a list that was sent is always on record.
        documents.note_export(
            queries.letter_or_raise(slug),
            [kind, "contacts" if contacts else "names"],
            rows=table.rows,
            reason=form.values["reason"],
        )
    return send_file(
        table.file,
        mimetype=MEDIA_TYPES[kind],
        as_attachment=True,
        download_name=export_filename(name, kind),
    )


def _exports_page(coalition: Coalition, slug: str, form: web.Form, *, contacts: bool) -> str:
    return render_template(
        "letters/manage/exports.html",
        coalition=coalition,
        letter=queries.letter_or_raise(slug),
        form=form,
        contacts=contacts,
        may_export=access.may_change(coalition),
    )


def _filter() -> Filter:
    """Read the search from the address; what is not understood is left out."""
    arguments = request.args
    listed = {"yes": True, "no": False}.get(arguments.get("listed", ""))
    return Filter(
        text=" ".join(arguments.get("q", "")[:MAX_QUERY_CHARS].split()),
        kind=_member(SignatureKind, arguments.get("kind")),
        state=_member(SignatureState, arguments.get("state")),
        source=_member(SignatureSource, arguments.get("source")),
        listed=listed,
    )


def _member(kind: type[Choice], value: str | None) -> Choice | None:
    return next((each for each in kind if each.value == value), None)


def _locked(slug: str, signature_id: UUID) -> Signature:
    found = review.locked_signature(signature_id)
    if found.letter.slug != slug:
        raise NotFound
    return found


def _page(coalition: Coalition, slug: str, signature_id: UUID, form: web.Form) -> str:
    found = review.signature_or_404(signature_id)
    if found.letter.slug != slug:
        raise NotFound
    return render_template(
        "letters/manage/signature.html",
        coalition=coalition,
        letter=found.letter,
        signature=found,
        may_decide=access.may_change(coalition),
        form=form,
    )

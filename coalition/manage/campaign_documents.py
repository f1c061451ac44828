"""The documents of a campaign: written about, uploaded, published, answered."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from coalition import audit, db, languages, web
from coalition.accounts import access
from coalition.campaigns.models import Campaign
from coalition.coalitions.models import Coalition
from coalition.decisions.meetings import Meeting
from coalition.decisions.models import DecisionBody
from coalition.documents import queries
from coalition.documents.jobs import attach
from coalition.documents.models import Document, DocumentKind
from coalition.documents.schemas import DocumentForm, DocumentTranslationForm
from coalition.documents.serving import download
from coalition.documents.uploads import MAX_FILE_BYTES, Upload, checked
from coalition.errors import DomainError, NotFound
from coalition.manage import forms, translating
from coalition.manage.campaigns import campaign_or_404

MEETINGS_OFFERED = 200
FORM_BYTES = 256 * 1024  # of a request, beside the file in it

pages = Blueprint(
    "manage_documents",
    __name__,
    url_prefix="/manage/<coalition>/campaigns/<campaign>/documents",
    template_folder="templates",
)


@pages.url_value_preprocessor
def allow_files(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let a coordinator's request hold a file.

    Decided here: the CSRF check reads the form before any view.
    """
    if access.user() and access.may_change(web.public_coalition((values or {})["coalition"])):
        request.max_content_length = MAX_FILE_BYTES + FORM_BYTES


@pages.get("/")
@access.staff(access.Role.VIEWER)
def index(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """List the documents, public and internal ones."""
    with db.reading(coalition.id):
        found = campaign_or_404(campaign)
        return render_template(
            "manage/campaigns/documents.html",
            coalition=coalition,
            campaign=found,
            documents=queries.documents(found, public=False),
            may_change=forms.may_change(coalition),
        )


@pages.get("/new")
@access.staff(access.Role.COORDINATOR)
def new(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Show the form for a new document."""
    return _form_page(coalition, campaign, None, web.Form())


@pages.post("/new")
@access.staff(access.Role.COORDINATOR)
def add(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Add a document, with its file if one was sent. Nobody outside sees it yet."""
    form = web.form(DocumentForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id) as session:
            upload = _upload()
            found = campaign_or_404(campaign)
            values = _stored(form.values, found)
            document = Document(campaign_id=found.id, language=found.language, **values)
            session.add(document)
            session.flush()
            audit.record("document.added", document)
            if upload is not None:
                attach(document, upload)
    if form.errors:
        return _form_page(coalition, campaign, None, form), 422
    flash(
        gettext("The document was added. Nobody outside sees it until you say so."), "success"
    )
    return to_document(coalition, campaign, document.id)


@pages.get("/<document>")
@access.staff(access.Role.VIEWER)
def show(coalition: Coalition, campaign: str, document: str) -> ResponseReturnValue:
    """Show a document with its file and its claims."""
    return document_page(coalition, campaign, web.id_or_404(document))


@pages.get("/<document>/edit")
@access.staff(access.Role.COORDINATOR)
def edit(coalition: Coalition, campaign: str, document: str) -> ResponseReturnValue:
    """Show the form of a document, filled in."""
    return _form_page(coalition, campaign, web.id_or_404(document), None)


@pages.post("/<document>/edit")
@access.staff(access.Role.COORDINATOR)
def change(coalition: Coalition, campaign: str, document: str) -> ResponseReturnValue:
    """Store what was written about a document, and its file if a new one was sent."""
    document_id, form = web.id_or_404(document), web.form(DocumentForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            upload = _upload()
            found = document_or_404(campaign, document_id)
            values = _stored(form.values, campaign_or_404(campaign))
            changed = [name for name, value in values.items() if getattr(found, name) != value]
            for name in changed:
                setattr(found, name, values[name])
            audit.record("document.changed", found, changed)
            if upload is not None:
                attach(found, upload)
            if found.file is None and found.url is None:
                found.keep_internal()
    if form.errors:
        return _form_page(coalition, campaign, document_id, form), 422
    flash(gettext("Saved."), "success")
    return to_document(coalition, campaign, document_id)


@pages.get("/<document>/file")
@access.staff(access.Role.VIEWER)
def file(coalition: Coalition, campaign: str, document: str) -> Response:
    """Hand out the file, also of an internal document."""
    with db.reading(coalition.id):
        return download(document_or_404(campaign, web.id_or_404(document)).file)


@pages.post("/<document>/file/removal")
@access.staff(access.Role.COORDINATOR)
def remove_file(coalition: Coalition, campaign: str, document: str) -> ResponseReturnValue:
    """Forget the file."""
    document_id = web.id_or_404(document)
    with db.transaction(coalition.id):
        document_or_404(campaign, document_id).remove_file()
    flash(gettext("The file was removed."), "success")
    return to_document(coalition, campaign, document_id)


@pages.post("/<document>/publication")
@access.staff(access.Role.COORDINATOR)
def publish(coalition: Coalition, campaign: str, document: str) -> ResponseReturnValue:
    """Show the document on the campaign's page."""
    document_id, form = web.id_or_404(document), web.Form()
    try:
        with db.transaction(coalition.id):
            document_or_404(campaign, document_id).publish()
    except DomainError as error:
        if error.status == 404:
            raise
        form.refuse(error)
        return document_page(coalition, campaign, document_id, refused=form), error.status
    flash(gettext("The document is public."), "success")
    return to_document(coalition, campaign, document_id)


@pages.post("/<document>/withdrawal")
@access.staff(access.Role.COORDINATOR)
def keep_internal(coalition: Coalition, campaign: str, document: str) -> ResponseReturnValue:
    """Show the document to nobody but the coalition."""
    document_id = web.id_or_404(document)
    with db.transaction(coalition.id):
        document_or_404(campaign, document_id).keep_internal()
    flash(gettext("The document is internal: only your coalition sees it."), "success")
    return to_document(coalition, campaign, document_id)


@pages.post("/<document>/removal")
@access.staff(access.Role.COORDINATOR)
def remove(coalition: Coalition, campaign: str, document: str) -> ResponseReturnValue:
    """Delete a document with its file and claims."""
    with db.transaction(coalition.id) as session:
        found = document_or_404(campaign, web.id_or_404(document))
        audit.record("document.removed", found)
        session.delete(found)
    flash(gettext("The document was removed."), "success")
    return web.see_other("manage_documents.index", coalition=coalition.slug, campaign=campaign)


@pages.post("/<document>/translations")
@access.staff(access.Role.COORDINATOR)
def translate(coalition: Coalition, campaign: str, document: str) -> ResponseReturnValue:
    """Keep its texts in another language."""
    document_id = web.id_or_404(document)
    sent = translating.keep(
        coalition, DocumentTranslationForm, lambda: document_or_404(campaign, document_id)
    )
    if sent.form.errors:
        return document_page(coalition, campaign, document_id, sent=sent), 422
    return to_document(coalition, campaign, document_id)


def document_or_404(campaign: str, document_id: UUID) -> Document:
    """Return a document of the campaign, internal or not.

    Raises:
        NotFound: the campaign has none with this id.
    """
    found = queries.document(campaign_or_404(campaign), document_id, public=False)
    if found is None:
        raise NotFound
    return found


def to_document(coalition: Coalition, campaign: str, document_id: UUID) -> ResponseReturnValue:
    """Send the browser to the page of a document."""
    return web.see_other(
        "manage_documents.show",
        coalition=coalition.slug,
        campaign=campaign,
        document=document_id,
    )


def document_page(
    coalition: Coalition,
    campaign: str,
    document_id: UUID,
    *,
    refused: web.Form | None = None,
    claim: web.Form | None = None,
    sent: translating.Sent | None = None,
) -> str:
    """Write the page of a document, with a form that was refused if there is one."""
    with db.reading(coalition.id):
        return render_template(
            "manage/campaigns/document.html",
            coalition=coalition,
            campaign=campaign_or_404(campaign),
            document=document_or_404(campaign, document_id),
            refused=refused,
            claim=claim,
            sent=sent or translating.Sent(),
            language_names=languages.names_in(get_locale()),
            may_change=forms.may_change(coalition),
        )


def _upload() -> Upload | None:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return None
    return checked(sent.filename, sent.stream.read(MAX_FILE_BYTES + 1))


def _stored(values: dict[str, Any], campaign: Campaign) -> dict[str, Any]:
    """Return what is stored of a form: of meeting and body, those that were offered."""
    kept = dict(values)
    meeting_id, body_id = kept.pop("meeting"), kept.pop("body")
    meeting = next((each for each in _meetings() if str(each.id) == meeting_id), None)
    body = next((each for each in _bodies(campaign) if str(each.id) == body_id), None)
    kept["meeting_id"] = meeting.id if meeting else None
    # What was said at a meeting belongs to the body that met.
    kept["body_id"] = meeting.body_id if meeting else body.id if body else None
    return kept


def _meetings() -> list[Meeting]:
    newest = select(Meeting).order_by(Meeting.starts_at.desc()).limit(MEETINGS_OFFERED)
    return list(db.session.scalars(newest))


def _bodies(campaign: Campaign) -> list[DecisionBody]:
    """Return the bodies that the coalition follows, those of the campaign's place, and known ones."""
    followed = select(Meeting.body_id)
    named = select(Document.body_id).where(Document.campaign_id == campaign.id)
    ours = DecisionBody.id.in_(followed) | DecisionBody.id.in_(named)
    if campaign.area_id is not None:
        ours |= DecisionBody.area_id == campaign.area_id
    chosen = select(DecisionBody).where(ours).options(joinedload(DecisionBody.area))
    return list(db.session.scalars(chosen.order_by(DecisionBody.name).limit(MEETINGS_OFFERED)))


def _form_page(
    coalition: Coalition, campaign: str, document_id: UUID | None, form: web.Form | None
) -> str:
    with db.reading(coalition.id):
        found = campaign_or_404(campaign)
        document = document_or_404(campaign, document_id) if document_id else None
        if form is None:
            stored = {
                "meeting": document.meeting_id if document else None,
                "body": document.body_id if document else None,
            }
            form = forms.filled(DocumentForm, document, **stored)
        return render_template(
            "manage/campaigns/document_form.html",
            coalition=coalition,
            campaign=found,
            document=document,
            form=form,
            kinds=list(DocumentKind),
            meetings=_meetings(),
            bodies=_bodies(found),
        )

"""What a document says, and what the campaign answers."""

from uuid import UUID

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from coalition import audit, db, languages, web
from coalition.accounts import access
from coalition.campaigns.ordering import move, place_at_end
from coalition.coalitions.models import Coalition
from coalition.documents.models import DocumentClaim
from coalition.documents.schemas import ClaimForm, ClaimTranslationForm
from coalition.errors import NotFound
from coalition.manage import forms, translating
from coalition.manage.campaign_documents import document_or_404, document_page, to_document
from coalition.manage.campaigns import campaign_or_404

pages = Blueprint(
    "manage_claims",
    __name__,
    url_prefix="/manage/<coalition>/campaigns/<campaign>/documents/<document>/claims",
    template_folder="templates",
)


@pages.post("/")
@access.staff(access.Role.COORDINATOR)
def add(coalition: Coalition, campaign: str, document: str) -> ResponseReturnValue:
    """Note what a document says, behind what was noted before."""
    document_id, form = web.id_or_404(document), web.form(ClaimForm)
    if form.errors:
        return document_page(coalition, campaign, document_id, claim=form), 422
    with db.transaction(coalition.id) as session:
        campaign_or_404(campaign, locked=True)
        found = document_or_404(campaign, document_id)
        added = DocumentClaim(
            document_id=found.id,
            language=found.language,
            position=place_at_end(found.claims),
            **form.values,
        )
        session.add(added)
        session.flush()
        audit.record("document_claim.added", added)
    flash(gettext("Noted."), "success")
    return to_document(coalition, campaign, document_id)


@pages.get("/<claim>")
@access.staff(access.Role.COORDINATOR)
def show(coalition: Coalition, campaign: str, document: str, claim: str) -> ResponseReturnValue:
    """Show a claim in its form."""
    return _page(coalition, campaign, web.id_or_404(document), web.id_or_404(claim))


@pages.post("/<claim>")
@access.staff(access.Role.COORDINATOR)
def change(
    coalition: Coalition, campaign: str, document: str, claim: str
) -> ResponseReturnValue:
    """Store what was changed."""
    document_id, claim_id = web.id_or_404(document), web.id_or_404(claim)
    form = web.form(ClaimForm)
    if form.errors:
        return _page(coalition, campaign, document_id, claim_id, form=form), 422
    with db.transaction(coalition.id):
        found = _claim_or_404(campaign, document_id, claim_id)
        for name, value in form.values.items():
            setattr(found, name, value)
        audit.record("document_claim.changed", found, sorted(form.values))
    flash(gettext("Saved."), "success")
    return to_document(coalition, campaign, document_id)


@pages.post("/<claim>/place")
@access.staff(access.Role.COORDINATOR)
def reorder(
    coalition: Coalition, campaign: str, document: str, claim: str
) -> ResponseReturnValue:
    """Move a claim up or down by one place."""
    document_id, claim_id = web.id_or_404(document), web.id_or_404(claim)
    step = -1 if request.form.get("step") == "up" else 1
    with db.transaction(coalition.id):
        campaign_or_404(campaign, locked=True)
        moved = _claim_or_404(campaign, document_id, claim_id)
        move(document_or_404(campaign, document_id).claims, moved, step)
        audit.record("document_claim.moved", moved)
    return to_document(coalition, campaign, document_id)


@pages.post("/<claim>/removal")
@access.staff(access.Role.COORDINATOR)
def remove(
    coalition: Coalition, campaign: str, document: str, claim: str
) -> ResponseReturnValue:
    """Delete a claim with its answer."""
    document_id, claim_id = web.id_or_404(document), web.id_or_404(claim)
    with db.transaction(coalition.id) as session:
        found = _claim_or_404(campaign, document_id, claim_id)
        audit.record("document_claim.removed", found)
        session.delete(found)
    flash(gettext("Removed."), "success")
    return to_document(coalition, campaign, document_id)


@pages.post("/<claim>/translations")
@access.staff(access.Role.COORDINATOR)
def translate(
    coalition: Coalition, campaign: str, document: str, claim: str
) -> ResponseReturnValue:
    """Keep a claim and its answer in another language."""
    document_id, claim_id = web.id_or_404(document), web.id_or_404(claim)
    sent = translating.keep(
        coalition, ClaimTranslationForm, lambda: _claim_or_404(campaign, document_id, claim_id)
    )
    if sent.form.errors:
        return _page(coalition, campaign, document_id, claim_id, sent=sent), 422
    return to_document(coalition, campaign, document_id)


def _claim_or_404(campaign: str, document_id: UUID, claim_id: UUID) -> DocumentClaim:
    claims = document_or_404(campaign, document_id).claims
    found = next((each for each in claims if each.id == claim_id), None)
    if found is None:
        raise NotFound
    return found


def _page(
    coalition: Coalition,
    campaign: str,
    document_id: UUID,
    claim_id: UUID,
    *,
    form: web.Form | None = None,
    sent: translating.Sent | None = None,
) -> str:
    with db.reading(coalition.id):
        found = _claim_or_404(campaign, document_id, claim_id)
        return render_template(
            "manage/campaigns/claim.html",
            coalition=coalition,
            campaign=campaign_or_404(campaign),
            document=document_or_404(campaign, document_id),
            claim=found,
            form=form if form is not None else forms.filled(ClaimForm, found),
            sent=sent or translating.Sent(),
            language_names=languages.names_in(get_locale()),
        )

"""Reasons of a campaign: written, put in order, translated."""

from uuid import UUID

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from sqlalchemy import select

from coalition import audit, db, languages, web
from coalition.accounts import access
from coalition.campaigns import queries
from coalition.campaigns.ordering import move, place_at_end
from coalition.campaigns.reasons import Reason
from coalition.campaigns.schemas import PointForm, PointTranslationForm
from coalition.coalitions.models import Coalition
from coalition.errors import NotFound
from coalition.manage import forms, translating
from coalition.manage.campaigns import campaign_or_404

pages = Blueprint(
    "manage_reasons",
    __name__,
    url_prefix="/manage/<coalition>/campaigns/<campaign>/reasons",
    template_folder="templates",
)


@pages.get("/")
@access.staff(access.Role.VIEWER)
def index(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """List the reasons in their order."""
    return _list_page(coalition, campaign, web.Form())


@pages.post("/")
@access.staff(access.Role.COORDINATOR)
def add(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Add a reason behind the others."""
    form = web.form(PointForm)
    if form.errors:
        return _list_page(coalition, campaign, form), 422
    with db.transaction(coalition.id) as session:
        found = campaign_or_404(campaign, locked=True)
        position = place_at_end(queries.reasons(found))
        added = Reason(
            campaign_id=found.id, language=found.language, position=position, **form.values
        )
        session.add(added)
        session.flush()
        audit.record("campaign_reason.added", added)
    flash(gettext("The reason was added."), "success")
    return _to_list(coalition, campaign)


@pages.post("/<reason>/place")
@access.staff(access.Role.COORDINATOR)
def reorder(coalition: Coalition, campaign: str, reason: str) -> ResponseReturnValue:
    """Move a reason up or down by one place."""
    step = -1 if request.form.get("step") == "up" else 1
    with db.transaction(coalition.id):
        rows = queries.reasons(campaign_or_404(campaign, locked=True))
        moved = _reason_or_404(campaign, web.id_or_404(reason))
        move(rows, moved, step)
        audit.record("campaign_reason.moved", moved)
    return _to_list(coalition, campaign)


@pages.get("/<reason>")
@access.staff(access.Role.COORDINATOR)
def show(coalition: Coalition, campaign: str, reason: str) -> ResponseReturnValue:
    """Show a reason in its form."""
    return _page(coalition, campaign, web.id_or_404(reason))


@pages.post("/<reason>")
@access.staff(access.Role.COORDINATOR)
def change(coalition: Coalition, campaign: str, reason: str) -> ResponseReturnValue:
    """Store what was changed."""
    reason_id, form = web.id_or_404(reason), web.form(PointForm)
    if form.errors:
        return _page(coalition, campaign, reason_id, form=form), 422
    with db.transaction(coalition.id):
        found = _reason_or_404(campaign, reason_id)
        found.title, found.body = form.values["title"], form.values["body"]
        audit.record("campaign_reason.changed", found, ["title", "body"])
    flash(gettext("Saved."), "success")
    return _to_list(coalition, campaign)


@pages.post("/<reason>/removal")
@access.staff(access.Role.COORDINATOR)
def remove(coalition: Coalition, campaign: str, reason: str) -> ResponseReturnValue:
    """Delete a reason."""
    with db.transaction(coalition.id) as session:
        found = _reason_or_404(campaign, web.id_or_404(reason))
        audit.record("campaign_reason.removed", found)
        session.delete(found)
    flash(gettext("The reason was removed."), "success")
    return _to_list(coalition, campaign)


@pages.post("/<reason>/translations")
@access.staff(access.Role.COORDINATOR)
def translate(coalition: Coalition, campaign: str, reason: str) -> ResponseReturnValue:
    """Keep its texts in another language."""
    reason_id = web.id_or_404(reason)
    sent = translating.keep(
        coalition, PointTranslationForm, lambda: _reason_or_404(campaign, reason_id)
    )
    if sent.form.errors:
        return _page(coalition, campaign, reason_id, sent=sent), 422
    return web.see_other(
        "manage_reasons.show", coalition=coalition.slug, campaign=campaign, reason=reason_id
    )


def _reason_or_404(campaign: str, reason_id: UUID) -> Reason:
    own = select(Reason).filter_by(id=reason_id, campaign_id=campaign_or_404(campaign).id)
    found = db.session.scalar(own)
    if found is None:
        raise NotFound
    return found


def _to_list(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    return web.see_other("manage_reasons.index", coalition=coalition.slug, campaign=campaign)


def _list_page(coalition: Coalition, campaign: str, form: web.Form) -> str:
    with db.reading(coalition.id):
        found = campaign_or_404(campaign)
        return render_template(
            "manage/campaigns/reasons.html",
            coalition=coalition,
            campaign=found,
            reasons=queries.reasons(found),
            form=form,
            may_change=forms.may_change(coalition),
        )


def _page(
    coalition: Coalition,
    campaign: str,
    reason_id: UUID,
    *,
    form: web.Form | None = None,
    sent: translating.Sent | None = None,
) -> str:
    with db.reading(coalition.id):
        found = _reason_or_404(campaign, reason_id)
        return render_template(
            "manage/campaigns/reason.html",
            coalition=coalition,
            campaign=campaign_or_404(campaign),
            reason=found,
            form=form if form is not None else forms.filled(PointForm, found),
            sent=sent or translating.Sent(),
            language_names=languages.names_in(get_locale()),
        )

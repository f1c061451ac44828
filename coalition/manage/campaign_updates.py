"""News of a campaign: written, published, put on top of its page."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from sqlalchemy import select

from coalition import audit, db, languages, web
from coalition.accounts import access
from coalition.campaigns import queries
from coalition.campaigns.schemas import PointTranslationForm, UpdateForm
from coalition.campaigns.updates import CampaignUpdate, UpdateKind
from coalition.coalitions.models import Coalition
from coalition.errors import DomainError, NotFound
from coalition.manage import forms, translating
from coalition.manage.campaigns import campaign_or_404

pages = Blueprint(
    "manage_updates",
    __name__,
    url_prefix="/manage/<coalition>/campaigns/<campaign>/updates",
    template_folder="templates",
)


@pages.get("/")
@access.staff(access.Role.VIEWER)
def index(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """List the news of a campaign, published or not."""
    return _list_page(coalition, campaign, web.Form())


@pages.post("/")
@access.staff(access.Role.COORDINATOR)
def add(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Write a piece of news; nobody sees it yet."""
    form = _written(coalition)
    if form.errors:
        return _list_page(coalition, campaign, form), 422
    with db.transaction(coalition.id) as session:
        found = campaign_or_404(campaign)
        added = CampaignUpdate(campaign_id=found.id, language=found.language, **form.values)
        session.add(added)
        session.flush()
        audit.record("campaign_update.added", added)
    flash(gettext("The draft is stored. Nobody sees it until you publish it."), "success")
    return _to(coalition, campaign, added.id)


@pages.get("/<update>")
@access.staff(access.Role.VIEWER)
def show(coalition: Coalition, campaign: str, update: str) -> ResponseReturnValue:
    """Show a piece of news with what can be done with it."""
    return _page(coalition, campaign, web.id_or_404(update))


@pages.post("/<update>")
@access.staff(access.Role.COORDINATOR)
def change(coalition: Coalition, campaign: str, update: str) -> ResponseReturnValue:
    """Store what was changed."""
    update_id, form = web.id_or_404(update), _written(coalition)
    if form.errors:
        return _page(coalition, campaign, update_id, form=form), 422
    with db.transaction(coalition.id):
        found = _update_or_404(campaign, update_id)
        changed = [name for name, value in form.values.items() if getattr(found, name) != value]
        for name in changed:
            setattr(found, name, form.values[name])
        audit.record("campaign_update.changed", found, changed)
    flash(gettext("Saved."), "success")
    return _to(coalition, campaign, update_id)


@pages.post("/<update>/publication")
@access.staff(access.Role.COORDINATOR)
def publish(coalition: Coalition, campaign: str, update: str) -> ResponseReturnValue:
    """Show it on the campaign's page."""
    said = gettext("The update is on the campaign's page.")
    return _done(coalition, campaign, update, CampaignUpdate.publish, said)


@pages.post("/<update>/withdrawal")
@access.staff(access.Role.COORDINATOR)
def take_back(coalition: Coalition, campaign: str, update: str) -> ResponseReturnValue:
    """Take it off the page."""
    said = gettext("The update is a draft again.")
    return _done(coalition, campaign, update, CampaignUpdate.take_back, said)


@pages.post("/<update>/banner")
@access.staff(access.Role.COORDINATOR)
def put_on_top(coalition: Coalition, campaign: str, update: str) -> ResponseReturnValue:
    """Show it above the original call."""
    said = gettext("The update stands on top of the campaign's page, above the original call.")
    return _done(coalition, campaign, update, CampaignUpdate.put_on_top, said)


@pages.post("/<update>/banner/removal")
@access.staff(access.Role.COORDINATOR)
def take_down(coalition: Coalition, campaign: str, update: str) -> ResponseReturnValue:
    """Leave it in the timeline only."""
    said = gettext("The update stands in the timeline only.")
    return _done(coalition, campaign, update, CampaignUpdate.take_down, said)


@pages.post("/<update>/removal")
@access.staff(access.Role.COORDINATOR)
def remove(coalition: Coalition, campaign: str, update: str) -> ResponseReturnValue:
    """Delete a piece of news."""
    with db.transaction(coalition.id) as session:
        found = _update_or_404(campaign, web.id_or_404(update))
        audit.record("campaign_update.removed", found)
        session.delete(found)
    flash(gettext("The update was removed."), "success")
    return web.see_other("manage_updates.index", coalition=coalition.slug, campaign=campaign)


@pages.post("/<update>/translations")
@access.staff(access.Role.COORDINATOR)
def translate(coalition: Coalition, campaign: str, update: str) -> ResponseReturnValue:
    """Keep its texts in another language."""
    update_id = web.id_or_404(update)
    sent = translating.keep(
        coalition, PointTranslationForm, lambda: _update_or_404(campaign, update_id)
    )
    if sent.form.errors:
        return _page(coalition, campaign, update_id, sent=sent), 422
    return _to(coalition, campaign, update_id)


def _written(coalition: Coalition) -> web.Form:
    form = web.form(UpdateForm)
    day = form.values.get("happened_on") if not form.errors else None
    if day is not None and day > coalition.today():
        form.errors["happened_on"] = gettext("It cannot have happened on a day to come.")
    return form


def _done(
    coalition: Coalition,
    campaign: str,
    update: str,
    verb: Callable[[CampaignUpdate], None],
    said: str,
) -> ResponseReturnValue:
    update_id, form = web.id_or_404(update), web.Form()
    try:
        with db.transaction(coalition.id):
            verb(_update_or_404(campaign, update_id))
    except DomainError as error:
        if error.status == 404:
            raise
        form.refuse(error)
        return _page(coalition, campaign, update_id, refused=form), error.status
    flash(said, "success")
    return _to(coalition, campaign, update_id)


def _update_or_404(campaign: str, update_id: UUID) -> CampaignUpdate:
    found = db.session.scalar(
        select(CampaignUpdate).filter_by(id=update_id, campaign_id=campaign_or_404(campaign).id)
    )
    if found is None:
        raise NotFound
    return found


def _to(coalition: Coalition, campaign: str, update_id: UUID) -> ResponseReturnValue:
    return web.see_other(
        "manage_updates.show", coalition=coalition.slug, campaign=campaign, update=update_id
    )


def _list_page(coalition: Coalition, campaign: str, form: web.Form) -> str:
    with db.reading(coalition.id):
        found = campaign_or_404(campaign)
        return render_template(
            "manage/campaigns/updates.html",
            coalition=coalition,
            campaign=found,
            updates=queries.updates(found),
            form=form,
            kinds=list(UpdateKind),
            may_change=forms.may_change(coalition),
        )


def _page(
    coalition: Coalition,
    campaign: str,
    update_id: UUID,
    *,
    form: web.Form | None = None,
    refused: web.Form | None = None,
    sent: translating.Sent | None = None,
) -> str:
    with db.reading(coalition.id):
        found = _update_or_404(campaign, update_id)
        return render_template(
            "manage/campaigns/update.html",
            coalition=coalition,
            campaign=found.campaign,
            update=found,
            form=form if form is not None else forms.filled(UpdateForm, found),
            refused=refused,
            sent=sent or translating.Sent(),
            kinds=list(UpdateKind),
            language_names=languages.names_in(get_locale()),
            may_change=forms.may_change(coalition),
        )

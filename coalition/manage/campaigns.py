"""The coalition's campaigns, each with its letters."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from coalition import audit, db, markdown, panels, web
from coalition.accounts import access
from coalition.campaigns import queries
from coalition.campaigns.errors import CampaignSlugTaken
from coalition.campaigns.models import Campaign, CampaignStatus, campaign_by_slug
from coalition.campaigns.schemas import CampaignForm
from coalition.coalitions.models import Coalition
from coalition.errors import NotFound
from coalition.letters.models import Letter
from coalition.manage import forms

LETTERS_SHOWN = 200

pages = Blueprint(
    "manage_campaigns",
    __name__,
    url_prefix="/manage/<coalition>/campaigns",
    template_folder="templates",
)


@pages.get("/")
@access.staff(access.Role.VIEWER)
def index(coalition: Coalition) -> ResponseReturnValue:
    """List the campaigns, those under way first."""
    with db.reading(coalition.id):
        return render_template(
            "manage/campaigns/index.html",
            coalition=coalition,
            campaigns=queries.campaigns(),
            may_change=forms.may_change(coalition),
        )


@pages.get("/new")
@access.staff(access.Role.COORDINATOR)
def new(coalition: Coalition) -> ResponseReturnValue:
    """Show the form for a new campaign."""
    return _form_page(coalition, None, web.Form())


@pages.post("/new")
@access.staff(access.Role.COORDINATOR)
def add(coalition: Coalition) -> ResponseReturnValue:
    """Start a campaign."""
    form = web.form(CampaignForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id) as session:
            if not queries.slug_is_free(form.values["slug"]):
                raise CampaignSlugTaken(field="slug", slug=form.values["slug"])
            campaign = Campaign(**form.values)
            session.add(campaign)
            session.flush()
            audit.record("campaign.added", campaign)
    if form.errors:
        return _form_page(coalition, None, form), 422
    flash(gettext("The campaign was added."), "success")
    return _to(coalition, campaign)


@pages.get("/<campaign>")
@access.staff(access.Role.VIEWER)
def show(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Show a campaign with its letters and its outcome."""
    with db.reading(coalition.id):
        found = _campaign_or_404(campaign)
        letters = db.session.scalars(
            select(Letter)
            .filter_by(campaign_id=found.id)
            .order_by(Letter.id.desc())
            .limit(LETTERS_SHOWN)
        ).all()
        return render_template(
            "manage/campaigns/show.html",
            coalition=coalition,
            campaign=found,
            letters=letters,
            panels=panels.shown_at(panels.CAMPAIGN, coalition=coalition, campaign=found),
            summary=markdown.to_html(found.summary),
            outcome=markdown.to_html(found.outcome),
            may_change=forms.may_change(coalition),
        )


@pages.get("/<campaign>/edit")
@access.staff(access.Role.COORDINATOR)
def edit(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Show the form of a campaign, filled in."""
    return _form_page(coalition, campaign, None)


@pages.post("/<campaign>/edit")
@access.staff(access.Role.COORDINATOR)
def change(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Store what was written about a campaign."""
    form = web.form(CampaignForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            found = _campaign_or_404(campaign)
            if not queries.slug_is_free(form.values["slug"], but=found.id):
                raise CampaignSlugTaken(field="slug", slug=form.values["slug"])
            changed = [
                name for name, value in form.values.items() if getattr(found, name) != value
            ]
            for name in changed:
                setattr(found, name, form.values[name])
            audit.record("campaign.changed", found, changed)
    if form.errors:
        return _form_page(coalition, campaign, form), 422
    flash(gettext("Saved."), "success")
    return _to(coalition, found)


def _campaign_or_404(slug: str) -> Campaign:
    found = campaign_by_slug(slug)
    if found is None:
        raise NotFound
    return found


def _to(coalition: Coalition, campaign: Campaign) -> ResponseReturnValue:
    return web.see_other(
        "manage_campaigns.show", coalition=coalition.slug, campaign=campaign.slug
    )


def _form_page(coalition: Coalition, slug: str | None, form: web.Form | None) -> str:
    with db.reading(coalition.id):
        found = _campaign_or_404(slug) if slug else None
        return render_template(
            "manage/campaigns/form.html",
            coalition=coalition,
            campaign=found,
            form=form if form is not None else forms.filled(CampaignForm, found),
            statuses=list(CampaignStatus),
        )

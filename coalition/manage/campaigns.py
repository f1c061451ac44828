"""The coalition's campaigns: what each wants, its letters, and whether the public sees it."""

from typing import Any

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from sqlalchemy import select

from coalition import audit, db, languages, markdown, panels, web
from coalition.accounts import access
from coalition.areas.models import Area
from coalition.areas.queries import areas
from coalition.campaign_page import showing
from coalition.campaign_page.page import campaign_page
from coalition.campaigns import queries
from coalition.campaigns.errors import CampaignSlugTaken
from coalition.campaigns.models import Campaign, CampaignStatus, campaign_by_slug
from coalition.campaigns.schemas import CampaignForm, CampaignTranslationForm
from coalition.coalitions.models import Coalition
from coalition.documents import queries as documents
from coalition.errors import DomainError, NotFound
from coalition.letters.models import Letter
from coalition.manage import forms, translating

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
    return _form_page(coalition, None, web.Form(written={"language": coalition.language}))


@pages.post("/new")
@access.staff(access.Role.COORDINATOR)
def add(coalition: Coalition) -> ResponseReturnValue:
    """Start a campaign."""
    form = web.form(CampaignForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id) as session:
            if not queries.slug_is_free(form.values["slug"]):
                raise CampaignSlugTaken(field="slug", slug=form.values["slug"])
            campaign = Campaign(**_stored(form.values, None))
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
    return _page(coalition, campaign, web.Form())


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
            found = campaign_or_404(campaign)
            if not queries.slug_is_free(form.values["slug"], but=found.id):
                raise CampaignSlugTaken(field="slug", slug=form.values["slug"])
            values = _stored(form.values, found)
            changed = [name for name, value in values.items() if getattr(found, name) != value]
            for name in changed:
                setattr(found, name, values[name])
            audit.record("campaign.changed", found, changed)
    if form.errors:
        return _form_page(coalition, campaign, form), 422
    flash(gettext("Saved."), "success")
    return _to(coalition, found)


@pages.get("/<campaign>/preview")
@access.staff(access.Role.VIEWER)
def preview(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Show the campaign's page as the public would see it."""
    with db.reading(coalition.id):
        found = campaign_or_404(campaign)
        shown = campaign_page(found, web.asked_language(web.language()))
        return showing.rendered(coalition, shown, is_preview=True)


@pages.post("/<campaign>/publication")
@access.staff(access.Role.COORDINATOR)
def publish(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Let everybody read the campaign's page."""
    form = web.Form()
    try:
        with db.transaction(coalition.id):
            found = campaign_or_404(campaign, locked=True)
            found.publish()
    except DomainError as error:
        form.refuse(error)
        return _page(coalition, campaign, form), error.status
    flash(gettext("The campaign is published: everybody can read its page now."), "success")
    return _to(coalition, found)


@pages.post("/<campaign>/withdrawal")
@access.staff(access.Role.COORDINATOR)
def unpublish(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Take the campaign's page off the web."""
    with db.transaction(coalition.id):
        found = campaign_or_404(campaign, locked=True)
        found.unpublish()
    flash(gettext("The page is off the web. Nothing of it is lost."), "success")
    return _to(coalition, found)


@pages.get("/<campaign>/translations")
@access.staff(access.Role.COORDINATOR)
def translations(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Show the campaign's texts in other languages."""
    return _translations_page(coalition, campaign, translating.Sent())


@pages.post("/<campaign>/translations")
@access.staff(access.Role.COORDINATOR)
def translate(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Keep the campaign's texts in another language."""
    sent = translating.keep(
        coalition, CampaignTranslationForm, lambda: campaign_or_404(campaign, locked=True)
    )
    if sent.form.errors:
        return _translations_page(coalition, campaign, sent), 422
    return web.see_other(
        "manage_campaigns.translations", coalition=coalition.slug, campaign=campaign
    )


def campaign_or_404(slug: str, *, locked: bool = False) -> Campaign:
    """Return the campaign; `locked` until the transaction ends, where its rules are checked.

    Raises:
        NotFound: the coalition has none at this address.
    """
    found = campaign_by_slug(slug)
    if found is None:
        raise NotFound
    if locked:
        db.session.refresh(found, with_for_update=True)
    return found


def _stored(values: dict[str, Any], campaign: Campaign | None) -> dict[str, Any]:
    """Return what is stored of a form: of the place, which one it is."""
    kept = dict(values)
    name = kept.pop("area")
    kept["area"] = _area(name, campaign) if name else None
    return kept


def _area(name: str, campaign: Campaign | None) -> Area:
    known = campaign.area if campaign else None
    return known if known and known.full_name == name else queries.place_called(name)


def _to(coalition: Coalition, campaign: Campaign) -> ResponseReturnValue:
    return web.see_other(
        "manage_campaigns.show", coalition=coalition.slug, campaign=campaign.slug
    )


def _page(coalition: Coalition, slug: str, form: web.Form) -> str:
    with db.reading(coalition.id):
        found = campaign_or_404(slug)
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
            form=form,
            letters=letters,
            counts={
                "updates": len(queries.updates(found)),
                "reasons": len(queries.reasons(found)),
                "sponsors": len(queries.sponsors(found)),
                "documents": len(documents.documents(found, public=False)),
                "translations": len(found.languages) - 1,
            },
            panels=panels.shown_at(panels.CAMPAIGN, coalition=coalition, campaign=found),
            # Said by plugins, too: text, with whatever stands in it, and no format.
            missing=[gettext(sentence) for sentence in found.missing],
            asked_sponsors=len(queries.sponsors(found, agreed=False)),
            call=markdown.to_html(found.call),
            summary=markdown.to_html(found.summary),
            outcome=markdown.to_html(found.outcome),
            may_change=forms.may_change(coalition),
        )


def _form_page(coalition: Coalition, slug: str | None, form: web.Form | None) -> str:
    with db.reading(coalition.id):
        found = campaign_or_404(slug) if slug else None
        if form is None:
            place = found.area.full_name if found and found.area else ""
            form = forms.filled(CampaignForm, found, area=place)
        return render_template(
            "manage/campaigns/form.html",
            coalition=coalition,
            campaign=found,
            form=form,
            statuses=list(CampaignStatus),
            places=[each.full_name for each in areas()],
            language_names=languages.names_in(get_locale()),
        )


def _translations_page(coalition: Coalition, slug: str, sent: translating.Sent) -> str:
    with db.reading(coalition.id):
        return render_template(
            "manage/campaigns/translations.html",
            coalition=coalition,
            campaign=campaign_or_404(slug),
            sent=sent,
            language_names=languages.names_in(get_locale()),
        )

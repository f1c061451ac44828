"""Who decides about a campaign, what they said, and how they voted."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition import db, web
from coalition.accounts import access
from coalition.campaigns.models import Campaign, campaign_by_slug
from coalition.clock import now
from coalition.coalitions.models import Coalition
from coalition.decisions import queries
from coalition.decisions.deciders import who_decides
from coalition.decisions.models import Officeholder
from coalition.decisions.pledges import Pledge
from coalition.decisions.schemas import PledgeForm
from coalition.errors import N_, InvalidInput, NotFound
from coalition.localtime import time_zone
from coalition.manage import forms

pages = Blueprint(
    "manage_deciders",
    __name__,
    url_prefix="/manage/<coalition>/campaigns/<campaign>/deciders",
    template_folder="templates",
)


@pages.get("/")
@access.staff(access.Role.VIEWER)
def show(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Show the members of the deciding bodies with their pledges and votes."""
    return _page(coalition, campaign, web.Form())


@pages.post("/pledges")
@access.staff(access.Role.COORDINATOR)
def note(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Write down what an officeholder said."""
    form = web.form(PledgeForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id) as session:
            found = _campaign_or_404(campaign)
            officeholder = session.get(Officeholder, form.values.pop("officeholder"))
            if officeholder is None:
                raise InvalidInput(
                    field="officeholder", reason=N_("There is no such officeholder.")
                )
            position = form.values.pop("position")
            Pledge.note(found, officeholder, position, **form.values)
    if form.errors:
        return _page(coalition, campaign, form), 422
    return _back(coalition, campaign, gettext("Noted."))


@pages.post("/pledges/<pledge>/removal")
@access.staff(access.Role.COORDINATOR)
def remove(coalition: Coalition, campaign: str, pledge: str) -> ResponseReturnValue:
    """Forget what was noted by mistake."""
    with db.transaction(coalition.id) as session:
        found = session.get(Pledge, web.id_or_404(pledge))
        if found is None or found.campaign_id != _campaign_or_404(campaign).id:
            raise NotFound
        found.remove()
    return _back(coalition, campaign, gettext("Removed."))


def _campaign_or_404(slug: str) -> Campaign:
    found = campaign_by_slug(slug)
    if found is None:
        raise NotFound
    return found


def _back(coalition: Coalition, campaign: str, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return web.see_other("manage_deciders.show", coalition=coalition.slug, campaign=campaign)


def _page(coalition: Coalition, slug: str, form: web.Form) -> str:
    with db.reading(coalition.id):
        campaign = _campaign_or_404(slug)
        zone = campaign.area.time_zone if campaign.area else coalition.time_zone
        today = now().astimezone(time_zone(zone)).date()
        return render_template(
            "manage/deciders/show.html",
            coalition=coalition,
            campaign=campaign,
            bodies=who_decides(campaign, today),
            pledges=queries.pledges_of(campaign.id),
            items=queries.items_of_campaign(campaign.id),
            form=form,
            may_change=forms.may_change(coalition),
        )

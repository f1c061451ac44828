"""Organizations under a campaign's text: asked, agreed, put in order."""

from uuid import UUID

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from coalition import audit, db, web
from coalition.accounts import access
from coalition.campaigns import queries
from coalition.campaigns.errors import SponsorKnown
from coalition.campaigns.ordering import move, place_at_end
from coalition.campaigns.schemas import AgreementForm, SponsorForm
from coalition.campaigns.sponsors import Sponsor
from coalition.coalitions.models import Coalition, CoalitionMembership, MembershipState
from coalition.errors import NotFound
from coalition.manage import forms
from coalition.manage.campaigns import campaign_or_404
from coalition.organizations.models import Organization
from coalition.organizations.queries import one_called

SUGGESTED = 300

pages = Blueprint(
    "manage_sponsors",
    __name__,
    url_prefix="/manage/<coalition>/campaigns/<campaign>/sponsors",
    template_folder="templates",
)


@pages.get("/")
@access.staff(access.Role.VIEWER)
def index(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """List the sponsors in their order, with who has yet to agree."""
    return _page(coalition, campaign, web.Form())


@pages.post("/")
@access.staff(access.Role.COORDINATOR)
def add(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Note that an organization is asked; it is shown once it has agreed."""
    form = web.form(SponsorForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id) as session:
            found = campaign_or_404(campaign, locked=True)
            organization = one_called(form.values["organization"], field="organization")
            known = queries.sponsors(found)
            if organization.id in {each.organization_id for each in known}:
                raise SponsorKnown(field="organization", name=organization.name)
            sponsor = Sponsor(
                campaign_id=found.id,
                organization_id=organization.id,
                position=place_at_end(known),
            )
            session.add(sponsor)
            session.flush()
            audit.record("campaign_sponsor.added", sponsor)
    if form.errors:
        return _page(coalition, campaign, form), 422
    flash(gettext("Added. It is shown as soon as you note its agreement."), "success")
    return _to_list(coalition, campaign)


@pages.post("/<sponsor>/agreement")
@access.staff(access.Role.COORDINATOR)
def agree(coalition: Coalition, campaign: str, sponsor: str) -> ResponseReturnValue:
    """Note when and how an organization agreed, or that it does not agree any more."""
    sponsor_id, form = web.id_or_404(sponsor), web.form(AgreementForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            _sponsor_or_404(campaign, sponsor_id).agree(
                on=form.values["agreed_on"],
                how=form.values["agreed_how"],
                today=coalition.today(),
            )
    if form.errors:
        return _page(coalition, campaign, web.Form(), agreement=(sponsor_id, form)), 422
    flash(gettext("Saved."), "success")
    return _to_list(coalition, campaign)


@pages.post("/<sponsor>/place")
@access.staff(access.Role.COORDINATOR)
def reorder(coalition: Coalition, campaign: str, sponsor: str) -> ResponseReturnValue:
    """Move a sponsor up or down by one place."""
    step = -1 if request.form.get("step") == "up" else 1
    with db.transaction(coalition.id):
        rows = queries.sponsors(campaign_or_404(campaign, locked=True))
        moved = _sponsor_or_404(campaign, web.id_or_404(sponsor))
        move(rows, moved, step)
        audit.record("campaign_sponsor.moved", moved)
    return _to_list(coalition, campaign)


@pages.post("/<sponsor>/removal")
@access.staff(access.Role.COORDINATOR)
def remove(coalition: Coalition, campaign: str, sponsor: str) -> ResponseReturnValue:
    """Take an organization off the list."""
    with db.transaction(coalition.id) as session:
        found = _sponsor_or_404(campaign, web.id_or_404(sponsor))
        audit.record("campaign_sponsor.removed", found)
        session.delete(found)
    flash(gettext("The organization was taken off the list."), "success")
    return _to_list(coalition, campaign)


def _sponsor_or_404(campaign: str, sponsor_id: UUID) -> Sponsor:
    own = select(Sponsor).filter_by(id=sponsor_id, campaign_id=campaign_or_404(campaign).id)
    found = db.session.scalar(own)
    if found is None:
        raise NotFound
    return found


def _to_list(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    return web.see_other("manage_sponsors.index", coalition=coalition.slug, campaign=campaign)


def _page(
    coalition: Coalition,
    campaign: str,
    form: web.Form,
    *,
    agreement: tuple[UUID, web.Form] | None = None,
) -> str:
    with db.reading(coalition.id):
        found = campaign_or_404(campaign)
        sponsors = queries.sponsors(found)
        return render_template(
            "manage/campaigns/sponsors.html",
            coalition=coalition,
            campaign=found,
            sponsors=[(each, _form_of(each, agreement)) for each in sponsors],
            form=form,
            members=_members(),
            may_change=forms.may_change(coalition),
        )


def _form_of(sponsor: Sponsor, agreement: tuple[UUID, web.Form] | None) -> web.Form:
    if agreement is not None and agreement[0] == sponsor.id:
        return agreement[1]
    return forms.filled(AgreementForm, sponsor)


def _members() -> list[str]:
    """Return the names of organizations in the coalition, to choose from."""
    members = (
        select(Organization.name)
        .join(CoalitionMembership, CoalitionMembership.organization_id == Organization.id)
        .where(CoalitionMembership.state == MembershipState.ACTIVE)
        .order_by(Organization.sort_key)
    )
    return list(db.session.scalars(members.limit(SUGGESTED)))

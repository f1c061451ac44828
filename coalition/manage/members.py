"""The organizations in a coalition: invited, applied, active, paused, left."""

from uuid import UUID

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition import audit, db, web
from coalition.accounts import access
from coalition.coalitions import queries
from coalition.coalitions.models import (
    Coalition,
    CoalitionMembership,
    MembershipRole,
    MembershipState,
)
from coalition.coalitions.schemas import MemberDetailsForm, MemberForm
from coalition.errors import NotFound
from coalition.manage import forms
from coalition.organizations.queries import one_called

pages = Blueprint(
    "manage_members",
    __name__,
    url_prefix="/manage/<coalition>/members",
    template_folder="templates",
)


@pages.get("/")
@access.staff(access.Role.VIEWER)
def index(coalition: Coalition) -> ResponseReturnValue:
    """List the coalition's members, page by page; `?state=active` leaves some of them."""
    return _index(coalition, web.Form())


@pages.post("/")
@access.staff(access.Role.COORDINATOR)
def add(coalition: Coalition) -> ResponseReturnValue:
    """Invite an organization of the directory, note that it applied, or take it in."""
    form = web.form(MemberForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            organization = one_called(form.values["organization"], field="organization")
            membership = CoalitionMembership.begin(
                organization, MembershipState(form.values["state"]), on=coalition.today()
            )
            membership.role = form.values["role"]
            db.session.flush()
            audit.record("coalition_membership.began", membership, ["state", "role"])
    if form.errors:
        return _index(coalition, form), 422
    flash(gettext("%(name)s is on the list.", name=organization.name), "success")
    return web.see_other("manage_members.index", coalition=coalition.slug)


@pages.get("/<membership>")
@access.staff(access.Role.VIEWER)
def show(coalition: Coalition, membership: str) -> ResponseReturnValue:
    """Show how an organization stands with the coalition."""
    return _page(coalition, web.id_or_404(membership), None)


@pages.post("/<membership>")
@access.staff(access.Role.COORDINATOR)
def change(coalition: Coalition, membership: str) -> ResponseReturnValue:
    """Change role and days."""
    membership_id = web.id_or_404(membership)
    form = web.form(MemberDetailsForm)
    if form.errors:
        return _page(coalition, membership_id, form), 422
    with db.transaction(coalition.id):
        found = _membership_or_404(membership_id)
        found.role = form.values["role"]
        found.starts_on, found.ends_on = form.values["starts_on"], form.values["ends_on"]
        audit.record("coalition_membership.changed", found, ["role", "starts_on", "ends_on"])
    flash(gettext("Saved."), "success")
    return web.see_other(
        "manage_members.show", coalition=coalition.slug, membership=membership_id
    )


@pages.post("/<membership>/activation")
@access.staff(access.Role.COORDINATOR)
def activate(coalition: Coalition, membership: str) -> ResponseReturnValue:
    """Take the organization in."""
    return _move(coalition, membership, MembershipState.ACTIVE)


@pages.post("/<membership>/pause")
@access.staff(access.Role.COORDINATOR)
def pause(coalition: Coalition, membership: str) -> ResponseReturnValue:
    """Suspend the membership."""
    return _move(coalition, membership, MembershipState.PAUSED)


@pages.post("/<membership>/departure")
@access.staff(access.Role.COORDINATOR)
def leave(coalition: Coalition, membership: str) -> ResponseReturnValue:
    """End the membership; the record stays."""
    return _move(coalition, membership, MembershipState.LEFT)


def _move(coalition: Coalition, text: str, state: MembershipState) -> ResponseReturnValue:
    membership_id = web.id_or_404(text)
    form = web.Form()
    with forms.showing_refusals(form), db.transaction(coalition.id):
        found = _membership_or_404(membership_id)
        match state:
            case MembershipState.ACTIVE:
                found.activate(on=coalition.today())
            case MembershipState.PAUSED:
                found.pause()
            case _:
                found.leave(on=coalition.today())
        audit.record("coalition_membership.changed", found, ["state"])
    if form.errors:
        return _page(coalition, membership_id, form), 422
    flash(gettext("Saved."), "success")
    return web.see_other(
        "manage_members.show", coalition=coalition.slug, membership=membership_id
    )


def _membership_or_404(membership_id: UUID) -> CoalitionMembership:
    found = db.session.get(CoalitionMembership, membership_id)
    if found is None:
        raise NotFound
    return found


def _index(coalition: Coalition, form: web.Form) -> str:
    asked = forms.asked("state")
    state = MembershipState(asked) if asked in set(MembershipState) else None
    with db.reading(coalition.id):
        return render_template(
            "manage/members/index.html",
            coalition=coalition,
            page=queries.members_page(state=state, after=forms.place_in_list()),
            state=state,
            states=list(MembershipState),
            roles=list(MembershipRole),
            form=form,
            may_change=forms.may_change(coalition),
        )


def _page(coalition: Coalition, membership_id: UUID, form: web.Form | None) -> str:
    with db.reading(coalition.id):
        found = _membership_or_404(membership_id)
        shown = form if form and form.written else forms.filled(MemberDetailsForm, found)
        if form is not None:
            shown.errors = form.errors
        return render_template(
            "manage/members/show.html",
            coalition=coalition,
            membership=found,
            roles=list(MembershipRole),
            form=shown,
            may_change=forms.may_change(coalition),
        )

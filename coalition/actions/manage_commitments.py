"""The page of those who speak for organizations: what theirs are asked, promised and did."""

from uuid import UUID

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from coalition import db, web
from coalition.accounts import access
from coalition.accounts.representing import organizations_of
from coalition.actions import queries, reporting
from coalition.actions.manage_schemas import DoneForm, PledgeForm, ReasonForm
from coalition.actions.reporting import Evidence
from coalition.coalitions.models import Coalition
from coalition.letters.review import organizations_by_id

pages = Blueprint(
    "commitments",
    __name__,
    url_prefix="/manage/<coalition>/commitments",
    template_folder="templates",
)

_anybody_here = access.staff(access.Role.VIEWER, access.Role.REPRESENTATIVE)


@pages.get("/")
@_anybody_here
def index(coalition: Coalition) -> ResponseReturnValue:
    """Show what the user's organizations are asked to do, and how they stand."""
    return _page(coalition, web.Form())


@pages.post("/<slug>/<organization>/promise")
@_anybody_here
def promise(coalition: Coalition, slug: str, organization: str) -> ResponseReturnValue:
    """Promise something for an organization, or change how much."""
    organization_id = access.represented(coalition, organization)
    form = web.form(PledgeForm)
    if not form.errors:
        with web.showing_refusals(form), db.transaction(coalition.id):
            action = reporting.locked_action(slug, only_published=True)
            reporting.commit_for(current_user, action, organization_id, **form.values)
    return _answer(coalition, form, slug, organization_id, gettext("Promised. Thank you."))


@pages.post("/<slug>/<organization>/report")
@_anybody_here
def report(coalition: Coalition, slug: str, organization: str) -> ResponseReturnValue:
    """Say what an organization did."""
    organization_id = access.represented(coalition, organization)
    form = web.form(DoneForm)
    if not form.errors:
        with web.showing_refusals(form), db.transaction(coalition.id):
            values = dict(form.values)
            action = reporting.locked_action(slug, only_published=True)
            reporting.report_for(
                current_user,
                action,
                organization_id,
                name=values.pop("name"),
                evidence=Evidence(**values),
            )
    return _answer(coalition, form, slug, organization_id, gettext("Written down. Thank you."))


@pages.post("/<slug>/<organization>/decline")
@_anybody_here
def decline(coalition: Coalition, slug: str, organization: str) -> ResponseReturnValue:
    """Say that an organization will not do it."""
    organization_id = access.represented(coalition, organization)
    form = web.form(ReasonForm)
    if not form.errors:
        with web.showing_refusals(form), db.transaction(coalition.id):
            action = reporting.locked_action(slug, only_published=True)
            reporting.decline_for(current_user, action, organization_id, form.values["note"])
    return _answer(coalition, form, slug, organization_id, gettext("Noted."))


def _answer(
    coalition: Coalition, form: web.Form, slug: str, organization_id: UUID, said: str
) -> ResponseReturnValue:
    if form.errors:
        return _page(coalition, form, slug, organization_id), 422
    flash(said, "success")
    return web.see_other("commitments.index", coalition=coalition.slug)


def _page(
    coalition: Coalition, form: web.Form, slug: str = "", organization_id: UUID | None = None
) -> str:
    with db.reading(coalition.id):
        ids = organizations_of(current_user.id, coalition.id)
        ours = sorted(organizations_by_id(set(ids)).values(), key=lambda each: each.sort_key)
        asked = [
            (
                action,
                [
                    (each, reporting.record_of(action, each.id))
                    for each in ours
                    if reporting.is_asked(action, each.id)
                ],
            )
            for action in queries.open_actions()
        ]
        return render_template(
            "actions/manage/commitments.html",
            coalition=coalition,
            ours=ours,
            asked=asked,
            form=form,
            sent=(slug, organization_id),
        )

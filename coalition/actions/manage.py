"""The coordinator's pages of actions: the list, one action with who took part, opening, closing."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition import db, web
from coalition.accounts import access
from coalition.actions import editing, queries
from coalition.actions.errors import UnknownAction
from coalition.actions.manage_schemas import RECORDED
from coalition.actions.models import Action
from coalition.actions.participations import ParticipationState
from coalition.clock import now
from coalition.coalitions.models import Coalition
from coalition.coalitions.queries import names_of_members

pages = Blueprint(
    "actions_manage",
    __name__,
    url_prefix="/manage/<coalition>/actions",
    template_folder="templates",
)


@pages.get("/")
@access.staff(access.Role.VIEWER)
def index(coalition: Coalition) -> ResponseReturnValue:
    """List the actions, the open ones first, with how many took part."""
    with db.reading(coalition.id):
        found = queries.actions()
        return render_template(
            "actions/manage/index.html",
            coalition=coalition,
            actions=found,
            tallies=queries.tallies([each.id for each in found]),
            nobody=queries.Tally(),
            may_change=access.may_change(coalition),
        )


@pages.get("/<slug>/")
@access.staff(access.Role.VIEWER)
def show(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Show one action: how it stands, who took part, what is left to do."""
    return action_page(coalition, slug)


@pages.post("/<slug>/opening")
@access.staff(access.Role.COORDINATOR)
def open_action(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Ask from now on."""
    form = web.Form()
    with web.showing_refusals(form), db.transaction(coalition.id):
        editable_or_raise(slug).open()
    if form.errors:
        return action_page(coalition, slug, form), 422
    return _said(coalition, slug, gettext("The action is open: people can be asked now."))


@pages.post("/<slug>/closing")
@access.staff(access.Role.COORDINATOR)
def close_action(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Ask no more, and take no more reports."""
    form = web.Form()
    with web.showing_refusals(form), db.transaction(coalition.id):
        editable_or_raise(slug).close()
    if form.errors:
        return action_page(coalition, slug, form), 409
    return _said(coalition, slug, gettext("The action is closed."))


@pages.post("/<slug>/removal")
@access.staff(access.Role.COORDINATOR)
def remove_action(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Remove a draft."""
    form = web.Form()
    with web.showing_refusals(form), db.transaction(coalition.id):
        editing.remove(editable_or_raise(slug))
    if form.errors:
        return action_page(coalition, slug, form), 409
    flash(gettext("The draft was removed."), "success")
    return web.see_other("actions_manage.index", coalition=coalition.slug)


def editable_or_raise(slug: str) -> Action:
    """Return an action, locked until the transaction ends.

    Raises:
        UnknownAction: there is none.
    """
    found = editing.editable_action(slug)
    if found is None:
        raise UnknownAction
    return found


def action_page(coalition: Coalition, slug: str, form: web.Form | None = None) -> str:
    """Render the page of an action; `form` is what was written into the form for a record."""
    asked = request.args.get("state", "")
    state = next((each for each in ParticipationState if each == asked), None)
    after = request.args.get("after")
    with db.reading(coalition.id):
        action = queries.action_or_raise(slug)
        page = queries.participations_page(
            action.id, state=state, after=web.id_or_404(after) if after else None
        )
        return render_template(
            "actions/manage/show.html",
            coalition=coalition,
            action=action,
            tally=queries.tally(action.id),
            page=page,
            state=state,
            states=list(ParticipationState),
            recorded=RECORDED,
            commitments=queries.commitments(action.id),
            people=names_addressed(action),
            check_in=queries.check_in_of(action_id=action.id),
            tasks=queries.tasks(action_id=action.id),
            today=coalition.today(),
            is_over=action.is_over(now()),
            organization_names=names_of_members(),
            may_change=access.may_change(coalition),
            form=form or web.Form(),
        )


def names_addressed(action: Action) -> list[str]:
    """Return the names of those to whom the action is addressed."""
    return [each.name for each in editing.addressed_by(action)]


def _said(coalition: Coalition, slug: str, sentence: str) -> ResponseReturnValue:
    flash(sentence, "success")
    return web.see_other("actions_manage.show", coalition=coalition.slug, slug=slug)

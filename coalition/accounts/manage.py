"""Coordinators' pages: the team of a coalition, and its tokens for the API."""

from uuid import UUID

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition import audit, db, web
from coalition.accounts import access, jobs, queries, representing, teams, tokens
from coalition.accounts.access import Role
from coalition.accounts.errors import NotInTheDirectory
from coalition.accounts.links import LinkPurpose
from coalition.accounts.models import COALITION_ROLES
from coalition.accounts.schemas import OrganizationForm, RoleForm, TeamForm, TokenForm
from coalition.coalitions.models import Coalition
from coalition.errors import DomainError
from coalition.jobs import enqueue

blueprint = Blueprint("accounts_manage", __name__, template_folder="templates")


@blueprint.get("/manage/<coalition>/team/")
@access.staff(Role.COORDINATOR)
def team(coalition: Coalition) -> ResponseReturnValue:
    """Show who works on the coalition."""
    return _team(coalition, web.Form())


@blueprint.post("/manage/<coalition>/team/")
@access.staff(Role.COORDINATOR)
@access.fresh
def add_member(coalition: Coalition) -> ResponseReturnValue:
    """Give somebody a role; who has no account yet gets an invitation."""
    form = web.form(TeamForm)
    if form.errors:
        return _team(coalition, form), 422
    try:
        with db.transaction(coalition.id):
            user, is_new = teams.give_role(
                coalition.id,
                email=form.values["email"],
                name=form.values["name"],
                role=Role(form.values["role"]),
                held=_held(coalition),
            )
            if is_new:
                enqueue(jobs.send_link, user.id, LinkPurpose.INVITATION.value)
    except DomainError as error:
        form.refuse(error)
        return _team(coalition, form), error.status
    flash(gettext("Done. Who has no account yet gets a mail with a link."), "success")
    return web.see_other("accounts_manage.team", coalition=coalition.slug)


@blueprint.post("/manage/<coalition>/team/<user_id>/role")
@access.staff(Role.COORDINATOR)
@access.fresh
def change_role(coalition: Coalition, user_id: str) -> ResponseReturnValue:
    """Give a member another role."""
    form = web.form(RoleForm)
    if form.errors:
        return _team(coalition, form), 422
    try:
        with db.transaction(coalition.id):
            teams.change_role(
                coalition.id,
                web.id_or_404(user_id),
                role=Role(form.values["role"]),
                held=_held(coalition),
            )
    except DomainError as error:
        return _refused(coalition, error)
    flash(gettext("The role is changed; they have to sign in again."), "success")
    return web.see_other("accounts_manage.team", coalition=coalition.slug)


@blueprint.post("/manage/<coalition>/team/<user_id>/removal")
@access.staff(Role.COORDINATOR)
@access.fresh
def remove_member(coalition: Coalition, user_id: str) -> ResponseReturnValue:
    """Take a member out of the team."""
    try:
        with db.transaction(coalition.id):
            teams.take_role(coalition.id, web.id_or_404(user_id), held=_held(coalition))
    except DomainError as error:
        return _refused(coalition, error)
    flash(gettext("They are no longer in the team."), "success")
    return web.see_other("accounts_manage.team", coalition=coalition.slug)


@blueprint.post("/manage/<coalition>/team/<user_id>/organizations")
@access.staff(Role.COORDINATOR)
@access.fresh
def add_organization(coalition: Coalition, user_id: str) -> ResponseReturnValue:
    """Let a member speak for an organization."""
    form = web.form(OrganizationForm)
    if form.errors:
        return _team(coalition, form), 422
    try:
        with db.transaction(coalition.id):
            representing.let_represent(
                coalition.id, web.id_or_404(user_id), form.values["organization"]
            )
    except NotInTheDirectory as error:
        return _refused(coalition, error)
    flash(gettext("They speak for this organization now."), "success")
    return web.see_other("accounts_manage.team", coalition=coalition.slug)


@blueprint.post("/manage/<coalition>/team/representations/<representation_id>/removal")
@access.staff(Role.COORDINATOR)
@access.fresh
def remove_organization(coalition: Coalition, representation_id: str) -> ResponseReturnValue:
    """Let a member no longer speak for an organization."""
    with db.transaction(coalition.id):
        representing.end(coalition.id, web.id_or_404(representation_id))
    flash(gettext("They no longer speak for this organization."), "success")
    return web.see_other("accounts_manage.team", coalition=coalition.slug)


@blueprint.get("/manage/<coalition>/tokens/")
@access.staff(Role.COORDINATOR)
def show_tokens(coalition: Coalition) -> ResponseReturnValue:
    """Show the coalition's tokens."""
    return _tokens(coalition, web.Form())


@blueprint.post("/manage/<coalition>/tokens/")
@access.staff(Role.COORDINATOR)
@access.fresh
def make_token(coalition: Coalition) -> ResponseReturnValue:
    """Make a token and show its secret, this once."""
    form = web.form(TokenForm)
    if form.errors:
        return _tokens(coalition, form), 422
    try:
        with db.transaction(coalition.id):
            token, secret = tokens.make(
                coalition_id=coalition.id, user_id=_user_id(), **form.values
            )
            audit.record("token.made", token, ["scopes", "expires_at"])
    except DomainError as error:
        form.refuse(error)
        return _tokens(coalition, form), error.status
    return _tokens(coalition, web.Form(), secret=secret), 201


@blueprint.post("/manage/<coalition>/tokens/<token_id>/revocation")
@access.staff(Role.COORDINATOR)
def revoke_token(coalition: Coalition, token_id: str) -> ResponseReturnValue:
    """End a token at once."""
    with db.transaction(coalition.id):
        token = tokens.token_of(coalition.id, web.id_or_404(token_id))
        token.revoke()
        audit.record("token.revoked", token, ["revoked_at"])
    flash(gettext("The token no longer works."), "success")
    return web.see_other("accounts_manage.show_tokens", coalition=coalition.slug)


def _team(coalition: Coalition, form: web.Form) -> str:
    with db.reading(coalition.id):
        return render_template(
            "accounts/manage/team.html",
            coalition=coalition,
            form=form,
            members=queries.team(coalition.id),
            representations=representing.by_user(coalition.id),
            roles=[role for role in COALITION_ROLES if _held(coalition).covers(role)],
            me=_user_id(),
        )


def _refused(coalition: Coalition, error: DomainError) -> ResponseReturnValue:
    form = web.Form()
    form.errors[""] = web.say(error)
    return _team(coalition, form), error.status


def _tokens(coalition: Coalition, form: web.Form, secret: str | None = None) -> str:
    with db.reading(coalition.id):
        return render_template(
            "accounts/manage/tokens.html",
            coalition=coalition,
            form=form,
            tokens=tokens.tokens_of(coalition.id),
            scopes=tokens.SCOPES,
            default_days=tokens.DEFAULT_LIFE_DAYS,
            max_days=tokens.MAX_LIFE_DAYS,
            chosen=request.form.getlist("scopes"),
            secret=secret,
        )


def _held(coalition: Coalition) -> Role:
    user = access.user()
    role = user.role_in(coalition.id) if user else None
    assert role is not None  # `access.staff` has let them in
    return role


def _user_id() -> UUID:
    user = access.user()
    assert user is not None
    return user.id

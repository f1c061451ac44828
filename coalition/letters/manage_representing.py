"""The page of those who speak for organizations: what their organizations have signed."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from coalition import db, web
from coalition.accounts import access
from coalition.coalitions.models import Coalition
from coalition.errors import DomainError
from coalition.letters import representing
from coalition.letters.editing import locked_letter
from coalition.letters.manage_schemas import Representation

pages = Blueprint(
    "letters_representing",
    __name__,
    url_prefix="/manage/<coalition>/representing",
    template_folder="templates",
)

_anybody_here = access.staff(access.Role.VIEWER, access.Role.REPRESENTATIVE)


@pages.get("/")
@_anybody_here
def index(coalition: Coalition) -> ResponseReturnValue:
    """Show the open letters, and where the user's organizations have signed."""
    return _page(coalition, web.Form())


@pages.post("/<slug>/<organization>/signature")
@_anybody_here
def sign(coalition: Coalition, slug: str, organization: str) -> ResponseReturnValue:
    """Sign a letter for an organization."""
    organization_id = access.represented(coalition, organization)
    form = web.form(Representation)
    if form.errors:
        return _page(coalition, form, slug, organization), 422
    try:
        with db.transaction(coalition.id):
            letter = locked_letter(slug)
            representing.sign_for(current_user, letter, organization_id, **form.values)
    except DomainError as error:
        if error.status == 404:
            raise
        form.refuse(error)
        return _page(coalition, form, slug, organization), error.status
    flash(gettext("Signed. The name counts at once."), "success")
    return web.see_other("letters_representing.index", coalition=coalition.slug)


@pages.post("/<slug>/<organization>/withdrawal")
@_anybody_here
def withdraw(coalition: Coalition, slug: str, organization: str) -> ResponseReturnValue:
    """Take an organization's name back."""
    organization_id = access.represented(coalition, organization)
    with db.transaction(coalition.id):
        representing.withdraw_for(current_user, locked_letter(slug), organization_id)
    flash(gettext("The name was taken back."), "success")
    return web.see_other("letters_representing.index", coalition=coalition.slug)


def _page(coalition: Coalition, form: web.Form, slug: str = "", organization: str = "") -> str:
    with db.reading(coalition.id):
        return render_template(
            "letters/manage/representing.html",
            coalition=coalition,
            letters=representing.standings(current_user.id, coalition.id),
            form=form,
            sent=(slug, organization),
        )

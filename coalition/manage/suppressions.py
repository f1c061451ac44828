"""The addresses that a coalition does not write to: how many and why, stopped and freed by hand."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import Schema

from coalition import audit, db, web
from coalition.accounts import access
from coalition.coalitions.models import Coalition
from coalition.consents import suppressing
from coalition.consents.models import SuppressionReason
from coalition.fields import MailAddress
from coalition.manage import forms

pages = Blueprint(
    "manage_suppressions",
    __name__,
    url_prefix="/manage/<coalition>/suppressions",
    template_folder="templates",
)


class AddressForm(Schema):
    """The address that is meant; it is not stored as it is written."""

    email = MailAddress(required=True)


@pages.get("/")
@access.staff(access.Role.COORDINATOR)
def index(coalition: Coalition) -> ResponseReturnValue:
    """Show how many addresses get no mail, by reason."""
    return _page(coalition, web.Form(), web.Form())


@pages.post("/")
@access.staff(access.Role.COORDINATOR)
def add(coalition: Coalition) -> ResponseReturnValue:
    """Stop all mail to an address."""
    form = web.form(AddressForm)
    if form.errors:
        return _page(coalition, form, web.Form()), 422
    with db.transaction(coalition.id):
        address = form.values["email"]
        suppressing.suppress(coalition.id, address, SuppressionReason.MANUAL)
        audit.record("address.suppressed", coalition)
    flash(gettext("No mail goes to that address any more."), "success")
    return web.see_other("manage_suppressions.index", coalition=coalition.slug)


@pages.post("/lifting")
@access.staff(access.Role.COORDINATOR)
def lift(coalition: Coalition) -> ResponseReturnValue:
    """Write to an address again."""
    form = web.form(AddressForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            suppressing.lift(coalition.id, form.values["email"])
            audit.record("address.freed", coalition)
    if form.errors:
        return _page(coalition, web.Form(), form), 422
    flash(gettext("Mail may go to that address again."), "success")
    return web.see_other("manage_suppressions.index", coalition=coalition.slug)


def _page(coalition: Coalition, stopping: web.Form, lifting: web.Form) -> str:
    with db.reading(coalition.id):
        return render_template(
            "manage/suppressions/index.html",
            coalition=coalition,
            counts=suppressing.counts(),
            rule=(suppressing.SOFT_BOUNCE_DAYS, suppressing.SOFT_BOUNCE_WINDOW_DAYS),
            stopping=stopping,
            lifting=lifting,
        )

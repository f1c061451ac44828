"""The directory of public bodies, shared by all coalitions of the installation.

Who may change an entry: the coordinators of the coalition that added it, and administrators.
Everybody who coordinates may add one and follow its meetings.
"""

from uuid import UUID

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition import audit, db, web
from coalition.accounts import access
from coalition.areas.models import Area, AreaKind
from coalition.areas.queries import area_called, areas
from coalition.coalitions.models import Coalition
from coalition.decisions import queries
from coalition.decisions.errors import BodyNotYours
from coalition.decisions.models import BodyKind, DecisionBody
from coalition.decisions.removing import remove_body
from coalition.decisions.schemas import (
    UNITS,
    BodyForm,
    PlaceForm,
    closing_rule,
    facts_of,
)
from coalition.errors import NotFound
from coalition.languages import WRITTEN
from coalition.localtime import time_zones
from coalition.manage import forms

pages = Blueprint(
    "manage_bodies",
    __name__,
    url_prefix="/manage/<coalition>/bodies",
    template_folder="templates",
)


@pages.get("/")
@access.staff(access.Role.VIEWER)
def index(coalition: Coalition) -> ResponseReturnValue:
    """List the directory; search it by name and place."""
    search = forms.asked("q")
    with db.reading(coalition.id):
        return render_template(
            "manage/bodies/index.html",
            coalition=coalition,
            bodies=queries.bodies(search),
            search=search,
            may_change=forms.may_change(coalition),
        )


@pages.get("/new")
@access.staff(access.Role.COORDINATOR)
def new(coalition: Coalition) -> ResponseReturnValue:
    """Show the form for a new body."""
    return _form_page(coalition, None, web.Form(written={"area": forms.asked("area", 200)}))


@pages.post("/new")
@access.staff(access.Role.COORDINATOR)
def add(coalition: Coalition) -> ResponseReturnValue:
    """Add a body to the directory."""
    form = web.form(BodyForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            area = area_called(form.values["area"])
            body = DecisionBody.add(area, form.values["name"], facts_of(form.values))
    if form.errors:
        return _form_page(coalition, None, form), 422
    flash(gettext("%(name)s was added. Now add its seats.", name=body.name), "success")
    return web.see_other("manage_body.show", coalition=coalition.slug, body=body.id)


@pages.get("/<body>/edit")
@access.staff(access.Role.COORDINATOR)
def edit(coalition: Coalition, body: str) -> ResponseReturnValue:
    """Show the form of a body, filled in."""
    return _form_page(coalition, web.id_or_404(body), None)


@pages.post("/<body>/edit")
@access.staff(access.Role.COORDINATOR)
def change(coalition: Coalition, body: str) -> ResponseReturnValue:
    """Store what was written about a body."""
    body_id = web.id_or_404(body)
    form = web.form(BodyForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            found = kept_or_403(coalition, body_id)
            found.move(area_called(form.values["area"]), form.values["name"])
            found.describe(facts_of(form.values))
    if form.errors:
        return _form_page(coalition, body_id, form), 422
    flash(gettext("Saved."), "success")
    return web.see_other("manage_body.show", coalition=coalition.slug, body=body_id)


@pages.post("/<body>/removal")
@access.staff(access.Role.COORDINATOR)
def remove(coalition: Coalition, body: str) -> ResponseReturnValue:
    """Remove a body that nobody follows."""
    body_id = web.id_or_404(body)
    with db.platform_transaction():
        found = kept_or_403(coalition, body_id)
        remove_body(found)
        note(coalition, "body.removed", found)
    flash(gettext("%(name)s was removed.", name=found.name), "success")
    return web.see_other("manage_bodies.index", coalition=coalition.slug)


@pages.get("/places/new")
@access.staff(access.Role.COORDINATOR)
def new_place(coalition: Coalition) -> ResponseReturnValue:
    """Show the form for a new place."""
    written = {"name": forms.asked("name", 200), "time_zone": coalition.time_zone}
    return _place_page(coalition, web.Form(written=written))


@pages.post("/places/new")
@access.staff(access.Role.COORDINATOR)
def add_place(coalition: Coalition) -> ResponseReturnValue:
    """Add a place to the directory."""
    form = web.form(PlaceForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            area = Area.add(
                form.values["name"],
                form.values["region"],
                kind=form.values["kind"],
                time_zone=form.values["time_zone"],
                division_id=form.values["division_id"] or None,
            )
    if form.errors:
        return _place_page(coalition, form), 422
    flash(gettext("%(name)s was added.", name=area.full_name), "success")
    return web.see_other("manage_bodies.new", coalition=coalition.slug, area=area.full_name)


def body_or_404(body_id: UUID) -> DecisionBody:
    """Return a body of the directory.

    Raises:
        NotFound: there is none with this id.
    """
    found = queries.body_by_id(body_id)
    if found is None:
        raise NotFound
    return found


def may_keep(coalition: Coalition, body: DecisionBody) -> bool:
    """Return whether who is signed in may change the entry."""
    return forms.is_administrator() or (
        forms.may_change(coalition) and body.keeper_id == coalition.id
    )


def kept_or_403(coalition: Coalition, body_id: UUID) -> DecisionBody:
    """Return a body that who is signed in may change.

    Raises:
        NotFound: there is none with this id.
        BodyNotYours: another coalition keeps it.
    """
    found = body_or_404(body_id)
    if not may_keep(coalition, found):
        raise BodyNotYours(name=found.name)
    return found


def note(coalition: Coalition, action: str, subject: db.Base) -> None:
    """Note in the coalition's audit log what a platform transaction does to an entry."""
    with db.narrowed(coalition.id):
        audit.record(action, subject)


def _form_page(coalition: Coalition, body_id: UUID | None, form: web.Form | None) -> str:
    with db.reading(coalition.id):
        body = kept_or_403(coalition, body_id) if body_id else None
        languages = list(body.languages) if body else []
        if form is None:
            assert body is not None
            form = _filled(body)
        elif form.values or form.errors:
            languages = list(form.written.get("languages", []))
        return render_template(
            "manage/bodies/form.html",
            coalition=coalition,
            body=body,
            form=form,
            kinds=list(BodyKind),
            units=list(UNITS),
            areas=areas(),
            languages=languages,
            offered=sorted({*WRITTEN, *languages}),
        )


def _filled(body: DecisionBody) -> web.Form:
    closes, unit = closing_rule(body.comment_closes_min)
    return forms.filled(
        BodyForm,
        body,
        area=body.area.full_name,
        comment_closes=closes,
        comment_closes_unit=unit,
    )


def _place_page(coalition: Coalition, form: web.Form) -> str:
    with db.reading(coalition.id):
        return render_template(
            "manage/bodies/place.html",
            coalition=coalition,
            form=form,
            kinds=list(AreaKind),
            time_zones=time_zones(),
        )

"""The settings of a coalition: what it says about itself, and the fields of its people."""

from uuid import UUID

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from coalition import audit, db, languages, web
from coalition.accounts import access
from coalition.coalitions.models import Coalition
from coalition.coalitions.schemas import AboutTranslationForm, CoalitionForm
from coalition.errors import NotFound
from coalition.fields import time_zones
from coalition.manage import forms, translating
from coalition.people import custom_fields
from coalition.people.custom_fields import CustomKind
from coalition.people.models import CustomField
from coalition.people.schemas import CustomFieldForm, ExistingFieldForm

pages = Blueprint(
    "manage_settings",
    __name__,
    url_prefix="/manage/<coalition>/settings",
    template_folder="templates",
)


@pages.get("/")
@access.staff(access.Role.COORDINATOR)
def show(coalition: Coalition) -> ResponseReturnValue:
    """Show the settings of the coalition."""
    return _page(coalition, None)


@pages.post("/")
@access.staff(access.Role.COORDINATOR)
def change(coalition: Coalition) -> ResponseReturnValue:
    """Store the settings of the coalition."""
    form = web.form(CoalitionForm)
    if form.errors:
        return _page(coalition, form), 422
    with db.transaction(coalition.id) as session:
        stored = session.get_one(Coalition, coalition.id)
        changed = [
            name for name, value in form.values.items() if getattr(stored, name) != value
        ]
        for name in changed:
            if name == "language" and "about" not in changed:
                stored.speak(form.values["language"])
            else:
                setattr(stored, name, form.values[name])
        audit.record("coalition.changed", stored, changed)
    web.forget_coalitions()
    flash(gettext("Saved."), "success")
    return web.see_other("manage_settings.show", coalition=coalition.slug)


@pages.get("/translations")
@access.staff(access.Role.COORDINATOR)
def translations(coalition: Coalition) -> ResponseReturnValue:
    """Show what the coalition says about itself in other languages."""
    return _translations_page(coalition, translating.Sent())


@pages.post("/translations")
@access.staff(access.Role.COORDINATOR)
def translate(coalition: Coalition) -> ResponseReturnValue:
    """Keep what the coalition says about itself in another language."""
    sent = translating.keep(
        coalition,
        AboutTranslationForm,
        lambda: db.session.get_one(Coalition, coalition.id, with_for_update=True),
    )
    if sent.form.errors:
        return _translations_page(coalition, sent), 422
    web.forget_coalitions()
    return web.see_other("manage_settings.translations", coalition=coalition.slug)


@pages.get("/fields/")
@access.staff(access.Role.COORDINATOR)
def fields(coalition: Coalition) -> ResponseReturnValue:
    """Show the fields that the coalition added to its people."""
    return _fields_page(coalition, web.Form())


@pages.post("/fields/")
@access.staff(access.Role.COORDINATOR)
def add_field(coalition: Coalition) -> ResponseReturnValue:
    """Add a field to all people."""
    form = web.form(CustomFieldForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            added = custom_fields.define(
                form.values["label"],
                form.values["kind"],
                custom_fields.clean_choices(form.values["kind"], form.values["choices"]),
            )
            audit.record("custom_field.added", added)
    if form.errors:
        return _fields_page(coalition, form), 422
    flash(gettext("The field was added. It is empty for everybody."), "success")
    return web.see_other("manage_settings.fields", coalition=coalition.slug)


@pages.get("/fields/<field>")
@access.staff(access.Role.COORDINATOR)
def show_field(coalition: Coalition, field: str) -> ResponseReturnValue:
    """Show the form of a field, filled in."""
    return _field_page(coalition, web.id_or_404(field), None)


@pages.post("/fields/<field>")
@access.staff(access.Role.COORDINATOR)
def change_field(coalition: Coalition, field: str) -> ResponseReturnValue:
    """Change a field's label, choices and place; its kind stays, since values were entered."""
    field_id = web.id_or_404(field)
    form = web.form(ExistingFieldForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            found = _field_or_404(field_id)
            kind = CustomKind(found.kind)
            found.choices = custom_fields.clean_choices(kind, form.values["choices"])
            found.label = form.values["label"]
            found.position = form.values["position"]
            audit.record("custom_field.changed", found, ["label", "choices", "position"])
    if form.errors:
        return _field_page(coalition, field_id, form), 422
    flash(gettext("Saved."), "success")
    return web.see_other("manage_settings.fields", coalition=coalition.slug)


@pages.post("/fields/<field>/removal")
@access.staff(access.Role.COORDINATOR)
def remove_field(coalition: Coalition, field: str) -> ResponseReturnValue:
    """Remove a field; what people had in it is deleted with it."""
    with db.transaction(coalition.id):
        found = _field_or_404(web.id_or_404(field))
        audit.record("custom_field.removed", found)
        custom_fields.remove(found)
    flash(gettext("The field was removed."), "success")
    return web.see_other("manage_settings.fields", coalition=coalition.slug)


def _field_or_404(field_id: UUID) -> CustomField:
    found = db.session.get(CustomField, field_id)
    if found is None:
        raise NotFound
    return found


def _page(coalition: Coalition, form: web.Form | None) -> str:
    with db.reading(coalition.id):
        stored = db.session.get_one(Coalition, coalition.id)
        return render_template(
            "manage/settings/show.html",
            coalition=stored,
            form=form if form is not None else forms.filled(CoalitionForm, stored),
            time_zones=sorted(time_zones()),
        )


def _translations_page(coalition: Coalition, sent: translating.Sent) -> str:
    with db.reading(coalition.id):
        return render_template(
            "manage/settings/translations.html",
            coalition=db.session.get_one(Coalition, coalition.id),
            sent=sent,
            language_names=languages.names_in(get_locale()),
        )


def _fields_page(coalition: Coalition, form: web.Form) -> str:
    with db.reading(coalition.id):
        return render_template(
            "manage/settings/fields.html",
            coalition=coalition,
            fields=custom_fields.custom_fields(),
            form=form,
        )


def _field_page(coalition: Coalition, field_id: UUID, form: web.Form | None) -> str:
    with db.reading(coalition.id):
        found = _field_or_404(field_id)
        choices = "\n".join(found.choices)
        return render_template(
            "manage/settings/field.html",
            coalition=coalition,
            field=found,
            form=form or forms.filled(ExistingFieldForm, found, choices=choices),
        )

"""Plugins of a coalition: on or off, and their settings."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import Schema

from coalition import audit, db, plugins, web
from coalition.accounts import access
from coalition.coalitions.models import Coalition
from coalition.errors import NotFound
from coalition.manage import plugin_forms
from coalition.plugins import Plugin

pages = Blueprint(
    "manage_plugins",
    __name__,
    url_prefix="/manage/<coalition>/settings/plugins",
    template_folder="templates",
)


@pages.get("/")
@access.staff(access.Role.COORDINATOR)
def index(coalition: Coalition) -> ResponseReturnValue:
    """List the plugins, what each does and whether it is on here."""
    with db.reading(coalition.id):
        return render_template(
            "manage/settings/plugins.html",
            coalition=coalition,
            plugins=[each for each in plugins.registry().plugins.values() if each.module],
            is_on=plugins.is_on,
            is_on_everywhere=plugins.is_on_everywhere,
            has_settings=lambda name: plugins.settings_schema(name) is not None,
        )


@pages.post("/<plugin>/switch")
@access.staff(access.Role.COORDINATOR)
def switch(coalition: Coalition, plugin: str) -> ResponseReturnValue:
    """Switch a plugin on or off for the coalition; what it stored stays."""
    found = _plugin_or_404(plugin)
    on = request.form.get("on") == "yes"
    with db.transaction(coalition.id):
        plugins.switch(found.name, on=on)
        _note(coalition, "plugin.switched_on" if on else "plugin.switched_off", found)
    plugins.forget_switches()
    said = gettext("%(name)s is on.") if on else gettext("%(name)s is off.")
    flash(said % {"name": found.name}, "success")
    return web.see_other("manage_plugins.index", coalition=coalition.slug)


@pages.get("/<plugin>")
@access.staff(access.Role.COORDINATOR)
def settings(coalition: Coalition, plugin: str) -> ResponseReturnValue:
    """Show the settings of a plugin."""
    found, schema = _with_settings(plugin)
    with db.reading(coalition.id):
        stored = plugin_forms.written(schema, plugins.settings(found.name))
    return _page(coalition, found, schema, web.Form(written=stored))


@pages.post("/<plugin>")
@access.staff(access.Role.COORDINATOR)
def choose(coalition: Coalition, plugin: str) -> ResponseReturnValue:
    """Store the settings of a plugin."""
    found, schema = _with_settings(plugin)
    form = web.form(_ticked(schema))
    if form.errors:
        return _page(coalition, found, schema, form), 422
    with db.transaction(coalition.id):
        plugins.choose_settings(found.name, form.values)
        _note(coalition, "plugin.settings_changed", found)
    flash(gettext("Saved."), "success")
    return web.see_other("manage_plugins.index", coalition=coalition.slug)


def _page(coalition: Coalition, plugin: Plugin, schema: Schema, form: web.Form) -> str:
    with db.reading(coalition.id):
        return render_template(
            "manage/settings/plugin.html",
            coalition=coalition,
            plugin=plugin,
            settings=plugin_forms.settings_of(schema),
            notes=plugin_forms.notes_of(schema, coalition),
            form=form,
        )


def _ticked(schema: Schema) -> Schema:
    """Let a tick box that a form does not send say no, whatever the setting's default is."""
    for setting in plugin_forms.settings_of(schema):
        if setting.control == plugin_forms.Control.CHECKBOX:
            schema.load_fields[setting.name].load_default = False
    return schema


def _plugin_or_404(name: str) -> Plugin:
    found = plugins.registry().plugins.get(name)
    if found is None or found.module is None:
        raise NotFound
    return found


def _with_settings(name: str) -> tuple[Plugin, Schema]:
    found = _plugin_or_404(name)
    schema = plugins.settings_schema(name)
    if schema is None:
        raise NotFound
    return found, schema


def _note(coalition: Coalition, action: str, plugin: Plugin) -> None:
    audit.record(action, db.session.get_one(Coalition, coalition.id), [plugin.name])

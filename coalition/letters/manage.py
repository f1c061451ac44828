"""The coordinator's pages: the coalition at a glance, its letters, and the life of each."""

from datetime import datetime, timedelta

from babel.dates import format_datetime
from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext, ngettext
from flask_login import current_user
from markupsafe import Markup

from coalition import audit, db, markdown, panels, plugins, web
from coalition.accounts import access
from coalition.coalitions.models import Coalition
from coalition.errors import DomainError
from coalition.letters import glance, manage_schemas, queries
from coalition.letters.editing import locked_letter
from coalition.letters.models import Letter, LetterState
from coalition.letters.moments import read_moment
from coalition.localtime import time_zone

pages = Blueprint(
    "letters_manage", __name__, url_prefix="/manage/<coalition>", template_folder="templates"
)


@pages.get("/")
@access.staff(access.Role.VIEWER, access.Role.REPRESENTATIVE)
def at_a_glance(coalition: Coalition) -> ResponseReturnValue:
    """Show how the open letters stand and what needs attention first.

    Who only speaks for organizations is sent to the page about those.
    """
    if current_user.role_in(coalition.id) == access.Role.REPRESENTATIVE:
        return web.see_other("letters_representing.index", coalition=coalition.slug)
    with db.reading(coalition.id):
        found = glance.letters_in(LetterState.OPEN, LetterState.CLOSED, LetterState.DRAFT)
        open_now = glance.figures([each for each in found if each.state == LetterState.OPEN])
        others = [each for each in found if each.state != LetterState.OPEN]
        return render_template(
            "letters/manage/glance.html",
            coalition=coalition,
            figures=open_now,
            attention=glance.attention(open_now, others),
            of_plugins=_attention_of_plugins(coalition),
            recent=glance.recent_signatures(),
            campaigns=glance.current_campaigns(),
            panels=panels.shown_at(panels.GLANCE, coalition=coalition),
            may_change=access.may_change(coalition),
        )


def _attention_of_plugins(coalition: Coalition) -> list[plugins.PageLink]:
    asked = plugins.ask_all("coalition_attention", coalition=coalition)
    return [link for _, links in asked for link in links]


@pages.get("/letters/")
@access.staff(access.Role.VIEWER)
def letters(coalition: Coalition) -> ResponseReturnValue:
    """List the letters, those that are open first."""
    order = (LetterState.OPEN, LetterState.DRAFT, LetterState.CLOSED, LetterState.DELIVERED)
    with db.reading(coalition.id):
        found = glance.letters_in(*order)
        by_state = {
            state: [letter for letter in found if letter.state == state] for state in order
        }
        return render_template(
            "letters/manage/list.html",
            coalition=coalition,
            by_state=by_state,
            found=found,
            may_change=access.may_change(coalition),
        )


@pages.get("/letters/<slug>/")
@access.staff(access.Role.VIEWER)
def letter(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Show one letter: how it stands, what can be done with it, what plugins add."""
    with db.reading(coalition.id):
        return _letter_page(coalition, queries.letter_or_raise(slug), web.Form())


@pages.post("/letters/<slug>/opening")
@access.staff(access.Role.COORDINATOR)
def open_letter(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Start collecting signatures, or go on after the letter was closed."""
    try:
        with db.transaction(coalition.id):
            locked_letter(slug).open()
    except DomainError as error:
        return _refused(coalition, slug, error)
    flash(gettext("The letter is open: it can be read and signed now."), "success")
    return web.see_other("letters_manage.letter", coalition=coalition.slug, slug=slug)


@pages.post("/letters/<slug>/closing")
@access.staff(access.Role.COORDINATOR)
def close_letter(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Stop collecting signatures."""
    try:
        with db.transaction(coalition.id):
            locked_letter(slug).close()
    except DomainError as error:
        return _refused(coalition, slug, error)
    flash(gettext("The letter is closed: nobody can sign it any more."), "success")
    return web.see_other("letters_manage.letter", coalition=coalition.slug, slug=slug)


@pages.post("/letters/<slug>/delivery")
@access.staff(access.Role.COORDINATOR)
def deliver_letter(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Record to whom, how and when the letter was handed over."""
    form = web.form(manage_schemas.Delivery)
    if form.errors:
        with db.reading(coalition.id):
            found = queries.letter_or_raise(slug)
            return _letter_page(coalition, found, form), 422
    try:
        with db.transaction(coalition.id):
            found = locked_letter(slug)
            written = form.values["at"]
            at = read_moment(written, found.time_zone, field="at").at if written else None
            found.deliver(note=form.values["note"], at=at)
            found.translate_delivery_note(form.values["translations"])
    except DomainError as error:
        form.refuse(error)
        with db.reading(coalition.id):
            found = queries.letter_or_raise(slug)
            return _letter_page(coalition, found, form), error.status
    flash(gettext("Noted: the letter was delivered. Its list is final now."), "success")
    return web.see_other("letters_manage.letter", coalition=coalition.slug, slug=slug)


@pages.post("/letters/<slug>/delivery/translations")
@access.staff(access.Role.COORDINATOR)
def translate_delivery(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Keep the note of a delivery in other languages of the letter."""
    form = web.form(manage_schemas.DeliveryTranslations)
    if form.errors:
        with db.reading(coalition.id):
            return _letter_page(coalition, queries.letter_or_raise(slug), form), 422
    with db.transaction(coalition.id):
        found = locked_letter(slug)
        found.translate_delivery_note(form.values["translations"])
        audit.record("letter.delivery_translated", found)
    flash(gettext("Saved."), "success")
    return web.see_other("letters_manage.letter", coalition=coalition.slug, slug=slug)


@pages.app_template_filter("local_time")
def local_time(at: datetime | None, zone: str) -> str:
    """Write a moment as it is on the clocks of `zone`, with the zone's short name."""
    if at is None:
        return ""
    local = at.astimezone(time_zone(zone))
    return str(format_datetime(local, "d MMM y, HH:mm zzz", tzinfo=None, locale=get_locale()))


@pages.app_template_filter("markdown")
def rendered(text: str) -> Markup:
    """Write a letter's text as HTML that is safe in any page."""
    return markdown.to_html(text)


@pages.app_template_filter("opening")
def opening(text: str) -> str:
    """Write how a text begins, for lists and for pages that link here."""
    return markdown.opening(text)


@pages.app_template_filter("in_time")
def in_time(left: timedelta) -> str:
    """Say how long it is until then, in the unit that people would use."""
    minutes = int(left.total_seconds() // 60)
    if minutes < 0:
        return gettext("closing time has passed")
    if minutes < 2 * 60:
        return ngettext("closes in %(num)d minute", "closes in %(num)d minutes", minutes)
    if minutes < 2 * 24 * 60:
        return ngettext("closes in %(num)d hour", "closes in %(num)d hours", minutes // 60)
    days = round(minutes / (24 * 60))
    return ngettext("closes in %(num)d day", "closes in %(num)d days", days)


def _refused(coalition: Coalition, slug: str, error: DomainError) -> ResponseReturnValue:
    """Show the letter's page with the reason why it cannot be done."""
    with db.reading(coalition.id):
        found = queries.letter_or_raise(slug)
        return _letter_page(
            coalition, found, web.Form(errors={"": web.say(error)})
        ), error.status


def _letter_page(coalition: Coalition, found: Letter, form: web.Form) -> str:
    return render_template(
        "letters/manage/letter.html",
        coalition=coalition,
        letter=found,
        figures=glance.figures_of(found),
        panels=[panel for _, panel in plugins.ask_all("coalition_letter_panels", letter=found)],
        form=form,
        may_change=access.may_change(coalition),
    )

"""The public page of an action, and the form “I did it” under it."""

from collections.abc import Sequence

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext
from markupsafe import Markup

from coalition import attempts, db, page_cache, panels, web
from coalition.actions import presenting, queries, reporting
from coalition.actions.models import Action
from coalition.actions.participations import Party
from coalition.actions.schemas import ReportForm
from coalition.clock import now
from coalition.coalitions.models import Coalition
from coalition.decisions.meetings import Meeting
from coalition.errors import DomainError, NotFound
from coalition.letters.schemas import source_code
from coalition.letters.views import HTML, TRAP
from coalition.page_cache import Page

pages = Blueprint("actions", __name__, template_folder="templates")


@pages.get("/c/<coalition>/actions/")
def index(coalition: str) -> Response:
    """List what can be done now."""
    here = web.visited_coalition(coalition)
    language = web.choose_language()

    def make() -> Page:
        with db.reading(here.id), force_locale(language):
            return Page.of(
                render_template(
                    "actions/index.html", coalition=here, actions=queries.open_to_everybody()
                ),
                HTML,
            )

    return page_cache.answer((here.id, "actions", language), make)


@pages.get("/c/<coalition>/actions/<action>")
def show(coalition: str, action: str) -> Response:
    """Show what to do, by when, where and with what words, and the form for who did it."""
    here = web.visited_coalition(coalition)
    language = web.choose_language()
    asked = web.asked_language(language)
    source = source_code(request.args.get("source", "")) or ""

    def make() -> Page:
        with force_locale(language):
            return Page.of(_page(here, action, asked, web.Form(), source), HTML)

    return page_cache.answer((here.id, "action", action, language, asked, source), make)


@pages.post("/c/<coalition>/actions/<action>/participations")
def report(coalition: str, action: str) -> ResponseReturnValue:
    """Say that one did it. The answer is the same for a new and for a repeated report."""
    here = web.visited_coalition(coalition)
    attempts.count_attempt(request.remote_addr)
    form = web.form(ReportForm)
    if form.errors:
        return _form_again(here, action, form), 422

    try:
        if not request.form.get(TRAP):
            with db.transaction(here.id):
                reporting.report(action, _given(form, here))
    except NotFound:
        raise
    except DomainError as error:
        form.refuse(error)
        return _form_again(here, action, form), error.status

    return web.see_other(
        "actions.reported", coalition=here.slug, action=action, lang=web.language()
    )


@pages.get("/c/<coalition>/actions/<action>/reported")
def reported(coalition: str, action: str) -> ResponseReturnValue:
    """Tell who reported to look into their mailbox."""
    here = web.visited_coalition(coalition)
    with db.reading(here.id):
        found = queries.published_action(action)
        return render_template("actions/reported.html", coalition=here, action=found)


def updates_wording(coalition: Coalition) -> str:
    """Return, word for word, what somebody agrees to who wants to hear more."""
    return gettext(
        "%(coalition)s may write to me about this campaign and its other campaigns. I can end"
        " this at any time.",
        coalition=coalition.name,
    )


def _given(form: web.Form, here: Coalition) -> reporting.Report:
    values = dict(form.values)
    wants_updates = values.pop("updates")
    return reporting.Report(
        **values,
        updates_wording=updates_wording(here) if wants_updates else None,
        source_code=source_code(request.form.get("source", "")),
        language=web.language(),
    )


def _form_again(here: Coalition, action: str, form: web.Form) -> str:
    source = source_code(request.form.get("source", "")) or ""
    return _page(here, action, web.asked_language(web.language()), form, source)


def _page(here: Coalition, slug: str, language: str, form: web.Form, source: str) -> str:
    with db.reading(here.id):
        action = queries.published_action(slug)
        text = action.text_in(language)
        others = queries.open_to_everybody(action.campaign_id)
        return render_template(
            "actions/show.html",
            coalition=here,
            action=action,
            text=text,
            way=presenting.way_of(action, text),
            number=presenting.shown_number(queries.tally(action.id)),
            is_over=action.is_over(now()),
            others=[each for each in others if each.id != action.id],
            parties=[Party.ORGANIZATION] if action.is_for_organizations else list(Party),
            form=form,
            source=source,
            trap=TRAP,
            updates_wording=updates_wording(here),
        )


def _on_the_coalitions_page(coalition: Coalition) -> Markup | None:
    """Show what can be done now on the public page of a coalition."""
    return _listed(coalition, queries.open_to_everybody())


def _on_the_meetings_page(coalition: Coalition, meeting: Meeting) -> Markup | None:
    """Show what can be done about a meeting on its public page."""
    found = queries.open_to_everybody()
    return _listed(coalition, [each for each in found if each.meeting_id == meeting.id])


def _listed(coalition: Coalition, actions: Sequence[Action]) -> Markup | None:
    if not actions:
        return None
    html = render_template("actions/_public_actions.html", coalition=coalition, actions=actions)
    return Markup(html)  # noqa: S704  the template escapes


panels.fill(panels.PUBLIC_INDEX, "actions", _on_the_coalitions_page)
panels.fill(panels.PUBLIC_MEETING, "actions", _on_the_meetings_page)

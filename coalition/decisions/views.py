"""The public pages of meetings: when and where, how to be heard, what came of it."""

from flask import Blueprint, Response, render_template, request
from flask_babel import force_locale

from coalition import db, page_cache, panels, web
from coalition.decisions import queries, showing
from coalition.decisions.schemas import closing_rule
from coalition.errors import NotFound
from coalition.page_cache import Page

HTML = "text/html; charset=utf-8"

pages = Blueprint("decisions", __name__, template_folder="templates")


@pages.get("/c/<coalition>/meetings/")
def index(coalition: str) -> Response:
    """List the meetings that a coalition follows: those to come, then page by page the others."""
    here = web.visited_coalition(coalition)
    language = web.choose_language()
    asked = request.args.get("page", "")
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1
    if page < 1:
        raise NotFound

    def make() -> Page:
        with db.reading(here.id), force_locale(language):
            past = queries.past_meetings(
                limit=queries.PAGE + 1, offset=(page - 1) * queries.PAGE
            )
            coming = queries.upcoming_meetings(limit=queries.ALL_COMING) if page == 1 else ()
            return Page.of(
                render_template(
                    "decisions/index.html",
                    coalition=here,
                    coming=coming,
                    past=past[: queries.PAGE],
                    next_page=page + 1 if len(past) > queries.PAGE else None,
                    page=page,
                ),
                HTML,
            )

    return page_cache.answer((here.id, "meetings", language, page), make)


@pages.get("/c/<coalition>/meetings/<meeting>")
def show(coalition: str, meeting: str) -> Response:
    """Show a meeting with its agenda, its outcomes and how each member voted."""
    here = web.visited_coalition(coalition)
    language = web.choose_language()
    meeting_id = web.id_or_404(meeting)

    def make() -> Page:
        with db.reading(here.id), force_locale(language):
            found = queries.meeting_by_id(meeting_id)
            if found is None:
                raise NotFound
            return Page.of(
                render_template(
                    "decisions/show.html",
                    coalition=here,
                    meeting=found,
                    continued=queries.continued_items(found),
                    continued_from=queries.items_before(found),
                    closes=closing_rule(found.body.comment_closes_min),
                    panels=panels.shown_at(
                        panels.PUBLIC_MEETING, coalition=here, meeting=found
                    ),
                    interpreter_until=showing.interpreter_until(found),
                ),
                HTML,
            )

    return page_cache.answer((here.id, "meeting", language, meeting_id), make)


pages.add_app_template_filter(showing.meeting_when, "meeting_when")
pages.add_app_template_filter(showing.meeting_moment, "meeting_moment")

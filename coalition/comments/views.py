"""The public page about the comments on an item: figures, how they were counted, no names."""

from flask import Blueprint, Response, json, render_template
from flask_babel import force_locale

from coalition import db, page_cache, web
from coalition.comments import figures, queries, sentences
from coalition.letters.exporting import csv_rows
from coalition.page_cache import Page

HTML = "text/html; charset=utf-8"

pages = Blueprint(
    "comments", __name__, url_prefix="/c/<coalition>/comments", template_folder="templates"
)


@pages.get("/<item>")
def show(coalition: str, item: str) -> Response:
    """Show the figures of an item: sentences to quote, a chart, how it was counted."""
    here, item_id, language = (
        web.visited_coalition(coalition),
        web.id_or_404(item),
        web.choose_language(),
    )

    def make() -> Page:
        with db.reading(here.id), force_locale(language):
            ledger = queries.published_ledger(item_id)
            return Page.of(
                render_template(
                    "comments/show.html",
                    coalition=here,
                    ledger=ledger,
                    item=queries.item_or_raise(item_id),
                    found=figures.figures(ledger),
                    words=sentences,
                ),
                HTML,
            )

    return page_cache.answer((here.id, "comments", item_id, language), make)


@pages.get("/<item>/figures.json")
def as_json(coalition: str, item: str) -> Response:
    """Give the figures to programs."""
    here, item_id, language = (
        web.visited_coalition(coalition),
        web.id_or_404(item),
        web.choose_language(),
    )

    def make() -> Page:
        with db.reading(here.id), force_locale(language):
            found = figures.figures(queries.published_ledger(item_id))
            return Page.of(json.dumps(sentences.to_json(found)), "application/json")

    return page_cache.answer((here.id, "comments.json", item_id, language), make)


@pages.get("/<item>/figures.csv")
def as_csv(coalition: str, item: str) -> Response:
    """Give the figures as a table."""
    here, item_id = web.visited_coalition(coalition), web.id_or_404(item)

    def make() -> Page:
        with db.reading(here.id):
            found = figures.figures(queries.published_ledger(item_id))
            rows = csv_rows(sentences.CSV_HEADER, sentences.csv_rows(found))
            return Page.of(b"".join(rows).decode(), "text/csv; charset=utf-8")

    answer = page_cache.answer((here.id, "comments.csv", item_id), make)
    answer.headers["Content-Disposition"] = "attachment; filename=public-comments.csv"
    return answer

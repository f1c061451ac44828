"""What everybody may see: a card as a page, as a picture, and in a frame on another website."""

from functools import lru_cache

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext
from markupsafe import Markup

from coalition.sdk import (
    Coalition,
    NotFound,
    absolute_url,
    allow_caching,
    allow_framing,
    png_of,
    reading,
    visited_coalition,
)
from coalition_report_card.drawing import draw
from coalition_report_card.models import ReportCard, card_by_slug

KEPT_S = 60  # how long caches may keep a card

pages = Blueprint("report-card", __name__, template_folder="templates")


@pages.get("/c/<coalition>/report-cards/<card>")
def show(coalition: str, card: str) -> ResponseReturnValue:
    """Show a card with the evidence of each grade, earlier ones below the newest."""
    here = visited_coalition(coalition)
    with reading(here.id):
        page = _page("report_card/show.html", here, _published(card))
    return allow_caching(make_response(page), KEPT_S)


@pages.get("/c/<coalition>/report-cards/<card>/frame")
def frame(coalition: str, card: str) -> ResponseReturnValue:
    """Show a card as it stands in a frame on another website."""
    here = visited_coalition(coalition)
    with reading(here.id):
        page = _page("report_card/frame.html", here, _published(card))
    return allow_caching(allow_framing(make_response(page)), KEPT_S)


@pages.get("/c/<coalition>/report-cards/<card>.svg")
def svg(coalition: str, card: str) -> ResponseReturnValue:
    """Return a card as a drawing."""
    here = visited_coalition(coalition)
    with reading(here.id):
        drawn = make_response(str(drawing(_published(card))))
    drawn.content_type = "image/svg+xml"
    return allow_caching(allow_framing(drawn), KEPT_S)


@pages.get("/c/<coalition>/report-cards/<card>.png")
def png(coalition: str, card: str) -> ResponseReturnValue:
    """Return a card as a picture, for places that show no drawings."""
    here = visited_coalition(coalition)
    with reading(here.id):
        drawn = str(drawing(_published(card)))
    painted = make_response(_painted(drawn))
    painted.content_type = "image/png"
    return allow_caching(allow_framing(painted), KEPT_S)


@lru_cache(maxsize=64)
def _painted(svg: str) -> bytes:
    """Paint a drawing once, however many ask for it."""
    return png_of(svg)


def drawing(card: ReportCard) -> Markup:
    """Draw a card in the page's language."""
    return draw(card, in_words(card), day=lambda on: format_date(on, "long"))


def in_words(card: ReportCard) -> str:
    """Say a card in one sentence, for those who do not see it."""
    graded = [
        gettext("%(criterion)s: %(mark)s", criterion=each.title, mark=each.grade.mark.value)
        for each in card.criteria
        if each.grade
    ]
    overall = card.overall
    return gettext(
        "%(title)s, %(graded)s: %(mark)s in all. %(grades)s.",
        title=card.title,
        graded=card.graded,
        mark=overall.value if overall else "–",
        grades="; ".join(graded),
    )


def _page(template: str, coalition: Coalition, card: ReportCard) -> str:
    return render_template(
        template,
        coalition=coalition,
        card=card,
        drawing=drawing(card),
        words=in_words(card),
        url=absolute_url("report-card.show", coalition=coalition.slug, card=card.slug),
        frame_url=absolute_url("report-card.frame", coalition=coalition.slug, card=card.slug),
        picture_url=absolute_url("report-card.png", coalition=coalition.slug, card=card.slug),
    )


def _published(slug: str) -> ReportCard:
    card = card_by_slug(slug)
    if card is None or card.published_at is None:
        raise NotFound
    return card

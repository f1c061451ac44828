"""The public pages: a coalition with its campaigns and letters, a campaign, its documents."""

from flask import Blueprint, Response, render_template, request
from flask_babel import force_locale

from coalition import db, page_cache, panels, plugins, web
from coalition.campaign_page import page, showing
from coalition.campaigns import queries as campaigns
from coalition.decisions.queries import follows_meetings, upcoming_meetings
from coalition.documents import queries as documents
from coalition.documents.models import DocumentKind
from coalition.documents.serving import download
from coalition.errors import NotFound
from coalition.letters import public_letters
from coalition.page_cache import Page

MEETINGS_SHOWN = 3  # to come, on a coalition's page
HTML = "text/html; charset=utf-8"
MAX_WORDS_CHARS = 200  # of what is searched for

pages = Blueprint("campaign_page", __name__, template_folder="templates")


@pages.get("/c/<coalition>/")
def index(coalition: str) -> Response:
    """Show a coalition with its campaigns and open letters, and what came of the others."""
    here = web.visited_coalition(coalition)
    language = web.choose_language()

    def make() -> Page:
        with db.reading(here.id), force_locale(language):
            open_now, over = public_letters.letters_of_coalition()
            return Page.of(
                render_template(
                    "campaign_page/index.html",
                    coalition=here,
                    campaigns=campaigns.campaigns(published=True),
                    panels=panels.shown_at(panels.PUBLIC_INDEX, coalition=here),
                    sections=[
                        section
                        for _, section in plugins.ask_all(
                            "coalition_index_sections", coalition=here
                        )
                    ],
                    open_now=open_now,
                    over=over,
                    meetings=upcoming_meetings(limit=MEETINGS_SHOWN),
                    follows_meetings=follows_meetings(),
                ),
                HTML,
            )

    return page_cache.answer((here.id, "", language), make)


@pages.get("/c/<coalition>/campaigns/<campaign>")
def show(coalition: str, campaign: str) -> Response:
    """Show a campaign: what to do now, why, who stands behind it, what happened."""
    here = web.visited_coalition(coalition)
    language = web.choose_language()
    asked = web.asked_language(language)

    def make() -> Page:
        with db.reading(here.id), force_locale(language):
            found = page.published_campaign(campaign)
            shown = page.campaign_page(found, asked)
            return Page.of(showing.rendered(here, shown), HTML)

    return page_cache.answer((here.id, "campaign", campaign, language, asked), make)


@pages.get("/c/<coalition>/campaigns/<campaign>/documents")
def library(coalition: str, campaign: str) -> Response:
    """Show the documents of a campaign: all, of one kind, or those in which words stand."""
    here = web.visited_coalition(coalition)
    language = web.choose_language()
    asked = web.asked_language(language)
    kind = next((each for each in DocumentKind if each == request.args.get("kind")), None)
    words = " ".join(request.args.get("q", "").replace("\0", "").split())[:MAX_WORDS_CHARS]

    def make() -> Page:
        with db.reading(here.id), force_locale(language):
            found = page.published_campaign(campaign)
            if words:
                hits = documents.search(found, words, kind=kind)
            else:
                listed = documents.documents(found, kind=kind)
                hits = [documents.Hit(each, None, None) for each in listed]
            return Page.of(
                render_template(
                    "campaign_page/library.html",
                    coalition=here,
                    campaign=found,
                    language=asked,
                    hits=hits,
                    words_asked=words,
                    kind=kind,
                    kinds=list(DocumentKind),
                ),
                HTML,
            )

    if words:  # what one visitor looks for need not be kept for others
        return make().answer()
    return page_cache.answer((here.id, "library", campaign, language, asked, kind), make)


@pages.get("/c/<coalition>/campaigns/<campaign>/documents/<document>")
def document(coalition: str, campaign: str, document: str) -> Response:
    """Show what a document is and shows, what it claims, and what the campaign answers."""
    here = web.visited_coalition(coalition)
    document_id = web.id_or_404(document)
    language = web.choose_language()
    asked = web.asked_language(language)

    def make() -> Page:
        with db.reading(here.id), force_locale(language):
            found = page.published_campaign(campaign)
            shown = documents.document(found, document_id)
            if shown is None:
                raise NotFound
            return Page.of(
                render_template(
                    "campaign_page/document.html",
                    coalition=here,
                    campaign=found,
                    document=shown,
                    language=asked,
                ),
                HTML,
            )

    return page_cache.answer(
        (here.id, "document", document_id, campaign, language, asked), make
    )


@pages.get("/c/<coalition>/campaigns/<campaign>/documents/<document>/file")
def file(coalition: str, campaign: str, document: str) -> Response:
    """Hand out the file of a document."""
    here = web.visited_coalition(coalition)
    document_id = web.id_or_404(document)
    with db.reading(here.id):
        shown = documents.document(page.published_campaign(campaign), document_id)
        return download(shown.file if shown else None)


pages.add_app_template_filter(showing.file_size, "file_size")

"""Pages and endpoints: what everybody may see, and all of it for staff and programs."""

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_decimal, gettext, ngettext
from markupsafe import Markup

from coalition.sdk import (
    Campaign,
    CampaignSection,
    Coalition,
    Letter,
    LetterCount,
    LetterState,
    NotFound,
    Panel,
    Role,
    SectionPlace,
    allow_caching,
    badge,
    growth_chart,
    letter_by_slug,
    page_language,
    reading,
    staff,
    token,
    visited_coalition,
)
from coalition_signature_counting import queries
from coalition_signature_counting.schemas import CountsSchema, PublicCountsSchema

pages = Blueprint("signature-counting", __name__, template_folder="templates")


@pages.get("/c/<coalition>/letters/<letter>/counts.json")
def counts_json(coalition: str, letter: str) -> ResponseReturnValue:
    """Return the counts that everybody may know; small groups and source codes left out."""
    here = visited_coalition(coalition)
    with reading(here.id):
        found = _public_letter(letter)
        counts = PublicCountsSchema().dump(queries.public_counts(found))
    return _kept_a_second(jsonify(counts))


@pages.get("/c/<coalition>/letters/<letter>/badge.svg")
def badge_svg(coalition: str, letter: str) -> ResponseReturnValue:
    """Return a picture with the count, for other websites."""
    here = visited_coalition(coalition)
    with reading(here.id):
        count = queries.letter_count(_public_letter(letter))
    drawn = make_response(str(badge(gettext("signed by"), in_words(count))))
    drawn.content_type = "image/svg+xml"
    drawn.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return _kept_a_second(drawn)


@pages.get("/c/<coalition>/letters/<letter>/growth")
def growth(coalition: str, letter: str) -> ResponseReturnValue:
    """Show how the signatures of a letter grew."""
    here = visited_coalition(coalition)
    with reading(here.id):
        found = _public_letter(letter)
        page = render_template(
            "signature_counting/growth.html",
            coalition=here,
            letter=found,
            title=_title(found),
            count=queries.letter_count(found),
            days=queries.growth(found),
            chart=_chart(found),
            in_words=in_words,
        )
    return _kept_a_second(make_response(page))


@pages.get("/manage/<coalition>/letters/<letter>/counts")
@staff(Role.VIEWER)
def counts_page(coalition: Coalition, letter: str) -> ResponseReturnValue:
    """Show all counts of a letter to staff."""
    with reading(coalition.id):
        found = _letter(letter)
        return render_template(
            "signature_counting/counts.html",
            coalition=coalition,
            letter=found,
            title=_title(found),
            counts=queries.all_counts(found),
            chart=_chart(found),
            in_words=in_words,
        )


@pages.get("/api/v1/coalitions/<coalition>/letters/<letter>/counts")
@token("counts:read")
def counts_api(coalition: Coalition, letter: str) -> ResponseReturnValue:
    """Return all counts of a letter to a program of the coalition."""
    with reading(coalition.id):
        counts = CountsSchema().dump(queries.all_counts(_letter(letter)))
    answer = jsonify(counts)
    answer.add_etag()
    return answer.make_conditional(request)


# What the document of the API says about it.
counts_api.__dict__["openapi"] = {
    "schema": CountsSchema,
    "example": {
        "organizations": 67,
        "people": 312,
        "total": 379,
        "rule": "Each chapter counts.",
        "days": [{"day": "2026-11-24", "new": 379, "total": 379}],
        "milestones": [],
        "cities": [{"city": "Los Angeles", "signatures": 300}],
        "sources": [{"source": "leaflet-3", "signatures": 12}],
    },
}


def panel(letter: Letter) -> Panel:
    """Return the section about counts for the coordinator's page of a letter."""
    page = render_template(
        "signature_counting/panel.html",
        letter=letter,
        coalition_slug=(request.view_args or {})["coalition"],
        count=queries.letter_count(letter),
        milestones=queries.milestones(letter),
        in_words=in_words,
    )
    return Panel(gettext("Counts"), Markup(page))  # noqa: S704  a template escaped it


def campaign_sections(campaign: Campaign) -> list[CampaignSection]:
    """Return the sum of a campaign's letters for its public page, if there is one to tell.

    A single letter says its own number. Who signed several is counted for each of them.
    """
    counts = [queries.letter_count(each) for each in queries.published_letters(campaign)]
    total = LetterCount(
        sum(each.organizations for each in counts), sum(each.people for each in counts)
    )
    if len(counts) < 2 or not total.total:
        return []
    page = render_template(
        "signature_counting/campaign.html", letters=len(counts), total=in_words(total)
    )
    html = Markup(page)  # noqa: S704  a template escaped it
    return [CampaignSection(gettext("All signatures"), html, SectionPlace.CALL)]


def in_words(count: LetterCount) -> str:
    """Say a count in the page's language: "67 organizations and 312 people"."""
    organizations = ngettext(
        "%(n)s organization",
        "%(n)s organizations",
        count.organizations,
        n=format_decimal(count.organizations),
    )
    people = ngettext(
        "%(n)s person", "%(n)s people", count.people, n=format_decimal(count.people)
    )
    if count.organizations and count.people:
        return gettext(
            "%(organizations)s and %(people)s", organizations=organizations, people=people
        )
    return organizations if count.organizations else people


def _public_letter(slug: str) -> Letter:
    letter = _letter(slug)
    if letter.state == LetterState.DRAFT:
        raise NotFound
    return letter


def _letter(slug: str) -> Letter:
    letter = letter_by_slug(slug)
    if letter is None:
        raise NotFound
    return letter


def _title(letter: Letter) -> str:
    return letter.text_in(page_language()).title if letter.texts else letter.slug


def _chart(letter: Letter) -> Markup:
    days = queries.growth(letter)
    description = gettext("Nobody has signed yet.")
    if days:
        description = gettext(
            "From %(first)s to %(last)s the signatures grew to %(total)s.",
            first=format_date(days[0].day),
            last=format_date(days[-1].day),
            total=format_decimal(days[-1].total),
        )
    return growth_chart(
        [(each.day, each.total) for each in days],
        gettext("Signatures from day to day"),
        description,
        date_label=format_date,
        number_label=format_decimal,
    )


def _kept_a_second(response: Response) -> ResponseReturnValue:
    """Let caches keep it for a second, and answer who has it already that nothing changed."""
    allow_caching(response, 1)
    response.add_etag()
    return response.make_conditional(request)

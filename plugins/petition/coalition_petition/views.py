"""Pages that everybody may see: sharing a petition, and where people signed it."""

from urllib.parse import urlencode

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition.sdk import (
    Letter,
    LetterKind,
    NotFound,
    Share,
    allow_caching,
    page_language,
    published_letter,
    reading,
    visited_coalition,
    ways_to_share,
)
from coalition_petition.cities import cities_of
from coalition_petition.sections import chart
from coalition_petition.settings import offers_networks

SOURCE = "shared"  # under which signatures are counted that come by a shared link
KEPT_S = 60  # how long caches may keep a page

pages = Blueprint("petition", __name__, template_folder="templates")


@pages.get("/c/<coalition>/letters/<letter>/share")
def share(coalition: str, letter: str) -> ResponseReturnValue:
    """Show ways to pass a petition on, on a screen and on paper."""
    here = visited_coalition(coalition)
    with reading(here.id):
        found = _petition(letter)
        ways = ways_to_share(here, found, SOURCE)
        page = render_template(
            "petition/share.html",
            coalition=here,
            letter=found,
            text=found.text_in(page_language()),
            share=ways,
            networks=networks(ways) if offers_networks() else [],
        )
    return allow_caching(make_response(page), KEPT_S)


@pages.get("/c/<coalition>/letters/<letter>/cities")
def cities(coalition: str, letter: str) -> ResponseReturnValue:
    """Show from where a petition was signed; places with fewer than five are not told."""
    here = visited_coalition(coalition)
    with reading(here.id):
        found = _petition(letter)
        counted = cities_of(found)
        page = render_template(
            "petition/cities.html",
            coalition=here,
            letter=found,
            text=found.text_in(page_language()),
            cities=counted,
            chart=chart(counted.shown),
        )
    return allow_caching(make_response(page), KEPT_S)


def networks(ways: Share) -> list[tuple[str, str]]:
    """Return (name, address) of the networks at which a text can be posted by a link."""
    short = f"{ways.title} {ways.url}"
    return [
        ("WhatsApp", f"https://wa.me/?{urlencode({'text': short})}"),
        ("Bluesky", f"https://bsky.app/intent/compose?{urlencode({'text': short})}"),
        (
            "Facebook",
            f"https://www.facebook.com/sharer/sharer.php?{urlencode({'u': ways.url})}",
        ),
        (
            "Reddit",
            f"https://www.reddit.com/submit?{urlencode({'url': ways.url, 'title': ways.title})}",
        ),
    ]


def _petition(slug: str) -> Letter:
    letter = published_letter(slug)
    if letter.kind != LetterKind.PETITION:
        raise NotFound
    return letter


@pages.app_template_filter("sms_link")
def sms_link(message: str) -> str:
    """Return the link that opens a text message with these words."""
    return f"sms:?&{urlencode({'body': message}).replace('+', '%20')}"


@pages.app_template_global("cities_note")
def cities_note() -> str:
    """Say how cities are counted, beside each list of them."""
    return gettext(
        "Cities as signatories wrote them; where fewer than five signed, the city is not named."
    )

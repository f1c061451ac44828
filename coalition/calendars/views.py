"""The public calendar pages and feeds: of a coalition, of a campaign, of a place, one meeting."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, render_template
from flask_babel import force_locale, gettext

from coalition import db, page_cache, web
from coalition.areas.models import Area, area_by_division
from coalition.calendars import ical, links, queries, words
from coalition.calendars.queries import Entry
from coalition.campaigns.models import campaign_by_slug
from coalition.coalitions.models import Coalition
from coalition.decisions.meetings import Precision
from coalition.decisions.removed_meetings import RemovedMeeting
from coalition.errors import NotFound
from coalition.page_cache import Page

HTML = "text/html; charset=utf-8"
DIVISION = "ocd-division/"  # all division ids begin with it, so addresses leave it out

pages = Blueprint("calendars", __name__, template_folder="templates")


@dataclass(frozen=True)
class Feed:
    """A calendar that can be subscribed to."""

    name: str
    url: str

    @property
    def subscribe_url(self) -> str:
        """The address that opens the visitor's calendar program."""
        return links.subscribing(self.url)


@pages.get("/c/<coalition>/calendar")
def show(coalition: str) -> Response:
    """Say how to have the meetings in one's own calendar, all or a part of them."""
    here = web.visited_coalition(coalition)

    def make() -> str:
        return render_template(
            "calendars/show.html",
            coalition=here,
            feeds=_feeds(here),
        )

    return _answer(here, ("page",), make, HTML)


@pages.get("/c/<coalition>/calendar.ics")
def coalition_feed(coalition: str) -> Response:
    """Give all meetings that the coalition follows."""
    here = web.visited_coalition(coalition)

    def make() -> str:
        return _ical(here, _all_meetings(here), queries.of_coalition(), queries.removed())

    return _answer(here, ("all",), make, ical.CONTENT_TYPE)


@pages.get("/c/<coalition>/campaigns/<campaign>/calendar.ics")
def campaign_feed(coalition: str, campaign: str) -> Response:
    """Give the meetings at which something about a campaign is on the agenda."""
    here = web.visited_coalition(coalition)

    def make() -> str:
        found = campaign_by_slug(campaign)
        if found is None or not found.is_published:
            raise NotFound
        url = _url("calendars.campaign_feed", here, campaign=campaign)
        entries = queries.of_campaign(found)
        return _ical(
            here,
            Feed(found.title, url),
            entries,
            queries.removed(campaign=found),
            queries.taken_off(entries, campaign=found),
        )

    return _answer(here, ("campaign", campaign), make, ical.CONTENT_TYPE)


@pages.get("/c/<coalition>/areas/<path:division>/calendar.ics")
def area_feed(coalition: str, division: str) -> Response:
    """Give the meetings of the bodies of a place, by its division id without `DIVISION`."""
    here = web.visited_coalition(coalition)

    def make() -> str:
        found = area_by_division(DIVISION + division)
        if found is None:
            raise NotFound
        return _ical(
            here, _area(here, found), queries.of_area(found), queries.removed(area=found)
        )

    return _answer(here, ("area", division), make, ical.CONTENT_TYPE)


@pages.get("/c/<coalition>/meetings/<uuid:meeting>.ics")
def meeting_file(coalition: str, meeting: UUID) -> Response:
    """Give one meeting as a file, for who does not want to subscribe."""
    here = web.visited_coalition(coalition)

    def make() -> str:
        entry = queries.one(meeting)
        if entry is None or entry.meeting.precision == Precision.MONTH:
            raise NotFound
        return ical.feed(words.name_of(entry.meeting), [entry], links.page_of_meeting(here))

    response = _answer(here, ("meeting", meeting), make, ical.CONTENT_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="meeting.ics"'
    return response


def area_feed_url(here: Coalition, area: Area) -> str:
    """Return the address of the feed of a place."""
    division = area.division_id.removeprefix(DIVISION)
    return _url("calendars.area_feed", here, division=division)


def _feeds(here: Coalition) -> list[Feed]:
    """Return all that one can subscribe to, the widest first."""
    campaigns = [
        Feed(each.title, _url("calendars.campaign_feed", here, campaign=each.slug))
        for each in queries.followed_campaigns()
    ]
    areas = [_area(here, each) for each in queries.followed_areas()]
    return [_all_meetings(here), *areas, *campaigns]


def _all_meetings(here: Coalition) -> Feed:
    name = gettext("Meetings · %(coalition)s", coalition=here.name)
    return Feed(name, _url("calendars.coalition_feed", here))


def _area(here: Coalition, area: Area) -> Feed:
    name = gettext("Meetings in %(place)s", place=area.full_name)
    return Feed(name, area_feed_url(here, area))


def _ical(
    here: Coalition,
    feed: Feed,
    entries: Sequence[Entry],
    removed: Sequence[RemovedMeeting],
    taken_off: Sequence[Entry] = (),
) -> str:
    page_of = links.page_of_meeting(here)
    return ical.feed(
        feed.name, entries, page_of, taken_off=taken_off, removed=removed, source=feed.url
    )


def _url(endpoint: str, here: Coalition, **values: str) -> str:
    """Return the absolute address of a page, in the language of this one."""
    return web.absolute_url(endpoint, coalition=here.slug, lang=web.language(), **values)


def _answer(
    here: Coalition, name: tuple[object, ...], make: Callable[[], str], content_type: str
) -> Response:
    language = web.choose_language()

    def finished() -> Page:
        with db.reading(here.id), force_locale(language):
            return Page.of(make(), content_type)

    return page_cache.answer(("calendars", here.id, language, *name), finished)


pages.add_app_template_filter(words.name_of, "meeting_name")

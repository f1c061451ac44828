"""Addresses of calendars and of the pages about meetings, also for mails."""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from coalition import web
from coalition.calendars.models import tokens_of
from coalition.coalitions.models import Coalition
from coalition.decisions.meetings import Meeting
from coalition.people.models import Person


def feed_url(person: Person) -> str:
    """Return the secret address that a calendar subscribes to; made if there is none yet.

    Needs a writing transaction.
    """
    return web.absolute_url("own_calendars.feed", token=tokens_of([person.id])[person.id])


def page_url(person: Person) -> str:
    """Return the secret page that says how to subscribe and can end the address."""
    return page_urls([person])[0]


def page_urls(people: Sequence[Person]) -> list[str]:
    """Return the secret pages of many people, in their order."""
    tokens = tokens_of([person.id for person in people])
    return [web.absolute_url("own_calendars.show", token=tokens[each.id]) for each in people]


def page_of_meeting(coalition: Coalition) -> Callable[[Meeting], str]:
    """Return what gives the address of a meeting's page, in the language of this one."""
    all_meetings = web.absolute_url("decisions.index", coalition=coalition.slug)
    language = web.language()
    return lambda meeting: f"{all_meetings}{meeting.id}?lang={language}"


def subscribing(url: str) -> str:
    """Return an address with the scheme at which calendar programs offer to subscribe."""
    parts = urlsplit(url)
    return parts._replace(scheme="webcal").geturl()

"""A person's own calendar: the secret feed, and the page that explains it and can end it.

Who has the address sees which meetings a person follows, so it is no more than a list of public
meetings; but it tells where they live and what they signed. So it can be replaced at any time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from coalition import audit, config, db, web
from coalition.calendars import ical, links, queries
from coalition.calendars.models import CalendarLink, coalition_in, link_by_token
from coalition.coalitions.models import Coalition
from coalition.errors import NotFound
from coalition.people.models import Person

KEPT_S = 300  # how long a client need not ask again

pages = Blueprint(
    "own_calendars", __name__, url_prefix="/calendars", template_folder="templates"
)


@dataclass(frozen=True)
class _Linked:
    """Whose calendar an address is."""

    coalition: Coalition
    person: Person
    link: CalendarLink


@pages.get("/<token>.ics")
def feed(token: str) -> ResponseReturnValue:
    """Give the meetings of the person's city and of the campaigns that they took part in."""
    coalition_id = _coalition_of(token)
    with db.reading(coalition_id):
        linked = _linked(token)
        entries = queries.of_person(linked.person)
        with force_locale(_language(linked)):
            name = gettext("My meetings · %(coalition)s", coalition=linked.coalition.name)
            made = ical.feed(
                name,
                entries,
                links.page_of_meeting(linked.coalition),
                taken_off=queries.taken_off(entries, person=linked.person),
                removed=queries.removed(person=linked.person),
            )
    response = Response(made, content_type=ical.CONTENT_TYPE)
    response.headers["Cache-Control"] = f"private, max-age={KEPT_S}"
    response.add_etag()
    return response.make_conditional(request)


@pages.get("/<token>/")
def show(token: str) -> ResponseReturnValue:
    """Say how to subscribe, and what is in the calendar."""
    with db.reading(_coalition_of(token)):
        linked = _linked(token)
        url = web.absolute_url("own_calendars.feed", token=token)
        return render_template(
            "calendars/own.html",
            coalition=linked.coalition,
            token=token,
            url=url,
            subscribe_url=links.subscribing(url),
            entries=queries.of_person(linked.person, upcoming=True),
        )


@pages.post("/<token>/renewal")
def renew(token: str) -> ResponseReturnValue:
    """Give the calendar a new address; the old one leads nowhere from now on."""
    with db.transaction(_coalition_of(token)):
        linked = _linked(token, lock=True)
        with _as(linked.person):
            linked.link.renew()
            audit.record("calendar_link.renewed", linked.link)
        new = linked.link.token
    return web.see_other("own_calendars.show", token=new, lang=web.language(), changed="yes")


@pages.post("/<token>/end")
def end(token: str) -> ResponseReturnValue:
    """End the address; it can be asked for anew where it was got."""
    with db.transaction(_coalition_of(token)) as session:
        linked = _linked(token, lock=True)
        with _as(linked.person):
            audit.record("calendar_link.ended", linked.link)
            session.delete(linked.link)
        return render_template("calendars/ended.html", coalition=linked.coalition)


def _coalition_of(token: str) -> UUID:
    found = coalition_in(token)
    if found is None:
        raise NotFound
    return found


def _linked(token: str, *, lock: bool = False) -> _Linked:
    """Find whose calendar it is in the open scope.

    Raises:
        NotFound: it was ended or replaced, or there never was one.
    """
    link = link_by_token(token, lock=lock)
    person = db.session.get(Person, link.person_id) if link else None
    coalition = db.session.get(Coalition, link.coalition_id) if link else None
    if link is None or person is None or coalition is None:
        raise NotFound
    g.coalition_language = person.language or coalition.language
    return _Linked(coalition, person, link)


def _language(linked: _Linked) -> str:
    """Return the language that was asked for, else the person's, else the coalition's.

    Which language the program's maker prefers says nothing about its user.
    """
    offered = config.current().languages
    wanted = (request.args.get("lang"), linked.person.language, linked.coalition.language)
    return next((each for each in wanted if each in offered), offered[0])


@contextmanager
def _as(person: Person) -> Iterator[None]:
    origin = f"web {g.get('request_id', '')}".strip()
    with audit.acting(audit.Actor("person", person.id, origin)):
        yield

"""Preferences without signing in: what one is written for, and the click that ends it all.

Mail scanners open every link, so a GET changes nothing here. Mail programs send the POST of
RFC 8058 by themselves: without cookies, without our form.
"""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from coalition import attempts, audit, db, web
from coalition.coalitions.models import Coalition
from coalition.consents import link_requests, preferences
from coalition.consents.errors import PreferencesLinkBroken
from coalition.consents.links import NOBODY, read_preferences_token
from coalition.consents.schemas import LinkRequestForm
from coalition.people.models import Person

pages = Blueprint("preferences", __name__, template_folder="templates")


@dataclass(frozen=True)
class _Linked:
    coalition: Coalition
    person: Person


class _OfTest(Exception):
    """The link stands in the test of a mail and leads to nobody's choices."""

    def __init__(self, coalition: Coalition) -> None:
        self.coalition = coalition
        super().__init__()


@pages.get("/preferences/link")
def lost() -> ResponseReturnValue:
    """Show the form of who lost the link to their preferences."""
    return render_template("consents/lost.html", form=web.Form())


@pages.post("/preferences/link")
def send_link() -> ResponseReturnValue:
    """Have a new link sent. The answer is the same for an address that nobody knows."""
    attempts.count_attempt(request.remote_addr)
    form = web.form(LinkRequestForm)
    if form.errors:
        return render_template("consents/lost.html", form=form), 422
    with db.transaction():
        link_requests.ask(form.values["email"], web.language())
    return web.see_other("preferences.link_sent", lang=web.language())


@pages.get("/preferences/link/sent")
def link_sent() -> ResponseReturnValue:
    """Tell who asked for a link to look into their mailbox."""
    return render_template("consents/link_sent.html")


@pages.get("/preferences/<token>")
def show(token: str) -> ResponseReturnValue:
    """Show what a person is written for."""
    ids = read_preferences_token(token)
    with db.reading(ids[0]):
        return _page(_linked(ids), token)


@pages.post("/preferences/<token>")
def choose(token: str) -> ResponseReturnValue:
    """Store what a person ticked."""
    ids = read_preferences_token(token)
    agreed = request.form.getlist("agreed")
    with db.transaction(ids[0]):
        linked = _linked(ids, lock=True)
        with audit.acting(_owner(linked.person)):
            preferences.choose(linked.coalition, linked.person, agreed)
    return web.see_other("preferences.show", token=token, lang=web.language(), saved="yes")


@pages.get("/unsubscribe/<token>")
def ask(token: str) -> ResponseReturnValue:
    """Show the button that ends all mail."""
    ids = read_preferences_token(token)
    with db.reading(ids[0]):
        linked = _linked(ids)
        return render_template(
            "consents/unsubscribe.html", coalition=linked.coalition, token=token
        )


@pages.post("/unsubscribe/<token>")
def unsubscribe(token: str) -> ResponseReturnValue:
    """End all mail at once; pressed by a person or sent by their mail program."""
    ids = read_preferences_token(token)
    with db.transaction(ids[0]):
        linked = _linked(ids, lock=True)
        with audit.acting(_owner(linked.person)):
            preferences.end_all_mail(linked.coalition, linked.person)
    return render_template("consents/ended.html", coalition=linked.coalition, token=token)


@pages.errorhandler(PreferencesLinkBroken)
def broken(error: PreferencesLinkBroken) -> ResponseReturnValue:
    """Say that a link leads nowhere, and how to get one that does."""
    return render_template("consents/broken.html", sentence=web.say(error)), error.status


@pages.errorhandler(_OfTest)
def of_test(link: _OfTest) -> ResponseReturnValue:
    """Say what the link does in the mail that people get."""
    return render_template("consents/of_test.html", coalition=link.coalition)


def _linked(ids: tuple[UUID, UUID], *, lock: bool = False) -> _Linked:
    """Find what a link leads to in the open scope.

    Raises:
        PreferencesLinkBroken: the person was removed, which looks like a link that is none.
        _OfTest: it leads to nobody, and says so.
    """
    coalition = db.session.get(Coalition, ids[0])
    if coalition is not None and ids[1] == NOBODY:
        raise _OfTest(coalition)
    statement = select(Person).filter_by(id=ids[1])
    if lock:  # two presses at once are two answers, one after the other
        statement = statement.with_for_update()
    person = db.session.scalar(statement)
    if person is None or coalition is None:
        raise PreferencesLinkBroken
    g.coalition_language = person.language or coalition.language
    return _Linked(coalition, person)


def _owner(person: Person) -> audit.Actor:
    return audit.Actor("person", person.id, origin=f"web {g.get('request_id', '')}".strip())


def _page(linked: _Linked, token: str) -> str:
    return render_template(
        "consents/preferences.html",
        coalition=linked.coalition,
        offers=preferences.offers(linked.coalition, linked.person),
        is_stopped_otherwise=preferences.is_stopped_otherwise(linked.person),
        token=token,
    )

"""The page behind the link in each notice: a person ends these mails with one button.

Mail scanners open every link, so a GET changes nothing here.
"""

from uuid import UUID

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition import audit, db
from coalition.coalitions.models import Coalition
from coalition.letters.errors import LinkBroken
from coalition.notices import unsubscribing
from coalition.people.models import Person

pages = Blueprint("notices", __name__, url_prefix="/notices", template_folder="templates")


@pages.get("/<token>/")
def ask_to_stop(token: str) -> ResponseReturnValue:
    """Ask whether the mails shall really end."""
    ids = unsubscribing.read_token(token)
    with db.reading(ids[0]):
        coalition, _ = _linked(ids)
        return render_template("notices/stop.html", coalition=coalition, token=token)


@pages.post("/<token>/stop")
def stop(token: str) -> ResponseReturnValue:
    """Note that the person agrees no more; doing it twice changes nothing."""
    ids = unsubscribing.read_token(token)
    with db.transaction(ids[0]):
        coalition, person = _linked(ids)
        origin = f"web {g.get('request_id', '')}".strip()
        with audit.acting(audit.Actor("person", person.id, origin)):
            unsubscribing.stop(person, wording(coalition))
        return render_template("notices/stopped.html", coalition=coalition, token=token)


def wording(coalition: Coalition) -> str:
    """Return, word for word, what a person says with the button."""
    return gettext(
        "%(coalition)s shall not write to me about its campaigns any more.",
        coalition=coalition.name,
    )


def _linked(ids: tuple[UUID, UUID]) -> tuple[Coalition, Person]:
    coalition, person = db.session.get(Coalition, ids[0]), db.session.get(Person, ids[1])
    if coalition is None or person is None:
        raise LinkBroken
    g.coalition_language = person.language or coalition.language
    return coalition, person


pages.add_app_template_global(wording, "stop_wording")

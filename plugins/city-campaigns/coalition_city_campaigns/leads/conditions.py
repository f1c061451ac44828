"""What segments can ask about leads: who asked to challenge a contract, where, and how it stands."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext
from sqlalchemy import ColumnElement, select

from coalition.sdk import (
    N_,
    Condition,
    EmailAddress,
    Parameter,
    Person,
    SegmentSubject,
    is_on,
    place_in,
    session,
)
from coalition_city_campaigns.leads.models import Lead, LeadState
from coalition_city_campaigns.settings import PLUGIN

MOST_PLACES = 500

_STATES = {
    "": tuple(each for each in LeadState if each != LeadState.UNCONFIRMED),
    "open": (LeadState.NEW, LeadState.TAKEN, LeadState.STARTED),
    "new": (LeadState.NEW,),
    "taken": (LeadState.TAKEN,),
    "started": (LeadState.STARTED,),
    "closed": (LeadState.CLOSED,),
}


def _asked(values: Mapping[str, str]) -> ColumnElement[bool]:
    """Find them by the mailbox: a lead makes nobody known, and may be of somebody who is."""
    asked = (
        select(EmailAddress.id)
        .join(
            Lead,
            (Lead.coalition_id == EmailAddress.coalition_id)
            & (Lead.email_index == EmailAddress.address_index),
        )
        .where(
            EmailAddress.person_id == Person.id,
            Lead.state.in_(_STATES[values.get("state") or ""]),
        )
    )
    if values.get("place"):
        name, region = _apart(values["place"])
        asked = asked.where(Lead.place_name == name, Lead.region == region)
    return asked.exists()


def _words(said: Mapping[str, str], contrary: bool) -> str:  # noqa: FBT001
    if "place" in said and contrary:
        words = gettext("did not ask to challenge a contract in %(place)s", place=said["place"])
    elif "place" in said:
        words = gettext("asked to challenge a contract in %(place)s", place=said["place"])
    elif contrary:
        words = gettext("did not ask to challenge a contract")
    else:
        words = gettext("asked to challenge a contract")
    return f"{words} ({said['state']})" if "state" in said else words


def _places() -> Sequence[tuple[str, str]]:
    """Offer the places of the leads that were confirmed, by name."""
    confirmed = select(Lead.place_name, Lead.region).where(Lead.state != LeadState.UNCONFIRMED)
    by_name = confirmed.distinct().order_by(Lead.place_name, Lead.region).limit(MOST_PLACES)
    names = [f"{name}, {region}" for name, region in session.execute(by_name)]
    return [(each, each) for each in names]


def _place_named(value: str) -> str | None:
    """Return a place, also one that nobody asks for any more; `None` if there is no such place."""
    name, region = _apart(value)
    asked_for = select(Lead.id).filter_by(place_name=name, region=region).limit(1)
    if session.scalar(asked_for):
        return value
    found = place_in(name, region)  # second, because it reads all places of the post
    return value if found is not None and found.full_name == value else None


def _apart(place: str) -> tuple[str, str]:
    name, _, region = place.rpartition(", ")
    return name, region


def _states() -> Sequence[tuple[str, str]]:
    return [
        ("open", gettext("not closed")),
        ("new", gettext("nobody takes care of it yet")),
        ("taken", gettext("a coordinator takes care of it")),
        ("started", gettext("a campaign began")),
        ("closed", gettext("it was closed")),
    ]


ASKED = Condition(
    name="city-campaigns.lead",
    label=N_("Asked to challenge a contract in their city"),
    subject=SegmentSubject.PEOPLE,
    parameters=(
        Parameter(
            name="place",
            label=N_("City"),
            options=_places,
            named=_place_named,
            is_required=False,
            empty=N_("any city"),
        ),
        Parameter(
            name="state",
            label=N_("How the lead stands"),
            options=_states,
            is_required=False,
            empty=N_("however it stands"),
        ),
    ),
    clause=_asked,
    words=_words,
    is_available=lambda: is_on(PLUGIN),
)

"""The coordinators' page of cities: all that the coalition works in, and those it watches."""

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import Schema
from sqlalchemy import select

from coalition.sdk import (
    REGIONS,
    Coalition,
    DomainError,
    Form,
    Line,
    NotFound,
    OneOf,
    Role,
    id_or_404,
    known_cities,
    place_written,
    places_called,
    reading,
    record_in_audit_log,
    see_other,
    sent_form,
    session,
    staff,
    transaction,
)
from coalition_city_campaigns.cities.models import WatchedCity
from coalition_city_campaigns.cities.standing import cities_with_standing
from coalition_city_campaigns.kits.directory import area_of_place

MAX_NOTE_CHARS = 300

pages = Blueprint(
    "city-campaigns-cities",
    __name__,
    url_prefix="/manage/<coalition>/cities",
    template_folder="../templates",
)


class WatchForm(Schema):
    """A place to keep an eye on, and publicly why."""

    city = Line(100, required=True)
    region = OneOf(("", *REGIONS), required=False, default="")
    note = Line(MAX_NOTE_CHARS)


@pages.get("/")
@staff(Role.VIEWER)
def index(coalition: Coalition) -> ResponseReturnValue:
    """List the cities, drafts too."""
    with reading(coalition.id):
        return _page(coalition, Form())


@pages.post("/")
@staff(Role.COORDINATOR)
def watch(coalition: Coalition) -> ResponseReturnValue:
    """Keep an eye on a city; a second time changes what is said about it."""
    sent = sent_form(WatchForm)
    if not sent.errors:
        try:
            with transaction(coalition.id):
                area = area_of_place(place_written(sent.values["city"], sent.values["region"]))
                known = session.scalar(select(WatchedCity).filter_by(area_id=area.id))
                watched = known or WatchedCity(area_id=area.id, area=area)
                watched.note = sent.values["note"]
                session.add(watched)
                session.flush()
                record_in_audit_log("city.watched", watched)
            flash(gettext("You watch %(place)s now.", place=area.full_name), "success")
            return see_other("city-campaigns-cities.index", coalition=coalition.slug)
        except DomainError as error:
            sent.refuse(error)
    with reading(coalition.id):
        return _page(coalition, sent), 422


@pages.post("/<watched>/removal")
@staff(Role.COORDINATOR)
def unwatch(coalition: Coalition, watched: str) -> ResponseReturnValue:
    """Watch a city no more."""
    with transaction(coalition.id):
        found = session.scalar(select(WatchedCity).filter_by(id=id_or_404(watched)))
        if found is None:
            raise NotFound
        record_in_audit_log("city.unwatched", found)
        session.delete(found)
    flash(gettext("You do not watch it any more."), "success")
    return see_other("city-campaigns-cities.index", coalition=coalition.slug)


def _page(coalition: Coalition, sent: Form) -> str:
    written = sent.written.get("city", "")
    several = places_called(written.partition(",")[0]) if "city" in sent.errors else []
    return render_template(
        "city_campaigns/cities/manage.html",
        coalition=coalition,
        cities=cities_with_standing(published=False),
        described=known_cities(),
        form=sent,
        names=REGIONS,
        regions=[each.region for each in several] if len(several) > 1 else list(REGIONS),
        is_ambiguous=len(several) > 1,
    )

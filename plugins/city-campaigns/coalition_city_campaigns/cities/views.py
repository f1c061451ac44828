"""Public pages of cities: how it stands in each, side by side, and each city's own page."""

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext
from markupsafe import Markup
from sqlalchemy import select

from coalition.sdk import (
    Coalition,
    DecisionBody,
    NotFound,
    Page,
    Panel,
    PublicPages,
    cached_page,
    page_language,
    place_slug,
    places_called,
    reading,
    see_other,
    session,
    settings,
    visited_coalition,
)
from coalition_city_campaigns.cities import standing
from coalition_city_campaigns.cities.comparing import compared
from coalition_city_campaigns.cities.mapping import city_map
from coalition_city_campaigns.cities.standing import CityStanding, Standing
from coalition_city_campaigns.settings import PLUGIN

HTML = "text/html; charset=utf-8"

pages = PublicPages("city-campaigns", __name__, template_folder="../templates")


@pages.get("/c/<coalition>/cities/")
def index(coalition: str) -> Response:
    """Show all cities with their standing, on a map and in a table."""
    here = visited_coalition(coalition)
    language = page_language()

    def make() -> Page:
        with reading(here.id), force_locale(language):
            cities = standing.cities_with_standing()
            return Page.of(
                render_template(
                    "city_campaigns/cities/index.html",
                    coalition=here,
                    cities=cities,
                    counts=standing.counted(cities),
                    map=_map(here, cities),
                    takes_leads=settings(PLUGIN)["takes_leads"],
                ),
                HTML,
            )

    return cached_page((here.id, "cities", language), make)


def way_to_cities(coalition: Coalition) -> Panel | None:
    """Return how it stands in the cities, for the page of their coalition; none without one."""
    cities = standing.cities_with_standing()
    if not cities:
        return None
    made = render_template(
        "city_campaigns/cities/_way.html",
        coalition=coalition,
        cities=cities,
        counts=standing.counted(cities),
    )
    html = Markup(made)  # noqa: S704  a template escaped it
    return Panel(gettext("Cities"), html)


@pages.get("/c/<coalition>/cities/comparison")
def comparison(coalition: str) -> Response:
    """Show the campaigns of all cities side by side."""
    here = visited_coalition(coalition)
    language = page_language()

    def make() -> Page:
        with reading(here.id), force_locale(language):
            return Page.of(
                render_template(
                    "city_campaigns/cities/comparison.html",
                    coalition=here,
                    compared=compared(standing.cities_with_standing()),
                ),
                HTML,
            )

    return cached_page((here.id, "city comparison", language), make)


@pages.get("/c/<coalition>/cities/<city>")
def show(coalition: str, city: str) -> Response:
    """Show a city: its campaigns, its bodies, and whether one lives there."""
    here = visited_coalition(coalition)
    language = page_language()

    def make() -> Page:
        with reading(here.id), force_locale(language):
            found = standing.city_called(city)
            bodies = select(DecisionBody).filter_by(area_id=found.area.id)
            return Page.of(
                render_template(
                    "city_campaigns/cities/show.html",
                    coalition=here,
                    city=found,
                    compared=compared([found]),
                    bodies=session.scalars(bodies.order_by(DecisionBody.name)).all(),
                    takes_leads=settings(PLUGIN)["takes_leads"],
                ),
                HTML,
            )

    return cached_page((here.id, "city", city, language), make)


@pages.get("/c/<coalition>/cities/<city>/postcode")
def postcode(coalition: str, city: str) -> ResponseReturnValue:
    """Say whether a postcode, `?code=`, is in a city: for people, or as JSON for programs."""
    here = visited_coalition(coalition)
    code = request.args.get("code", "").strip()[:10]
    name, region = _name_of(city)
    place = next((each for each in places_called(name) if each.region == region), None)
    if place is None or place_slug(place.name, place.region) != city:
        raise NotFound
    if not code and request.accept_mimetypes.best != "application/json":
        return see_other("city-campaigns.show", coalition=here.slug, city=city)
    is_inside = place.has_postcode(code)
    if request.accept_mimetypes.best == "application/json":
        return {"city": place.full_name, "postcode": code, "is_inside": is_inside}
    return render_template(
        "city_campaigns/cities/postcode.html",
        coalition=here,
        place=place,
        slug=city,
        code=code,
        is_inside=is_inside,
    )


def standing_words(value: Standing) -> str:
    """Say a standing in the page's language."""
    return {
        Standing.OPEN: gettext("Open"),
        Standing.WON: gettext("Won"),
        Standing.LOST: gettext("Lost"),
        Standing.WATCHING: gettext("Watching"),
    }[value]


def _map(here: Coalition, cities: list[CityStanding]) -> Markup:
    return city_map(
        cities,
        gettext("Map of the cities"),
        words=standing_words,
        href=lambda each: url_for(
            "city-campaigns.show", coalition=here.slug, city=each.slug, lang=page_language()
        ),
    )


def _name_of(slug: str) -> tuple[str, str]:
    """Return the name and the state in the last part of an address: "culver-city-ca"."""
    name, _, region = slug.rpartition("-")
    return name.replace("-", " "), region.upper()

"""A coalition with staff, a city's kit, and people who ask, for the tests of cities."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from coalition_city_campaigns.kits.directory import area_of_city
from coalition_city_campaigns.kits.loading import load
from coalition_city_campaigns.kits.sources import kit_of
from coalition_city_campaigns.leads.models import Lead, Technology
from sqlalchemy import select

from coalition.sdk import Campaign, City, place_written, reading, session, transaction
from coalition.testing import make_coalition, make_user, sign_in

HERE = Path(__file__).parent


@pytest.fixture
def coalition(coalition):
    """Give "Night Buses", detached: a request that is rolled back must not empty it."""
    session.expunge_all()
    return coalition


@pytest.fixture
def desk(app, client, coalition, monkeypatch):
    """Give a browser in which a coordinator of Night Buses is signed in, without CSRF tokens."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    return sign_in(client, make_user("coco@example.org", coalition))


@pytest.fixture
def lead(coalition) -> Lead:
    """Give a confirmed lead from Springfield, Illinois."""
    return make_lead(coalition)


@pytest.fixture
def load_kit(coalition) -> Callable[..., Campaign]:
    """Give a function that loads a kit of a city into Night Buses."""

    def loading(city: City, file: str, *, publish: bool = True) -> Campaign:
        with transaction(coalition.id):
            return load(kit_of(city, file), area_of_city(city), publish=publish)

    return loading


def make_lead(coalition, *, confirmed: bool = True, **values: Any) -> Lead:
    """Let somebody ask to challenge a contract, as the form does."""
    place = place_written(values.pop("city", "Springfield, IL"))
    told = {
        "person_name": "Robin Asker",
        "email": "robin@example.org",
        "technology": Technology.PLATE_READERS,
        "vendor": "Acme Optics",
        "known": "They will vote in May.",
        "language": "en",
        "wording": "Night Buses may write to me.",
        **values,
    }
    with transaction(coalition.id):
        lead = Lead.ask(place=place, **told)
        if confirmed:
            lead.confirm(updates=lead.updates_wording is not None)
    return lead


def read(coalition, kind: type[Any], **values: Any) -> Any:
    """Return the one row of a kind."""
    with reading(coalition.id):
        return session.scalars(select(kind).filter_by(**values)).one_or_none()


def another_coalition() -> Any:
    """Found a second coalition."""
    return make_coalition("day-trams", "Day Trams")

"""What people write as their city and state, and which place they mean."""

import pytest
from sqlalchemy import select

from coalition import db
from coalition.areas.models import Area, AreaKind
from coalition.calendars import places
from coalition.people.models import Person
from coalition.testing import make_person
from tests.calendars.conftest import make_area


def living_in(coalition, area, **person):
    """Return whether a person with these fields is found among the people of a place."""
    ada = make_person(coalition, "ada@example.org")
    with db.transaction(coalition.id) as session:
        for name, value in person.items():
            setattr(session.get_one(Person, ada.id), name, value)
    with db.reading(coalition.id) as session:
        found = session.scalars(select(Person.id).where(places.people_of(area))).all()
        stored = session.get_one(Person, ada.id)
        # Both ways round: a notice finds the people, a feed finds the places.
        assert bool(places.areas_of(stored, [area] if area else [])) == bool(found)
        return ada.id in found


class TestPeopleOf:
    @pytest.mark.parametrize(
        ("city", "region", "found"),
        [
            ("Culver City", "CA", True),
            ("  culver   CITY ", "california", True),
            ("Culver City, CA", None, True),
            ("Culver City California", "CA", True),
            ("Culver City", None, True),
            ("Culver City", "", True),
            ("Culver City", "NV", False),
            ("Culver City, Nevada", None, False),
            ("Culver", "CA", False),
            ("Old Culver City", "CA", False),
            ("", "CA", False),
            (None, "CA", False),
        ],
    )
    def test_reads_a_city_as_people_write_it(self, coalition, culver_city, city, region, found):
        assert living_in(coalition, culver_city, city=city, region=region) is found

    def test_reads_accents(self, coalition):
        area = make_area("Cañon City", "CO")

        assert living_in(coalition, area, city="canon city", region="Colorado")

    def test_takes_nobody_without_a_state_where_two_states_have_the_name(self, coalition):
        ours = make_area("Springfield", "IL")
        make_area("Springfield", "MA")

        assert not living_in(coalition, ours, city="Springfield", region=None)

    @pytest.mark.parametrize(("region", "found"), [("ca", True), ("California", True), ("NV", False), (None, False)])  # fmt: skip
    def test_takes_a_state_for_all_its_cities(self, coalition, region, found):
        area = make_area(
            "California", "CA", kind=AreaKind.STATE,
            division_id="ocd-division/country:us/state:ca",
        )  # fmt: skip

        assert living_in(coalition, area, city="Fresno", region=region) is found

    @pytest.mark.parametrize(("country", "found"), [(None, True), ("US", True), ("MX", False)])
    def test_takes_a_country(self, coalition, country, found):
        area = make_area(
            "United States", "", kind=AreaKind.COUNTRY, division_id="ocd-division/country:us"
        )

        assert living_in(coalition, area, country=country) is found

    def test_finds_nobody_in_a_county(self, coalition):
        area = make_area("Los Angeles", "CA", kind=AreaKind.COUNTY)

        assert not living_in(coalition, area, city="Los Angeles", region="CA")

    def test_finds_nobody_in_no_place(self, coalition):
        area: Area | None = None

        assert not living_in(coalition, area, city="Los Angeles", region="CA")

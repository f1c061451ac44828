"""Tests of places and how people write them."""

import pytest

from coalition import db
from coalition.areas.errors import (
    AreaAmbiguous,
    AreaKnown,
    AreaUnknown,
    DivisionMalformed,
    StateUnknown,
)
from coalition.areas.models import Area, AreaKind, check_division, division_of
from coalition.areas.queries import area_called, areas_called


@pytest.fixture
def springfields(coalition):
    with db.transaction(coalition.id):
        return [Area.add("Springfield", state) for state in ("IL", "Massachusetts", "mo")]


class TestAdd:
    def test_makes_the_division_id(self, coalition):
        with db.transaction(coalition.id):
            area = Area.add("Culver City", "California")

        assert area.division_id == "ocd-division/country:us/state:ca/place:culver_city"
        assert area.full_name == "Culver City, CA"

    def test_refuses_a_place_that_is_known(self, springfields, coalition):
        with pytest.raises(AreaKnown, match="Springfield, MO is in the list"):
            with db.transaction(coalition.id):
                Area.add("springfield", "MO")


class TestDivisionOf:
    @pytest.mark.parametrize(
        ("name", "region", "kind", "division"),
        [
            ("Los Angeles", "CA", AreaKind.PLACE, "/state:ca/place:los_angeles"),
            ("Los Angeles", "CA", AreaKind.COUNTY, "/state:ca/county:los_angeles"),
            ("Cañon City", "co", AreaKind.PLACE, "/state:co/place:canon_city"),
            ("St. Paul", "MN", AreaKind.PLACE, "/state:mn/place:st._paul"),
            ("California", "", AreaKind.STATE, "/state:ca"),
            ("Washington", "DC", AreaKind.PLACE, "/district:dc/place:washington"),
            ("United States", "", AreaKind.COUNTRY, ""),
        ],
    )
    def test_says_it_as_open_civic_data_does(self, name, region, kind, division):
        made = division_of(name, region, kind)

        assert made == f"ocd-division/country:us{division}"
        check_division(made)

    def test_refuses_what_is_no_state(self):
        with pytest.raises(StateUnknown, match="“Atlantis” is no state"):
            division_of("Springfield", "Atlantis")

    @pytest.mark.parametrize(("name", "kind"), [("!!", "place"), ("Fifth", "district")])
    def test_refuses_what_needs_an_id_of_its_own(self, name, kind):
        with pytest.raises(DivisionMalformed):
            division_of(name, "CA", AreaKind(kind))


class TestAreaCalled:
    def test_refuses_to_guess_between_three_states(self, springfields, database):
        with pytest.raises(AreaAmbiguous) as refused, db.reading():
            area_called("Springfield")

        assert "Springfield, IL; Springfield, MA; Springfield, MO" in str(refused.value)

    @pytest.mark.parametrize("text", ["Springfield, MO", "springfield ,missouri"])
    def test_takes_the_state_along(self, springfields, text):
        with db.reading():
            assert area_called(text).region == "MO"

    def test_prefers_the_city_to_the_county(self, coalition):
        with db.transaction(coalition.id):
            Area.add("Orange", "CA", kind=AreaKind.COUNTY)
            Area.add("Orange", "CA")

            assert area_called("Orange").kind == AreaKind.PLACE
            assert len(areas_called("Orange")) == 2

    def test_says_what_is_not_known(self, springfields):
        with pytest.raises(AreaUnknown, match="no place called “Shelbyville”"), db.reading():
            area_called("Shelbyville")

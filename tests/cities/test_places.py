"""Places as people write them, and their postcodes."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition.cities import places
from coalition.cities.city import place_slug
from coalition.cities.errors import PlaceAmbiguous, PlaceContradicts, PlaceUnknown
from coalition.cities.places import place_in, place_written, proposals


class TestPlaceWritten:
    @pytest.mark.parametrize(
        ("written", "name"),
        [
            ("Culver City, CA", "Culver City, CA"),
            ("culver city", "Culver City, CA"),
            ("  CULVER   CITY ,  california ", "Culver City, CA"),
            ("Long Beach California", "Long Beach, CA"),
            ("St. Louis, MO", "Saint Louis, MO"),
            ("Ft. Worth, Texas", "Fort Worth, TX"),
            ("Washington DC", "Washington, DC"),
            ("New York, NY", "New York, NY"),
            ("Kansas City, KS", "Kansas City, KS"),
            ("Winston Salem, North Carolina", "Winston Salem, NC"),
        ],
    )
    def test_knows_a_place(self, written, name):
        assert place_written(written).full_name == name

    def test_takes_the_state_that_was_chosen_apart(self):
        assert place_written("Springfield", "il").full_name == "Springfield, IL"

    @pytest.mark.parametrize("written", ["Springfield, IL", "springfield illinois"])
    def test_takes_no_other_state_than_the_one_written(self, written):
        assert place_written(written, "IL").full_name == "Springfield, IL"
        with pytest.raises(PlaceContradicts) as refused:
            place_written(written, "MO")
        assert str(refused.value) == (
            f"You wrote “{written}”, which is in Illinois, and chose Missouri."
            " Correct one of them."
        )

    def test_takes_no_state_out_of_a_citys_own_name(self):
        assert place_written("Kansas City", "MO").full_name == "Kansas City, MO"

    def test_never_guesses_which_of_several_is_meant(self):
        with pytest.raises(PlaceAmbiguous) as refused:
            place_written("Kansas City")
        assert str(refused.value) == (
            "There is a Kansas City in 2 states. Choose which one you mean."
        )

    @pytest.mark.parametrize("written", ["", "Atlantis", "Culver City, NV", ",", "CA"])
    def test_refuses_what_nobody_knows(self, written):
        with pytest.raises(PlaceUnknown):
            place_written(written)

    @given(st.text(max_size=60))
    def test_takes_any_text(self, written):
        with suppress(PlaceAmbiguous, PlaceUnknown):
            place_written(written)


class TestProposals:
    def test_offer_what_may_be_meant(self):
        assert [each.full_name for each in proposals("Culvar City, CA")] == ["Culver City, CA"]

    def test_are_few(self):
        assert len(proposals("Springfeld")) <= 5


class TestPlace:
    @pytest.mark.parametrize(
        ("postcode", "is_inside"),
        [
            ("90232", True),
            (" 90232-1234 ", True),
            ("90802", False),
            ("9023", False),
            ("", False),
        ],
    )
    def test_knows_its_postcodes(self, postcode, is_inside):
        assert place_in("Culver City", "CA").has_postcode(postcode) is is_inside

    def test_is_on_the_map_and_on_the_clock(self):
        place = place_in("Los Angeles", "CA")
        assert place.time_zone == "America/Los_Angeles"
        assert 33 < place.latitude < 35
        assert -119 < place.longitude < -117

    @pytest.mark.parametrize(
        ("name", "region", "division"),
        [
            ("Culver City", "CA", "ocd-division/country:us/state:ca/place:culver_city"),
            ("Washington", "DC", "ocd-division/country:us/district:dc"),
            ("San Juan", "PR", "ocd-division/country:us/territory:pr/place:san_juan"),
        ],
    )
    def test_proposes_a_division(self, name, region, division):
        assert place_in(name, region).division_id == division

    def test_has_an_address_of_its_own(self):
        assert (
            place_slug("Saint Louis", "MO") == place_slug("St. Louis", "mo") == "saint-louis-mo"
        )


class TestNames:
    def test_are_kept_in_little_memory(self):
        # The library's own list of everything takes 100 MB per process.
        assert len(places._names()) > 15_000
        import zipcodes

        assert zipcodes._zips_cache is None

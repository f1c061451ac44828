"""What is left over from another city is found wherever and however it is written."""

import pytest
from coalition_city_campaigns.kits.patterns import Kind
from coalition_city_campaigns.kits.scanning import Text, leftovers, scan
from hypothesis import given
from hypothesis import strategies as st

NAMES = {
    Kind.CITY: ["Culver City"],
    Kind.BODY: ["Culver City City Council"],
    Kind.PERSON: ["Maria Lou Calanche", "William J. Briggs, II"],
    Kind.AGENCY: ["LAPD"],
    Kind.POSTCODE: ["90232", "90230"],
    Kind.DIVISION: ["ocd-division/country:us/state:ca/place:culver_city"],
    Kind.ADDRESS: ["City Hall"],
    Kind.ITEM: ["A-1"],
}


def found_in(text, terms=None, source=""):
    """Return kind and word of each finding in a text."""
    texts = [Text("a", "A text", text)]
    words = leftovers([Text("s", "Source", source or text)], terms or NAMES)
    return [(each.kind, each.word) for each in scan(texts, words)]


class TestScan:
    @pytest.mark.parametrize(
        ("text", "kind", "word"),
        [
            ("in Culver City today", Kind.CITY, "Culver City"),
            ("in CULVER CITY today", Kind.CITY, "CULVER CITY"),
            ("Culver City’s council", Kind.CITY, "Culver City"),
            ("culver-city-contract", Kind.CITY, "culver-city"),
            ("CulverCity", Kind.CITY, "CulverCity"),
            ("Culver\nCity", Kind.CITY, "Culver\nCity"),
            ("the Culvar City site", Kind.CITY, "Culvar City"),
            ("Culver Blvd. is long", Kind.CITY, "Culver"),
            ("the Culver City City Council", Kind.BODY, "Culver City City Council"),
            ("Maria Lou Calanche", Kind.PERSON, "Maria Lou Calanche"),
            ("Commissioner Calanche", Kind.PERSON, "Calanche"),
            ("Mr. Briggs", Kind.PERSON, "Briggs"),
            ("Maria Lou Calancha", Kind.PERSON, "Maria Lou Calancha"),
            ("the LAPD, lapd", Kind.AGENCY, "LAPD"),
            ("ZIP 90230", Kind.POSTCODE, "90230"),
            ("CA 90232", Kind.POSTCODE, "CA 90232"),
            ("at 9770 Culver Blvd.", Kind.ADDRESS, "9770 Culver Blvd."),
            ("at 100 W. 1st Street", Kind.ADDRESS, "100 W. 1st Street"),
            ("in City Hall", Kind.ADDRESS, "City Hall"),
            ("item A-1", Kind.ITEM, "A-1"),
            ("item A1", Kind.ITEM, "A1"),
            ("on March 13", Kind.DATE, "March 13"),
            ("on Tuesday, March 13, 2018", Kind.DATE, "Tuesday, March 13, 2018"),
            ("on 13 March 2018", Kind.DATE, "13 March 2018"),
            ("el 13 de marzo de 2018", Kind.DATE, "13 de marzo de 2018"),
            ("2018-03-13", Kind.DATE, "2018-03-13"),
            ("in March 2017", Kind.DATE, "March 2017"),
            ("in 2017", Kind.DATE, "2017"),
            ("this Tuesday", Kind.DATE, "Tuesday"),
            ("at 5 p.m. sharp", Kind.TIME, "5 p.m."),
            ("a las 17:00", Kind.TIME, "17:00"),
            ("clerk@culvercity.example", Kind.EMAIL, "clerk@culvercity.example"),
            ("call (310) 555-0100", Kind.PHONE, "(310) 555-0100"),
            ("call 310-555-0100", Kind.PHONE, "310-555-0100"),
            ("https://culver.example/agenda.", Kind.LINK, "https://culver.example/agenda"),
            (
                "ocd-division/country:us/state:ca/place:culver_city",
                Kind.DIVISION,
                "ocd-division/country:us/state:ca/place:culver_city",
            ),
        ],
    )
    def test_finds(self, text, kind, word):
        assert (kind, word) in found_in(text)

    @pytest.mark.parametrize(
        "text",
        [
            "No city should stand for this.",
            "over 3,000 police departments",
            "a database of 2.2 billion photos, 37% of hits wrong",
            "La ciudad y la policía",
            "the beach is long",
            "we may march",
        ],
    )
    def test_leaves_alone(self, text):
        assert found_in(text, source="x") == []

    def test_takes_an_acronym_of_two_letters_only_as_it_is_written(self):
        terms = {Kind.CITY: ["LA"]}
        assert found_in("LA y la ley", terms) == [(Kind.CITY, "LA")]

    def test_does_not_report_new_days_that_the_source_did_not_have(self):
        assert found_in("on June 3 at 7 p.m.", source="on March 13 at 5 p.m.") == []

    def test_says_one_thing_once(self):
        assert found_in("Culver City City Council") == [(Kind.BODY, "Culver City City Council")]

    def test_shows_the_words_around(self):
        text = Text("a", "A text", "We live in Culver City and drive.")
        (found,) = scan([text], NAMES)
        assert (found.before, found.after) == ("We live in ", " and drive.")

    @given(st.text(max_size=40), st.text(max_size=40))
    def test_finds_the_name_between_any_words(self, before, after):
        found = found_in(f"{before} Culver City {after}", source="x")
        assert any("Culver City" in word for _, word in found)

    @given(st.text(max_size=200))
    def test_reads_any_text(self, text):
        for each in scan([Text("a", "A", text)], leftovers([Text("a", "A", text)], NAMES)):
            assert text[each.start : each.start + len(each.word)] == each.word


class TestFingerprint:
    def test_changes_with_the_words_around(self):
        def prints(text):
            return [each.fingerprint for each in scan([Text("a", "A", text)], NAMES)]

        assert prints("in Culver City now") == prints("in Culver City now")
        assert prints("in Culver City now") != prints("from Culver City now")

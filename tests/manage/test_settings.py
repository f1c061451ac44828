"""Tests of the coalition's settings and the fields of its people."""

import pytest
from sqlalchemy import select

from coalition import db, page_cache
from coalition.coalitions.models import coalition_by_slug
from coalition.people.models import CustomField, Person
from coalition.testing import make_person

SETTINGS = "/manage/night-buses/settings/"
FIELDS = SETTINGS + "fields/"
WHOLE = {
    "name": "Night Buses for All",
    "about": "We **ride**.",
    "website": "buses.example.org",
    "reply_to": "us@example.org",
    "language": "es",
    "time_zone": "America/New_York",
}


def fields(coalition):
    with db.reading(coalition.id):
        return db.session.scalars(select(CustomField).order_by(CustomField.position)).all()


class TestTranslate:
    PAGE = SETTINGS + "translations"

    def shown(self, client, language):
        page_cache.forget()
        return client.get(f"/c/night-buses/?lang={language}").text

    @pytest.fixture
    def described(self, coordinator):
        coordinator.post(SETTINGS, data={**WHOLE, "language": "en"})

    def test_is_read_by_who_reads_that_language(self, coordinator, client, described):
        data = {"language": "es", "about": "**Viajamos**."}
        assert coordinator.post(self.PAGE, data=data).status_code == 303

        spanish = self.shown(client, "es")
        assert '<div lang="es"><p><strong>Viajamos</strong>.</p>' in spanish
        assert "ride" not in spanish
        assert '<div lang="en"><p>We <strong>ride</strong>.</p>' in self.shown(client, "en")
        assert "**Viajamos**." in coordinator.get(self.PAGE).text

    def test_is_read_as_it_was_written_where_there_is_none(
        self, coordinator, client, described
    ):
        assert '<div lang="en"><p>We <strong>ride' in self.shown(client, "es")

    def test_is_refused_for_the_language_that_it_is_written_in(self, coordinator, described):
        answer = coordinator.post(self.PAGE, data={"language": "en", "about": "We ride."})

        assert answer.status_code == 422
        assert "written in this language already" in answer.text

    def test_is_what_was_written_once_the_coalition_speaks_that_language(
        self, coordinator, client, described
    ):
        coordinator.post(self.PAGE, data={"language": "es", "about": "Viajamos."})

        coordinator.post(SETTINGS, data=WHOLE)

        assert "Viajamos." in coordinator.get(SETTINGS).text
        assert '<div lang="es"><p>Viajamos.' in self.shown(client, "es")
        assert '<div lang="en"><p>We <strong>ride' in self.shown(client, "en")

    def test_is_not_for_viewers(self, viewer):
        assert viewer.get(self.PAGE).status_code == 403


class TestChange:
    def test_is_seen_at_once(self, coordinator, coalition):
        coordinator.get("/manage/night-buses/campaigns/")

        answer = coordinator.post(SETTINGS, data=WHOLE)

        assert answer.status_code == 303
        page = coordinator.get("/manage/night-buses/campaigns/").text
        assert "Night Buses for All" in page
        with db.reading():
            stored = coalition_by_slug("night-buses")
            assert stored.website == "https://buses.example.org"
            assert (stored.language, stored.time_zone) == ("es", "America/New_York")

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("name", "", "Fill this in."),
            ("name", "x" * 121, "At most 120 characters"),
            ("name", "Buses\u2066", "direction of writing"),
            ("about", "x" * 20_001, "At most 20000 characters"),
            ("website", "ftp://example.org", "no web address"),
            ("reply_to", "nobody", "is not an e-mail address"),
            ("language", "xx", "Choose one of the values offered."),
            ("time_zone", "Mars/Olympus", "Choose one of the values offered."),
        ],
    )
    def test_shows_the_form_again(self, coordinator, field, value, said):
        answer = coordinator.post(SETTINGS, data={**WHOLE, field: value})

        assert answer.status_code == 422
        assert said in answer.text
        with db.reading():
            assert coalition_by_slug("night-buses").name == "Night Buses"

    @pytest.mark.parametrize("path", ["", "fields/", "plugins/"])
    def test_is_for_coordinators_of_this_coalition(self, viewer, stranger, path):
        assert viewer.get(SETTINGS + path).status_code == 403
        assert stranger.get(SETTINGS + path).status_code == 404
        assert stranger.post(SETTINGS, data=WHOLE).status_code == 404


class TestFields:
    def test_are_added_changed_and_ordered(self, coordinator, coalition):
        coordinator.post(FIELDS, data={"label": "Shoe size", "kind": "number"})
        coordinator.post(
            FIELDS, data={"label": "District", "kind": "choice", "choices": "North\nSouth\n"}
        )
        district = fields(coalition)[1]
        form = coordinator.get(f"{FIELDS}{district.id}").text

        coordinator.post(
            f"{FIELDS}{district.id}",
            data={"label": "Ward", "choices": "East\nWest", "position": "1"},
        )

        assert "North\nSouth" in form
        assert {(each.label, tuple(each.choices)) for each in fields(coalition)} == {
            ("Ward", ("East", "West")),
            ("Shoe size", ()),
        }
        assert fields(coalition)[0].key in ("district", "shoe_size")

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({"kind": "text"}, "Fill this in."),
            ({"label": "x" * 61, "kind": "text"}, "At most 60 characters"),
            ({"label": "A", "kind": "color"}, "Choose one of the values offered."),
            ({"label": "A", "kind": "choice", "choices": "one"}, "Write 2 to 50 choices"),
            ({"label": "A", "kind": "choice", "choices": "a\n" + "b" * 61}, "at most 60"),
        ],
    )
    def test_are_refused_with_the_reason(self, coordinator, coalition, data, said):
        answer = coordinator.post(FIELDS, data=data)

        assert answer.status_code == 422
        assert said in answer.text
        assert fields(coalition) == []

    def test_show_what_was_written_with_its_error(self, coordinator, coalition):
        coordinator.post(FIELDS, data={"label": "Size", "kind": "text"})

        answer = coordinator.post(
            f"{FIELDS}{fields(coalition)[0].id}", data={"label": "Width", "position": "first"}
        )

        assert answer.status_code == 422
        assert "whole number from 1 to 1000" in answer.text
        assert 'value="Width"' in answer.text
        assert fields(coalition)[0].label == "Size"

    def test_with_equal_labels_keep_apart(self, coordinator, coalition):
        for _ in range(2):
            coordinator.post(FIELDS, data={"label": "Size", "kind": "text"})

        assert [each.key for each in fields(coalition)] == ["size", "size_1"]

    def test_take_their_values_with_them(self, coordinator, coalition):
        coordinator.post(FIELDS, data={"label": "Size", "kind": "text"})
        coordinator.post(FIELDS, data={"label": "Color", "kind": "text"})
        ada = make_person(coalition, "ada@example.org", "Ada")
        with db.transaction(coalition.id) as session:
            session.get(Person, ada.id).custom_fields = {"size": "L", "color": "red"}

        coordinator.post(f"{FIELDS}{fields(coalition)[0].id}/removal")

        db.session.expunge_all()
        with db.reading(coalition.id):
            assert db.session.get(Person, ada.id).custom_fields == {"color": "red"}

    def test_of_another_coalition_cannot_be_removed(self, coordinator, stranger, coalition):
        coordinator.post(FIELDS, data={"label": "Size", "kind": "text"})
        field_id = fields(coalition)[0].id

        answer = stranger.post(f"/manage/trams/settings/fields/{field_id}/removal")

        assert answer.status_code == 404
        assert len(fields(coalition)) == 1

"""Tests of switching plugins and of the forms made from their settings."""

from types import SimpleNamespace

import pytest
from marshmallow import Schema, fields, validate

from coalition import db, plugins
from coalition.hookspecs import hookimpl
from coalition.plugins import PluginSwitched

PLUGINS = "/manage/night-buses/settings/plugins/"


class Settings(Schema):
    """Settings of every kind."""

    greeting = fields.String(
        load_default="Hello",
        validate=validate.Length(max=10, error="At most 10 characters."),
        metadata={"label": "Greeting", "help": "Said first."},
    )
    loud = fields.Boolean(load_default=True, metadata={"label": "Loudly"})
    times = fields.Integer(load_default=1, validate=validate.Range(1, 5, error="From 1 to 5."))
    color = fields.String(load_default="red", validate=validate.OneOf(["red", "blue"]))


@pytest.fixture
def greeter(database):
    """Install a plugin called "greeter" for the length of a test."""

    @hookimpl
    def coalition_settings():
        return Settings

    module = SimpleNamespace(coalition_settings=coalition_settings, __name__="greeter")
    added = plugins.registry().add("greeter", module, version="1.0")
    added.summary = "Greets people."
    assert added.problem is None
    yield added
    plugins.registry().remove("greeter")


def settings(coalition):
    with db.reading(coalition.id):
        return plugins.settings("greeter")


def is_on(coalition):
    plugins.forget_switches()
    with db.reading(coalition.id):
        return plugins.is_on("greeter")


class TestIndex:
    def test_says_what_each_does(self, coordinator, greeter):
        page = coordinator.get(PLUGINS).text

        assert "Greets people." in page
        assert PLUGINS + "greeter" in page


class TestSwitch:
    def test_is_for_this_coalition_alone(
        self, coordinator, coalition, trams, greeter, recorded
    ):
        coordinator.post(PLUGINS + "greeter/switch", data={"on": "no"})

        assert not is_on(coalition)
        assert is_on(trams)
        [fact] = recorded()
        assert (fact.coalition_id, fact.plugin, fact.on) == (coalition.id, "greeter", False)

        coordinator.post(PLUGINS + "greeter/switch", data={"on": "yes"})
        assert is_on(coalition)

    def test_for_the_installation_tells_every_coalition(
        self, administrator, coordinator, coalition, trams, greeter, recorded
    ):
        administrator.post("/admin/plugins/greeter/switch", data={"on": "no"})

        assert not is_on(coalition)
        assert not is_on(trams)
        facts = [fact for fact in recorded() if isinstance(fact, PluginSwitched)]
        assert {fact.coalition_id for fact in facts} == {coalition.id, trams.id}
        assert "only an administrator can change that" in coordinator.get(PLUGINS).text

    def test_answers_404_for_an_unknown_plugin(self, coordinator, administrator):
        assert coordinator.post(PLUGINS + "nothing/switch").status_code == 404
        assert administrator.post("/admin/plugins/nothing/switch").status_code == 404

    def test_is_not_for_viewers_and_others(self, viewer, stranger, coalition, greeter):
        assert viewer.post(PLUGINS + "greeter/switch").status_code == 403
        assert stranger.post(PLUGINS + "greeter/switch").status_code == 404
        assert stranger.post("/admin/plugins/greeter/switch").status_code == 404
        assert is_on(coalition)


class TestSettings:
    def test_are_shown_as_a_form_made_from_the_schema(self, coordinator, greeter):
        page = coordinator.get(PLUGINS + "greeter").text

        assert "Greeting" in page
        assert "Said first." in page
        assert 'value="Hello"' in page
        assert '<option value="red" selected>' in page
        assert 'name="loud"' in page
        assert "checked" in page

    def test_are_stored_and_an_empty_box_is_a_no(self, coordinator, coalition, greeter):
        answer = coordinator.post(
            PLUGINS + "greeter", data={"greeting": "Hi", "times": "3", "color": "blue"}
        )

        assert answer.status_code == 303
        assert settings(coalition) == {
            "greeting": "Hi",
            "loud": False,
            "times": 3,
            "color": "blue",
        }

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("greeting", "x" * 11, "At most 10 characters."),
            ("times", "9", "From 1 to 5."),
            ("times", "many", "Not a valid integer."),
            ("color", "green", "Must be one of"),
        ],
    )
    def test_show_errors_beside_the_field(
        self, coordinator, coalition, greeter, field, value, said
    ):
        answer = coordinator.post(PLUGINS + "greeter", data={"greeting": "Hi", field: value})

        assert answer.status_code == 422
        assert f'id="error-{field}"' in answer.text
        assert said in answer.text
        assert settings(coalition)["greeting"] == "Hello"

    def test_survive_the_switch(self, coordinator, coalition, greeter):
        coordinator.post(PLUGINS + "greeter", data={"greeting": "Hi"})
        for on in ("no", "yes"):
            coordinator.post(PLUGINS + "greeter/switch", data={"on": on})

        assert settings(coalition)["greeting"] == "Hi"

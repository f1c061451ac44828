"""What a plugin answers to each hook is what the page shows; one test per hook."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Blueprint
from markupsafe import Markup
from marshmallow import Schema, fields
from sqlalchemy import text

from coalition import db, jobs, plugins
from coalition.campaigns.errors import CampaignIncomplete
from coalition.campaigns.models import Campaign
from coalition.cities.city import City
from coalition.cities.reading import known_cities
from coalition.letters import links
from coalition.letters.errors import LetterIncomplete
from coalition.letters.events import LetterOpened
from coalition.mail import transports
from coalition.plugins import CampaignSection, LetterCount, PageLink, Panel, SectionPlace
from coalition.samples.loading import load_samples
from coalition.sdk import hookimpl, letter_cities
from coalition.testing import (
    make_campaign,
    make_letter,
    make_person,
    make_signature,
    make_user,
    sign_in,
    work_through,
)


@pytest.fixture
def add() -> Iterator:
    """Give a function that adds a plugin with the given hooks to the process."""
    names = []

    def adding(name: str, **hooks) -> plugins.Plugin:
        module = SimpleNamespace(__name__=name, __package__="")
        for hook, function in hooks.items():
            setattr(module, hook, hookimpl(function))
        names.append(name)
        return plugins.registry().add(name, module)

    yield adding
    for name in names:
        plugins.registry().remove(name)
    plugins.forget_switches()


class TestHooks:
    def test_hook_coalition_on_events(self, add, coalition):
        heard = []

        def coalition_on_events(events: Sequence[LetterOpened]) -> None:
            heard.extend(events)

        add("test-ears", coalition_on_events=coalition_on_events)
        letter = make_letter(coalition)
        with db.transaction(coalition.id) as session:
            session.merge(letter).close()

        work_through()

        assert [(type(fact), fact.letter_id) for fact in heard] == [(LetterOpened, letter.id)]

    def test_hook_coalition_blueprints(self, add):
        pages = Blueprint("test_pages", __name__)
        add("test-pages", coalition_blueprints=lambda: [pages])

        assert ("test-pages", [pages]) in plugins.ask_all("coalition_blueprints")

    def test_hook_coalition_periodic(self, add):
        task = jobs.Periodic("test.hourly", 3600, tick)
        add("test-clock", coalition_periodic=lambda: [task])

        plugins.register_periodic()

        assert task in jobs.periodic_tasks()
        del jobs._periodic["test.hourly"]

    def test_hook_coalition_chores(self, add):
        chore = jobs.Chore("test-long.work", lambda: True, lambda: 3)
        add("test-long", coalition_chores=lambda: [chore])

        plugins.register_chores()

        try:
            assert jobs.is_long("test-long.work")
            assert "test-long.work" in jobs.rings({})
            assert jobs.run_chore("test-long.work") == 3
        finally:
            del jobs._long["test-long.work"], jobs._chores["test-long.work"]

    def test_a_chore_that_fails_does_not_stop_the_scheduler(self, add):
        def fail() -> bool:
            raise ValueError

        add("test-ill", coalition_chores=lambda: [jobs.Chore("test-ill.work", fail, tick)])
        plugins.register_chores()

        try:
            assert "test-ill.work" not in jobs.rings({})
        finally:
            del jobs._long["test-ill.work"], jobs._chores["test-ill.work"]

    def test_hook_coalition_mail_transport(self, add, change_settings):
        class Pigeon:
            def close(self) -> None: ...

        pigeon = Pigeon()
        add(
            "test-roof",
            coalition_mail_transport=lambda url: pigeon if url.startswith("pigeon:") else None,
        )

        change_settings(COALITION_MAIL_URL="pigeon://roof")
        assert transports.transport() is pigeon
        change_settings(COALITION_MAIL_URL="mailbox:")
        assert transports.transport() is not pigeon

    def test_hook_coalition_settings(self, add, coalition):
        class Settings(Schema):
            rule = fields.String(load_default="strict")

        add("test-settings", coalition_settings=lambda: Settings)

        with db.transaction(coalition.id):
            before = plugins.settings("test-settings")
            plugins.choose_settings("test-settings", {"rule": "lenient"})
        with db.reading(coalition.id):
            after = plugins.settings("test-settings")

        assert (before, after) == ({"rule": "strict"}, {"rule": "lenient"})

    def test_hook_coalition_letter_count(self, add, coalition):
        letter = make_letter(coalition)
        add("test-a-count", coalition_letter_count=lambda: LetterCount(2, 3, "Everybody."))

        with db.reading(coalition.id):
            answers = dict(plugins.ask_all("coalition_letter_count", letter=letter))

        assert answers["test-a-count"].total == 5

    def test_hook_coalition_letter_panels(self, add, coalition):
        letter = make_letter(coalition)
        add("test-panel", coalition_letter_panels=lambda letter: Panel("Letter", letter.slug))

        with db.reading(coalition.id):
            answers = dict(plugins.ask_all("coalition_letter_panels", letter=letter))

        assert answers["test-panel"] == Panel("Letter", "keep-the-night-buses")

    def test_hook_coalition_person_panels(self, add, client, coalition):
        person = make_person(coalition, "ada@example.org")
        add(
            "potholes",
            coalition_person_panels=lambda person: Panel("Potholes", person.given_name),
        )
        address = f"/manage/{coalition.slug}/people/{person.id}"

        sign_in(client, make_user("rosa@example.org", coalition))
        assert "<h2>Potholes</h2>" in client.get(address).text

        sign_in(client, make_user("vic@example.org", coalition, "viewer"))
        assert "Potholes" not in client.get(address).text

    def test_hook_coalition_letter_goal(self, add, client, coalition):
        letter = make_letter(coalition, goal=40)
        add("test-a-goal", coalition_letter_goal=lambda letter: letter.goal * 10)
        add("test-a-count", coalition_letter_count=lambda: LetterCount(2, 3))

        page = client.get(f"/c/night-buses/letters/{letter.slug}").text

        assert "Goal: 400" in page

    def test_hook_coalition_letter_cities(self, add, coalition):
        letter = make_letter(coalition)
        add("test-a-cities", coalition_letter_cities=lambda: [("Burbank", 3)])

        with db.reading(coalition.id):
            assert list(letter_cities(letter)) == [("Burbank", 3)]

    def test_hook_coalition_letter_sections(self, add, client, coalition):
        letter = make_letter(coalition)
        add("test-section", coalition_letter_sections=lambda: Panel("Riders", "<b>n</b>"))

        page = client.get(f"/c/night-buses/letters/{letter.slug}").text

        assert "<h2>Riders</h2>" in page
        assert "&lt;b&gt;n&lt;/b&gt;" in page

    def test_hook_coalition_thanks_sections(self, add, client, coalition):
        letter = make_letter(coalition)
        signature = make_signature(letter, "Ada Lovelace")
        add("test-next", coalition_thanks_sections=lambda: Panel("Come along", "Tuesday"))

        page = client.get(f"/thanks/{links.thanks_token(coalition.id, signature.id)}").text

        assert "<h2>Come along</h2>" in page

    def test_hook_coalition_index_sections(self, add, client, coalition):
        add(
            "test-map", coalition_index_sections=lambda coalition: Panel(coalition.name, "<b>m")
        )

        page = client.get(f"/c/{coalition.slug}/").text

        assert f"<h2>{coalition.name}</h2>" in page
        assert "&lt;b&gt;m" in page

    def test_hook_coalition_navigation(self, add, client, coalition):
        add("test-links", coalition_navigation=lambda: [PageLink("trams/", "Trams")])
        sign_in(client, make_user("vic@example.org", coalition, "viewer"))

        page = client.get("/manage/night-buses/").text

        assert '<a href="/manage/night-buses/trams/">Trams</a>' in page

    def test_hook_coalition_attention(self, add, client, coalition):
        add("test-late", coalition_attention=lambda: [PageLink("trams/", "The tram is late")])
        add("test-silent", coalition_attention=lambda: None)
        sign_in(client, make_user("vic@example.org", coalition, "viewer"))

        page = client.get("/manage/night-buses/").text

        assert '<a href="/manage/night-buses/trams/">The tram is late</a>' in page

    def test_hook_coalition_kept_elsewhere(self, add, client, coalition):
        def kept(person):
            return [PageLink("trams/7", f"{person.name}'s tram")]

        add("test-kept", coalition_kept_elsewhere=kept)
        add("test-silent", coalition_kept_elsewhere=lambda: None)
        person = make_person(coalition, "ada@example.org", "Ada")
        sign_in(client, make_user("coco@example.org", coalition))

        page = client.get(f"/manage/night-buses/people/{person.id}/removal").text

        assert '<a href="/manage/night-buses/trams/7">Ada&#39;s tram</a>' in page

    def test_hook_coalition_cities(self, add, coalition):
        city = City(
            division_id="ocd-division/country:us/state:ca/place:fresno",
            name="Fresno",
            region="CA",
            time_zone="America/Los_Angeles",
            folder=Path(),
        )
        add("test-city", coalition_cities=lambda: [city])
        add("test-city-again", coalition_cities=lambda: [replace(city, website="x")])

        with db.reading(coalition.id):
            assert [each.name for each in known_cities()].count("Fresno") == 1

    def test_hook_coalition_samples(self, add, database):
        asked = []
        add("test-sample", coalition_samples=lambda coalition: asked.append(coalition.slug))

        load_samples()
        load_samples()

        assert asked == ["cities-without-dragnets"] * 2

    def test_hook_coalition_unready(self, add, app, coalition):
        add(
            "test-careful", coalition_unready=lambda campaign: [f"{campaign.slug} is not ripe."]
        )
        with db.transaction(coalition.id) as session:
            campaign = Campaign(
                slug="buses", title="Buses", goal="Buses", summary="Buses.", call="Ride."
            )
            session.add(campaign)
            session.flush()

            with pytest.raises(CampaignIncomplete, match="buses is not ripe"):
                campaign.publish()
        letter = make_letter(coalition, opened=False, campaign_id=campaign.id)
        with db.transaction(coalition.id) as session, pytest.raises(LetterIncomplete):
            session.merge(letter).open()

    def test_hook_coalition_campaign_sections(self, add, coalition, client):
        make_campaign(coalition)
        asked = []

        def sections(campaign, language):
            asked.append((campaign.slug, language))
            return [
                CampaignSection("Grades", Markup("<b>B</b>"), SectionPlace.TEXT),
                CampaignSection("Plain", "<b>C</b>"),
            ]

        add("test-sections", coalition_campaign_sections=sections)
        add("test-silent", coalition_campaign_sections=lambda: None)

        page = client.get("/c/night-buses/campaigns/all-night-network?lang=km").text

        assert asked == [("all-night-network", "km")]
        assert page.index("<h2>Grades</h2><b>B</b>") < page.index("&lt;b&gt;C&lt;/b&gt;")


class TestSwitch:
    def test_silences_a_plugin_for_one_coalition(self, add, coalition):
        letter = make_letter(coalition)
        add("test-count", coalition_letter_panels=lambda: Panel("x", "y"))

        with db.transaction(coalition.id):
            plugins.switch("test-count", on=False)

        with db.reading(coalition.id):
            assert "test-count" not in dict(
                plugins.ask_all("coalition_letter_panels", letter=letter)
            )
        with db.reading():
            assert "test-count" in dict(
                plugins.ask_all("coalition_letter_panels", letter=letter)
            )

        with db.transaction(coalition.id):
            plugins.switch("test-count", on=True)

        with db.reading(coalition.id):
            assert "test-count" in dict(
                plugins.ask_all("coalition_letter_panels", letter=letter)
            )

    def test_silences_a_plugin_everywhere(self, add, coalition):
        letter = make_letter(coalition)
        add("test-count", coalition_letter_panels=lambda: Panel("x", "y"))

        with db.transaction():
            plugins.switch("test-count", on=False)

        with db.reading(coalition.id):
            assert "test-count" not in dict(
                plugins.ask_all("coalition_letter_panels", letter=letter)
            )


class TestFailure:
    def test_leaves_the_others_their_turn(self, add, coalition):
        letter = make_letter(coalition)

        def fail() -> Panel:
            raise ValueError

        add("test-first", coalition_letter_panels=fail)
        add("test-second", coalition_letter_panels=lambda: Panel("x", "y"))

        with db.reading(coalition.id):
            answers = dict(plugins.ask_all("coalition_letter_panels", letter=letter))

        assert "test-first" not in answers
        assert "test-second" in answers

    @pytest.mark.parametrize(
        "statement", ["SELECT 1/0", "SELECT * FROM nowhere", "DELETE FROM letters"]
    )
    def test_of_a_statement_does_not_break_the_transaction(self, add, coalition, statement):
        letter = make_letter(coalition)

        def write_and_fail() -> Panel:
            db.session.execute(text(statement))
            raise ValueError

        add("test-sql", coalition_letter_panels=write_and_fail)

        with db.transaction(coalition.id) as session:
            session.merge(letter).close()
            plugins.ask_all("coalition_letter_panels", letter=letter)

        with db.reading(coalition.id) as session:
            assert session.scalar(text("SELECT state FROM letters")) == "closed"

    def test_five_times_ends_the_questions_for_a_while(self, add, coalition, monkeypatch):
        letter = make_letter(coalition)
        asked = []

        def fail() -> Panel:
            asked.append(True)
            raise ValueError

        add("test-broken", coalition_letter_panels=fail)
        with db.reading(coalition.id):
            for _ in range(8):
                plugins.ask_all("coalition_letter_panels", letter=letter)
            assert len(asked) == plugins.FAILURES_BEFORE_PAUSE

            monkeypatch.setattr(plugins, "PAUSE_S", -1)
            plugins.ask_all("coalition_letter_panels", letter=letter)

        assert len(asked) == plugins.FAILURES_BEFORE_PAUSE + 1

    def test_to_hear_a_fact_keeps_it_and_stops_nobody(self, add, coalition):
        heard = []

        def deaf(events: Sequence[LetterOpened]) -> None:
            raise ValueError

        def hears(events: Sequence[LetterOpened]) -> None:
            heard.extend(events)

        add("test-deaf", coalition_on_events=deaf)
        add("test-hears", coalition_on_events=hears)
        make_letter(coalition)

        work_through()

        assert len(heard) == 1
        with db.platform_transaction() as session:
            left = session.scalars(text("SELECT subscriber FROM outbox_deliveries")).all()
        assert left == ["plugin.test-deaf"]


class TestAdd:
    def test_lists_a_plugin_that_does_not_say_which_facts_it_wants(self, add):
        def coalition_on_events(events) -> None: ...

        plugin = add("test-vague", coalition_on_events=coalition_on_events)

        assert "must say which events it wants" in plugin.problem

    def test_lists_a_plugin_with_a_hook_that_does_not_exist(self, add):
        plugin = add("test-guess", coalition_do_everything=lambda: None)

        assert "coalition_do_everything" in plugin.problem

    def test_lists_a_plugin_for_another_sdk(self):
        module = SimpleNamespace(__name__="x", __package__="", NEEDS_SDK=99)

        plugin = plugins.Registry().add("test-future", module)

        assert plugin.problem == "RuntimeError: it is made for SDK 99; this is SDK 1"


class TestTrace:
    def test_prints_each_question(self, add, coalition, change_settings, capsys):
        change_settings(COALITION_TRACE_HOOKS="1")
        letter = make_letter(coalition)
        add("test-panel", coalition_letter_panels=lambda: Panel("x", "y"))

        with db.reading(coalition.id):
            plugins.ask_all("coalition_letter_panels", letter=letter)

        assert "hook coalition_letter_panels test-panel" in capsys.readouterr().err


def tick() -> None:
    """Nothing."""

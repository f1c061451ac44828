"""A campaign is described, loaded, exported, and carried to another city."""

import html
import io
import json
from datetime import date, time

import pytest
from coalition_city_campaigns.kits import adapting
from coalition_city_campaigns.kits.adapting import Check
from coalition_city_campaigns.kits.cloning import Wanted, clone
from coalition_city_campaigns.kits.errors import KitInItsOwnCity, KitTaken, NotChosen
from coalition_city_campaigns.kits.events import CampaignCloned
from coalition_city_campaigns.kits.exporting import as_json, export
from coalition_city_campaigns.kits.loading import letters_of, load
from coalition_city_campaigns.kits.models import Clone, clone_of
from coalition_city_campaigns.kits.patterns import Kind
from coalition_city_campaigns.kits.schemas import KitSchema
from coalition_city_campaigns.kits.sources import source
from coalition_city_campaigns.leads.models import Lead, LeadState
from sqlalchemy import func, select

from coalition.sdk import (
    Action,
    AgendaItem,
    Area,
    Campaign,
    DecisionBody,
    Document,
    Letter,
    LetterState,
    Meeting,
    MeetingClock,
    Reason,
    known_cities,
    place_written,
    reading,
    session,
    transaction,
)
from coalition.testing import make_coalition, make_letter, make_user, sign_in

from .conftest import make_lead, read

LONG_BEACH = "kit:long-beach-ca/ban.toml"
CULVER_CITY = "kit:culver-city-ca/campaign.toml"
LOS_ANGELES = "kit:los-angeles-ca/campaign.toml"


def wanted(city="Burbank, CA", slug="no-readers-in-burbank", **values):
    return Wanted(place=place_written(city), slug=slug, title="No readers in Burbank", **values)


def city_called(name):
    return next(each for each in known_cities() if each.name == name)


@pytest.fixture
def cloned(coalition):
    """Give a function that carries a kit to Burbank."""

    def cloning(key=CULVER_CITY, **values):
        with transaction(coalition.id):
            return clone(source(key), wanted(**values))

    return cloning


def todo_of(coalition, campaign):
    with reading(coalition.id):
        return adapting.todo(clone_of(campaign.id))


def send_kit(desk, content, *, name="kit.json", coalition="night-buses", **values):
    """Send a kit file with the form that carries it to Burbank."""
    return desk.post(
        f"/manage/{coalition}/kits/new",
        data={
            "file": (io.BytesIO(content), name),
            "city": "Burbank, CA",
            "title": "No readers in Burbank",
            **values,
        },
    )


class TestLoad:
    @pytest.mark.parametrize("city", ["Culver City", "Long Beach", "Los Angeles"])
    def test_twice_adds_nothing(self, coalition, load_kit, city):
        described = city_called(city)
        kinds = (Campaign, Letter, Meeting, AgendaItem, Document, Reason, DecisionBody, Action)

        def counts():
            with reading(coalition.id):
                return [
                    session.scalar(select(func.count()).select_from(each)) for each in kinds
                ]

        for file in described.campaigns:
            load_kit(described, file)
        first = counts()
        for file in described.campaigns:
            load_kit(described, file)

        assert counts() == first

    def test_as_a_draft_shows_nothing(self, coalition, load_kit):
        load_kit(city_called("Long Beach"), "ban.toml", publish=False)

        assert not read(coalition, Campaign).is_published
        assert read(coalition, Letter).state == LetterState.DRAFT
        assert read(coalition, Action).state == "draft"

    def test_refuses_an_address_that_another_letter_has(self, coalition, load_kit):
        make_letter(coalition, "ban-racist-technologies-long-beach")

        with pytest.raises(KitTaken):
            load_kit(city_called("Long Beach"), "ban.toml")
        assert read(coalition, Campaign) is None


class TestExport:
    @pytest.mark.parametrize(
        ("city", "file"),
        [
            ("Culver City", "campaign.toml"),
            ("Long Beach", "ban.toml"),
            ("Long Beach", "record.toml"),
            ("Los Angeles", "campaign.toml"),
        ],
    )
    def test_gives_what_the_loader_reads(self, coalition, load_kit, city, file):
        load_kit(city_called(city), file)
        with reading(coalition.id):
            kit = export(read_campaign())

        again = KitSchema().load(json.loads(as_json(kit)))

        assert KitSchema().dump(again)["campaign"]["title"] == kit["campaign"]["title"]
        assert len(again["letters"]) == len(kit.get("letters", ()))
        assert len(again["documents"]) == len(kit.get("documents", ()))
        assert len(again["meetings"]) == len(kit.get("meetings", ()))

    def test_names_no_person_who_signed(self, coalition, load_kit):
        from coalition.testing import make_signature

        load_kit(city_called("Long Beach"), "ban.toml")
        make_signature(read(coalition, Letter), "Secret Signer")
        with reading(coalition.id):
            assert "Secret" not in as_json(export(read_campaign()))

    def test_keeps_when_people_are_reminded_and_lets_the_clock_stand(self, coalition, load_kit):
        load_kit(city_called("Long Beach"), "ban.toml")
        with transaction(coalition.id):
            campaign = session.scalars(select(Campaign)).one()
            MeetingClock.of(campaign).set(
                is_on=True, meeting_leads=[1440, 60], deadline_leads=[180]
            )
        with reading(coalition.id):
            kit = KitSchema().load(export(read_campaign()))
        kit["campaign"]["slug"] = "elsewhere"
        kit["letters"], kit["actions"] = [], []

        with transaction(coalition.id):
            campaign = load(kit, session.scalars(select(Area)).first())

            clock = MeetingClock.of(campaign)
        assert (clock.meeting_leads_min, clock.deadline_leads_min) == ([1440, 60], [180])
        assert not clock.is_on


def read_campaign():
    return session.scalars(select(Campaign)).one()


class TestClone:
    def test_makes_drafts_of_everything(self, coalition, cloned, recorded):
        campaign = cloned(LONG_BEACH)

        with reading(coalition.id):
            here = session.get(Campaign, campaign.id)
            (letter,) = letters_of(here)
            assert not here.is_published
            assert here.area.full_name == "Burbank, CA"
            assert letter.state == LetterState.DRAFT
            assert set(letter.languages) == {"en", "es"}
            assert session.scalar(select(func.count()).select_from(Reason)) == 3
            assert session.scalars(select(Action)).one().state == "draft"
        assert CampaignCloned in {type(each) for each in recorded()}

    def test_addresses_the_body_that_is_known_and_schedules_its_meeting(
        self, coalition, cloned
    ):
        campaign = cloned(
            LOS_ANGELES,
            body="Burbank City Council",
            meets_on=date(2027, 1, 12),
            meets_at=time(18, 0),
        )

        with reading(coalition.id):
            here = session.get(Campaign, campaign.id)
            (letter,) = letters_of(here)
            assert [each.name for each in letter.targets] == ["Burbank City Council"]
            meeting = session.scalars(select(Meeting)).one()
            assert meeting.body.name == "Burbank City Council"
            assert meeting.local_start.isoformat() == "2027-01-12T18:00:00-08:00"
            (item,) = meeting.items
            assert (item.number, item.outcome, item.campaign_id) == ("", None, here.id)
            (motion,) = item.motions
            assert motion.tally is None

    def test_leaves_behind_what_only_happened_there(self, coalition, cloned):
        campaign = cloned(CULVER_CITY)
        with reading(coalition.id):
            here = session.get(Campaign, campaign.id)
            assert (here.outcome, here.outcome_on, here.starts_on) == ("", None, None)
            assert session.scalars(select(Meeting)).all() == []

    def test_refuses_its_own_city(self, coalition, cloned):
        with pytest.raises(KitInItsOwnCity) as refused:
            cloned(CULVER_CITY, city="Culver City, CA")
        assert "This campaign comes from Culver City, CA itself." in str(refused.value)
        assert read(coalition, Campaign) is None

    def test_refuses_its_own_city_for_a_campaign_of_the_coalition_too(
        self, coalition, load_kit, cloned
    ):
        load_kit(city_called("Culver City"), "campaign.toml")
        with pytest.raises(KitInItsOwnCity):
            cloned("campaign:culver-city-vigilant-contract", city="Culver City, CA")

    def test_refuses_an_address_that_is_taken(self, coalition, cloned):
        cloned()
        with pytest.raises(KitTaken):
            cloned()

    def test_wants_a_kit_that_exists(self, coalition, cloned):
        for key in ("", "kit:nowhere/x.toml", "campaign:nothing", "kit:culver-city-ca/../x"):
            with pytest.raises(NotChosen):
                cloned(key)

    def test_of_a_clone_finds_what_the_first_one_left(self, coalition, cloned):
        first = cloned(CULVER_CITY)
        with transaction(coalition.id):
            second = clone(source(f"campaign:{first.slug}"), wanted("Glendale, CA", "glendale"))
        words = {group.word for group in todo_of(coalition, second).groups}
        assert "March 2017" in words

    def test_starts_the_lead(self, coalition):
        lead = make_lead(coalition)
        with transaction(coalition.id):
            found = session.get(Lead, lead.id)
            campaign = clone(
                source(CULVER_CITY), wanted("Springfield, IL", "springfield"), lead=found
            )
        assert read(coalition, Lead).state == LeadState.STARTED
        assert read(coalition, Lead).campaign_id == campaign.id

    def test_stores_nothing_where_something_is_wrong(self, coalition, desk):
        answer = desk.post(
            "/manage/night-buses/kits/new",
            data={
                "source": CULVER_CITY,
                "city": "Burbank, CA",
                "title": "No readers",
                "body": "Burbank City Council",
                "meets_on": "2027-03-14",
                "meets_at": "02:30",
            },
        )
        assert answer.status_code == 422
        assert "There is no 02:30 on 2027-03-14" in answer.text
        assert read(coalition, Campaign) is None
        assert read(coalition, Clone) is None
        assert read(coalition, DecisionBody) is None


class TestAdapting:
    def test_finds_each_thing_that_is_left_over_with_its_place(self, coalition, cloned):
        campaign = cloned(CULVER_CITY)

        found = todo_of(coalition, campaign)

        words = {(group.kind, group.word) for group in found.groups}
        assert {
            (Kind.CITY, "Culver City"),
            (Kind.BODY, "Culver City City Council"),
            (Kind.DATE, "March 13"),
            (Kind.DATE, "March 2017"),
            (Kind.TIME, "5 p.m."),
            (Kind.ADDRESS, "City Hall"),
            (Kind.ADDRESS, "9770 Culver Blvd., Culver City, CA 90232"),
            (Kind.ITEM, "A-1"),
        } <= words
        places = {each.text.place for group in found.groups for each in group.findings}
        assert "Campaign" in places
        assert "Campaign (Spanish)" in places

    def test_finds_the_commissioners_of_los_angeles(self, coalition, cloned):
        found = todo_of(coalition, cloned(LOS_ANGELES))
        people = {group.word for group in found.groups if group.kind == Kind.PERSON}
        assert people == {
            "Eileen Decker",
            "Dale Bonner",
            "William J. Briggs, II",
            "Maria Lou Calanche",
            "Steve Soboroff",
        }

    def test_is_not_done_before_each_is_changed_or_ticked(self, coalition, cloned):
        campaign = cloned(CULVER_CITY)
        with transaction(coalition.id):
            made = clone_of(campaign.id)
            adapting.replace(made, "Culver City", "Burbank")
            left = adapting.todo(made)
            made.tick(each.fingerprint for group in left.groups for each in group.findings)
        assert not todo_of(coalition, campaign).is_done
        with transaction(coalition.id):
            clone_of(campaign.id).tick(Check)
        assert todo_of(coalition, campaign).is_done

    def test_reopens_when_a_text_says_it_again(self, coalition, cloned):
        campaign = cloned(CULVER_CITY)
        with transaction(coalition.id):
            made = clone_of(campaign.id)
            left = adapting.todo(made)
            made.tick(each.fingerprint for group in left.groups for each in group.findings)
            made.tick(Check)
        with transaction(coalition.id):
            session.get(Campaign, campaign.id).goal = "As in Culver City."

        found = todo_of(coalition, campaign)

        assert [group.word for group in found.groups] == ["Culver City"]

    def test_replaces_only_what_is_left_over_and_not_meant(self, coalition, cloned):
        campaign = cloned(CULVER_CITY)
        with transaction(coalition.id):
            made = clone_of(campaign.id)
            group = next(g for g in adapting.todo(made).groups if g.word == "Culver City")
            goal = next(f for f in group.findings if "summary" in f.text.key)
            made.tick([goal.fingerprint])
            changed = adapting.replace(made, "Culver City", "Burbank")
        with reading(coalition.id):
            here = session.get(Campaign, campaign.id)
            assert changed == len(group.findings) - 1
            assert here.summary.count("Culver City") == 1


class TestGate:
    def test_keeps_campaign_and_letter_from_being_seen(self, coalition, cloned, client):
        campaign = cloned(LONG_BEACH, body="Burbank City Council")
        with transaction(coalition.id):
            here = session.get(Campaign, campaign.id)
            (letter,) = letters_of(here)
            for publish in (here.publish, letter.open):
                with pytest.raises(Exception, match="left over from Long Beach, CA"):
                    publish()

    def test_opens_when_everything_is_done(self, coalition, cloned):
        campaign = cloned(LONG_BEACH, body="Burbank City Council")
        with transaction(coalition.id):
            made = clone_of(campaign.id)
            left = adapting.todo(made)
            made.tick(each.fingerprint for group in left.groups for each in group.findings)
            made.tick(Check)
        with transaction(coalition.id):
            here = session.get(Campaign, campaign.id)
            here.publish()
            letters_of(here)[0].open()
        assert read(coalition, Letter).state == LetterState.OPEN

    def test_does_not_concern_a_campaign_that_was_written_here(self, coalition, load_kit):
        campaign = load_kit(city_called("Long Beach"), "ban.toml", publish=False)
        with transaction(coalition.id):
            session.get(Campaign, campaign.id).publish()


class TestPages:
    def test_lead_from_the_kit_to_what_is_left_over(self, desk, coalition, lead):
        form = desk.get(f"/manage/night-buses/kits/new?lead={lead.id}").text
        assert 'value="Springfield"' in form
        assert CULVER_CITY in form

        answer = desk.post(
            "/manage/night-buses/kits/new",
            data={
                "source": CULVER_CITY,
                "city": "Springfield",
                "region": "IL",
                "title": "No readers for Springfield",
                "lead": str(lead.id),
            },
        )

        assert answer.location.endswith("/kits/campaigns/no-readers-for-springfield")
        page = desk.get(answer.location).text
        assert "<mark>Culver City</mark>" in page
        assert "Nothing of it can be published yet." in page
        assert "ocd-division/country:us/state:il/place:springfield" in page
        assert "No readers for Springfield" in desk.get("/manage/night-buses/kits/").text

    def test_change_tick_and_untick(self, desk, coalition, cloned):
        campaign = cloned(LONG_BEACH)
        path = f"/manage/night-buses/kits/campaigns/{campaign.slug}"

        desk.post(f"{path}/replacement", data={"word": "Long Beach", "by": "Burbank"})
        assert "<mark>Long Beach</mark>" not in desk.get(path).text
        desk.post(f"{path}/ticks", data={"fingerprint": ["check:division", "check:facts"]})
        assert desk.get(path).text.count("checked</span>") == 2
        desk.post(f"{path}/unticks", data={"fingerprint": "check:facts"})
        assert desk.get(path).text.count("checked</span>") == 1
        desk.post(f"{path}/replacement", data={"word": "LBPD", "by": ""})
        assert "Write what shall stand there instead." in desk.get(path).text

    def test_ask_which_state_is_meant(self, desk, coalition):
        answer = desk.post(
            "/manage/night-buses/kits/new",
            data={"source": CULVER_CITY, "city": "Springfield", "title": "No readers"},
        )
        assert answer.status_code == 422
        assert "There is a Springfield in 24 states." in answer.text

    def test_give_a_campaign_away_as_a_file(self, desk, coalition, load_kit):
        load_kit(city_called("Culver City"), "campaign.toml")
        answer = desk.get(
            "/manage/night-buses/kits/campaigns/culver-city-vigilant-contract/kit.json"
        )
        assert KitSchema().load(answer.json)["meetings"][0]["items"][0]["number"] == "A-1"

    def test_take_a_campaign_that_another_coalition_gave_away(self, desk, coalition, load_kit):
        load_kit(city_called("Culver City"), "campaign.toml")
        given = desk.get(
            "/manage/night-buses/kits/campaigns/culver-city-vigilant-contract/kit.json"
        ).data
        assert json.loads(given)["place"]["name"] == "Culver City"
        trams = make_coalition("trams", "Tram Friends")
        sign_in(desk, make_user("tram@example.org", trams))

        answer = send_kit(desk, given, coalition="trams")

        assert answer.status_code == 303
        page = desk.get(answer.location).text
        assert "<mark>Culver City</mark>" in page
        assert "Nothing of it can be published yet." in page
        assert "Culver City, CA" in page
        with reading(trams.id):
            made = session.scalars(select(Campaign)).one()
            assert (made.title, made.is_published) == ("No readers in Burbank", False)
            assert made.outcome == ""
            assert made.text_in("es").outcome == ""

    def test_find_what_is_left_over_from_a_place_that_nobody_here_knows(self, desk, coalition):
        kit = """
            [campaign]
            slug = "fresno"
            title = "No readers in Fresno"
            summary = "Fresno, 93721, pays 5,000 dollars for each reader."
        """

        said = send_kit(desk, kit.encode(), name="fresno.toml", kit_city="Fresno, CA")
        unsaid = send_kit(desk, kit.encode(), name="fresno.toml", slug="again")

        page = desk.get(said.location).text
        assert "<mark>Fresno</mark>" in page
        assert "<mark>93721</mark>" in page
        assert "<mark>Fresno</mark>" not in desk.get(unsaid.location).text

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b'{"campaign": {\n "slug": }}', "kit.json:2: This is no JSON"),
            (b"[campaign]\nslug = no", "kit.json:2: This is no TOML"),
            (b'{"campaign": {"slug": "x"}}', "campaign.title: "),
            (b'[campaign]\nslug = "x"\ntitle = "X"\ngaol = "Y"', "kit.json:4: campaign.gaol: "),
            (
                b'[campaign]\nslug = "x"\ntitle = "X"\nsummary = { file = "/etc/hostname" }',
                "kit.json:4: /etc/hostname: A file that is sent alone cannot refer to others",
            ),
            (b"\xff\xfe{}", "This file is not text in UTF-8."),
            (b'{"a":' * 100_000, "nested too deep"),
            (b'{"a": "' + b"x" * 1_000_001, "larger than a text of ours can be"),
            (
                json.dumps(
                    {
                        "campaign": {"slug": "x", "title": "X"},
                        "reasons": [{"title": "T", "body": "B"}] * 201,
                    }
                ).encode(),
                "more of these than a kit can hold",
            ),
        ],
    )
    def test_say_what_is_wrong_with_a_file_and_store_nothing(
        self, desk, coalition, content, said
    ):
        answer = send_kit(desk, content)

        assert answer.status_code == 422
        assert said in html.unescape(answer.text)
        assert "Choose it once more" in answer.text
        assert read(coalition, Campaign) is None

    def test_refuse_a_file_for_its_own_city_or_beside_a_campaign(self, desk, coalition):
        kit = {
            "place": {"name": "Burbank", "region": "CA"},
            "campaign": {"slug": "x", "title": "X"},
        }
        content = json.dumps(kit).encode()

        assert "comes from Burbank, CA itself" in send_kit(desk, content).text
        both = send_kit(desk, content, source=CULVER_CITY)
        assert (both.status_code, "Leave one of them out." in both.text) == (422, True)
        assert read(coalition, Campaign) is None

    def test_are_not_there_for_what_is_no_clone(self, desk, coalition):
        assert desk.get("/manage/night-buses/kits/campaigns/nothing").status_code == 404

    def test_are_for_coordinators(self, client, coalition):
        assert client.get("/manage/night-buses/kits/").status_code in (302, 303)

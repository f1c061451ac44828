"""What Culver City's files say is what the announcement of March 8, 2018 says, and its update."""

from datetime import UTC, date, datetime
from pathlib import Path

import coalition_city_culver_city.plugin as plugin
import pytest
from sqlalchemy import select

from coalition.sdk import (
    Campaign,
    CampaignUpdate,
    Document,
    Meeting,
    known_cities,
    reading,
    session,
)
from coalition.testing import load_sample

SLUG = "culver-city-vigilant-contract"
PLUGIN = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def described():
    """Give the city as its plugin describes it."""
    (city,) = plugin.coalition_cities()
    return city


@pytest.fixture
def sample(database):
    """Give the demonstration's coalition with all of its campaigns."""
    return load_sample()


class TestFacts:
    """Each from the seed 004_08006d61bc5b07bb.txt."""

    def test_names_the_meeting_with_its_items(self, sample):
        """The council meets on Tuesday, March 13, 2018, 5 p.m. in City Hall; 004_…txt."""
        with reading(sample.id):
            meetings = session.scalars(select(Meeting)).all()
            (meeting,) = [each for each in meetings if "Culver" in each.body.name]
            assert meeting.starts_at == datetime(2018, 3, 14, 0, 0, tzinfo=UTC)
            assert meeting.local_start.strftime("%A %H:%M") == "Tuesday 17:00"
            assert meeting.place == "City Hall"
            assert meeting.address == "9770 Culver Blvd., Culver City, CA 90232"
            alprs, drones = meeting.items
            assert (alprs.number, drones.number) == ("A-1", "A-2")
            assert "ALPR" in alprs.subject
            assert drones.subject == "Drones"

    def test_knows_that_the_council_declined_to_vote(self, sample):
        """“…declined to vote…”, “off the table”, “It’s done”; 004_…txt."""
        with reading(sample.id):
            campaign = session.scalars(select(Campaign).filter_by(slug=SLUG)).one()
            assert campaign.status == "won"
            item = next(
                item
                for each in session.scalars(select(Meeting))
                for item in each.items
                if item.campaign_id == campaign.id
            )
            assert (item.outcome, item.outcome_on) == ("declined_to_vote", date(2018, 3, 13))
            assert "off the table: “It’s done.”" in item.outcome_note
            assert item.motions == []

    def test_shows_victory_above_the_original_call(self, sample, client):
        """UPDATE: Victory! above the original post; 004_…txt."""
        page = client.get(f"/c/{sample.slug}/campaigns/{SLUG}").text
        victory, call = page.index("Victory!"), page.index("attend the City Council meeting")
        assert victory < call

    def test_names_the_letter_of_one_organization_in_support_of_another(self, sample):
        """ACLU of Southern California, for Culver City Action Network, March 8; 004_…txt."""
        with reading(sample.id):
            titles = select(Document).where(Document.agency.contains("ACLU"))
            letter = session.scalars(titles).one()
            assert (letter.dated_on, letter.is_public) == (date(2018, 3, 8), True)
            assert "Culver City Action Network" in letter.shows
            update = session.scalars(select(CampaignUpdate)).one()
            assert (update.kind, update.is_banner) == ("victory", True)


class TestCity:
    def test_knows_its_postcodes(self, described):
        assert described.has_postcode("90232")
        assert not described.has_postcode("90802")

    def test_is_known_to_the_product(self, coalition, described):
        with reading(coalition.id):
            assert described in known_cities()

    def test_is_little_python(self):
        """A volunteer can write the next in an afternoon: under 200 lines, tests and all."""
        lines = [
            line for file in PLUGIN.rglob("*.py") for line in file.read_text().splitlines()
        ]
        assert 0 < len(lines) < 200

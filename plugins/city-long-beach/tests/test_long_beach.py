"""What Long Beach's files say is what the demand and the police's slides say."""

from datetime import date

import coalition_city_long_beach.plugin as plugin
import pytest
from sqlalchemy import select

from coalition.sdk import (
    Campaign,
    Document,
    Meeting,
    Precision,
    Reason,
    letter_by_slug,
    reading,
    session,
)
from coalition.testing import load_sample

BAN = "ban-racist-technologies-long-beach"


@pytest.fixture
def sample(database):
    """Give the demonstration's coalition with all of its campaigns."""
    return load_sample()


class TestDemand:
    """Each from the seed 000_0850cc5baf0a6ffe.txt."""

    def test_wants_an_ordinance_that_bans_both(self, sample, client):
        """An ordinance banning the use of both ALPR and facial recognition; 000_…txt."""
        with reading(sample.id):
            campaign = session.scalars(select(Campaign).filter_by(slug=BAN)).one()
            assert campaign.title == "Ban Racist Technologies in Long Beach"
            assert campaign.target == "Long Beach City Council"
            assert "ordinance" in campaign.goal
        page = client.get(f"/c/{sample.slug}/campaigns/{BAN}").text
        assert "Join the Long Beach Anti-Surveillance Coalition" in page

    def test_gives_its_reasons(self, sample):
        """ICE got the data until 2020; Vigilant Solutions; protesters; no policies; 000_…txt."""
        with reading(sample.id):
            campaign = session.scalars(select(Campaign).filter_by(slug=BAN)).one()
            own = select(Reason).filter_by(campaign_id=campaign.id)
            text = " ".join(each.body for each in session.scalars(own)).replace("\n", " ")
        for fact in ("ICE", "2020", "Vigilant Solutions", "George Floyd", "accountable"):
            assert fact in text

    def test_can_be_signed_in_two_languages(self, sample):
        with reading(sample.id):
            letter = letter_by_slug(BAN)
            assert (letter.state, letter.languages) == ("open", ["en", "es"])

    def test_speaks_the_city_s_languages(self):
        (city,) = plugin.coalition_cities()
        assert {"en", "es", "km", "tl"} == set(city.languages)


class TestRecord:
    """Each from the seed 002_722d8c23ee199127.txt."""

    def test_ties_the_slides_to_body_meeting_and_agency(self, sample):
        """Technology and Innovation Commission Meeting, July 28, 2021, LBPD; 002_…txt."""
        with reading(sample.id):
            slides = session.scalars(select(Document).filter_by(kind="other_side")).one()
            assert slides.agency == "Long Beach Police Department"
            assert slides.body.name == "Technology and Innovation Commission"
            assert slides.meeting.days == (date(2021, 7, 28), date(2021, 7, 28))
            assert slides.meeting.precision == Precision.DAY
            assert "Wally Hebeish" in slides.shows
            assert "92 arrests" in slides.shows.replace("\n", " ")

    def test_answers_what_the_department_claims(self, sample, client):
        """“not surveillance”, “routinely audited”, “not identification”; 002_…txt."""
        with reading(sample.id):
            slides = session.scalars(select(Document).filter_by(kind="other_side")).one()
            claims = {each.claim: each.answer for each in slides.claims}
        assert len(claims) == 3
        assert all(claims.values())
        assert any("not surveillance" in claim for claim in claims)

    def test_has_the_meeting_without_a_time_that_nobody_knows(self, sample):
        with reading(sample.id):
            held = [
                each for each in session.scalars(select(Meeting)) if "Techno" in each.body.name
            ]
            assert [each.status for each in held] == ["held"]


class TestCity:
    def test_knows_its_postcodes(self):
        (city,) = plugin.coalition_cities()
        assert city.has_postcode("90802")
        assert not city.has_postcode("90232")

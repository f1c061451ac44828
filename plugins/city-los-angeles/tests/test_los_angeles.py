"""What Los Angeles' files say is what the article of January 20, 2021 and the letter say."""

from datetime import date

import coalition_city_los_angeles.plugin as plugin
import pytest
from sqlalchemy import select

from coalition.sdk import (
    Campaign,
    Meeting,
    Motion,
    Precision,
    comment_figures,
    known_cities,
    ledger_of_item,
    letter_by_slug,
    reading,
    session,
)
from coalition.testing import load_sample

SLUG = "reject-lapd-face-recognition"


@pytest.fixture
def sample(database):
    """Give the demonstration's coalition with all of its campaigns."""
    return load_sample()


class TestFacts:
    """Each from the seed 001_558177a44ddedf3e.txt and the head of the letter it quotes."""

    def test_addresses_the_letter_to_the_five_commissioners(self, sample):
        """The letter of December 14, 2020; letters/01-lapc-….txt."""
        with reading(sample.id):
            letter = letter_by_slug(SLUG)
            assert (letter.dated_on, letter.state) == (date(2020, 12, 14), "delivered")
            assert [(each.name, each.office) for each in letter.targets] == [
                ("Eileen Decker", "Commission President"),
                ("Dale Bonner", "Commissioner"),
                ("William J. Briggs, II", "Commissioner"),
                ("Maria Lou Calanche", "Commissioner"),
                ("Steve Soboroff", "Commissioner"),
            ]

    def test_knows_the_vote_without_a_day_that_nobody_knows(self, sample):
        """“…voted 4-0 to approve…” at “last week”’s meeting, January 2021; 001_…txt."""
        with reading(sample.id):
            motion = session.scalars(select(Motion)).one()
            assert (motion.tally.yes, motion.tally.no) == (4, 0)
            assert (motion.result, motion.our_position) == ("passed", "oppose")
            assert motion.votes == []
            assert motion.item.meeting.precision == Precision.MONTH
            assert motion.item.meeting.days == (date(2021, 1, 1), date(2021, 1, 31))
            assert motion.item.outcome == "adopted"

    def test_counts_the_comments(self, sample, run_jobs):
        """931 of 943 opposed, nearly 890 of them echo the letter; 001_…txt, letters/01-….txt."""
        run_jobs()
        with reading(sample.id):
            motion = session.scalars(select(Motion)).one()
            counted = comment_figures(motion.agenda_item_id)
        assert (counted.on_our_side, counted.total) == (931, 943)
        assert counted.with_our_text == 889
        assert "nearly 890" in ledger_note(sample)

    def test_says_what_the_order_allows(self, sample):
        """Threats to life, investigations, incapacitated; no body cameras; 001_…txt."""
        with reading(sample.id):
            campaign = session.scalars(select(Campaign).filter_by(slug=SLUG)).one()
            text = campaign.summary.replace("\n", " ")
        for fact in (
            "credible threats to life",
            "incapacitated",
            "body-worn cameras",
            "LACRIS",
        ):
            assert fact in text

    def test_shows_the_bans_elsewhere_as_evidence(self, sample, client):
        """Boston and San Francisco, Amazon’s moratorium; 001_…txt."""
        page = client.get(f"/c/{sample.slug}/campaigns/{SLUG}/documents").text
        assert "Boston and San Francisco" in page
        assert "moratorium" in page


class TestCity:
    def test_seats_the_commissioners(self, sample):
        with reading(sample.id):
            meeting = next(
                each for each in session.scalars(select(Meeting)) if "Police" in each.body.name
            )
            assert len(meeting.body.members_on(date(2020, 12, 14))) == 5

    def test_knows_its_postcodes(self, coalition):
        (city,) = plugin.coalition_cities()
        assert city.has_postcode("90012")
        assert not city.has_postcode("90232")
        with reading(coalition.id):
            assert city in known_cities()


def ledger_note(sample):
    with reading(sample.id):
        motion = session.scalars(select(Motion)).one()
        return ledger_of_item(motion.agenda_item_id).note

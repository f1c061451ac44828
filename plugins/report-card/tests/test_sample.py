"""The facts on the sanctuary card, as seeds/004_08006d61bc5b07bb.txt gives them."""

import pytest
from coalition_report_card import sample

from coalition.sdk import transaction


@pytest.fixture
def page(coalition, client):
    """Give the card's page, loaded twice as two starts of the demonstration do."""
    for _ in range(2):
        with transaction(coalition.id):
            sample.load_card()
    return client.get("/c/night-buses/report-cards/culver-city-sanctuary").text


class TestCard:
    def test_has_the_facts_of_seed_004(self, page):
        for fact in (
            "In March 2017 the City Council passed a resolution",
            (
                "“to protecting the safety, well-being and constitutional rights of its residents and"
                " the people of the State of California.”"
            ),
            "Vigilant Solutions",
            "declined to vote",
            "“It's done.”",
            "items A-1 and A-2",
        ):
            assert fact in page, fact

    def test_says_that_its_grades_are_not_those_of_the_network(self, page):
        assert "Its grades are not known here" in page

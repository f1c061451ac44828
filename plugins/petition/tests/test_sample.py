"""The facts of the national petition, as seeds/003_5b2b556d83d06a08.txt gives them."""

import pytest
from coalition_petition import sample, texts

from coalition.sdk import transaction

CAMPAIGN = "/c/night-buses/campaigns/you-are-being-tracked"


@pytest.fixture
def loaded(coalition):
    """Give a coalition with the sample, loaded twice as two starts of the demonstration do."""
    for _ in range(2):
        with transaction(coalition.id):
            sample.load_petition()
    return coalition


class TestPetition:
    def test_has_the_facts_of_seed_003(self, loaded, client):
        page = client.get(CAMPAIGN).text

        for fact in (
            "Flock Safety and Motorola Solutions",
            "Far fewer than 1 % of the cars scanned",
            "no conclusive evidence",
            "An officer in Kansas was arrested for stalking an\nex-wife with Flock Safety",
            "FBI",
            "hundreds of thousands of drivers",
            "Vallejo, California, found that up to 37 %",
            "hot lists",
            "ICE uses the readers",
            "abortion",
        ):
            assert fact in page, fact

    def test_can_be_signed_by_people_and_read_in_spanish(self, loaded, client):
        page = client.get(f"/c/night-buses/letters/{texts.SLUG}?lang=es").text

        assert "No vigilen nuestras calles" in page
        assert 'name="organization_name"' not in page

    def test_asks_for_ones_own_city_where_that_plugin_is(self, loaded, client):
        assert "Want to challenge a contract in your city?" in client.get(CAMPAIGN).text

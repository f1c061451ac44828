"""What signatories and visitors see of a petition: sharing it, and where it was signed."""

from html import unescape

import pytest
from coalition_petition.cities import together

from coalition.testing import make_letter, switch_plugin

PETITION = "/c/night-buses/letters/keep-the-night-buses"


@pytest.fixture
def petition(coalition):
    """Give a petition in two languages' worth of characters."""
    return make_letter(
        coalition, kind="petition", signatories="people", title="Buses & trains, ¡ya!"
    )


class TestThanks:
    def test_asks_to_share_and_says_how_many_are_missing(self, petition, client, mailbox):
        client.post(
            f"{PETITION}/signatures",
            data={"kind": "person", "given_name": "Ada", "email": "ada@example.org"},
        )
        [mail] = mailbox()
        link = next(word for word in mail.text.split() if "/confirmations/" in word)
        path = link.removeprefix("http://localhost")

        thanks = client.post(
            path, data={"given_name": "Ada", "listed": "yes"}, follow_redirects=True
        ).text

        assert "Ask three people you know" in thanks
        assert f"{PETITION}/share" in thanks
        assert "signatures are missing until the next goal" in thanks


class TestShare:
    def test_offers_a_text_with_the_address_by_mail_message_and_paper(self, petition, client):
        page = unescape(client.get(f"{PETITION}/share").text)

        assert f"http://localhost{PETITION}?source=shared" in page
        assert "mailto:?subject=Buses%20%26%20trains" in page
        assert 'href="sms:?&body=' in page
        assert "data:image/svg+xml" in page

    def test_names_no_network_unless_the_coalition_wants_it(self, petition, client, choose):
        assert "wa.me" not in client.get(f"{PETITION}/share").text

        choose(networks="all")

        page = client.get(f"{PETITION}/share").text
        assert "https://wa.me/?text=Buses+%26+trains" in page

    def test_is_for_petitions_that_are_published(self, coalition, client):
        make_letter(coalition, "letter")
        make_letter(coalition, "draft", kind="petition", opened=False)

        assert client.get("/c/night-buses/letters/letter/share").status_code == 404
        assert client.get("/c/night-buses/letters/draft/share").status_code == 404
        assert client.get("/c/night-buses/letters/none/share").status_code == 404

    def test_is_gone_when_the_plugin_is_off(self, petition, client, coalition):
        switch_plugin(coalition, "petition", on=False)

        assert client.get(f"{PETITION}/share").status_code == 404


class TestCities:
    def test_hides_places_with_fewer_than_five(self, petition, client, sign):
        sign(petition, 5, city="Burbank")
        sign(petition, 4, city="Vernon")
        sign(petition, 1, city="Glendale")

        for address in (PETITION, f"{PETITION}/cities"):
            page = client.get(address).text
            assert "Burbank" in page
            assert "Vernon" not in page.split("People who signed")[0]

    def test_adds_up_the_spellings_of_a_city(self):
        groups = [("Long Beach", 3), ("Long Beach, Ca", 2), ("Burbank", 1)]

        assert sorted(together(groups)) == [("Burbank", 1), ("Long Beach", 5)]

    def test_keeps_cities_of_one_name_in_two_states_apart(self):
        groups = [("Springfield, Il", 7), ("Springfield, Mo", 6), ("Springfield", 5)]

        assert sorted(together(groups)) == [
            ("Springfield", 5),
            ("Springfield, IL", 7),
            ("Springfield, MO", 6),
        ]

"""A person's own calendar: what is in it, and that only who has the address sees it."""

import pytest
from sqlalchemy import select

from coalition import db
from coalition.audit import AuditEntry
from coalition.calendars import links
from coalition.calendars.models import CalendarLink
from coalition.decisions.meetings import Meeting
from coalition.decisions.removed_meetings import remove_item
from coalition.letters import links as letter_links
from coalition.people.models import Person
from coalition.testing import make_coalition, make_letter, make_person, make_signature
from tests.calendars.conftest import make_area, make_body, make_meeting
from tests.calendars.test_ical import read


@pytest.fixture
def ada(coalition):
    person = make_person(coalition, "ada@example.org")
    with db.transaction(coalition.id) as session:
        found = session.get_one(Person, person.id)
        found.city, found.region = "Culver City", "CA"
    return found


def url_of(app, person, give=links.feed_url) -> str:
    with app.app_context(), db.transaction(person.coalition_id) as session:
        return give(session.get_one(Person, person.id)).removeprefix("http://localhost")


class TestFeed:
    def test_holds_the_meetings_of_the_persons_city(self, app, client, coalition, council, ada):
        meeting = make_meeting(coalition, council, "A-1")
        make_meeting(coalition, make_body(make_area("Long Beach")), "1")

        assert set(read(client, url_of(app, ada))) == {str(meeting.id)}

    def test_holds_the_meetings_of_campaigns_whose_letters_they_signed(
        self, app, client, coalition, campaign, ada
    ):
        elsewhere = make_body(make_area("Long Beach"))
        meeting = make_meeting(coalition, elsewhere, ("1", campaign))
        letter = make_letter(coalition, campaign_id=campaign.id)
        make_signature(letter, "Ada L", email="ada@example.org", person_id=ada.id)

        assert set(read(client, url_of(app, ada))) == {str(meeting.id)}

    def test_takes_a_meeting_back_whose_item_of_the_campaign_was_taken_off(
        self, app, client, coalition, campaign, ada
    ):
        elsewhere = make_body(make_area("Long Beach"))
        meeting = make_meeting(coalition, elsewhere, ("1", campaign))
        letter = make_letter(coalition, campaign_id=campaign.id)
        make_signature(letter, "Ada L", email="ada@example.org", person_id=ada.id)
        with db.transaction(coalition.id) as session:
            remove_item(session.get_one(Meeting, meeting.id).items[0])

        event = read(client, url_of(app, ada))[str(meeting.id)]
        assert event.status.value == "CANCELLED"

    def test_forgets_a_campaign_whose_letter_they_took_their_name_from(
        self, app, client, coalition, campaign, ada
    ):
        make_meeting(coalition, make_body(make_area("Long Beach")), ("1", campaign))
        letter = make_letter(coalition, campaign_id=campaign.id)
        signature = make_signature(letter, "Ada L", email="ada@example.org", person_id=ada.id)
        with db.transaction(coalition.id) as session:
            session.merge(signature).withdraw()

        assert read(client, url_of(app, ada)) == {}

    def test_is_in_the_persons_language_whatever_the_program_asks_for(
        self, app, client, coalition, council, ada
    ):
        make_meeting(coalition, council, "A-1")
        with db.transaction(coalition.id) as session:
            session.get_one(Person, ada.id).language = "es"

        answer = client.get(url_of(app, ada), headers={"Accept-Language": "en-US"})

        assert "?lang=es" in answer.text.replace("\r\n ", "")

    def test_is_kept_by_nobody_else_and_answers_304(self, app, client, coalition, ada):
        url = url_of(app, ada)

        first = client.get(url)
        second = client.get(url, headers={"If-None-Match": first.headers["ETag"]})

        assert first.headers["Cache-Control"].startswith("private")
        assert second.status_code == 304

    def test_has_the_same_address_each_time(self, app, ada):
        assert url_of(app, ada) == url_of(app, ada)

    @pytest.mark.parametrize(
        "token", ["x", "é", "A" * 48, "%00", "a/b", "../admin", "A" * 3000, "==", "AAAA" * 12]
    )
    def test_of_an_unknown_token_is_not_found(self, client, coalition, token):
        assert client.get(f"/calendars/{token}.ics").status_code == 404
        assert client.get(f"/calendars/{token}/").status_code == 404

    def test_does_not_open_with_a_token_moved_to_another_coalition(self, app, client, ada):
        other = make_coalition("trams", "Trams")
        token = url_of(app, ada).removeprefix("/calendars/").removesuffix(".ics")
        import base64

        raw = base64.urlsafe_b64decode(token)
        forged = base64.urlsafe_b64encode(other.id.bytes + raw[16:]).decode()

        assert client.get(f"/calendars/{forged}.ics").status_code == 404

    def test_is_stored_by_its_hash_and_sealed(self, app, coalition, ada):
        token = url_of(app, ada).removeprefix("/calendars/").removesuffix(".ics")

        with db.reading(coalition.id) as session:
            link = session.scalars(select(CalendarLink)).one()

        assert token.encode() not in link.token_sealed + link.token_hash
        assert link.token == token

    def test_is_never_in_the_log(self, app, client, ada, caplog):
        caplog.set_level("DEBUG")
        url = url_of(app, ada)

        client.get(url)

        assert url.removeprefix("/calendars/")[:30] not in caplog.text


class TestRenew:
    def test_ends_the_old_address(self, app, client, coalition, ada):
        old = url_of(app, ada, links.page_url)

        answer = client.post(f"{old}renewal")

        new = answer.headers["Location"].partition("?")[0]
        assert new != old
        assert client.get(new).status_code == 200
        assert client.get(old).status_code == 404
        assert client.get(old.rstrip("/") + ".ics").status_code == 404
        with db.reading(coalition.id) as session:
            entry = session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.actor_id) == ("calendar_link.renewed", ada.id)


class TestEnd:
    def test_leaves_no_address(self, app, client, ada):
        page = url_of(app, ada, links.page_url)

        answer = client.post(f"{page}end")

        assert "does not work any more" in answer.text
        assert client.get(page).status_code == 404
        assert client.post(f"{page}end").status_code == 404

    def test_changes_nothing_when_a_scanner_opens_the_page(self, app, client, ada):
        page = url_of(app, ada, links.page_url)

        assert client.get(f"{page}end").status_code == 405
        assert client.get(page).status_code == 200


class TestShow:
    def test_offers_to_subscribe_and_lists_what_comes(
        self, app, client, coalition, council, ada
    ):
        make_meeting(coalition, council, "A-1")

        page = client.get(url_of(app, ada, links.page_url)).text

        assert "webcal://localhost/calendars/" in page
        assert "City Council" in page
        assert '<meta name="robots" content="noindex">' in page

    def test_is_reached_from_the_signatures_page(self, client, coalition, ada):
        letter = make_letter(coalition)
        signature = make_signature(letter, "Ada L", email="ada@example.org", person_id=ada.id)
        token = letter_links.manage_token(coalition.id, signature.id)

        assert f"/signatures/{token}/calendar" in client.get(f"/signatures/{token}").text
        answer = client.post(f"/signatures/{token}/calendar")

        assert answer.status_code == 303
        assert client.get(answer.headers["Location"]).status_code == 200

    def test_is_not_there_for_a_signature_that_belongs_to_nobody(self, client, coalition):
        signature = make_signature(make_letter(coalition), "Ada L")
        token = letter_links.manage_token(coalition.id, signature.id)

        assert client.post(f"/signatures/{token}/calendar").status_code in (400, 404, 410)


class TestPageOfCoalition:
    def test_offers_all_meetings_and_parts_of_them(self, client, coalition, council, campaign):
        make_meeting(coalition, council, ("A-1", campaign))

        page = client.get("/c/night-buses/calendar").text

        assert "webcal://localhost/c/night-buses/calendar.ics?lang=en" in page
        assert "/areas/country:us/state:ca/place:culver_city/calendar.ics" in page
        assert "/campaigns/stop-alpr/calendar.ics" in page

    def test_is_reached_from_the_meetings(self, client, coalition, council):
        meeting = make_meeting(coalition, council)

        assert "/c/night-buses/calendar" in client.get("/c/night-buses/meetings/").text
        page = client.get(f"/c/night-buses/meetings/{meeting.id}").text
        assert f"/c/night-buses/meetings/{meeting.id}.ics" in page

"""Tests of preferences without signing in, and of the click that ends all mail."""

import re

import pytest
from sqlalchemy import select

from coalition import db
from coalition.audit import AuditEntry
from coalition.consents.events import PersonUnsubscribed, PreferencesChanged
from coalition.consents.links import preferences_token, preferences_url, unsubscribe_url
from coalition.consents.models import Consent, ConsentSource, SuppressionReason
from coalition.consents.purposes import UPDATES
from coalition.consents.queries import has_consented
from coalition.consents.suppressing import suppress, suppression_of
from coalition.consents.writing import sample_links
from coalition.people.models import Person
from coalition.testing import make_coalition, make_organization, make_person

ADA = "ada@example.org"


@pytest.fixture
def coalition(coalition):
    db.session.expunge_all()
    return coalition


@pytest.fixture
def ada(coalition):
    person = make_person(coalition, ADA)
    db.session.expunge_all()
    return person


@pytest.fixture
def token(app, coalition, ada):
    return preferences_token(coalition.id, ada.id)


def note(person, *, given=True, organization=None):
    with db.transaction(person.coalition_id):
        Consent.note(
            person.id,
            UPDATES,
            given=given,
            wording="Yes",
            source=ConsentSource.SIGNATURE,
            organization_id=organization.id if organization else None,
        )


def agrees(person, organization=None):
    with db.reading(person.coalition_id):
        organization_id = organization.id if organization else None
        return has_consented(person.id, UPDATES, organization_id=organization_id)


def answers(coalition):
    with db.reading(coalition.id) as session:
        return [
            (each.given, each.source, each.wording)
            for each in session.scalars(select(Consent).order_by(Consent.id))
        ]


def is_suppressed(coalition):
    with db.reading(coalition.id):
        return suppression_of(coalition.id, ADA)


class TestShow:
    def test_shows_purposes_of_the_coalition_and_of_groups_that_one_answered(
        self, client, ada, token
    ):
        riders = make_organization("Riders United")
        make_organization("Walkers")
        note(ada, organization=riders)

        page = client.get(f"/preferences/{token}").text

        assert re.findall(r'<input type="checkbox"[^>]* checked', page) != []
        assert "Riders United may write to me" in page
        assert "Night Buses may write to me" in page
        assert "Walkers" not in page
        assert "ada@example.org" not in page  # whoever looks over a shoulder

    def test_speaks_the_language_that_is_asked_for(self, client, token):
        page = client.get(f"/preferences/{token}?lang=es")

        assert '<html lang="es">' in page.text

    @pytest.mark.parametrize("path", ["preferences", "unsubscribe"])
    def test_says_what_to_do_with_a_link_that_is_none(self, client, coalition, ada, path):
        trams = make_coalition("trams", "Tram Friends")
        stolen = preferences_token(trams.id, ada.id)  # another coalition's person

        for token in ("x", "e30.x", stolen, preferences_token(coalition.id, coalition.id)):
            for send in (client.get, client.post):
                answer = send(f"/{path}/{token}")
                assert answer.status_code == 404
                assert "This link does not work." in answer.text

    def test_sets_no_cookie(self, client, token):
        assert "Set-Cookie" not in client.get(f"/preferences/{token}").headers


class TestChoose:
    def test_records_what_was_ticked_with_the_words_that_were_shown(
        self, client, coalition, ada, token, recorded
    ):
        answer = client.post(f"/preferences/{token}", data={"agreed": UPDATES})

        assert answer.status_code == 303
        assert agrees(ada)
        [(given, source, wording)] = answers(coalition)
        assert (given, source) == (True, ConsentSource.PREFERENCES)
        assert wording.startswith("Night Buses may write to me")
        assert [type(each) for each in recorded()] == [PreferencesChanged]
        with db.reading(coalition.id) as session:
            [entry] = session.scalars(select(AuditEntry))
        assert (entry.actor_kind, entry.action) == ("person", "person.preferences_changed")

    def test_records_nothing_that_was_so_before(self, client, coalition, ada, token, recorded):
        note(ada)

        client.post(f"/preferences/{token}", data={"agreed": UPDATES})

        assert len(answers(coalition)) == 1
        assert recorded() == []

    def test_ends_one_group_and_keeps_the_rest(self, client, ada, token):
        riders = make_organization("Riders United")
        note(ada)
        note(ada, organization=riders)

        client.post(f"/preferences/{token}", data={"agreed": UPDATES})

        assert agrees(ada)
        assert not agrees(ada, riders)

    def test_begins_again_what_the_owner_had_ended(self, client, coalition, ada, token):
        client.post(f"/unsubscribe/{token}")

        client.post(f"/preferences/{token}", data={"agreed": UPDATES})

        assert is_suppressed(coalition) is None
        assert agrees(ada)

    def test_leaves_a_complaint_and_says_so(self, client, coalition, token):
        with db.transaction(coalition.id):
            suppress(coalition.id, ADA, SuppressionReason.COMPLAINT)

        client.post(f"/preferences/{token}", data={"agreed": UPDATES})

        assert is_suppressed(coalition) == SuppressionReason.COMPLAINT
        assert "No mail goes to your address" in client.get(f"/preferences/{token}").text

    def test_ignores_what_was_not_offered(self, client, coalition, token):
        client.post(f"/preferences/{token}", data={"agreed": ["confirmation", f"{UPDATES}/x"]})

        assert answers(coalition) == []


class TestUnsubscribe:
    def test_does_nothing_when_a_scanner_opens_it(self, client, coalition, ada, token):
        note(ada)

        page = client.get(f"/unsubscribe/{token}").text

        assert "End all mail to me" in page
        assert is_suppressed(coalition) is None
        assert agrees(ada)

    def test_ends_everything_as_a_mail_program_sends_it(
        self, client, coalition, ada, token, recorded
    ):
        riders = make_organization("Riders United")
        note(ada)
        note(ada, organization=riders)

        answer = client.post(f"/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"})

        assert answer.status_code == 200
        assert is_suppressed(coalition) == SuppressionReason.UNSUBSCRIBE
        assert not agrees(ada)
        assert not agrees(ada, riders)
        assert [type(each) for each in recorded()] == [PersonUnsubscribed]
        assert [each[1] for each in answers(coalition)][2:] == [ConsentSource.UNSUBSCRIBE] * 2

    def test_as_a_part_of_several_is_understood_too(self, client, coalition, token):
        answer = client.post(
            f"/unsubscribe/{token}",
            data={"List-Unsubscribe": "One-Click"},
            content_type="multipart/form-data",
        )

        assert answer.status_code == 200
        assert is_suppressed(coalition) == SuppressionReason.UNSUBSCRIBE

    def test_twice_is_one_fact(self, client, token, recorded):
        for _ in range(2):
            assert client.post(f"/unsubscribe/{token}").status_code == 200

        assert len(recorded()) == 1

    def test_holds_for_each_address_of_the_person(self, client, coalition, ada, token):
        with db.transaction(coalition.id) as session:
            session.get(Person, ada.id).add_email("ada@work.example")

        client.post(f"/unsubscribe/{token}")

        with db.reading(coalition.id):
            assert suppression_of(coalition.id, "ada@work.example") is not None


class TestLinksOfATest:
    @pytest.mark.parametrize("path", ["preferences", "unsubscribe"])
    def test_say_that_they_change_nothing(self, client, app, coalition, ada, path):
        note(ada)
        with app.app_context():
            links = sample_links(coalition.id)
        link = getattr(links, path).removeprefix("http://localhost")

        for answer in (client.get(link), client.post(link, data={"agreed": "updates"})):
            assert answer.status_code == 200
            assert "This was a test" in answer.text
            assert "Night Buses" in answer.text
        assert agrees(ada)

    def test_of_another_coalition_are_none(self, client, app, coalition):
        with app.app_context():
            links = sample_links(coalition.id)
        link = links.preferences.removeprefix("http://localhost")

        assert client.get(link[:-4] + "AAAA").status_code == 404


class TestLinks:
    def test_lead_to_the_pages(self, app, client, coalition, ada):
        with app.app_context():
            urls = (
                preferences_url(coalition.id, ada.id, language="es"),
                unsubscribe_url(coalition.id, ada.id),
            )

        assert "lang=es" in urls[0]
        for url in urls:
            assert client.get(url.removeprefix("http://localhost")).status_code == 200

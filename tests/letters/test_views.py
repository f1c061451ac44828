"""The public pages, as visitors see them."""

import math
import re
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import Client

from coalition import attempts, db, page_cache, plugins
from coalition.campaigns.models import Campaign
from coalition.clock import now
from coalition.letters import page_front
from coalition.letters.events import SignatureAdded, SignatureRepeated
from coalition.letters.models import Letter, LetterText, ListOrder, Signatories
from coalition.letters.signatures import Signature
from coalition.plugins import LetterCount
from coalition.testing import make_coalition, make_letter, make_signature

LETTER = "/c/night-buses/letters/keep-the-night-buses"
ADA = {
    "kind": "person",
    "given_name": "Ada",
    "family_name": "Lovelace",
    "email": "ada@example.org",
    "listed": "yes",
}
CIVICS = {
    "kind": "organization",
    "organization_name": "Example Civics",
    "capacity": "Chair",
    "website": "civics.example.org",
    "given_name": "Ben",
    "family_name": "Brown",
    "email": "ben@civics.example.org",
    "listed": "yes",
}


@pytest.fixture(autouse=True)
def always_fresh(monkeypatch):
    """Make pages anew at each request: tests do not wait a second."""
    monkeypatch.setattr(page_cache, "FRESH_S", 0.0)


@pytest.fixture
def letter(coalition):
    return make_letter(coalition)


def signatures(coalition) -> list[Signature]:
    with db.reading(coalition.id) as session:
        return list(session.scalars(select(Signature)))


class TestIndex:
    def test_lists_open_letters_and_the_outcome_of_earlier_ones(self, client, coalition):
        make_letter(coalition)
        with db.transaction(coalition.id) as session:
            campaign = Campaign(slug="old", title="Old", outcome="The board voted **no**.")
            session.add(campaign)
            session.flush()
            campaign_id = campaign.id
        old = make_letter(coalition, slug="old", title="The old one", campaign_id=campaign_id)
        with db.transaction(coalition.id) as session:
            session.get_one(Letter, old.id).close()
        make_letter(coalition, slug="draft", title="Not yet written", opened=False)

        page = client.get("/c/night-buses/").text

        assert page.index("Letters to sign") < page.index("Keep the night buses")
        assert page.index("Earlier letters") < page.index("The old one")
        assert "The board voted <strong>no</strong>." in page
        assert "Not yet written" not in page

    def test_of_an_unknown_coalition_is_not_found(self, client, database):
        answer = client.get("/c/nobody/")

        assert answer.status_code == 404
        assert "There is nothing at this address." in answer.text


class TestShow:
    def test_shows_text_addressees_date_and_deadline_with_its_time_zone(
        self, client, coalition
    ):
        make_letter(
            coalition,
            dated_on=date(2026, 12, 14),
            closes_at=datetime(2027, 1, 5, 7, 59, 59, tzinfo=UTC),
        )

        page = client.get(LETTER).text

        assert "<strong>keep</strong>" in page
        assert "Jo Driver, Chair, Transit Board" in page
        assert "December 14, 2026" in page
        assert "January 4, 2027, 11:59" in page
        assert "Pacific Standard Time" in page

    def test_shows_the_count_with_its_rule(self, client, letter, monkeypatch):
        answer = LetterCount(67, 312, "Chapters of one parent count once.")
        answers = {"coalition_letter_count": answer}
        monkeypatch.setattr(plugins, "ask_first", lambda hook, **_: answers.get(hook))

        page = client.get(LETTER).text

        assert "67 organizations and 312 people" in page
        assert "Chapters of one parent count once." in page

    def test_shows_no_number_when_nobody_counts(self, client, letter, monkeypatch):
        monkeypatch.setattr(plugins, "ask_first", lambda *_, **__: None)

        page = client.get(LETTER).text

        assert "data-count" not in page

    def test_lists_who_agreed_by_name_and_nobody_else(self, client, letter):
        for name in ("The Zoo Friends", "Åsa Example Club", "Bus Riders"):
            make_signature(letter, name, kind="organization")
        make_signature(letter, "Ada Lovelace")
        make_signature(letter, "Shy Visitor", listed=False)
        make_signature(letter, "Not Yet", state="pending")

        page = client.get(LETTER).text

        assert page.index("Åsa") < page.index("Bus Riders") < page.index("The Zoo")
        assert "Ada Lovelace" in page
        assert "Shy" not in page
        assert "Not Yet" not in page

    def test_pages_people_with_the_list_continued_where_it_ended(
        self, client, coalition, monkeypatch
    ):
        from coalition.letters import public_letters

        monkeypatch.setattr(public_letters, "PEOPLE_AT_ONCE", 2)
        for order in (ListOrder.ALPHABETICAL, ListOrder.SIGNED):
            letter = make_letter(coalition, slug=f"by-{order}", list_order=order)
            for name in ("Ada Ant", "Bo Bee", "Cy Cat", "Di Dog", "Ed Eel"):
                make_signature(letter, name)
            seen = []
            url = f"/c/night-buses/letters/by-{order}"
            while url:
                page = client.get(url).text
                seen += re.findall(r"<li>(\w+ \w+)</li>", page)
                more = re.search(r'rel="next" href="([^"]+)"', page)
                url = more[1].replace("&amp;", "&") if more else None

            assert seen == ["Ada Ant", "Bo Bee", "Cy Cat", "Di Dog", "Ed Eel"]

    @pytest.mark.parametrize("after", ["x", "W10=", "bnVsbA==", "WyJcdTAwMDAiLCAiMDAiXQ=="])
    def test_refuses_a_place_that_no_list_has(self, client, letter, after):
        assert client.get(f"{LETTER}/people?after={after}").status_code == 404

    def test_names_a_persons_organization_for_identification_only(
        self, client, coalition, letter
    ):
        signature = make_signature(letter, "Ada Lovelace", city="Oakland")
        with db.transaction(coalition.id) as session:
            session.get_one(Signature, signature.id).organization_name = "Example Mill"

        page = client.get(LETTER).text

        assert "Ada Lovelace <small>Example Mill, Oakland</small>" in page
        assert "for identification only." in page

    def test_hides_drafts(self, client, coalition):
        make_letter(coalition, opened=False)

        assert client.get(LETTER).status_code == 404
        assert client.post(f"{LETTER}/signatures", data=ADA).status_code == 404
        assert client.get(f"{LETTER}/signed").status_code == 404

    def test_says_when_a_letter_opens(self, client, coalition):
        make_letter(coalition, opens_at=datetime(2037, 1, 5, 20, 0, tzinfo=UTC), closes_at=None)

        page = client.get(LETTER).text

        assert "Opens for signatures on January 5, 2037, 12:00" in page
        assert "<form" not in page

    def test_says_that_a_letter_was_delivered_and_what_came_of_it(self, client, coalition):
        letter = make_letter(coalition)
        with db.transaction(coalition.id) as session:
            found = session.get_one(Letter, letter.id)
            found.close()
            found.deliver(
                note="Handed to the clerk.", at=datetime(2026, 12, 15, 20, tzinfo=UTC)
            )

        page = client.get(LETTER).text

        assert "Delivered on December 15, 2026." in page
        assert "Handed to the clerk." in page
        assert "<form" not in page

    def test_marks_samples(self, client, coalition):
        make_letter(coalition, is_sample=True)

        assert "A sample letter" in client.get(LETTER).text

    def test_speaks_spanish_when_asked(self, client, coalition):
        letter = make_letter(coalition)
        with db.transaction(coalition.id) as session:
            text = LetterText(language="es", title="Salven los buses", body="Pedimos **esto**.")
            text.letter_id = letter.id
            session.add(text)
        db.session.remove()

        page = client.get(f"{LETTER}?lang=es").text

        assert '<html lang="es">' in page
        assert "Salven los buses" in page
        assert "Firmar" in page

    def test_sets_no_cookie(self, client, letter):
        for url in (LETTER, "/c/night-buses/", f"{LETTER}/signed", "/", "/nothing"):
            assert "Set-Cookie" not in client.get(url).headers


class TestCache:
    def test_answers_304_to_who_has_the_page(self, client, letter, monkeypatch):
        monkeypatch.setattr(page_cache, "FRESH_S", 60.0)
        first = client.get(LETTER)

        again = client.get(LETTER, headers={"If-None-Match": first.headers["ETag"]})

        assert first.headers["Cache-Control"].startswith("public, max-age=")
        assert again.status_code == 304
        assert again.data == b""

    def test_keeps_languages_apart(self, client, letter, monkeypatch):
        monkeypatch.setattr(page_cache, "FRESH_S", 60.0)

        english = client.get(LETTER, headers={"Accept-Language": "en"})
        spanish = client.get(LETTER, headers={"Accept-Language": "es-MX, en;q=0.5"})

        assert '<html lang="en">' in english.text
        assert '<html lang="es">' in spanish.text

    def test_compresses_for_who_understands(self, client, letter):
        import gzip

        plain = client.get(LETTER)
        zipped = client.get(LETTER, headers={"Accept-Encoding": "gzip"})

        assert zipped.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(zipped.data)[:100] == plain.data[:100]
        assert zipped.headers["ETag"] != plain.headers["ETag"]

    def test_keeps_coalitions_apart(self, client, letter, monkeypatch):
        monkeypatch.setattr(page_cache, "FRESH_S", 60.0)
        other = make_coalition(slug="other", name="Other")
        make_letter(other, title="Another text")
        client.get(LETTER)

        page = client.get("/c/other/letters/keep-the-night-buses").text

        assert "Another text" in page

    def test_shows_the_last_page_while_the_database_is_away(self, client, letter, monkeypatch):
        from sqlalchemy.exc import OperationalError

        from coalition.letters import public_letters

        client.get(LETTER)

        def away(_slug):
            raise OperationalError("SELECT", {}, Exception("gone"))

        monkeypatch.setattr(public_letters, "published_letter", away)
        monkeypatch.setattr(page_cache, "STALE_S", 0.0)

        assert "Keep the night buses" in client.get(LETTER).text
        assert client.get(f"{LETTER}/signed").status_code == 503


class TestSign:
    def test_stores_what_was_written_and_asks_to_look_into_the_mailbox(
        self, client, coalition, letter, recorded
    ):
        answer = client.post(
            f"{LETTER}/signatures", data={**ADA, "city": "Oakland", "source": "newsletter-7"}
        )

        (stored,) = signatures(coalition)
        assert answer.status_code == 303
        assert "look into your mailbox" in client.get(answer.headers["Location"]).text
        assert (stored.given_name, stored.city, stored.listed) == ("Ada", "Oakland", True)
        assert stored.source_code == "newsletter-7"
        assert stored.updates_wording is None
        assert [type(each) for each in recorded()][-1] is SignatureAdded

    def test_answers_the_same_to_a_repeated_signature(self, client, letter, recorded):
        first = client.post(f"{LETTER}/signatures", data=ADA)
        again = client.post(f"{LETTER}/signatures", data={**ADA, "email": "ADA+x@example.org"})

        assert again.status_code == first.status_code
        assert again.data == first.data
        without_id = [
            [(name, value) for name, value in each.headers if name != "X-Request-Id"]
            for each in (first, again)
        ]
        assert without_id[0] == without_id[1]
        assert type(recorded()[-1]) is SignatureRepeated

    def test_keeps_an_organization_with_role_and_website(self, client, coalition, letter):
        client.post(f"{LETTER}/signatures", data=CIVICS)

        (stored,) = signatures(coalition)
        assert stored.organization_name == "Example Civics"
        assert stored.capacity == "Chair"
        assert stored.website == "https://civics.example.org"

    def test_keeps_the_exact_wording_that_was_agreed_to(self, client, coalition, letter):
        client.post(f"{LETTER}/signatures?lang=es", data={**ADA, "updates": "yes"})

        (stored,) = signatures(coalition)
        assert stored.updates_wording in client.get(f"{LETTER}?lang=es").text
        assert "Night Buses puede escribirme" in stored.updates_wording
        assert stored.language == "es"

    def test_drops_what_fills_the_trap_and_answers_the_same(self, client, coalition, letter):
        honest = client.post(f"{LETTER}/signatures", data=ADA)

        program = client.post(
            f"{LETTER}/signatures", data={**ADA, "email": "bot@example.org", "fax": "1"}
        )

        assert (program.status_code, program.data) == (honest.status_code, honest.data)
        assert len(signatures(coalition)) == 1

    @pytest.mark.parametrize(
        ("change", "field", "said"),
        [
            ({"given_name": ""}, "given_name", "Fill this in."),
            ({"email": "ada.example.org"}, "email", "is not an e-mail address"),
            ({"given_name": "A" * 101}, "given_name", "At most 100 characters fit here"),
            ({"city": "Oak\u202eland"}, "city", "change the direction of writing"),
            ({"given_name": "A\u0000da"}, "given_name", "control characters"),
            ({"website": "javascript:alert(1)"}, "website", "This is no web address"),
            ({"kind": "ghost"}, "kind", "Choose one of the values offered."),
            ({"kind": "organization"}, "organization_name", "organization&#39;s name"),
        ],
    )
    def test_shows_the_form_filled_in_with_the_reason(
        self, client, coalition, letter, change, field, said
    ):
        answer = client.post(f"{LETTER}/signatures", data={**ADA, **change})

        assert answer.status_code == 422
        assert said in answer.text
        assert f'href="#field-{field}"' in answer.text
        assert f'id="field-{field}"' in answer.text
        assert 'value="Lovelace"' in answer.text
        assert signatures(coalition) == []

    def test_takes_any_name_that_people_have(self, client, coalition, letter):
        client.post(
            f"{LETTER}/signatures", data={**ADA, "given_name": "Zoë 🚌 𠮷", "family_name": ""}
        )

        (stored,) = signatures(coalition)
        assert stored.signatory_name == "Zoë 🚌 𠮷"

    def test_says_that_a_letter_is_closed(self, client, coalition, letter):
        with db.transaction(coalition.id) as session:
            session.get_one(Letter, letter.id).close()

        answer = client.post(f"{LETTER}/signatures", data=ADA)

        assert answer.status_code == 409
        assert "is closed and takes no more signatures" in answer.text
        assert signatures(coalition) == []

    def test_refuses_the_kind_that_the_letter_is_not_for(self, client, coalition):
        make_letter(coalition, signatories=Signatories.ORGANIZATIONS)

        answer = client.post(f"{LETTER}/signatures", data=ADA)

        assert answer.status_code == 422
        assert "cannot be signed in this way" in answer.text

    def test_knows_no_letter_of_another_coalition(self, client, letter):
        make_coalition(slug="other", name="Other")

        answer = client.post("/c/other/letters/keep-the-night-buses/signatures", data=ADA)

        assert answer.status_code == 404

    def test_limits_attempts_from_one_network(self, client, coalition, letter, monkeypatch):
        from collections import deque

        monkeypatch.setattr(attempts, "_tries", {})
        name = attempts._tries
        client.post(f"{LETTER}/signatures", data=ADA)
        (key,) = name
        name[key] = deque(name[key], maxlen=attempts.config.current().signing_attempts_per_hour)
        name[key].extend([name[key][0]] * name[key].maxlen)

        answer = client.post(f"{LETTER}/signatures", data={**ADA, "email": "b@example.org"})

        assert answer.status_code == 429
        assert "too many attempts" in answer.text
        assert len(signatures(coalition)) == 1
        assert b"127.0.0.1" not in key


class TestCount:
    def test_answers_with_figures_and_a_sentence(self, client, letter, monkeypatch):
        monkeypatch.setattr(plugins, "ask_first", lambda *_, **__: LetterCount(1, 2, "Each."))

        body = client.get(f"{LETTER}/count.json").json

        assert body["sentence"] == "1 organization and 2 people"
        assert (body["organizations"], body["people"], body["total"]) == (1, 2, 3)
        assert body["rule"] == "Each."
        assert datetime.fromisoformat(body["as_of"]) - now() < timedelta(minutes=1)


class TestFront:
    """Pages that are given out before the framework sees the request."""

    def test_gives_the_same_bytes_and_headers(self, client, letter, monkeypatch):
        monkeypatch.setattr(page_cache, "FRESH_S", 60.0)
        for headers in ({}, {"Accept-Encoding": "gzip"}, {"Accept-Language": "es"}):
            first, again = (client.get(LETTER, headers=headers) for _ in range(2))

            assert first.data == again.data
            assert {k: v for k, v in first.headers if k != "X-Request-Id"} == {
                k: v for k, v in again.headers if k != "X-Request-Id"
            }
            assert len(again.headers["X-Request-Id"]) == 32

    def test_gives_nobody_the_cookie_of_another_visitor(self):
        entry = page_cache.Entry(page=page_cache.Page.of("text", "text/html"), made_at=math.inf)
        cookies = iter([("Set-Cookie", "a=1"), ("X-None", "1"), ("X-None", "2")])

        def app(environ, start_response):
            environ[page_cache.ENTRY] = entry
            start_response("200 OK", [("ETag", f'"{entry.page.etag}"'), next(cookies)])
            return [b"text"]

        front = page_front.PageFront(app, lambda _status: None)
        visitor = Client(front)

        headers = [visitor.get("/x").headers for _ in range(3)]

        assert [each.get("Set-Cookie") for each in headers] == ["a=1", None, None]
        assert [each.get("X-None") for each in headers] == [None, "1", "1"]

    def test_shows_a_change_after_a_second(self, client, coalition, letter, monkeypatch):
        monkeypatch.setattr(page_cache, "FRESH_S", 0.2)
        client.get(LETTER)
        client.get(LETTER)
        make_signature(letter, "Ada Lovelace")
        db.session.remove()

        time.sleep(0.25)

        assert "Ada Lovelace" in client.get(LETTER).text

    def test_gives_nothing_of_a_letter_that_is_gone(
        self, client, coalition, letter, monkeypatch
    ):
        monkeypatch.setattr(page_cache, "FRESH_S", 0.2)
        client.get(LETTER)
        with db.transaction(coalition.id) as session:
            session.delete(session.get_one(Letter, letter.id))

        time.sleep(0.25)

        assert [client.get(LETTER).status_code for _ in range(3)] == [404] * 3

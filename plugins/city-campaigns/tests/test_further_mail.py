"""Who asks to challenge a contract may agree to further mail, and is written to only then."""

import json

import pytest
from coalition_city_campaigns.leads.models import Lead, LeadState
from sqlalchemy import func, select

from coalition.sdk import (
    Consent,
    ConsentSource,
    Person,
    QuestionBroken,
    Segment,
    SegmentSubject,
    SuppressionReason,
    User,
    has_consented,
    mailboxes,
    may_be_written_to,
    now,
    person_by_email,
    reading,
    session,
    suppress,
    suppression_of,
    transaction,
)
from coalition.testing import make_person, make_user, switch_plugin

from .conftest import another_coalition, make_lead, read
from .test_leads import FILLED, FORM, LINK, fill_in

WORDING = (
    "Night Buses may write to me about such contracts and about its campaigns."
    " I can end this at any time."
)
UPDATES = "coalition_updates"
SEGMENTS = "/manage/night-buses/segments/"


def link(mailbox):
    return LINK.search(mailbox()[-1].text).group(1)


def people(coalition):
    with reading(coalition.id):
        return session.scalar(select(func.count()).select_from(Person))


def ask(coalition, **values):
    """Return the addresses of those of whom the condition is true and who may be written to."""
    question = {"match": "all", "of": [{"is": "city-campaigns.lead", **values}]}
    with reading(coalition.id):
        segment = Segment.asking(question, subject=SegmentSubject.PEOPLE)
        asked = segment.people().where(may_be_written_to(UPDATES))
        ids = session.scalars(asked.with_only_columns(Person.id)).all()
        return sorted(each.address.partition("@")[0] for each in mailboxes(UPDATES, ids))


def agree(coalition, person):
    """Let a person agree elsewhere."""
    with transaction(coalition.id):
        Consent.note(
            person.id, UPDATES, given=True, wording="Yes.", source=ConsentSource.COORDINATOR
        )


class TestForm:
    def test_offers_the_box_unticked_and_does_without_it(self, client, coalition, mailbox):
        page = client.get(FORM).text
        box = page[page.index('id="field-updates"') :].partition(">")[0]
        assert "checked" not in box
        assert WORDING in page

        fill_in(client)
        path = link(mailbox)
        assert 'name="updates"' not in client.get(path).text
        client.post(path, data={"updates": "yes"})  # a box that was never shown to them

        lead = read(coalition, Lead)
        assert (lead.state, lead.updates_wording) == (LeadState.NEW, None)
        assert people(coalition) == 0
        assert read(coalition, Consent) is None

    def test_says_that_a_box_is_a_yes_or_a_no(self, client, coalition):
        answer = fill_in(client, updates="perhaps")

        assert answer.status_code == 422
        assert read(coalition, Lead) is None

    def test_keeps_the_tick_when_something_else_is_wrong(self, client, coalition):
        page = fill_in(client, email="nobody", updates="yes").text

        box = page[page.index('id="field-updates"') :].partition(">")[0]
        assert "checked" in box


class TestConfirmation:
    def test_makes_the_person_known_with_the_words_they_saw(self, client, coalition, mailbox):
        client.post(f"{FORM}?lang=es", data={**FILLED, "updates": "yes"})
        path = link(mailbox)
        assert people(coalition) == 0
        page = client.get(path).text
        spanish = "Night Buses puede escribirme sobre contratos así y sobre sus campañas."
        assert spanish in page
        assert people(coalition) == 0  # a mail scanner that opens links changes nothing

        before = now()
        client.post(path, data={"updates": "yes"})

        lead = read(coalition, Lead)
        with reading(coalition.id):
            person = person_by_email("robin@example.org")
            known = (person.name, person.city, person.region, person.language)
            assert person.email_addresses[0].verified_at >= before
        assert known == ("Robin Asker", "Culver City", "CA", "es")
        consent = read(coalition, Consent)
        assert (consent.person_id, consent.purpose, consent.given) == (person.id, UPDATES, True)
        assert consent.wording.startswith(spanish)
        assert (consent.source, consent.source_id) == (ConsentSource.FORM, lead.id)
        assert before <= consent.recorded_at <= now()

    def test_twice_is_once(self, client, coalition, mailbox):
        fill_in(client, updates="yes")
        path = link(mailbox)

        for _ in range(2):
            assert client.post(path, data={"updates": "yes"}).status_code == 303

        assert people(coalition) == 1
        assert read(coalition, Consent).given

    def test_leaves_the_last_word_to_the_mailboxs_owner(self, client, coalition, mailbox):
        fill_in(client, updates="yes")

        client.post(link(mailbox))  # they took the tick away

        assert read(coalition, Lead).state == LeadState.NEW
        assert read(coalition, Lead).updates_wording is None
        assert people(coalition) == 0

    def test_takes_what_was_ticked_last(self, client, coalition, mailbox):
        fill_in(client, updates="yes")
        fill_in(client)

        client.post(link(mailbox), data={"updates": "yes"})

        assert people(coalition) == 0

    def test_asks_again_for_a_wrong_box(self, client, coalition, mailbox):
        fill_in(client, updates="yes")
        path = link(mailbox)

        answer = client.post(path, data={"updates": "perhaps"})

        assert answer.status_code == 422
        assert WORDING in answer.text
        assert read(coalition, Lead).state == LeadState.UNCONFIRMED

    def test_changes_nothing_of_a_known_person(self, client, coalition, mailbox):
        with transaction(coalition.id):
            ada = Person.remember(email="ada@example.org", given_name="Ada", family_name="Poe")
            ada.city, ada.region, ada.language = "Long Beach", "CA", "en"

        client.post(
            f"{FORM}?lang=es", data={**FILLED, "email": "Ada@example.org", "updates": "yes"}
        )
        client.post(link(mailbox), data={"updates": "yes"})

        with reading(coalition.id):
            known = session.scalars(select(Person)).one()
            assert (known.name, known.city, known.language) == ("Ada Poe", "Long Beach", "en")
            assert has_consented(ada.id, UPDATES)

    def test_puts_no_city_into_another_state(self, client, coalition, mailbox):
        with transaction(coalition.id):
            Person.remember(email="robin@example.org", given_name="Robin").region = "OR"

        fill_in(client, updates="yes")
        client.post(link(mailbox), data={"updates": "yes"})

        with reading(coalition.id):
            person = person_by_email("robin@example.org")
            assert (person.city, person.region) == (None, "OR")

    @pytest.mark.parametrize("name", ["Robin", "María de la Cruz"])
    def test_takes_names_as_they_are_written(self, coalition, name):
        make_lead(coalition, person_name=name, updates_wording="Yes.")
        with reading(coalition.id):
            assert person_by_email("robin@example.org").name == name


class TestLater:
    def test_who_did_not_tick_can_agree_on_their_own_page(self, client, coalition, mailbox):
        client.post(f"{FORM}?lang=es", data=FILLED)
        own = client.post(link(mailbox)).location.partition("?")[0]
        page = client.get(own).text
        assert "Night Buses puede escribirme sobre contratos así" in page
        assert read(coalition, Consent) is None

        for _ in range(2):
            assert client.post(f"{own}/agreement").status_code == 303

        consent = read(coalition, Consent)
        assert consent.wording.startswith("Night Buses puede escribirme sobre contratos así")
        assert consent.source == ConsentSource.FORM
        assert f"{own}/agreement" not in client.get(own).text
        assert ask(coalition) == ["robin"]

    def test_nobody_agrees_with_the_link_for_confirming(self, client, coalition, mailbox):
        fill_in(client)
        token = link(mailbox).rpartition("/")[2].partition("?")[0]

        assert client.post(f"/leads/own/{token}/agreement").status_code == 404
        assert people(coalition) == 0


class TestStops:
    @pytest.mark.parametrize(
        "reason",
        [SuppressionReason.BOUNCE, SuppressionReason.COMPLAINT, SuppressionReason.MANUAL],
    )
    def test_of_the_mailbox_hold(self, coalition, reason):
        lead = make_lead(coalition, confirmed=False, updates_wording="Yes.")
        with transaction(coalition.id):
            suppress(coalition.id, "robin@example.org", reason)
            session.get(Lead, lead.id).confirm(updates=True)

        with reading(coalition.id):
            assert suppression_of(coalition.id, "robin@example.org") == reason
        assert ask(coalition) == []

    def test_that_their_owner_asked_for_end_when_they_ask_for_mail(self, coalition):
        lead = make_lead(coalition, confirmed=False, updates_wording="Yes.")
        with transaction(coalition.id):
            suppress(coalition.id, "robin@example.org", SuppressionReason.UNSUBSCRIBE)
            session.get(Lead, lead.id).confirm(updates=True)

        assert ask(coalition) == ["robin"]

    def test_hold_for_who_ended_mail_and_asks_for_none(self, coalition):
        make_lead(coalition, updates_wording="Yes.")
        with transaction(coalition.id):
            suppress(coalition.id, "robin@example.org", SuppressionReason.UNSUBSCRIBE)

        make_lead(coalition, city="Burbank, CA")

        assert ask(coalition) == []


@pytest.fixture
def asked(coalition):
    """Let people of two cities ask: three of them agree to further mail."""
    for name, city, wording in (
        ("ada", "Springfield, IL", "Yes."),
        ("ben", "Springfield, MO", "Yes."),
        ("cleo", "Springfield, IL", None),
        ("dee", "Burbank, CA", "Yes."),
    ):
        make_lead(coalition, city=city, email=f"{name}@example.org", updates_wording=wording)
    make_lead(coalition, email="eve@example.org", confirmed=False, updates_wording="Yes.")
    make_person(coalition, "fay@example.org", "Fay")
    agree(coalition, make_person(coalition, "eve@example.org", "Eve"))
    owner = make_user("owner@example.org", coalition)
    with transaction(coalition.id):
        by_place = {each.place: each for each in session.scalars(select(Lead))}
        by_place["Springfield, MO"].take(session.get(User, owner.id))
        by_place["Burbank, CA"].close("Contract ended.")


@pytest.mark.usefixtures("asked")
class TestSegment:
    @pytest.mark.parametrize(
        ("values", "found"),
        [
            ({}, ["ada", "ben", "dee"]),
            ({"place": "Springfield, IL"}, ["ada"]),
            ({"place": "Springfield, MO"}, ["ben"]),
            ({"place": "Oakland, CA"}, []),
            ({"state": "open"}, ["ada", "ben"]),
            ({"state": "new"}, ["ada"]),
            ({"state": "taken"}, ["ben"]),
            ({"state": "started"}, []),
            ({"state": "closed"}, ["dee"]),
            ({"place": "Springfield, IL", "state": "taken"}, []),
        ],
    )
    def test_finds_who_asked_by_place_and_state(self, coalition, values, found):
        assert ask(coalition, **values) == found

    def test_finds_who_did_not_ask(self, coalition):
        question = {"is": "city-campaigns.lead", "place": "Springfield, IL", "not": True}
        with reading(coalition.id):
            segment = Segment.asking(
                {"match": "all", "of": [question]}, subject=SegmentSubject.PEOPLE
            )
            names = sorted(
                each.email.partition("@")[0] for each in session.scalars(segment.people())
            )
        assert names == ["ben", "dee", "eve", "fay"]

    def test_finds_a_signatory_who_asked_without_the_tick(self, coalition):
        """The lead adds nothing about them; that they may be written to, they said elsewhere."""
        cleo = make_person(coalition, "cleo@example.org", "Cleo")
        assert "cleo" not in ask(coalition, place="Springfield, IL")
        agree(coalition, cleo)
        assert ask(coalition, place="Springfield, IL") == ["ada", "cleo"]

    def test_keeps_coalitions_apart(self, coalition):
        other = another_coalition()
        make_lead(other, email="zoe@example.org", updates_wording="Yes.")

        assert ask(other) == ["zoe"]
        assert "zoe" not in ask(coalition)
        with reading(other.id):
            assert session.scalar(select(func.count()).select_from(Person)) == 1

    def test_cannot_be_asked_where_the_plugin_is_off(self, coalition):
        switch_plugin(coalition, "city-campaigns", on=False)
        with pytest.raises(QuestionBroken):
            ask(coalition)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("place", "Atlantis, XX"),
            ("place", "springfield, il"),
            ("place", "'; DROP TABLE people"),
            ("state", "unconfirmed"),
            ("state", "x"),
        ],
    )
    def test_says_what_is_wrong_in_the_editor(self, desk, coalition, field, value):
        answer = desk.post(
            f"{SEGMENTS}new",
            data={
                "name": "Asked",
                "subject": "people",
                "q.match": "all",
                "q.0.is": "city-campaigns.lead",
                f"q.0.{field}": value,
            },
        )
        assert answer.status_code == 422
        assert "Choose one of the values offered." in answer.text
        assert read(coalition, Segment) is None

    @pytest.mark.parametrize(
        ("language", "sentence"),
        [
            ("en", "asked to challenge a contract in Springfield, IL (not closed)"),
            ("es", "pidieron enfrentar un contrato en Springfield, IL (no está cerrado)"),
        ],
    )
    def test_is_written_counted_and_said_in_plain_words(
        self, desk, coalition, language, sentence
    ):
        editor = desk.get(f"{SEGMENTS}new?lang={language}").text
        data = {
            "name": "Asked",
            "subject": "people",
            "q.match": "all",
            "q.0.is": "city-campaigns.lead",
            "q.0.place": "Springfield, IL",
            "q.0.state": "open",
        }
        page = desk.post(f"{SEGMENTS}preview?lang={language}", data=data).text

        assert 'value="city-campaigns.lead"' in editor
        assert sentence in page
        assert ("1 person" if language == "en" else "1 persona") in page
        shown = desk.post(f"{SEGMENTS}new?lang={language}", data={**data, "do": "x"}).text
        assert 'value="Burbank, CA"' in shown
        assert "Fresno" not in shown

    def test_stays_askable_when_the_last_lead_of_a_place_is_erased(self, coalition):
        with transaction(coalition.id):
            for each in session.scalars(select(Lead).filter_by(place_name="Burbank")):
                each.erase()

        assert ask(coalition, place="Burbank, CA") == []


@pytest.mark.usefixtures("asked")
def test_a_mailing_reaches_exactly_those(desk, coalition):
    outreach = pytest.importorskip("coalition_email_outreach.models")
    contents = pytest.importorskip("coalition_email_outreach.contents")
    audience = pytest.importorskip("coalition_email_outreach.audience")
    question = {"is": "city-campaigns.lead", "place": "Springfield, IL", "state": "open"}
    with transaction(coalition.id):
        segment = Segment.save(
            name="Asked",
            subject=SegmentSubject.PEOPLE,
            question={"match": "all", "of": [question]},
        )
        mailing = outreach.Mailing(
            name="News", language="en", purpose=UPDATES, segment_id=segment.id
        )
        session.add(mailing)
        mailing.texts.append(
            contents.MailingText(
                coalition_id=coalition.id, language="en", subject="News", subject_b="",
                body="From {{city}}.",
            )
        )  # fmt: skip

    with reading(coalition.id):
        found = session.get(outreach.Mailing, mailing.id)
        ids = session.scalars(audience.audience(found)).all()
        assert [each.address for each in mailboxes(UPDATES, ids)] == ["ada@example.org"]
        assert audience.count(found) == 1
    here = f"/manage/night-buses/mailings/{mailing.id}/"
    assert "From Springfield." in desk.get(f"{here}preview.html").text


class TestErasing:
    @pytest.fixture
    def own(self, client, coalition, mailbox):
        fill_in(client, updates="yes")
        answer = client.post(link(mailbox), data={"updates": "yes"})
        return answer.location.partition("?")[0]

    def test_by_its_person_leaves_what_they_agreed_to_and_says_so(self, client, coalition, own):
        page = client.get(own).text
        assert WORDING in page
        assert "stay until you ask us to remove them" in page

        page = client.post(f"{own}/erasure").text

        assert "For that your name and address stay" in page
        preferences = page.partition('href="http://localhost/preferences/')[2].partition('"')[0]
        assert client.get(f"/preferences/{preferences}").status_code == 200
        assert read(coalition, Lead) is None
        with reading(coalition.id):
            assert has_consented(person_by_email("robin@example.org").id, UPDATES)

    def test_leaves_nothing_of_who_did_not_agree(self, client, coalition, mailbox):
        fill_in(client)
        own = client.post(link(mailbox)).location.partition("?")[0]

        assert "until you ask us" not in client.get(own).text
        assert "For that your name" not in client.post(f"{own}/erasure").text
        assert people(coalition) == 0

    def test_tells_nobody_with_the_link_that_the_address_is_known_otherwise(
        self, client, coalition, mailbox
    ):
        make_person(coalition, "robin@example.org", "Robin")
        fill_in(client)
        own = client.post(link(mailbox)).location.partition("?")[0]

        assert "/preferences/" not in client.get(own).text
        assert "/preferences/" not in client.post(f"{own}/erasure").text

    def test_says_nothing_of_a_person_who_is_gone(self, client, coalition, own):
        with transaction(coalition.id):
            session.delete(person_by_email("robin@example.org"))

        assert "until you ask us" not in client.get(own).text
        assert "For that your name" not in client.post(f"{own}/erasure").text

    def test_by_a_coordinator_says_that_the_person_stays(self, app, desk, coalition, own):
        lead = read(coalition, Lead)
        with reading(coalition.id):
            person = person_by_email("robin@example.org")
        page = desk.get(f"/manage/night-buses/leads/{lead.id}").text

        assert f'href="/manage/night-buses/people/{person.id}"' in page
        assert WORDING in page
        assert desk.post(f"/manage/night-buses/leads/{lead.id}/erasure").status_code == 303
        shown = desk.get(f"/manage/night-buses/people/{person.id}").text
        assert "on a form, confirmed by mail" in shown
        assert WORDING in shown

    def test_of_a_lead_without_a_person_says_nothing_of_one(self, desk, coalition, lead):
        page = desk.get(f"/manage/night-buses/leads/{lead.id}").text

        assert "did not agree to it here" in page
        assert "/manage/night-buses/people/0" not in page

    def test_of_a_person_names_their_leads(self, desk, coalition):
        make_lead(coalition, updates_wording="Yes.")
        make_lead(coalition, city="Burbank, CA", confirmed=False)
        make_lead(coalition, city="Fresno, CA", email="else@example.org")
        lead = read(coalition, Lead, place_name="Springfield")
        with reading(coalition.id):
            person = person_by_email("robin@example.org")

        removal = f"/manage/night-buses/people/{person.id}/removal"
        page = desk.get(removal).text

        assert (
            f'<a href="/manage/night-buses/leads/{lead.id}">The lead from Springfield' in page
        )
        assert "Burbank" not in page
        assert "Fresno" not in page
        assert desk.post(removal).status_code == 303
        assert read(coalition, Lead, place_name="Springfield").email == "robin@example.org"
        assert ask(coalition) == []

    def test_exports_what_was_agreed_to(self, client, coalition, own):
        told = json.loads(client.get(f"{own}/export.json").text)
        assert told["agreed_to_further_mail"] == WORDING

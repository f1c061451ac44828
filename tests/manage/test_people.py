"""Tests of the pages about people."""

import re

import pytest
from sqlalchemy import select, text

from coalition import db
from coalition.audit import AuditEntry
from coalition.consents.models import Consent, ConsentSource
from coalition.letters.signatures import Signature
from coalition.organizations.models import Membership
from coalition.people import custom_fields
from coalition.people.custom_fields import CustomKind
from coalition.people.models import Person, person_by_email
from coalition.testing import make_letter, make_organization, make_person, make_signature

PEOPLE = "/manage/night-buses/people/"


def page_of(person):
    return f"/manage/night-buses/people/{person.id}"


def stored(coalition, person_id):
    with db.reading(coalition.id):
        found = db.session.get(Person, person_id)
        return found and {
            "name": found.name,
            "emails": sorted(each.address for each in found.email_addresses),
            "primary": found.email,
            "phone": found.phone,
            "tags": found.tags,
            "custom": found.custom_fields,
            "notes": [note.text for note in found.notes],
        }


def only_person(coalition):
    with db.reading(coalition.id):
        return db.session.scalars(select(Person)).one()


def actions(coalition):
    with db.reading(coalition.id):
        return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


class TestIndex:
    def test_lists_by_family_name_and_finds_by_the_beginning(self, coordinator, coalition):
        make_person(coalition, "z@example.org", "Zoë", family_name="Álvarez")
        make_person(coalition, "m@example.org", "María José", family_name="de la Cruz")

        everybody = coordinator.get(PEOPLE).text
        found = coordinator.get(PEOPLE, query_string={"q": "maria de"}).text
        by_later_word = coordinator.get(PEOPLE, query_string={"q": "cruz"}).text

        assert everybody.index("Zoë Álvarez") < everybody.index("María José de la Cruz")
        for page in (found, by_later_word):
            assert "María José de la Cruz" in page
            assert "Zoë" not in page

    def test_finds_a_whole_address_for_coordinators_only(self, coordinator, viewer, coalition):
        make_person(coalition, "ada.lovelace@gmail.com", "Ada")
        make_person(coalition, "bob@example.org", "Bob")

        search = {"q": "AdaLovelace+letters@googlemail.com"}

        found = coordinator.get(PEOPLE, query_string=search).text
        assert ">Ada<" in found
        assert ">Bob<" not in found
        # A viewer who could try addresses would learn whose they are.
        assert ">Bob<" in viewer.get(PEOPLE, query_string=search).text

    def test_filters_by_tag_and_organization(self, coordinator, coalition):
        ada = make_person(coalition, "a@example.org", "Ada")
        make_person(coalition, "b@example.org", "Bob")
        union = make_organization("Bus Riders Union")
        with db.transaction(coalition.id) as session:
            person = session.get(Person, ada.id)
            person.set_tags(["press"])
            session.add(Membership(person_id=ada.id, organization_id=union.id))
            tag_id = person.taggings[0].tag_id

        by_tag = coordinator.get(PEOPLE, query_string={"tag": tag_id}).text
        by_organization = coordinator.get(PEOPLE, query_string={"organization": union.id}).text

        for page in (by_tag, by_organization):
            assert ">Ada<" in page
            assert ">Bob<" not in page

    def test_leads_on_to_the_next_page(self, coordinator, coalition):
        with db.transaction(coalition.id) as session:
            session.add_all(
                Person(given_name=f"Ada {number:03}", family_name="Able")
                for number in range(60)
            )

        first = coordinator.get(PEOPLE).text
        next_href = re.search(r'href="([^"]*after=[^"]*)"', first)[1].replace("&amp;", "&")
        second = coordinator.get(next_href).text

        assert "Ada 049" in first
        assert "Ada 050" not in first
        assert "Ada 050" in second
        assert "Ada 059" in second
        assert "Ada 049" not in second

    def test_takes_few_statements(self, coordinator, coalition, count_statements):
        union = make_organization("Bus Riders Union")
        with db.transaction(coalition.id) as session:
            people = [Person(given_name=f"Ada {n}") for n in range(40)]
            session.add_all(people)
            session.flush()
            for person in people:
                person.set_tags(["press", "volunteer"])
                session.add(Membership(person_id=person.id, organization_id=union.id))

        with count_statements() as statements:
            assert coordinator.get(PEOPLE).status_code == 200

        assert len(statements) <= 15

    def test_shows_nothing_of_another_coalition(self, stranger, trams, coalition):
        make_person(coalition, "ada@example.org", "Adalovelia")
        make_person(trams, "tim@example.net", "Tim")

        own = stranger.get("/manage/trams/people/").text
        other = stranger.get(PEOPLE)

        assert ">Tim<" in own
        assert "Adalovelia" not in own
        assert other.status_code == 404
        assert "Night Buses" not in other.text


class TestAdd:
    def test_stores_contact_data_sealed(self, coordinator, coalition):
        answer = coordinator.post(
            PEOPLE + "new",
            data={
                "given_name": "Ada",
                "family_name": "Able",
                "email": "Ada@Example.org",
                "phone": "+1 213 555 0100",
                "street": "Main Street 1",
                "tags": "press, Press, volunteer",
            },
        )

        assert answer.status_code == 303
        found = stored(coalition, only_person(coalition).id)
        assert found["name"] == "Ada Able"
        assert found["emails"] == ["Ada@example.org"]
        assert found["phone"] == "+1 213 555 0100"
        assert [tag.casefold() for tag in found["tags"]] == ["press", "volunteer"]
        with db.reading(coalition.id) as session:
            rows = str(session.execute(text("SELECT * FROM people")).all())
        assert "555 0100" not in rows
        assert "Main Street" not in rows
        assert "person.added" in actions(coalition)

    def test_leads_to_who_has_the_address_already(self, coordinator, coalition):
        ada = make_person(coalition, "ada@example.org", "Ada")

        answer = coordinator.post(
            PEOPLE + "new", data={"given_name": "A.", "email": "ada@example.org"}
        )

        assert answer.location == page_of(ada)
        assert only_person(coalition).name == "Ada"

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("given_name", "", "Fill this in."),
            ("given_name", "x" * 101, "At most 100 characters"),
            ("given_name", "Ada\x00", "control characters"),
            ("given_name", "Ada\u202eelba", "direction of writing"),
            ("email", "not an address", "is not an e-mail address"),
            ("email", "a@" + "b" * 300 + ".org", "At most 254 characters"),
            ("phone", "1" * 41, "At most 40 characters"),
            ("language", "tlh", "Choose one of the values offered."),
        ],
    )
    def test_shows_the_form_again_with_what_was_written(
        self, coordinator, coalition, field, value, said
    ):
        written = {"given_name": "Ada", "family_name": "Keptwritten", field: value}

        answer = coordinator.post(PEOPLE + "new", data=written)

        assert answer.status_code == 422
        assert said in answer.text
        assert "Keptwritten" in answer.text
        with db.reading(coalition.id):
            assert db.session.scalars(select(Person)).all() == []

    def test_takes_four_byte_characters(self, coordinator, coalition):
        coordinator.post(PEOPLE + "new", data={"given_name": "Ada 🚌", "family_name": "𠜎"})

        assert only_person(coalition).name == "Ada 🚌 𠜎"

    def test_is_not_for_viewers(self, viewer, coalition):
        assert viewer.get(PEOPLE + "new").status_code == 403
        assert viewer.post(PEOPLE + "new", data={"given_name": "Ada"}).status_code == 403
        with db.reading(coalition.id):
            assert db.session.scalars(select(Person)).all() == []


class TestCustomFields:
    @pytest.fixture
    def fields(self, coalition):
        with db.transaction(coalition.id):
            custom_fields.define("Shoe size", CustomKind.NUMBER)
            custom_fields.define("Met on", CustomKind.DATE)
            custom_fields.define("Speaks", CustomKind.YES_NO)
            custom_fields.define("District", CustomKind.CHOICE, ["North", "South"])

    def test_are_stored_by_their_kind(self, coordinator, coalition, fields):
        data = {
            "given_name": "Ada",
            "custom_shoe_size": "38.5",
            "custom_met_on": "2026-11-24",
            "custom_speaks": "no",
            "custom_district": "South",
        }

        coordinator.post(PEOPLE + "new", data=data)
        page = coordinator.get(page_of(only_person(coalition))).text

        assert only_person(coalition).custom_fields == {
            "shoe_size": 38.5,
            "met_on": "2026-11-24",
            "speaks": False,
            "district": "South",
        }
        for shown in ("Shoe size", "38.5", "South", "No"):
            assert shown in page

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("custom_shoe_size", "large", "Write a number"),
            ("custom_shoe_size", "9" * 30, "Write a number"),
            ("custom_met_on", "yesterday", "year-month-day"),
            ("custom_district", "West", "Choose one of the values offered."),
            ("custom_speaks", "perhaps", "Choose yes or no."),
            ("custom_district", "x" * 501, "At most 500 characters"),
        ],
    )
    def test_refuse_what_does_not_fit(self, coordinator, coalition, fields, field, value, said):
        answer = coordinator.post(PEOPLE + "new", data={"given_name": "Ada", field: value})

        assert answer.status_code == 422
        assert said in answer.text
        assert "Nothing was stored" in answer.text
        with db.reading(coalition.id):
            assert db.session.scalars(select(Person)).all() == []


class TestShow:
    def test_shows_a_coordinator_everything_and_notes_it(self, coordinator, coalition):
        ada = make_person(coalition, "ada@example.org", "Ada")
        with db.transaction(coalition.id) as session:
            session.get(Person, ada.id).note("Prefers calls", author_id=None)
            Consent.note(
                ada.id,
                "coalition_updates",
                given=True,
                wording="Yes, tell me how it goes on.",
                source=ConsentSource.IMPORT,
            )

        page = coordinator.get(page_of(ada)).text

        for shown in ("ada@example.org", "Prefers calls", "Yes, tell me how it goes on."):
            assert shown in page
        assert actions(coalition) == ["person.viewed"]

    def test_shows_a_viewer_the_name_and_no_contact_data(self, viewer, coalition):
        ada = make_person(coalition, "ada@example.org", "Ada")
        with db.transaction(coalition.id) as session:
            person = session.get(Person, ada.id)
            person.note("Prefers calls", author_id=None)
            person.phone, person.street = "+1 213 555 0100", "Main Street 1"
            person.postal_code = "90012"

        page = viewer.get(page_of(ada)).text

        assert "<h1>Ada</h1>" in page
        for hidden in ("ada@example.org", "Prefers calls", "555 0100", "Main Street", "90012"):
            assert hidden not in page
        assert actions(coalition) == []

    @pytest.mark.parametrize("source", ConsentSource)
    def test_says_where_each_consent_came_from(self, coordinator, coalition, source):
        person = make_person(coalition, "ada@example.org")
        with db.transaction(coalition.id):
            Consent.note(
                person.id, "coalition_updates", given=True, wording="Yes.", source=source
            )

        page = coordinator.get(page_of(person)).text

        assert re.search(r"Night Buses ·\s+\w[^<]+\s+<blockquote>Yes\.", page)

    def test_lists_the_signatures_of_the_person(self, coordinator, coalition):
        ada = make_person(coalition, "ada@example.org", "Ada")
        letter = make_letter(coalition, title="Keep them rolling")
        make_signature(letter, "Ada Able", email="ada@example.org", person_id=ada.id)

        assert "Keep them rolling" in coordinator.get(page_of(ada)).text

    @pytest.mark.parametrize("path", ["", "/edit", "/removal"])
    def test_hides_people_of_other_coalitions(self, stranger, trams, coalition, path):
        ada = make_person(coalition, "ada@example.org", "Adalovelia")

        own, others = f"/manage/trams/people/{ada.id}{path}", page_of(ada) + path

        for answer in (stranger.get(own), stranger.get(others)):
            assert answer.status_code == 404
            assert "Adalovelia" not in answer.text

    def test_answers_404_for_what_is_no_id(self, coordinator):
        assert coordinator.get(PEOPLE + "zzz").status_code == 404


class TestAddresses:
    def test_are_added_chosen_and_removed(self, coordinator, coalition):
        ada = make_person(coalition, "ada@example.org", "Ada")

        coordinator.post(page_of(ada) + "/addresses", data={"email": "ada@work.example"})
        with db.reading(coalition.id):
            second = next(
                each.id
                for each in db.session.get(Person, ada.id).email_addresses
                if each.address == "ada@work.example"
            )
        coordinator.post(f"{page_of(ada)}/addresses/{second}/primary")
        assert stored(coalition, ada.id)["primary"] == "ada@work.example"

        coordinator.post(f"{page_of(ada)}/addresses/{second}/removal")
        assert stored(coalition, ada.id)["emails"] == ["ada@example.org"]
        assert stored(coalition, ada.id)["primary"] == "ada@example.org"

    def test_of_somebody_else_are_refused(self, coordinator, coalition):
        ada = make_person(coalition, "ada@example.org", "Ada")
        make_person(coalition, "bob@example.org", "Bob")
        ada_id = ada.id

        answer = coordinator.post(
            page_of(ada) + "/addresses", data={"email": "bob@example.org"}
        )

        assert answer.status_code == 422
        assert "belongs to another person" in answer.text
        assert stored(coalition, ada_id)["emails"] == ["ada@example.org"]

    def test_of_another_person_cannot_be_removed_through_this_one(self, coordinator, coalition):
        ada = make_person(coalition, "ada@example.org", "Ada")
        bob = make_person(coalition, "bob@example.org", "Bob")
        with db.reading(coalition.id):
            of_bob = db.session.get(Person, bob.id).email_addresses[0].id
        bob_id = bob.id

        answer = coordinator.post(f"{page_of(ada)}/addresses/{of_bob}/removal")

        assert answer.status_code == 404
        assert stored(coalition, bob_id)["emails"] == ["bob@example.org"]


class TestNotes:
    def test_are_written_and_deleted(self, coordinator, coalition):
        ada = make_person(coalition, "ada@example.org", "Ada")

        coordinator.post(page_of(ada) + "/notes", data={"text": "Line one\r\nLine two"})
        page = coordinator.get(page_of(ada)).text

        assert "Line one<br>Line two" in page
        assert "Rosa" in page
        with db.reading(coalition.id):
            note = db.session.get(Person, ada.id).notes[0].id
        coordinator.post(f"{page_of(ada)}/notes/{note}/removal")
        assert stored(coalition, ada.id)["notes"] == []

    def test_have_a_limit_that_is_said(self, coordinator, coalition):
        ada = make_person(coalition, "ada@example.org", "Ada")

        answer = coordinator.post(page_of(ada) + "/notes", data={"text": "x" * 10_001})

        assert answer.status_code == 422
        assert "At most 10000 characters" in answer.text


class TestMemberships:
    def test_are_added_by_the_name_in_the_directory(self, coordinator, coalition):
        ada = make_person(coalition, "ada@example.org", "Ada")
        make_organization("Bus Riders Union")

        answer = coordinator.post(
            page_of(ada) + "/memberships",
            data={
                "organization": "the bus riders union",
                "title": "Director",
                "starts_on": "2026-01-02",
            },
        )

        assert answer.status_code == 303
        page = coordinator.get(page_of(ada)).text
        assert "Bus Riders Union" in page
        assert "Director" in page

    @pytest.mark.parametrize(
        ("written", "said"),
        [
            ({"organization": "Nobody Here"}, "no single organization called"),
            (
                {
                    "organization": "Bus Riders Union",
                    "starts_on": "2026-02-02",
                    "ends_on": "2026-01-01",
                },
                "before the first",
            ),
            ({"organization": "Bus Riders Union", "starts_on": "1.1.2026"}, "year-month-day"),
        ],
    )
    def test_are_refused_with_the_reason(self, coordinator, coalition, written, said):
        ada = make_person(coalition, "ada@example.org", "Ada")
        make_organization("Bus Riders Union")

        answer = coordinator.post(page_of(ada) + "/memberships", data=written)

        assert answer.status_code == 422
        assert said in answer.text
        assert written["organization"] in answer.text

    def test_end_and_disappear(self, coordinator, coalition):
        ada = make_person(coalition, "ada@example.org", "Ada")
        union = make_organization("Bus Riders Union")
        with db.transaction(coalition.id) as session:
            membership = Membership(person_id=ada.id, organization_id=union.id)
            session.add(membership)
        address = f"{page_of(ada)}/memberships/{membership.id}"

        coordinator.post(address + "/end")
        with db.reading(coalition.id):
            assert db.session.get(Membership, membership.id).ends_on == coalition.today()

        coordinator.post(address + "/removal")
        with db.reading(coalition.id):
            assert db.session.get(Membership, membership.id) is None


class TestChange:
    def test_takes_over_what_was_written_and_what_was_emptied(self, coordinator, coalition):
        ada = make_person(coalition, "ada@example.org", "Ada")
        with db.transaction(coalition.id) as session:
            session.get(Person, ada.id).phone = "+1 213 555 0100"

        form = coordinator.get(page_of(ada) + "/edit").text
        coordinator.post(
            page_of(ada) + "/edit", data={"given_name": "Augusta", "phone": "", "tags": "press"}
        )

        assert "+1 213 555 0100" in form
        found = stored(coalition, ada.id)
        assert (found["name"], found["phone"], found["tags"]) == ("Augusta", None, ["press"])
        assert "person.changed" in actions(coalition)

    def test_notes_the_names_of_fields_and_no_values(self, coordinator, coalition):
        ada = make_person(coalition, "ada@example.org", "Ada")

        coordinator.post(
            page_of(ada) + "/edit", data={"given_name": "Ada", "phone": "+1 213 555 0100"}
        )

        with db.reading(coalition.id):
            entry = db.session.scalars(
                select(AuditEntry).filter_by(action="person.changed")
            ).one()
        assert entry.fields == ["phone"]


class TestRemove:
    def test_keeps_signatures_counted(self, coordinator, coalition):
        ada = make_person(coalition, "ada@example.org", "Ada")
        letter = make_letter(coalition)
        make_signature(letter, "Ada Able", email="ada@example.org", person_id=ada.id)

        asked = coordinator.get(page_of(ada) + "/removal")
        answer = coordinator.post(page_of(ada) + "/removal")

        assert "stay counted" in asked.text
        assert answer.status_code == 303
        with db.reading(coalition.id):
            signature = db.session.scalars(select(Signature)).one()
            assert signature.counts
            assert signature.person_id is None
            assert person_by_email("ada@example.org") is None
        assert "person.removed" in actions(coalition)

    def test_is_not_for_viewers(self, viewer, coalition):
        ada = make_person(coalition, "ada@example.org", "Ada")

        assert viewer.post(page_of(ada) + "/removal").status_code == 403
        assert stored(coalition, ada.id) is not None

"""Each operation: what it does, and what it refuses."""

from sqlalchemy import select

from coalition import db
from coalition.areas.models import Area
from coalition.audit import AuditEntry
from coalition.documents.models import DocumentClaim
from coalition.letters.signatures import Signature, SignatureState
from coalition.people.models import Person
from coalition.testing import (
    make_campaign,
    make_document,
    make_letter,
    make_organization,
    make_person,
    make_signature,
)

CAMPAIGN = {"slug": "all-night-network", "title": "An all-night network"}
LETTER = {
    "slug": "owl-line",
    "texts": [{"language": "en", "title": "Keep the Owl line", "body": "Please **keep** it."}],
    "targets": [{"name": "Jo Driver", "office": "Chair", "body": "Transit Board"}],
}


def actions(coalition):
    with db.reading(coalition.id) as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [(each.actor_kind, each.action) for each in entries]


class TestCoalition:
    def test_is_read_by_its_own_token(self, api):
        answer = api.get("")

        assert answer.status_code == 200
        assert answer.get_json()["name"] == "Night Buses"


class TestCampaigns:
    def test_are_added_read_changed_and_removed(self, api, coalition):
        made = api.post("/campaigns", {**CAMPAIGN, "goal": "Buses all night"})
        changed = api.patch("/campaigns/all-night-network", {"status": "won"})
        removed = api.delete("/campaigns/all-night-network")

        assert made.status_code == 201
        assert made.headers["Location"].endswith("/campaigns/all-night-network")
        assert changed.get_json() == {**made.get_json(), "status": "won"}
        assert removed.status_code == 204
        assert api.get("/campaigns/all-night-network").status_code == 404
        assert actions(coalition) == [
            ("token", "campaign.added"),
            ("token", "campaign.changed"),
            ("token", "campaign.removed"),
        ]

    def test_are_published_when_they_say_enough(self, api, coalition):
        api.post("/campaigns", CAMPAIGN)
        texts = {"goal": "Buses", "summary": "Because", "call": "Come"}

        too_early = api.post("/campaigns/all-night-network/publication")
        api.patch("/campaigns/all-night-network", texts)
        published = api.post("/campaigns/all-night-network/publication")
        hidden = api.post("/campaigns/all-night-network/unpublication")

        assert too_early.status_code == 409
        assert too_early.get_json()["code"] == "campaign_incomplete"
        assert published.get_json()["is_published"]
        assert not hidden.get_json()["is_published"]

    def test_are_translated_and_tied_to_a_place(self, api):
        with db.transaction() as session:
            division = "ocd-division/country:us/state:ca/place:anytown"
            session.add(Area(division_id=division, name="Anytown", region="CA"))
        texts = [{"language": "es", "title": "Una red nocturna"}]

        made = api.post("/campaigns", {**CAMPAIGN, "area": "anytown", "translations": texts})
        own = api.patch(
            "/campaigns/all-night-network",
            {"translations": [{"language": "en", "title": "x"}]},
        )
        nowhere = api.patch("/campaigns/all-night-network", {"area": "Atlantis"})

        assert made.get_json()["area"] == division
        assert made.get_json()["translations"][0]["title"] == "Una red nocturna"
        assert (own.status_code, nowhere.status_code) == (422, 422)
        kept = api.get("/campaigns/all-night-network").get_json()
        assert kept == made.get_json()

    def test_give_their_documents_with_claims(self, api, coalition):
        campaign = make_campaign(coalition)
        document = make_document(campaign, "Minutes", file=("minutes.txt", b"Words"))
        make_document(campaign, "Strategy", public=False)
        with db.transaction(coalition.id) as session:
            session.add(DocumentClaim(document_id=document.id, position=1, claim="It is so"))

        listed = api.get("/campaigns/all-night-network/documents").get_json()["records"]
        one = api.get(f"/campaigns/all-night-network/documents/{document.id}").get_json()

        assert [(each["title"], each["is_public"]) for each in listed] == [
            ("Minutes", True),
            ("Strategy", False),
        ]
        assert one == listed[0]
        assert one["file"]["name"] == "minutes.txt"
        assert [each["claim"] for each in one["claims"]] == ["It is so"]

    def test_refuse_a_slug_that_is_taken(self, api):
        api.post("/campaigns", CAMPAIGN)
        api.post("/campaigns", {**CAMPAIGN, "slug": "other"})

        again = api.post("/campaigns", CAMPAIGN)
        moved = api.patch("/campaigns/other", {"slug": CAMPAIGN["slug"]})

        assert (again.status_code, moved.status_code) == (409, 409)
        assert "slug" in again.get_json()["errors"]

    def test_stay_while_they_have_letters(self, api):
        api.post("/campaigns", CAMPAIGN)
        api.post("/letters", {**LETTER, "campaign": CAMPAIGN["slug"]})

        removed = api.delete("/campaigns/all-night-network")

        assert removed.status_code == 409
        assert removed.get_json()["code"] == "campaign_has_letters"

    def test_refuse_days_in_the_wrong_order_also_against_what_is_stored(self, api):
        api.post("/campaigns", {**CAMPAIGN, "starts_on": "2026-09-01"})

        changed = api.patch("/campaigns/all-night-network", {"ends_on": "2026-08-01"})

        assert changed.status_code == 422
        assert list(changed.get_json()["errors"]) == ["ends_on"]


class TestLetters:
    def test_go_from_draft_to_delivered(self, api, coalition):
        made = api.post("/letters", LETTER)
        opened = api.post("/letters/owl-line/opening")
        closed = api.post("/letters/owl-line/closing")
        delivered = api.post("/letters/owl-line/delivery", {"note": "To the clerk."})

        states = [each.get_json()["state"] for each in (made, opened, closed, delivered)]
        assert states == ["draft", "open", "closed", "delivered"]
        assert delivered.get_json()["delivery_note"] == "To the clerk."
        assert {kind for kind, _ in actions(coalition)} == {"token"}

    def test_make_a_slug_from_the_title(self, api):
        made = api.post("/letters", {**LETTER, "slug": ""})

        assert made.get_json()["slug"] == "keep-the-owl-line"

    def test_keep_what_a_change_leaves_out(self, api):
        made = api.post("/letters", LETTER).get_json()

        changed = api.patch("/letters/owl-line", {"goal": 150})

        assert changed.status_code == 200
        assert changed.get_json() == {**made, "goal": 150}

    def test_do_not_lose_somebody_elses_change(self, api):
        before = api.post("/letters", LETTER).headers["ETag"]
        api.patch("/letters/owl-line", {"goal": 150})

        late = api.patch("/letters/owl-line", {"goal": 200}, match=before)
        blind = api.send("PATCH", "/letters/owl-line", {"goal": 200})

        assert (late.status_code, blind.status_code) == (412, 428)
        assert api.get("/letters/owl-line").get_json()["goal"] == 150

    def test_change_a_signed_text_only_with_a_yes(self, api, coalition):
        letter = make_letter(coalition)
        make_signature(letter, "Ada Lovelace")
        path, texts = f"/letters/{letter.slug}", LETTER["texts"]

        refused = api.patch(path, {"texts": texts})
        agreed = api.patch(path, {"texts": texts, "signed_text_too": True})

        assert (refused.status_code, agreed.status_code) == (422, 200)

    def test_cannot_be_opened_without_text_or_delivered_while_open(self, api, coalition):
        api.post("/letters", {"slug": "empty"})
        make_letter(coalition)

        opened = api.post("/letters/empty/opening")
        delivered = api.post("/letters/keep-the-night-buses/delivery", {"note": "x"})

        assert (opened.status_code, delivered.status_code) == (422, 409)

    def test_name_the_nested_field_that_is_wrong(self, api):
        bad = {**LETTER, "texts": [{"language": "en", "title": "", "body": "x"}]}

        refused = api.post("/letters", bad)

        assert refused.status_code == 422
        assert list(refused.get_json()["errors"]) == ["texts.0.title"]

    def test_take_whole_texts_also_in_a_change(self, api):
        api.post("/letters", LETTER)

        refused = api.patch("/letters/owl-line", {"texts": [{"title": "Half"}]})

        assert refused.status_code == 422
        assert list(refused.get_json()["errors"]) == ["texts.0.language"]

    def test_are_listed_by_state_and_campaign(self, api, coalition):
        api.post("/campaigns", CAMPAIGN)
        api.post("/letters", {**LETTER, "campaign": CAMPAIGN["slug"]})
        make_letter(coalition)

        def slugs(query):
            return [each["slug"] for each in api.get(f"/letters?{query}").get_json()["records"]]

        assert slugs("") == ["owl-line", "keep-the-night-buses"]
        assert slugs("state=open") == ["keep-the-night-buses"]
        assert slugs("campaign=all-night-network") == ["owl-line"]


class TestPeople:
    def test_are_added_found_by_address_changed_and_removed(self, api, coalition):
        made = api.post(
            "/people", {"given_name": "Rosa", "email": "rosa@example.org", "tags": ["driver"]}
        )
        person = made.get_json()
        path = f"/people/{person['id']}"
        make_person(coalition, "other@example.org")
        found = api.get("/people?email=Rosa%2Bnews@example.org").get_json()["records"]
        changed = api.patch(path, {"city": "Long Beach", "tags": ["steward"]})
        removed = api.delete(path)

        assert made.status_code == 201
        assert [each["id"] for each in found] == [person["id"]]
        assert changed.get_json() == {**person, "city": "Long Beach", "tags": ["steward"]}
        assert removed.status_code == 204
        assert api.get(path).status_code == 404

    def test_refuse_an_address_that_somebody_has(self, api, coalition):
        make_person(coalition, "ada@example.org")

        refused = api.post("/people", {"given_name": "Eve", "email": "ada@example.org"})

        assert refused.status_code == 409
        assert len(api.get("/people").get_json()["records"]) == 1

    def test_refuse_what_no_program_may_set(self, api, coalition):
        for name in ("id", "coalition_id", "created_at", "given_key", "notes", "is_admin"):
            refused = api.post("/people", {"given_name": "Eve", name: "x"})

            assert refused.status_code == 422
            assert list(refused.get_json()["errors"]) == [name]
        with db.reading(coalition.id) as session:
            assert session.scalars(select(Person)).all() == []

    def test_carry_addresses_of_which_one_is_written_to(self, api, coalition):
        person = make_person(coalition, "ada@example.org")
        path = f"/people/{person.id}/addresses"
        added = api.post(path, {"address": "ada@union.example"}).get_json()
        chosen = api.patch(f"{path}/{added['id']}", {"is_primary": True})
        first = api.get(path).get_json()["records"][0]
        removed = api.delete(f"{path}/{first['id']}")

        assert chosen.get_json()["is_primary"] is True
        assert first["is_primary"] is False
        assert removed.status_code == 204
        assert [each["address"] for each in api.get(path).get_json()["records"]] == [
            "ada@union.example"
        ]

    def test_have_notes(self, api, coalition):
        path = f"/people/{make_person(coalition, 'ada@example.org').id}/notes"

        made = api.post(path, {"text": "Speaks on Monday."})
        read = api.get(f"{path}/{made.get_json()['id']}")
        removed = api.delete(f"{path}/{made.get_json()['id']}")

        assert read.get_json()["text"] == "Speaks on Monday."
        assert removed.status_code == 204
        assert api.get(path).get_json()["records"] == []

    def test_belong_to_organizations(self, api, coalition):
        path = f"/people/{make_person(coalition, 'ada@example.org').id}/memberships"
        union = make_organization("Riders' Union")

        made = api.post(path, {"organization_id": str(union.id), "starts_on": "2025-05-01"})
        one = f"{path}/{made.get_json()['id']}"
        ended = api.patch(one, {"ends_on": "2026-05-01"})
        wrong = api.patch(one, {"ends_on": "2020-05-01"})
        unknown = api.post(path, {"organization_id": made.get_json()["id"]})
        removed = api.delete(one)

        assert made.get_json()["organization_name"] == "Riders' Union"
        assert ended.get_json()["ends_on"] == "2026-05-01"
        assert (wrong.status_code, unknown.status_code) == (422, 422)
        assert removed.status_code == 204

    def test_do_not_show_the_notes_of_another_person(self, api, coalition):
        ada, eve = (make_person(coalition, f"{name}@example.org") for name in ("ada", "eve"))
        note = api.post(f"/people/{ada.id}/notes", {"text": "x"}).get_json()

        assert api.get(f"/people/{eve.id}/notes/{note['id']}").status_code == 404


class TestLookingAtContactData:
    def test_is_noted_as_on_the_pages(self, api, coalition):
        ada = make_person(coalition, "ada@example.org")
        letter = make_letter(coalition)
        signed = make_signature(letter, "Ada Able", email="ada@example.org")
        signatures = f"/letters/{letter.slug}/signatures"

        for path in (
            f"/people/{ada.id}",
            f"/people/{ada.id}/addresses",
            "/people",
            f"{signatures}/{signed.id}",
            signatures,
        ):
            assert api.get(path).status_code == 200

        assert [action for kind, action in actions(coalition) if kind == "token"] == [
            "person.viewed",
            "person.viewed",
            "people.viewed",
            "signature.viewed",
            "signatures.viewed",
        ]

    def test_is_not_noted_where_there_is_nothing(self, api, coalition):
        db.session.expunge_all()  # the refused request would empty it

        answer = api.get(f"/people/{coalition.id}")

        assert answer.status_code == 404
        assert actions(coalition) == []


class TestOrganizations:
    def test_are_added_found_and_changed(self, api):
        made = api.post("/organizations", {"name": "The Riders’ Union", "city": "LA"})
        path = f"/organizations/{made.get_json()['id']}"
        found = api.get("/organizations?search=riders").get_json()["records"]
        changed = api.patch(path, {"name": "Riders United", "domains": ["riders.example"]})

        assert made.status_code == 201
        assert [each["id"] for each in found] == [made.get_json()["id"]]
        assert changed.get_json()["name"] == "Riders United"
        assert changed.get_json()["city"] == "LA"
        assert [each["name"] for each in changed.get_json()["aliases"]] == ["The Riders’ Union"]

    def test_refuse_a_name_that_the_directory_has(self, api):
        union_id = make_organization("The Riders’ Union").id

        again = api.post("/organizations", {"name": "riders union"})

        assert again.status_code == 409
        assert again.get_json()["existing"] == str(union_id)
        assert "name" in again.get_json()["errors"]

    def test_refuse_letters_that_only_look_latin(self, api):
        path = f"/organizations/{make_organization('Riders United').id}"

        answers = [
            api.post("/organizations", {"name": "АCLU"}),
            api.patch(path, {"name": "Ridеrs United"}),
            api.post(f"{path}/aliases", {"name": "Ridеrs"}),
        ]

        assert [each.status_code for each in answers] == [422, 422, 422]
        assert {each.get_json()["code"] for each in answers} == {"look_alike_letters"}

    def test_have_other_names(self, api):
        path = f"/organizations/{make_organization('Riders United').id}/aliases"

        made = api.post(path, {"name": "RU"})
        again = api.post(path, {"name": "R U"})
        removed = api.delete(f"{path}/{made.get_json()['id']}")

        assert made.status_code == 201
        assert again.status_code == 201
        assert removed.status_code == 204

    def test_are_not_changed_while_another_coalition_uses_them(self, api, api_of):
        from coalition.testing import make_coalition

        shared = make_organization("Riders United")
        other = api_of(make_coalition("bike-lanes", "Bike Lanes"))
        other.post("/memberships", {"organization_id": str(shared.id)})

        changed = api.patch(f"/organizations/{shared.id}", {"domains": ["evil.example"]})
        named = api.post(f"/organizations/{shared.id}/aliases", {"name": "Evil"})

        assert (changed.status_code, named.status_code) == (403, 403)
        assert api.get(f"/organizations/{shared.id}").get_json()["domains"] == []

    def test_are_put_on_the_list_of_members_and_leave(self, api):
        union = make_organization("Riders United")

        made = api.post(
            "/memberships",
            {"organization_id": str(union.id), "state": "active", "role": "lead"},
        )
        path = f"/memberships/{made.get_json()['id']}"
        again = api.post("/memberships", {"organization_id": str(union.id)})
        left = api.patch(path, {"state": "left"})

        assert made.get_json()["organization_name"] == "Riders United"
        assert (made.get_json()["role"], made.get_json()["state"]) == ("lead", "active")
        assert again.status_code == 409
        assert left.get_json()["ends_on"] is not None
        assert api.get("/memberships?state=active").get_json()["records"] == []


class TestDecidingAboutSignatures:
    def test_approves_with_an_organization(self, api, coalition):
        letter = make_letter(coalition)
        union = make_organization("Riders United")
        waiting = make_signature(
            letter,
            "Riders Untied",
            kind="organization",
            organization=union,
            state=SignatureState.CONFIRMED,
        )
        path = f"/letters/{letter.slug}/signatures/{waiting.id}"

        approved = api.post(f"{path}/approval", {"organization_id": str(union.id)})
        again = api.post(f"{path}/approval", {"organization_id": str(union.id)})

        assert approved.get_json()["state"] == "approved"
        assert approved.get_json()["counts"] is True
        assert again.status_code == 409

    def test_rejects_with_a_reason_and_withdraws(self, api, coalition):
        letter = make_letter(coalition)
        ada, eve = (make_signature(letter, name) for name in ("Ada Lovelace", "Eve Ng"))
        path = f"/letters/{letter.slug}/signatures"

        rejected = api.post(f"{path}/{eve.id}/rejection", {"reason": "Not her."})
        silent = api.post(f"{path}/{ada.id}/rejection", {"reason": " "})
        withdrawn = api.post(f"{path}/{ada.id}/withdrawal")

        assert rejected.get_json()["rejection_reason"] == "Not her."
        assert silent.status_code == 422
        assert withdrawn.get_json()["state"] == "withdrawn"
        assert withdrawn.get_json()["listed"] is False

    def test_lists_by_kind_and_state(self, api, coalition):
        letter = make_letter(coalition)
        make_signature(letter, "Ada Lovelace")
        make_signature(letter, "Riders United", kind="organization")
        path = f"/letters/{letter.slug}/signatures"

        people = api.get(f"{path}?kind=person").get_json()["records"]
        approved = api.get(f"{path}?state=approved").get_json()["records"]

        assert [each["listed_name"] for each in people] == ["Ada Lovelace"]
        assert [each["listed_name"] for each in approved] == ["Riders United"]
        assert people[0]["email"].endswith("@example.org")

    def test_does_not_find_a_signature_under_another_letter(self, api, coalition):
        coalition_id = coalition.id
        signature = make_signature(make_letter(coalition), "Ada Lovelace")
        make_letter(coalition, "second")

        path = f"/letters/second/signatures/{signature.id}"

        assert api.get(path).status_code == 404
        assert api.post(f"{path}/withdrawal").status_code == 404
        with db.reading(coalition_id) as session:
            assert session.scalars(select(Signature)).one().state == SignatureState.CONFIRMED

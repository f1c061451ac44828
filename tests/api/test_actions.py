"""Actions, records, the ladder and tasks through the API."""

import pytest

from coalition import db
from coalition.actions import reporting
from coalition.actions.models import Action
from coalition.actions.participations import ParticipationState
from coalition.testing import make_action, make_organization, make_user

ACTION = {
    "slug": "call-the-board",
    "campaign": "night-line",
    "kind": "call",
    "texts": [{"language": "en", "title": "Call", "instructions": "Say why."}],
}


@pytest.fixture
def action(coalition):
    return make_action(coalition)


class TestActions:
    def test_are_added_changed_opened_and_closed(self, api, action):
        made = api.post("/actions", ACTION).get_json()
        assert (made["state"], made["campaign"]) == ("draft", "night-line")

        changed = api.patch("/actions/call-the-board", {"goal": 5, "phone": "555 0100"})
        assert changed.get_json()["goal"] == 5
        assert changed.get_json()["texts"][0]["title"] == "Call"
        assert api.post("/actions/call-the-board/opening").get_json()["state"] == "open"
        assert api.post("/actions/call-the-board/closing").get_json()["state"] == "closed"

    @pytest.mark.parametrize(
        ("field", "value", "code"),
        [
            ("campaign", "nowhere", "invalid"),
            ("slug", "send-a-comment", "slug_taken"),
            ("meeting_id", "00000000-0000-7000-8000-000000000001", "action_place"),
            ("kind", "shout", "invalid"),
        ],
    )
    def test_are_refused_with_a_reason(self, api, action, field, value, code):
        answer = api.post("/actions", {**ACTION, field: value})

        assert answer.status_code in (409, 422)
        assert answer.get_json()["code"] == code
        assert field in answer.get_json()["errors"]

    def test_are_filtered(self, api, coalition, action):
        make_action(coalition, "draft", opened=False)

        found = api.get("/actions?state=draft").get_json()["records"]

        assert [each["slug"] for each in found] == ["draft"]
        assert api.get("/actions?campaign=other").get_json()["records"] == []

    def test_keep_their_campaign(self, api, action):
        answer = api.delete("/campaigns/night-line")

        assert answer.status_code == 409
        assert answer.get_json()["code"] == "campaign_has_actions"

    def test_need_the_scope(self, api_of, coalition, action):
        reader = api_of(coalition, "actions:read")

        assert reader.get("/actions/send-a-comment").status_code == 200
        assert reader.post("/actions", ACTION).status_code == 403


class TestParticipations:
    def test_show_no_name_and_no_evidence(self, api, action):
        made = api.post(
            "/actions/send-a-comment/participations", {"name": "Ada L", "copy": "Secret"}
        )
        listed = api.get("/actions/send-a-comment/participations")

        for answer in (made, listed):
            assert "Ada" not in answer.text
            assert "Secret" not in answer.text
        assert api.get("/actions/send-a-comment/tally").get_json()["people"] == 1

    def test_of_an_organization_are_one_per_action(self, api, action):
        riders = make_organization("Bus Riders")
        body = {"name": "Rita", "organization_id": str(riders.id), "state": "pledged"}

        api.post("/actions/send-a-comment/participations", body)
        again = api.post("/actions/send-a-comment/participations", body)

        assert again.get_json()["code"] == "already_recorded"

    def test_are_filtered_by_state(self, api, coalition, action):
        with db.transaction(coalition.id) as session:
            found = session.get(Action, action.id)
            for state in (ParticipationState.PLEDGED, ParticipationState.REPORTED):
                reporting.record(found, name="A", state=state)

        listed = api.get("/actions/send-a-comment/participations?state=pledged").get_json()

        assert [each["state"] for each in listed["records"]] == ["pledged"]

    def test_refuse_an_unknown_person(self, api, action):
        body = {"name": "A", "person_id": "00000000-0000-7000-8000-000000000001"}

        answer = api.post("/actions/send-a-comment/participations", body)

        assert answer.status_code == 422
        assert "person_id" in answer.get_json()["errors"]


class TestTasks:
    def test_are_added_changed_and_finished(self, api, coalition, action):
        owner = make_user("rosa@example.org", coalition)
        body = {"title": "Call", "owner_id": str(owner.id), "action_id": str(action.id)}
        made = api.post("/follow-ups", body).get_json()

        api.patch(f"/follow-ups/{made['id']}", {"due_on": "2036-12-20"})
        done = api.post(f"/follow-ups/{made['id']}/completion").get_json()

        assert done["done_at"] is not None
        assert (done["due_on"], done["action_id"]) == ("2036-12-20", str(action.id))
        assert api.get("/follow-ups?is_done=no").get_json()["records"] == []
        assert len(api.get("/follow-ups?is_done=yes").get_json()["records"]) == 1

    @pytest.mark.parametrize("field", ["owner_id", "person_id", "meeting_id"])
    def test_are_about_something_that_is_there(self, api, field):
        body = {"title": "Call", field: "00000000-0000-7000-8000-000000000001"}

        answer = api.post("/follow-ups", body)

        assert answer.status_code == 422
        assert field in answer.get_json()["errors"]


class TestLadder:
    def test_is_empty_until_there_are_rungs(self, api):
        assert api.get("/ladder").get_json() == {"rungs": []}

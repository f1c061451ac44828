"""The coordinator's pages of actions, records and commitments."""

import html

import pytest
from sqlalchemy import select

from coalition import db
from coalition.actions import queries, reporting
from coalition.actions.models import Action, ActionKind, ActionState, Audience
from coalition.actions.participations import ParticipationState
from coalition.audit import AuditEntry
from coalition.segments.conditions import Subject
from coalition.segments.models import Segment
from coalition.testing import make_action, make_meeting, make_organization

DESK = "/manage/night-buses/actions"
ACTION = f"{DESK}/send-a-comment"


def action_of(coalition, slug="send-a-comment"):
    db.session.remove()
    with db.reading(coalition.id):
        return queries.action_or_raise(slug)


@pytest.fixture
def campaign_id(coalition, meeting):
    return make_action(coalition, "other", opened=False).campaign_id


def sent(campaign_id, **values):
    return {
        "campaign_id": str(campaign_id),
        "kind": "comment",
        "time_zone": "America/Los_Angeles",
        "slug": "send-a-comment",
        "text_language": ["en", "es"],
        "text_title": ["Send a comment", "Envíe un comentario"],
        "text_instructions": ["Why **now**", "Por qué"],
        "text_script": ["", ""],
        "text_subject": ["", ""],
        "text_template": ["Dear members", "Estimados miembros"],
        **values,
    }


class TestEditor:
    def test_stores_a_draft_in_two_languages(
        self, coordinator, coalition, campaign_id, meeting, item_id
    ):
        data = sent(
            campaign_id,
            meeting_id=str(meeting.id),
            agenda_item_id=str(item_id),
            position="oppose",
            goal="50",
        )

        answer = coordinator.post(f"{DESK}/new", data=data)

        assert answer.status_code == 303
        made = action_of(coalition)
        assert (made.state, made.goal, made.languages) == (ActionState.DRAFT, 50, ["en", "es"])
        assert made.text_in("es").template == "Estimados miembros"

    def test_comes_back_filled_in(self, coordinator, coalition, campaign_id):
        coordinator.post(f"{DESK}/new", data=sent(campaign_id, closes_at="2037-01-02T17:00"))

        page = html.unescape(coordinator.get(f"{ACTION}/edit").text)

        for shown in ("2037-01-02T17:00", "Envíe un comentario", "Dear members"):
            assert shown in page

    def test_adds_a_language_without_storing(self, coordinator, campaign_id):
        data = sent(campaign_id, add_text="yes", new_language="hy")

        page = coordinator.post(f"{DESK}/new", data=data)

        assert 'value="hy"' in page.text
        assert "Envíe un comentario" in page.text

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("slug", "other", "Another action uses"),
            ("campaign_id", "", "Fill this in."),
            ("meeting_id", "x", "Choose one of the values offered."),
            ("closes_at", "tomorrow", "is not a date and time"),
            ("time_zone", "Mars", "is not a time zone"),
            ("goal", "0", "whole number"),
            ("email", "clerk", ""),
        ],
    )
    def test_says_what_is_wrong_and_keeps_the_rest(
        self, coordinator, campaign_id, field, value, said
    ):
        answer = coordinator.post(f"{DESK}/new", data={**sent(campaign_id), field: value})

        assert answer.status_code == 422
        assert said in html.unescape(answer.text)
        assert "Envíe un comentario" in answer.text

    def test_asks_a_segment(self, coordinator, coalition, campaign_id):
        with db.transaction(coalition.id):
            segment = Segment.save(
                name="Everybody we know",
                subject=Subject.PEOPLE,
                question={"match": "all", "of": []},
            )
            segment_id = str(segment.id)
        assert "Everybody we know" in coordinator.get(f"{DESK}/new").text

        data = sent(campaign_id, audience="segment", segment_id=segment_id)
        coordinator.post(f"{DESK}/new", data=data)

        assert str(action_of(coalition).segment_id) == segment_id
        assert coordinator.post(f"{ACTION}/opening").status_code == 303
        assert "Everybody we know" in coordinator.get(f"{ACTION}/").text

    def test_is_for_coordinators(self, viewer, coalition):
        assert viewer.get(f"{DESK}/new").status_code == 403
        assert viewer.post(f"{DESK}/new").status_code == 403


class TestLife:
    def test_opens_and_closes(self, coordinator, coalition):
        make_action(coalition, opened=False)

        coordinator.post(f"{ACTION}/opening")
        assert action_of(coalition).state == ActionState.OPEN
        coordinator.post(f"{ACTION}/closing")
        assert action_of(coalition).state == ActionState.CLOSED

    def test_says_why_it_cannot_open(self, coordinator, coalition):
        make_action(coalition, opened=False, audience=Audience.AREA)

        answer = coordinator.post(f"{ACTION}/opening")

        assert answer.status_code == 422
        assert "in which place" in answer.text

    def test_is_listed(self, coordinator, coalition):
        make_action(coalition)

        page = coordinator.get(f"{DESK}/").text

        assert "Send a comment" in page
        assert "Keep the night line" in page

    def test_removes_drafts(self, coordinator, coalition):
        make_action(coalition, opened=False)

        assert coordinator.post(f"{ACTION}/removal").status_code == 303
        assert coordinator.get(f"{ACTION}/").status_code == 404

    def test_follows_an_item_that_is_put_off(
        self, coalition, council, meeting, item_id, changing, run_jobs
    ):
        make_action(coalition, meeting_id=meeting.id, agenda_item_id=item_id)
        later = make_meeting(coalition, council, meeting.local_start.date().replace(year=2037))
        with changing(meeting) as found:
            moved = found.items[0].continue_to(db.session.get(type(later), later.id))
            moved_id = moved.id

        run_jobs()

        action = action_of(coalition)
        assert (action.meeting_id, action.agenda_item_id) == (later.id, moved_id)


class TestRecords:
    def test_are_written_down_with_a_person(self, coordinator, coalition, records):
        make_action(coalition)
        data = {"name": "Ada Lovelace", "email": "ada@example.org", "copy": "Keep it"}

        answer = coordinator.post(f"{ACTION}/participations/", data=data)

        assert answer.status_code == 303
        (made,) = records()
        assert (made.copy, made.state) == ("Keep it", ParticipationState.REPORTED)
        page = coordinator.get(f"/manage/night-buses/people/{made.person_id}").text
        assert "Send a comment" in page

    def test_are_written_down_for_an_organization(
        self, coordinator, coalition, riders, records
    ):
        make_action(coalition)
        data = {"organization": "Bus Riders Union", "state": "pledged", "promised": "10"}

        coordinator.post(f"{ACTION}/participations/", data=data)
        again = coordinator.post(f"{ACTION}/participations/", data=data)

        assert [(each.organization_id, each.promised) for each in records()] == [
            (riders.id, 10)
        ]
        assert again.status_code == 422
        assert "record of Bus Riders Union" in again.text
        page = coordinator.get(f"{ACTION}/").text
        assert "What organizations promised and did" in page

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({}, "Write who it was"),
            ({"organization": "Nobody's"}, "Nobody"),
            ({"name": "A", "promised": "many"}, "whole number"),
            ({"name": "A", "done_at": "now"}, "is not a date"),
        ],
    )
    def test_are_refused_with_a_reason(self, coordinator, coalition, data, said, records):
        make_action(coalition)

        answer = coordinator.post(f"{ACTION}/participations/", data=data)

        assert answer.status_code == 422
        assert said in html.unescape(answer.text)
        assert records() == []

    def test_are_decided(self, coordinator, coalition, records):
        make_action(coalition, kind=ActionKind.ATTEND)
        coordinator.post(f"{ACTION}/participations/", data={"name": "Ada"})
        record = f"{ACTION}/participations/{records()[0].id}"

        coordinator.post(f"{record}/speech")
        coordinator.post(f"{record}/confirmation")
        assert (records()[0].state, records()[0].spoke) == (ParticipationState.CONFIRMED, True)
        refused = coordinator.post(f"{record}/absence")
        assert refused.status_code == 409
        assert "this record is confirmed" in refused.text
        coordinator.post(f"{record}/refusal")

        assert records()[0].state == ParticipationState.REJECTED

    def test_show_evidence_to_coordinators_and_note_the_look(
        self, coordinator, viewer, coalition, records
    ):
        make_action(coalition)
        coordinator.post(
            f"{ACTION}/participations/",
            data={"name": "Ada", "email": "ada@example.org", "copy": "Keep it", "note": "Shy"},
        )
        record = f"{ACTION}/participations/{records()[0].id}"

        seen, hidden = coordinator.get(record).text, viewer.get(record).text

        for secret in ("Keep it", "Shy"):
            assert secret in seen
            assert secret not in hidden
        with db.reading(coalition.id) as session:
            done = session.scalars(select(AuditEntry.action))
            assert "participation.viewed" in set(done)

    def test_belong_to_their_action(self, coordinator, coalition, records):
        make_action(coalition)
        make_action(coalition, "another")
        coordinator.post(f"{ACTION}/participations/", data={"name": "Ada"})

        answer = coordinator.get(f"{DESK}/another/participations/{records()[0].id}")

        assert answer.status_code == 404

    def test_are_counted_by_state(self, coordinator, coalition, as_coordinator):
        action = make_action(coalition)
        with db.transaction(coalition.id) as session:
            for state in (ParticipationState.REPORTED, ParticipationState.PLEDGED):
                reporting.record(session.get(Action, action.id), name="Ada", state=state)

        with db.reading(coalition.id):
            tally = queries.tally(action.id)

        assert (tally.people, tally.pledged, tally.organizations) == (1, 1, 0)
        assert "Ada" in coordinator.get(f"{ACTION}/?state=pledged").text


class TestCommitments:
    PAGE = "/manage/night-buses/commitments/"

    def test_are_promised_and_kept_by_representatives(
        self, representative, coalition, riders, records
    ):
        make_action(coalition, kind=ActionKind.ATTEND)
        assert "We promise" in representative.get(self.PAGE).text
        mine = f"{self.PAGE}send-a-comment/{riders.id}"

        representative.post(f"{mine}/promise", data={"name": "Rita", "promised": "10"})
        assert "Promised: 10." in representative.get(self.PAGE).text
        representative.post(f"{mine}/report", data={"name": "Rita", "delivered": "8"})

        (kept,) = records()
        assert (kept.promised, kept.delivered) == (10, 8)
        assert "Delivered: 8." in representative.get(self.PAGE).text

    def test_are_refused_with_the_reason_beside_them(self, representative, coalition, riders):
        make_action(coalition)

        answer = representative.post(
            f"{self.PAGE}send-a-comment/{riders.id}/promise", data={"promised": "-1"}
        )

        assert answer.status_code == 422
        assert 'value="-1"' in answer.text

    def test_can_be_declined(self, representative, coalition, riders, records):
        make_action(coalition)

        representative.post(f"{self.PAGE}send-a-comment/{riders.id}/decline", data={})

        assert records()[0].state == ParticipationState.DECLINED

    def test_are_of_ones_own_organizations(self, representative, coalition):
        make_action(coalition)
        theirs = make_organization("Tram Friends").id

        for way in ("promise", "report", "decline"):
            for data in ({"name": "X"}, {"promised": "-1", "delivered": "-1"}):
                answer = representative.post(
                    f"{self.PAGE}send-a-comment/{theirs}/{way}", data=data
                )
                assert answer.status_code == 404, (way, data)

    def test_show_nothing_that_is_asked_of_others(self, representative, coalition):
        make_action(coalition, audience=Audience.MEMBERS)

        assert (
            "Nothing is asked of your organizations now." in representative.get(self.PAGE).text
        )


def test_representatives_are_shown_no_lists_of_the_coalition(app, representative, coalition):
    seen = {
        rule.rule.removeprefix("/manage/<coalition>/")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/manage/<coalition>/")
        and rule.arguments == {"coalition"}
        and "GET" in rule.methods
        and representative.get(rule.rule.replace("<coalition>", "night-buses")).status_code
        == 200
    }

    assert seen == {"commitments/", "representing/"}

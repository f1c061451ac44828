"""Tests of what people and organizations promised, did, and did not do."""

import pytest

from coalition import db
from coalition.accounts.representing import let_represent
from coalition.actions import reporting
from coalition.actions.errors import (
    ActionClosed,
    AlreadyRecorded,
    CannotChangeParticipation,
    NotAsked,
)
from coalition.actions.events import (
    AttendanceRecorded,
    CommentReported,
    ParticipationConfirmed,
    ParticipationMissed,
    ParticipationPledged,
    ParticipationRecorded,
    ParticipationWithdrawn,
)
from coalition.actions.models import Action, ActionKind, Audience
from coalition.actions.participations import ParticipationState, Party
from coalition.actions.reporting import Evidence
from coalition.errors import NotFound
from coalition.testing import make_action, make_organization, make_person


def kinds(recorded):
    return [type(fact) for fact in recorded()]


@pytest.fixture
def record(coalition, as_coordinator):
    """Give a function that writes something down about an action, as a coordinator."""
    coalition_id = coalition.id

    def write(action, **values):
        values.setdefault("name", "Ada Lovelace")
        values.setdefault("state", ParticipationState.REPORTED)
        with db.transaction(coalition_id) as session:
            return reporting.record(session.get(Action, action.id), **values)

    return write


class TestRecord:
    def test_keeps_the_evidence_sealed(self, coalition, record, records):
        action = make_action(coalition)

        record(action, evidence=Evidence(copy="Keep it!", place="clerk@", docket="24-0071"))

        (made,) = records()
        assert (made.copy, made.place, made.docket) == ("Keep it!", "clerk@", "24-0071")
        assert b"Keep it!" not in made.copy_sealed
        assert b"Ada" not in made.name_sealed
        assert made.done_at is not None

    def test_tells_the_ledger_of_a_comment(
        self, coalition, meeting, item_id, record, records, recorded
    ):
        action = make_action(coalition, meeting_id=meeting.id, agenda_item_id=item_id)

        record(action)

        told = [fact for fact in recorded() if isinstance(fact, CommentReported)]
        assert [(each.agenda_item_id, each.participation_id) for each in told] == [
            (item_id, records()[0].id)
        ]
        assert records()[0].docket == "24-0071"

    def test_tells_no_ledger_of_a_call_or_a_promise(
        self, coalition, meeting, item_id, record, recorded
    ):
        place = {"meeting_id": meeting.id, "agenda_item_id": item_id}
        record(make_action(coalition, "call", kind=ActionKind.CALL, **place))
        record(make_action(coalition, **place), state=ParticipationState.PLEDGED)

        assert CommentReported not in kinds(recorded)
        assert ParticipationPledged in kinds(recorded)

    def test_says_that_somebody_came(self, coalition, record, recorded):
        record(make_action(coalition, kind=ActionKind.ATTEND))

        assert {AttendanceRecorded, ParticipationRecorded} <= set(kinds(recorded))

    def test_notes_who_wrote_it_down(self, coalition, record, records, as_coordinator):
        record(make_action(coalition))

        assert records()[0].recorded_by_id == as_coordinator.id

    def test_refuses_a_draft(self, coalition, record):
        with pytest.raises(ActionClosed):
            record(make_action(coalition, opened=False))

    def test_refuses_a_second_record_of_an_organization(self, coalition, record, riders):
        action = make_action(coalition)
        record(action, organization=riders)

        with pytest.raises(AlreadyRecorded, match="Bus Riders Union"):
            record(action, organization=riders)


class TestCommitments:
    @pytest.fixture
    def action(self, coalition):
        return make_action(coalition, kind=ActionKind.ATTEND)

    @pytest.fixture
    def within(self, coalition, action):
        coalition_id = coalition.id

        def call(verb, user, organization_id, *args, **values):
            with db.transaction(coalition_id) as session:
                return verb(
                    user, session.get(Action, action.id), organization_id, *args, **values
                )

        return call

    def test_are_promised_and_kept(self, within, rita, riders, records, recorded):
        within(reporting.commit_for, rita, riders.id, promised=10, name="Rita")
        within(
            reporting.report_for, rita, riders.id, name="Rita", evidence=Evidence(delivered=8)
        )

        (kept,) = records()
        assert (kept.promised, kept.delivered) == (10, 8)
        assert (kept.state, kept.party) == (ParticipationState.REPORTED, Party.ORGANIZATION)
        assert kept.organization_id == riders.id
        assert kinds(recorded).count(ParticipationRecorded) == 1

    def test_can_be_changed(self, within, rita, riders, records):
        within(reporting.commit_for, rita, riders.id, promised=10, name="Rita")
        within(reporting.commit_for, rita, riders.id, promised=4, name="Ray")

        (kept,) = records()
        assert (kept.promised, kept.name) == (4, "Ray")

    def test_add_to_what_was_reported_without_counting_twice(
        self, within, rita, riders, records, recorded
    ):
        for delivered, place in ((8, ""), (9, "City Hall")):
            evidence = Evidence(delivered=delivered, place=place)
            within(reporting.report_for, rita, riders.id, name="Rita", evidence=evidence)

        (kept,) = records()
        assert (kept.delivered, kept.place) == (9, "City Hall")
        assert kinds(recorded).count(ParticipationRecorded) == 1

    def test_can_be_refused_and_taken_up_after_all(self, within, rita, riders, records):
        within(reporting.decline_for, rita, riders.id, "No time")
        assert records()[0].state == ParticipationState.DECLINED
        assert records()[0].note == "No time"

        within(reporting.commit_for, rita, riders.id, promised=2, name="Rita")
        assert records()[0].state == ParticipationState.PLEDGED

    def test_are_nobody_elses(self, within, rita):
        other = make_organization("Tram Friends")

        with pytest.raises(NotFound):
            within(reporting.commit_for, rita, other.id, promised=1, name="Rita")

    def test_are_of_those_who_are_asked(self, coalition, rita, riders, changing, action):
        with pytest.raises(NotAsked), changing(action) as found:
            found.audience = Audience.MEMBERS
            reporting.commit_for(rita, found, riders.id, promised=1, name="Rita")

    def test_of_two_organizations_are_two(self, coalition, within, rita, riders, records):
        trams = make_organization("Tram Friends")
        with db.transaction():
            let_represent(coalition.id, rita.id, "Tram Friends")

        for organization in (riders, trams):
            within(reporting.commit_for, rita, organization.id, promised=1, name="Rita")

        assert len(records()) == 2


class TestMiss:
    def test_marks_a_promise_that_was_not_kept(
        self, coalition, record, records, changing, recorded
    ):
        made = record(make_action(coalition), state=ParticipationState.PLEDGED)

        with changing(made) as found:
            found.miss()

        assert records()[0].state == ParticipationState.NO_SHOW
        assert ParticipationMissed in kinds(recorded)

    def test_can_be_mended_by_a_report(self, coalition, record, records, changing):
        made = record(make_action(coalition), state=ParticipationState.PLEDGED)
        with changing(made) as found:
            found.miss()

        with changing(made) as found:
            found.report(delivered=3)

        assert records()[0].state == ParticipationState.REPORTED

    def test_is_refused_for_what_was_seen(self, coalition, record, changing):
        made = record(make_action(coalition), state=ParticipationState.CONFIRMED)

        with pytest.raises(CannotChangeParticipation, match="confirmed"):
            with changing(made) as found:
                found.miss()


class TestConfirm:
    def test_ties_it_to_the_directory(self, coalition, record, riders, records, changing):
        made = record(make_action(coalition), organization=riders)

        with changing(made) as found:
            found.confirm()

        assert records()[0].state == ParticipationState.CONFIRMED

    def test_of_a_promise_says_that_it_was_done(self, coalition, record, changing, recorded):
        made = record(make_action(coalition), state=ParticipationState.PLEDGED)

        with changing(made) as found:
            found.confirm()

        assert {ParticipationRecorded, ParticipationConfirmed} <= set(kinds(recorded))


class TestReject:
    def test_takes_it_out_of_the_count_once(self, coalition, record, changing, recorded):
        made = record(make_action(coalition))

        for _ in range(2):
            with changing(made) as found:
                found.reject()

        (told,) = [fact for fact in recorded() if isinstance(fact, ParticipationWithdrawn)]
        assert told.counted

    def test_lets_the_organization_be_recorded_anew(self, coalition, record, riders, changing):
        action = make_action(coalition)
        made = record(action, organization=riders)
        with changing(made) as found:
            found.reject()

        assert record(action, organization=riders).state == ParticipationState.REPORTED


class TestNoteSpeaking:
    def test_belongs_to_who_came(self, coalition, record, changing, records):
        ada = make_person(coalition, "ada@example.org")
        made = record(make_action(coalition, kind=ActionKind.ATTEND), person=ada)

        with changing(made) as found:
            found.note_speaking(spoke=True)

        assert records()[0].spoke
        assert records()[0].person_id == ada.id


class TestForgetPerson:
    def test_leaves_the_fact_and_nothing_of_the_person(
        self, coalition, record, records, coordinator
    ):
        ada = make_person(coalition, "ada@example.org", "Ada")
        record(make_action(coalition), person=ada, evidence=Evidence(copy="Mine"), note="Shy")

        coordinator.post(f"/manage/night-buses/people/{ada.id}/removal")

        (left,) = records()
        assert (left.name, left.copy, left.note, left.person_id) == ("", None, None, None)
        assert left.counts

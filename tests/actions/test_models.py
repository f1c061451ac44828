"""Tests of actions: what must be said before they open, until when they ask, of whom."""

from datetime import UTC, date, datetime, timedelta

import pytest

from coalition import db
from coalition.actions import editing
from coalition.actions.editing import ActionValues, TextValues
from coalition.actions.errors import (
    ActionIncomplete,
    ActionSlugTaken,
    CannotChangeAction,
    WrongPlace,
)
from coalition.actions.events import ActionClosed, ActionOpened
from coalition.actions.jobs import close_due
from coalition.actions.models import Action, ActionKind, ActionState, Addressee, Audience
from coalition.clock import now
from coalition.decisions.meetings import Precision
from coalition.testing import make_action, make_coalition, make_meeting, make_organization


def read(coalition, action):
    db.session.remove()
    with db.reading(coalition.id) as session:
        return session.get(Action, action.id)


class TestOpen:
    def test_asks_from_now_on_and_says_so(self, coalition, recorded):
        action = make_action(coalition)

        assert action.state == ActionState.OPEN
        assert ActionOpened in [type(fact) for fact in recorded()]

    def test_wants_words_in_each_language(self, coalition, changing):
        action = make_action(coalition, opened=False)

        with pytest.raises(ActionIncomplete, match="title and instructions"):
            with changing(action) as found:
                found.texts[0].instructions = ""
                found.open()

    @pytest.mark.parametrize(
        ("audience", "said"),
        [
            (Audience.AREA, "in which place"),
            (Audience.CHOSEN_MEMBERS, "choose the organizations"),
            (Audience.SEGMENT, "choose the segment"),
        ],
    )
    def test_wants_to_know_who_is_asked(self, coalition, audience, said):
        with pytest.raises(ActionIncomplete, match=said):
            make_action(coalition, audience=audience)

    def test_wants_a_deadline_ahead(self, coalition):
        with pytest.raises(ActionIncomplete, match="deadline has passed"):
            make_action(coalition, closes_at=now() - timedelta(hours=1))

    def test_is_refused_for_an_open_one(self, coalition, changing):
        action = make_action(coalition)

        with pytest.raises(CannotChangeAction), changing(action) as found:
            found.open()


class TestClose:
    def test_can_be_taken_back(self, coalition, changing, recorded):
        action = make_action(coalition)

        with changing(action) as found:
            found.close()
        with changing(action) as found:
            found.open()

        assert read(coalition, action).closed_at is None
        assert ActionClosed in [type(fact) for fact in recorded()]


class TestDeadline:
    def test_is_what_was_said(self, coalition, meeting, soon):
        assert make_action(coalition, meeting_id=meeting.id, closes_at=soon).deadline == soon

    def test_of_a_comment_is_when_comments_close(self, coalition, meeting):
        action = make_action(coalition, meeting_id=meeting.id)

        assert action.deadline == meeting.starts_at - timedelta(hours=2)

    def test_of_coming_is_when_the_meeting_begins(self, coalition, meeting):
        action = make_action(coalition, kind=ActionKind.ATTEND, meeting_id=meeting.id)

        assert action.deadline == meeting.starts_at

    def test_of_reporting_back_is_not_the_meeting(self, coalition, meeting):
        action = make_action(coalition, kind=ActionKind.REPORT_BACK, meeting_id=meeting.id)

        assert action.deadline is None

    def test_is_the_end_of_the_day_if_no_more_is_known(self, coalition, council):
        held = make_meeting(coalition, council, date(2037, 5, 4), None)

        action = make_action(coalition, kind=ActionKind.ATTEND, meeting_id=held.id)

        assert action.deadline == datetime(2037, 5, 5, 7, 0, tzinfo=UTC)

    def test_is_unknown_while_only_the_month_is_known(self, coalition, council):
        held = make_meeting(
            coalition, council, date(2037, 5, 1), None, precision=Precision.MONTH
        )

        assert make_action(coalition, meeting_id=held.id).deadline is None


class TestCloseDue:
    def test_leaves_a_week_to_tell(self, coalition, soon, monkeypatch):
        action = make_action(coalition, closes_at=soon)

        monkeypatch.setattr("coalition.actions.jobs.now", lambda: soon + timedelta(days=6))
        close_due()
        assert read(coalition, action).state == ActionState.OPEN

        monkeypatch.setattr("coalition.actions.jobs.now", lambda: soon + timedelta(days=8))
        close_due()
        assert read(coalition, action).state == ActionState.CLOSED

    def test_leaves_one_without_deadline(self, coalition):
        action = make_action(coalition)

        close_due()

        assert read(coalition, action).state == ActionState.OPEN


class TestCreate:
    def test_makes_an_address_from_the_title(self, coalition):
        first = make_action(coalition, slug="", title="¡Llámenlos!")
        second = make_action(coalition, slug="", title="Llamenlos")

        assert (first.slug, second.slug) == ("llamenlos", "llamenlos-2")

    def test_refuses_an_address_that_is_taken(self, coalition):
        make_action(coalition, "call")

        with pytest.raises(ActionSlugTaken):
            make_action(coalition, "call")

    def test_refuses_an_item_of_another_meeting(self, coalition, council, meeting, item_id):
        other = make_meeting(coalition, council, date(2037, 5, 4))

        with pytest.raises(WrongPlace, match="not on the agenda"):
            make_action(coalition, meeting_id=other.id, agenda_item_id=item_id)

    def test_refuses_organizations_from_outside(self, coalition):
        stranger = make_organization("Tram Friends")

        with pytest.raises(WrongPlace, match="of this coalition"):
            make_action(coalition, audience=Audience.CHOSEN_MEMBERS, asked_ids=[stranger.id])

    def test_does_not_see_a_neighbours_campaign(self, coalition):
        theirs = make_action(make_coalition("trams", "Trams"))

        with pytest.raises(WrongPlace, match="no such campaign"):
            with db.transaction(coalition.id):
                editing.create(
                    ActionValues(campaign_id=theirs.campaign_id, kind=ActionKind.CALL)
                )


class TestChange:
    def test_replaces_texts_and_says_what_changed(self, coalition, changing):
        action = make_action(coalition)

        with changing(action) as found:
            before = editing.values_of(found)
            values = vars(before) | {
                "goal": 50,
                "texts": [*before.texts, TextValues("es", "Escriba", "Diga por qué.")],
            }
            changed = editing.change(found, ActionValues(**values))

        assert sorted(changed) == ["goal", "texts"]
        assert read(coalition, action).languages == ["en", "es"]
        assert read(coalition, action).text_in("es").title == "Escriba"
        assert read(coalition, action).text_in("fr").title == "Send a comment"

    def test_says_nothing_if_nothing_changed(self, coalition, changing):
        action = make_action(coalition)

        with changing(action) as found:
            assert editing.change(found, editing.values_of(found)) == []


class TestAddressedBy:
    def test_are_all_members_of_the_body_unless_some_were_chosen(
        self, coalition, meeting, changing
    ):
        action = make_action(
            coalition, meeting_id=meeting.id, addressee=Addressee.OFFICEHOLDERS
        )

        with changing(action) as found:
            everybody = editing.addressed_by(found)
            values = vars(editing.values_of(found)) | {"target_ids": [everybody[1].id]}
            editing.change(found, ActionValues(**values))
            chosen = editing.addressed_by(found)

        assert [each.name for each in everybody] == ["Ada Alder", "Ben Birch", "Cy Cedar"]
        assert [each.name for each in chosen] == ["Ben Birch"]


class TestRemove:
    def test_takes_drafts_only(self, coalition, changing):
        action = make_action(coalition)

        with pytest.raises(CannotChangeAction), changing(action) as found:
            editing.remove(found)

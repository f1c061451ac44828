"""Tasks: who does what until when, on whose first page it stands."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from coalition import db
from coalition.actions.errors import NotInTheTeam
from coalition.actions.events import FollowUpAdded, FollowUpDone
from coalition.actions.follow_ups import FollowUp, add_follow_up
from coalition.testing import make_action, make_coalition, make_person, make_user

PAGE = "/manage/night-buses/tasks/"


@pytest.fixture
def tasks(coalition):
    """Give a function that returns all tasks."""
    coalition_id = coalition.id

    def read():
        db.session.remove()
        with db.reading(coalition_id) as session:
            return list(session.scalars(select(FollowUp).order_by(FollowUp.id)))

    return read


def add(coalition, title="Call back", **values):
    with db.transaction(coalition.id):
        return add_follow_up(title, **values)


class TestAdd:
    def test_tells_that_there_is_something_to_do(self, coalition, recorded):
        add(coalition)

        assert FollowUpAdded in [type(fact) for fact in recorded()]

    def test_makes_one_for_a_key_however_often(self, coalition, tasks):
        first = add(coalition, key="city-campaigns:lead:1")
        second = add(coalition, "Another title", key="city-campaigns:lead:1")

        assert first.id == second.id
        assert len(tasks()) == 1

    def test_is_for_somebody_of_the_team(self, coalition):
        stranger = make_user("tom@example.net", make_coalition("trams", "Trams"))

        with pytest.raises(NotInTheTeam):
            add(coalition, owner_id=stranger.id)

    def test_refuses_what_no_task_is_about(self, coalition):
        with pytest.raises(TypeError, match="letter_id"):
            add(coalition, about={"letter_id": coalition.id})

    def test_goes_with_the_person_it_is_about(self, coalition, tasks):
        ada = make_person(coalition, "ada@example.org")
        add(coalition, about={"person_id": ada.id})

        with db.transaction(coalition.id) as session:
            session.delete(session.get(type(ada), ada.id))

        assert tasks() == []


class TestFinish:
    def test_is_told_once(self, coalition, changing, recorded):
        task = add(coalition)

        for _ in range(2):
            with changing(task) as found:
                found.finish()

        assert [type(fact) for fact in recorded()].count(FollowUpDone) == 1

    def test_can_be_taken_back(self, coalition, changing, tasks):
        task = add(coalition)
        with changing(task) as found:
            found.finish()

        with changing(task) as found:
            found.reopen()

        assert tasks()[0].done_at is None


class TestOverdue:
    def test_is_what_should_have_been_done_yesterday(self, coalition):
        task = add(coalition, due_on=date(2026, 11, 24))

        assert task.is_overdue(date(2026, 11, 25))
        assert not task.is_overdue(date(2026, 11, 24))


class TestPages:
    def test_show_mine_first_with_what_is_overdue(self, coordinator, coalition, me):
        yesterday = coalition.today() - timedelta(days=1)
        add(coalition, "Call the clerk", owner_id=me.id, due_on=yesterday)
        add(coalition, "Somebody else's")

        mine, glance = coordinator.get(PAGE).text, coordinator.get("/manage/night-buses/").text

        for page in (mine, glance):
            assert "Call the clerk" in page
            assert "Overdue since" in page
            assert "Somebody else" not in page
        assert "Somebody else" in coordinator.get(PAGE + "?whose=all").text

    def test_show_a_task_of_nobody_where_it_stands(self, coordinator):
        answer = coordinator.post(f"{PAGE}new", data={"title": "Call", "due_on": "2030-01-01"})
        assert "Call" in coordinator.get(answer.location).text

    def test_add_change_and_finish_a_task(self, coordinator, tasks, me):
        data = {"title": "Thank the speakers", "owner_id": me.id, "due_on": "2037-01-02"}
        assert coordinator.post(PAGE + "new", data=data).status_code == 303
        (task,) = tasks()
        assert (task.owner_id, task.due_on) == (me.id, date(2037, 1, 2))

        coordinator.post(f"{PAGE}{task.id}/edit", data={"title": "Thank them all"})
        assert (tasks()[0].title, tasks()[0].owner_id) == ("Thank them all", None)
        coordinator.post(f"{PAGE}{task.id}/done")

        assert tasks()[0].done_at is not None
        assert "Thank them all" in coordinator.get(PAGE + "?whose=all&done=yes").text

    def test_make_one_in_one_click(self, coordinator, coalition, tasks, me, meeting):
        action = make_action(coalition)
        for kind, subject in (("action", action.id), ("meeting", meeting.id)):
            answer = coordinator.post(f"{PAGE}about/{kind}/{subject}")
            assert answer.status_code == 303
            assert coordinator.get(answer.location).status_code == 200

        found = tasks()
        assert [each.owner_id for each in found] == [me.id, me.id]
        assert (found[0].action_id, found[1].meeting_id) == (action.id, meeting.id)
        assert found[0].due_on == coalition.today() + timedelta(days=7)

    @pytest.mark.parametrize("kind", ["letter", "person", "action"])
    def test_make_none_about_what_is_not_there(self, coordinator, kind, coalition, tasks):
        assert coordinator.post(f"{PAGE}about/{kind}/{coalition.id}").status_code == 404
        assert tasks() == []

    def test_refuse_a_task_of_a_stranger(self, coordinator):
        stranger = make_user("tom@example.net", make_coalition("trams", "Trams"))

        answer = coordinator.post(
            PAGE + "new", data={"title": "X", "owner_id": str(stranger.id)}
        )

        assert answer.status_code == 422
        assert "coalition&#39;s team" in answer.text

    def test_are_changed_by_coordinators_only(self, viewer, coalition):
        task = add(coalition)

        assert viewer.get(PAGE + "?whose=all").status_code == 200
        assert viewer.post(PAGE + "new", data={"title": "X"}).status_code == 403
        assert viewer.post(f"{PAGE}{task.id}/done").status_code == 403


@pytest.fixture
def me(coordinator):
    """Give the user whose browser `coordinator` is."""
    from coalition.accounts.models import User

    with db.reading() as session:
        return session.scalar(select(User).filter_by(email="rosa@example.org"))

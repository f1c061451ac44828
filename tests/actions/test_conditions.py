"""Asking segments about actions."""

import pytest

from coalition import background, db  # noqa: F401  processes load all conditions
from coalition.actions import ladder, reporting
from coalition.actions.ladder import LadderRung, RungRule
from coalition.actions.models import Action, ActionKind
from coalition.actions.participations import ParticipationState
from coalition.segments.conditions import Subject
from coalition.segments.models import Segment
from coalition.testing import make_action, make_person


@pytest.fixture
def people(coalition):
    """Ada called, Bo promised to come, Cy came and spoke, Di did nothing."""
    coalition_id = coalition.id
    made = {
        name: make_person(coalition, f"{name.lower()}@example.org", name)
        for name in ("Ada", "Bo", "Cy", "Di")
    }
    call = make_action(coalition, "call", kind=ActionKind.CALL)
    come = make_action(coalition, "come", kind=ActionKind.ATTEND)
    done, promised = ParticipationState.REPORTED, ParticipationState.PLEDGED
    with db.transaction(coalition_id) as session:
        for action, name, state, spoke in (
            (call, "Ada", done, False),
            (come, "Bo", promised, False),
            (come, "Cy", done, True),
        ):
            found = session.get(Action, action.id)
            reporting.record(found, name="", person=made[name], state=state, spoke=spoke)
    return {"call": str(call.id), "come": str(come.id)}


def ask(coalition, subject=Subject.PEOPLE, *, contrary=False, **condition):
    question = {"match": "none" if contrary else "all", "of": [condition]}
    with db.reading(coalition.id):
        segment = Segment.asking(question, subject=subject)
        rows = segment.people() if subject == Subject.PEOPLE else segment.organizations()
        return sorted(each.name for each in db.session.scalars(rows)), segment.in_words()


class TestTookPart:
    def test_finds_who_did_any_action_or_one(self, coalition, people):
        assert ask(coalition, **{"is": "took_part"})[0] == ["Ada", "Cy"]
        assert ask(coalition, **{"is": "took_part", "action": people["call"]})[0] == ["Ada"]

    def test_finds_who_only_promised(self, coalition, people):
        found, words = ask(
            coalition, **{"is": "took_part", "action": people["come"], "state": "pledged"}
        )

        assert found == ["Bo"]
        assert words == "People who took part in “Send a comment” (promised only)."

    def test_finds_who_did_not(self, coalition, people):
        assert ask(coalition, contrary=True, **{"is": "took_part"})[0] == ["Bo", "Di"]

    def test_is_asked_of_organizations_too(self, coalition, people, riders):
        with db.transaction(coalition.id) as session:
            action = session.scalar(Action.__table__.select().with_only_columns(Action.id))
            reporting.record(
                session.get(Action, action),
                name="Rita",
                organization=riders,
                state=ParticipationState.REPORTED,
            )

        found, _ = ask(coalition, Subject.ORGANIZATIONS, **{"is": "took_part"})

        assert found == ["Bus Riders Union"]


class TestCame:
    def test_finds_who_came_and_who_spoke(self, coalition, people):
        assert ask(coalition, **{"is": "came", "how": "any"})[0] == ["Cy"]
        assert ask(coalition, **{"is": "came", "how": "spoke"})[0] == ["Cy"]
        found, _ = ask(coalition, contrary=True, **{"is": "came", "how": "any"})
        assert found == ["Ada", "Bo", "Di"]


class TestRung:
    def test_finds_who_stands_on_it(self, coalition, people):
        with db.transaction(coalition.id):
            ladder.store(
                [
                    LadderRung(name="Acted", rule=RungRule.ACTED),
                    LadderRung(name="Spoke", rule=RungRule.SPOKE),
                ]
            )
            low, high = ladder.rungs()

        found, words = ask(coalition, **{"is": "rung", "rung": str(low.id)})

        assert found == ["Ada"]
        assert words == "People who stand on the rung “Acted”."
        assert ask(coalition, **{"is": "rung", "rung": str(high.id)})[0] == ["Cy"]


class TestLastAction:
    def test_counts_what_was_done(self, coalition, people):
        assert ask(coalition, **{"is": "recent_action", "days": 7})[0] == ["Ada", "Cy"]

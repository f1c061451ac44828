"""The ladder of engagement: who stands where, since when, and how its rungs are changed."""

from datetime import timedelta

import pytest

from coalition import db
from coalition.actions import ladder, reporting, sharing
from coalition.actions.errors import RungIncomplete
from coalition.actions.ladder import LadderRung, RungRule
from coalition.actions.models import Action, ActionKind
from coalition.actions.participations import ParticipationState
from coalition.clock import now
from coalition.letters.signatures import Signature
from coalition.people.models import Person, Tag
from coalition.testing import (
    make_action,
    make_coalition,
    make_letter,
    make_person,
    make_signature,
)

PAGE = "/manage/night-buses/ladder/"
USUAL = (
    ("Signed", RungRule.SIGNED, {}),
    ("Acted", RungRule.ACTED, {}),
    ("Came", RungRule.ATTENDED, {}),
    ("Spoke", RungRule.SPOKE, {}),
)


@pytest.fixture
def rungs(coalition):
    """Give a function that stores rungs and returns their names by id."""
    coalition_id = coalition.id

    def store(*wanted):
        with db.transaction(coalition_id):
            made = [LadderRung(name=name, rule=rule, **more) for name, rule, more in wanted]
            ladder.store(made)
            return {each.id: each.name for each in made}

    return store


@pytest.fixture
def ada(coalition):
    return make_person(coalition, "ada@example.org", "Ada")


def sign(coalition, person, slug="letter", **values):
    letter = make_letter(coalition, slug)
    return make_signature(letter, "Ada L", person_id=person.id, confirmed_at=now(), **values)


def act(coalition, person, slug, kind=ActionKind.CALL, **values):
    action = make_action(coalition, slug, kind=kind)
    values.setdefault("state", ParticipationState.REPORTED)
    with db.transaction(coalition.id) as session:
        return reporting.record(
            session.get(Action, action.id), name="", person=person, **values
        )


def stands(coalition, person, names):
    with db.reading(coalition.id):
        found = ladder.standing_of(person.id)
        return names[found.rung_id] if found else None


class TestStanding:
    def test_is_the_highest_rung_whose_rule_is_met(self, coalition, rungs, ada):
        names = rungs(*USUAL)
        assert stands(coalition, ada, names) is None

        sign(coalition, ada)
        assert stands(coalition, ada, names) == "Signed"
        act(coalition, ada, "call")
        assert stands(coalition, ada, names) == "Acted"
        act(coalition, ada, "come", ActionKind.ATTEND)
        assert stands(coalition, ada, names) == "Came"
        act(coalition, ada, "speak", ActionKind.ATTEND, spoke=True)
        assert stands(coalition, ada, names) == "Spoke"

    def test_needs_no_rung_below(self, coalition, rungs, ada):
        names = rungs(*USUAL)

        act(coalition, ada, "come", ActionKind.ATTEND)

        assert stands(coalition, ada, names) == "Came"

    def test_does_not_count_what_was_only_promised_or_refused(
        self, coalition, rungs, ada, changing
    ):
        names = rungs(*USUAL)
        act(coalition, ada, "promise", state=ParticipationState.PLEDGED)
        refused = act(coalition, ada, "refused")
        with changing(refused) as found:
            found.reject()

        assert stands(coalition, ada, names) is None

    def test_counts_as_often_as_the_rung_asks(self, coalition, rungs, ada):
        names = rungs(("Twice", RungRule.ACTED, {"minimum": 2}))
        act(coalition, ada, "one")
        assert stands(coalition, ada, names) is None

        act(coalition, ada, "two")

        assert stands(coalition, ada, names) == "Twice"

    def test_counts_one_kind_of_action_if_the_rung_says_so(self, coalition, rungs, ada):
        names = rungs(("Caller", RungRule.ACTED, {"action_kind": ActionKind.CALL}))
        act(coalition, ada, "write", ActionKind.WRITE)
        assert stands(coalition, ada, names) is None

        act(coalition, ada, "call")

        assert stands(coalition, ada, names) == "Caller"

    def test_forgets_what_is_too_long_ago(self, coalition, rungs, ada, changing):
        names = rungs(("Lately", RungRule.SIGNED, {"within_days": 30}))
        signature = sign(coalition, ada)
        assert stands(coalition, ada, names) == "Lately"

        with changing(signature) as found:
            found.confirmed_at = now() - timedelta(days=31)

        assert stands(coalition, ada, names) is None

    def test_goes_by_a_tag(self, coalition, rungs, ada):
        with db.transaction(coalition.id) as session:
            tag = Tag.called("lead")
            session.get(Person, ada.id).set_tags(["lead"])
        names = rungs(("Leads", RungRule.TAGGED, {"tag_id": tag.id}))

        with db.reading(coalition.id):
            since = ladder.standing_of(ada.id).since
        assert stands(coalition, ada, names) == "Leads"
        assert abs(now() - since) < timedelta(minutes=1)

    def test_counts_those_who_came_by_ones_link(self, coalition, rungs, ada):
        names = rungs(("Brings others", RungRule.RECRUITED, {"minimum": 2}))
        with db.transaction(coalition.id):
            code = sharing.code_of(ada.id)
        letter = make_letter(coalition)
        make_signature(letter, "Bo B", source_code=code)
        assert stands(coalition, ada, names) is None

        make_signature(letter, "Cy C", source_code=code)

        assert stands(coalition, ada, names) == "Brings others"

    def test_does_not_count_oneself_as_brought(self, coalition, rungs, ada):
        names = rungs(("Brings others", RungRule.RECRUITED, {}))
        with db.transaction(coalition.id):
            code = sharing.code_of(ada.id)

        sign(coalition, ada, source_code=code)

        assert stands(coalition, ada, names) is None


class TestCounts:
    def test_put_each_person_on_one_rung(self, coalition, rungs, ada):
        names = rungs(*USUAL)
        bob = make_person(coalition, "bob@example.org", "Bob")
        sign(coalition, ada, "one")
        sign(coalition, bob, "two", email="bob@example.org")
        act(coalition, bob, "call")

        with db.reading(coalition.id):
            counts = {names[key]: number for key, number in ladder.count_by_rung().items()}

        assert counts == {"Signed": 1, "Acted": 1}

    def test_show_who_moved_lately_only(self, coalition, rungs, ada, changing):
        rungs(*USUAL)
        old = sign(coalition, ada, "one")
        with changing(old) as found:
            assert isinstance(found, Signature)
            found.confirmed_at = now() - timedelta(days=60)
        bob = make_person(coalition, "bob@example.org", "Bob")
        sign(coalition, bob, "two", email="bob@example.org")

        with db.reading(coalition.id):
            moved = [each.person_id for each in ladder.moved_lately()]

        assert moved == [bob.id]

    def test_know_nothing_of_neighbours(self, coalition, rungs):
        rungs(*USUAL)
        trams = make_coalition("trams", "Trams")
        theirs = make_person(trams, "tom@example.org", "Tom")
        sign(trams, theirs)

        with db.reading(coalition.id):
            assert ladder.count_by_rung() == {}


class TestStore:
    def test_keeps_rungs_that_stay_and_removes_the_others(self, coalition, rungs):
        names = rungs(*USUAL)

        with db.transaction(coalition.id):
            kept = ladder.rungs()[2:]
            kept.reverse()
            ladder.store(kept)

        with db.reading(coalition.id):
            assert [each.name for each in ladder.rungs()] == ["Spoke", "Came"]
            assert {each.id for each in ladder.rungs()} <= set(names)

    def test_wants_the_tag_of_a_rule_about_tags(self, rungs):
        with pytest.raises(RungIncomplete, match="which tag"):
            rungs(("Leads", RungRule.TAGGED, {}))


class TestPages:
    def test_offer_the_usual_rungs_to_begin_with(self, coordinator):
        assert "There are no rungs yet" in coordinator.get(PAGE).text

        page = coordinator.get(PAGE + "edit").text

        for name in ("Signed", "Took part in an action", "Spoke", "Brought others in"):
            assert f'value="{name}"' in page

    def test_store_what_the_form_says_and_show_it(self, coordinator, coalition, ada):
        answer = coordinator.post(
            PAGE + "edit",
            data={
                "rung_id": ["", "", ""],
                "name": ["Signed", "Called", ""],
                "rule": ["signed", "acted:call", "signed"],
                "minimum": ["1", "2", "1"],
                "within_days": ["", "365", ""],
                "tag": ["", "", ""],
            },
        )
        assert answer.status_code == 303
        sign(coalition, ada)

        page = coordinator.get(PAGE).text

        assert "Signed</a></strong>: 1 person" in page
        assert "Took part: Call, 2 times, in the last 365 days" in page
        assert page.index("Called") < page.index("Signed</a>")
        assert "Ada" in page
        with db.reading(coalition.id):
            rung = ladder.rungs()[0]
        assert "Ada" in coordinator.get(f"{PAGE}rungs/{rung.id}").text

    @pytest.mark.parametrize(
        ("field", "value"), [("minimum", "0"), ("within_days", "x"), ("rule", "magic")]
    )
    def test_keep_what_was_written_when_it_is_refused(self, coordinator, field, value):
        data = {"name": ["Mine"], "rule": ["signed"], "minimum": ["1"], "within_days": [""]}

        answer = coordinator.post(PAGE + "edit", data={**data, field: [value]})

        assert answer.status_code == 422
        assert 'value="Mine"' in answer.text

    def test_are_changed_by_coordinators_only(self, viewer):
        assert viewer.get(PAGE).status_code == 200
        assert viewer.get(PAGE + "edit").status_code == 403
        assert viewer.post(PAGE + "edit").status_code == 403

"""The goal of a petition is always ahead, grows in steps and never shrinks."""

import pytest
from coalition_petition import goals
from coalition_petition.events import GoalRaised
from hypothesis import given
from hypothesis import strategies as st

from coalition.sdk import reading, session, transaction
from coalition.testing import make_letter

PETITION = "/c/night-buses/letters/keep-the-night-buses"


@pytest.fixture
def petition(coalition):
    """Give a petition of people that hopes for ten signatures."""
    return make_letter(coalition, kind="petition", signatories="people", goal=10)


class TestNextGoal:
    @pytest.mark.parametrize(
        ("signatures", "goal", "expected"),
        [(0, 10, 10), (7, 10, 10), (8, 10, 100), (80, 100, 250), (1_999, 2_500, 2_500),
         (2_000, 2_500, 5_000), (900, 10, 2_500)],
    )  # fmt: skip
    def test_is_the_next_step_from_four_fifths_on(self, signatures, goal, expected):
        assert goals.next_goal(signatures, goal, 0.8) == expected

    @given(st.integers(0, 10**8), st.integers(1, 10**6), st.sampled_from([0.8, 1.0]))
    def test_is_always_ahead_and_never_smaller(self, signatures, goal, share):
        raised = goals.next_goal(signatures, goal, share)

        assert raised >= goal
        assert signatures < raised * share


class TestGoal:
    def test_grows_on_the_page_and_is_told_once(self, petition, client, sign, monkeypatch):
        told = []
        monkeypatch.setattr(goals, "record", told.append)
        assert "Goal: 10\n" in client.get(PETITION).text

        sign(petition, 8)

        assert [(type(each), each.signature_count) for each in told] == [(GoalRaised, 100)]
        sign(petition, 1, city="Burbank")
        assert len(told) == 1

    def test_does_not_shrink_when_signatures_are_withdrawn(self, petition, sign, run_jobs):
        sign(petition, 8)
        with transaction(petition.coalition_id):
            for signature in session.scalars(session.merge(petition).signatures.select()):
                signature.withdraw()
        run_jobs()

        with reading(petition.coalition_id):
            assert goals.goal_of(petition) == 100

    def test_stays_what_the_letter_says_if_the_coalition_wants_so(
        self, petition, coalition, sign, choose
    ):
        choose(growth="never")
        sign(petition, 9)

        with reading(coalition.id):
            assert goals.goal_of(petition) is None

    def test_is_none_of_a_sign_on_letters_business(self, coalition, sign):
        letter = make_letter(coalition, signatories="people", goal=10)
        sign(letter, 9)

        with reading(coalition.id):
            assert goals.goal_of(letter) is None

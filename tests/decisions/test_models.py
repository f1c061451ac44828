"""Tests of the directory of public bodies."""

import threading
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import select

from coalition import db
from coalition.audit import AuditEntry
from coalition.decisions.errors import BodyKnown, SeatKnown, TermBackwards, TermsOverlap
from coalition.decisions.models import BodyFacts, BodyKind, DecisionBody, Officeholder, Post
from coalition.testing import make_body

PLACES = ("Ada Alder", "Ben Birch", "Cy Cedar")


def actions(coalition) -> list[str]:
    with db.reading(coalition.id):
        return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


class TestAdd:
    def test_is_kept_by_the_coalition_that_adds_it(self, coalition, council):
        assert council.keeper_id == coalition.id
        assert [post.label for post in council.posts] == [
            "District 1", "District 2", "District 3",
        ]  # fmt: skip
        assert "body.added" in actions(coalition)

    def test_refuses_a_name_that_the_place_has(self, coalition, council):
        with pytest.raises(BodyKnown, match="Riverton, CA has a body called “City Council”"):
            make_body(coalition)

    def test_takes_the_same_name_in_another_place(self, coalition, council):
        assert make_body(coalition, city="Springfield").name == council.name


class TestRename:
    def test_refuses_the_name_of_another_body(self, coalition, council):
        board = make_body(coalition, "Board")

        with pytest.raises(BodyKnown), db.transaction(coalition.id) as session:
            session.merge(board).rename("City Council")

    def test_notes_the_change_and_keeps_its_own_name_silently(self, coalition, council):
        for name in ("City Council", "Council of Riverton"):
            with db.transaction(coalition.id) as session:
                session.merge(council).rename(name)

        assert actions(coalition).count("body.changed") == 1


class TestDescribe:
    def test_returns_what_is_different(self, coalition, council):
        facts = BodyFacts(
            place="City Hall", address="1 Main Street", comment_closes_min=60,
            classification=BodyKind.BOARD, languages=("en", "es"),
        )  # fmt: skip

        with db.transaction(coalition.id) as session:
            changed = session.merge(council).describe(facts)

        assert changed == ["classification", "comment_closes_min", "languages"]


class TestAddPost:
    def test_refuses_a_second_seat_of_one_name(self, coalition, council):
        with pytest.raises(SeatKnown, match="district 1"):
            with db.transaction(coalition.id) as session:
                session.get(DecisionBody, council.id).add_post("district 1")


class TestSeat:
    @pytest.mark.parametrize(
        ("starts_on", "ends_on"),
        [(None, None), (date(2016, 1, 1), date(2017, 1, 1)), (date(2030, 1, 1), None)],
    )
    def test_refuses_two_holders_on_one_day(self, coalition, council, starts_on, ends_on):
        with pytest.raises(TermsOverlap, match="Ada Alder holds the seat “District 1”"):
            with db.transaction(coalition.id) as session:
                session.get(Post, council.posts[0].id).seat(
                    "Eve Elm", starts_on=starts_on, ends_on=ends_on
                )

    def test_takes_a_predecessor_until_the_day_before(self, coalition, council):
        with db.transaction(coalition.id) as session:
            session.get(Post, council.posts[0].id).seat("Eve Elm", ends_on=date(2016, 12, 31))
            body = session.get(DecisionBody, council.id)

            assert [each.name for each in body.members_on(date(2016, 12, 31))] == ["Eve Elm"]
            assert [each.name for each in body.members_on(date(2017, 1, 1))] == [*PLACES]

    def test_refuses_a_term_that_ends_before_it_begins(self, coalition, council):
        with pytest.raises(TermBackwards, match="2016-01-01, before it begins on 2016-02-01"):
            with db.transaction(coalition.id) as session:
                session.get(Post, council.posts[0].id).seat(
                    "Eve Elm", starts_on=date(2016, 2, 1), ends_on=date(2016, 1, 1)
                )


class TestSeatingAtOnce:
    def test_lets_the_second_see_the_first(self, coalition, council):
        """Two coordinators seat somebody in one empty seat in the same moment."""
        with db.transaction(coalition.id) as session:
            post_id = session.get(DecisionBody, council.id).add_post("Mayor").id
        coalition_id, refused = coalition.id, []
        both_read = threading.Barrier(2)

        def seat(name):
            with suppress_refusal(refused), db.transaction(coalition_id) as session:
                post = session.get(Post, post_id)
                assert post.officeholders == []
                both_read.wait(10)
                post.seat(name, starts_on=date(2020, 1, 1))
            db.session.remove()

        threads = [threading.Thread(target=seat, args=(name,)) for name in ("Eve", "Fay")]
        for each in threads:
            each.start()
        for each in threads:
            each.join(20)

        assert len(refused) == 1
        with db.reading(coalition_id) as session:
            found = session.scalars(select(Officeholder).filter_by(post_id=post_id)).all()
            assert len(found) == 1


@contextmanager
def suppress_refusal(refused):
    try:
        yield
    except TermsOverlap as error:
        refused.append(error)


class TestChangeOfAnOfficeholder:
    def test_ends_a_term_so_that_the_next_can_begin(self, coalition, council):
        ada = council.posts[0].officeholders[0]

        with db.transaction(coalition.id) as session:
            found = session.get(type(ada), ada.id)
            found.change("Ada Alder", starts_on=date(2017, 1, 1), ends_on=date(2020, 12, 31))
            found.post.seat("Eve Elm", starts_on=date(2021, 1, 1))

            assert found.post.holder(date(2020, 12, 31)).name == "Ada Alder"
            assert found.post.holder(date(2021, 1, 1)).name == "Eve Elm"

    def test_refuses_to_reach_into_another_term(self, coalition, council):
        with db.transaction(coalition.id) as session:
            eve = session.get(Post, council.posts[0].id).seat(
                "Eve Elm", ends_on=date(2016, 12, 31)
            )

        with pytest.raises(TermsOverlap), db.transaction(coalition.id) as session:
            session.get(type(eve), eve.id).change("Eve Elm", starts_on=None, ends_on=None)

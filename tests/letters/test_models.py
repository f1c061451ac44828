from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from coalition import db
from coalition.clock import now
from coalition.letters.errors import CannotChangeLetter, LetterIncomplete
from coalition.letters.events import LetterClosed, LetterDelivered, LetterOpened
from coalition.letters.models import (
    Letter,
    LetterState,
    LetterText,
    Signatories,
    letter_by_slug,
)
from coalition.letters.signatures import Signature
from coalition.testing import make_coalition, make_letter, make_signature


@pytest.fixture
def draft(coalition) -> Letter:
    return make_letter(coalition, opened=False)


def change(letter: Letter, verb) -> None:
    with db.transaction(letter.coalition_id) as session:
        verb(session.merge(letter))


def change_by_id(coalition_id: UUID, letter_id: UUID, verb) -> None:
    with db.transaction(coalition_id) as session:
        verb(session.get(Letter, letter_id))


class TestOpen:
    def test_takes_signatures_from_now_on(self, draft, recorded):
        change(draft, Letter.open)

        assert draft.state == LetterState.OPEN
        assert draft.accepts_signatures(now())
        assert [type(fact) for fact in recorded()] == [LetterOpened]

    @pytest.mark.parametrize("part", ["texts", "targets"])
    def test_refuses_an_incomplete_letter(self, draft, recorded, part):
        change(draft, lambda letter: getattr(letter, part).clear())

        with pytest.raises(LetterIncomplete, match="cannot be opened yet"):
            change(draft, Letter.open)

        assert recorded() == []

    def test_refuses_an_empty_translation(self, draft):
        def add_empty(letter: Letter) -> None:
            letter.texts.append(
                LetterText(coalition_id=letter.coalition_id, language="es", title="", body="")
            )

        change(draft, add_empty)

        with pytest.raises(LetterIncomplete, match="each language"):
            change(draft, Letter.open)

    def test_refuses_a_closing_time_that_has_passed(self, draft):
        change(draft, lambda letter: setattr(letter, "closes_at", now() - timedelta(hours=1)))

        with pytest.raises(LetterIncomplete, match="closing time has passed"):
            change(draft, Letter.open)

    def test_opens_a_closed_letter_again(self, draft, recorded):
        for verb in (Letter.open, Letter.close, Letter.open):
            change(draft, verb)

        assert draft.state == LetterState.OPEN
        assert draft.closed_at is None
        assert [type(fact) for fact in recorded()] == [LetterOpened, LetterClosed, LetterOpened]


class TestClose:
    def test_takes_no_more_signatures(self, draft):
        change(draft, Letter.open)
        change(draft, Letter.close)

        assert not draft.accepts_signatures(now())
        assert draft.closed_at is not None

    def test_refuses_a_letter_that_is_not_open(self, draft):
        with pytest.raises(CannotChangeLetter, match="draft"):
            change(draft, Letter.close)


class TestDeliver:
    def test_ends_the_letters_life(self, draft, recorded):
        ids = draft.coalition_id, draft.id
        change(draft, Letter.open)
        change(draft, Letter.close)
        change(draft, lambda letter: letter.deliver(note="By hand to the clerk"))

        assert draft.state == LetterState.DELIVERED
        assert isinstance(recorded()[-1], LetterDelivered)
        for verb in (Letter.open, Letter.close, lambda letter: letter.deliver(note="Again")):
            with pytest.raises(CannotChangeLetter):
                change_by_id(*ids, verb)

    def test_refuses_a_list_that_could_still_change(self, draft):
        change(draft, Letter.open)

        with pytest.raises(CannotChangeLetter, match="open"):
            change(draft, lambda letter: letter.deliver(note="Too soon"))


class TestAcceptsSignatures:
    @pytest.mark.parametrize(
        ("opens_in_h", "closes_in_h", "accepts"),
        [
            (None, None, True),
            (-1, 1, True),
            (1, 2, False),
            (-2, -1, False),
            (-1, 0, False),
            (0, 1, True),
        ],
    )
    def test_holds_from_the_opening_moment_until_before_the_closing_moment(
        self, coalition, opens_in_h, closes_in_h, accepts
    ):
        at = now()
        letter = make_letter(coalition)
        letter.opens_at = None if opens_in_h is None else at + timedelta(hours=opens_in_h)
        letter.closes_at = None if closes_in_h is None else at + timedelta(hours=closes_in_h)

        assert letter.accepts_signatures(at) is accepts


class TestAcceptsKind:
    @pytest.mark.parametrize(
        ("signatories", "kinds"),
        [
            (Signatories.BOTH, {"person", "organization"}),
            (Signatories.PEOPLE, {"person"}),
            (Signatories.ORGANIZATIONS, {"organization"}),
        ],
    )
    def test_follows_who_may_sign(self, draft, signatories, kinds):
        draft.signatories = signatories

        assert {
            each for each in ("person", "organization") if draft.accepts_kind(each)
        } == kinds


class TestTextIn:
    def test_falls_back_to_the_letters_own_language(self, coalition):
        letter = make_letter(coalition, language="es", title="Que sigan los buses nocturnos")

        assert letter.text_in("en").title == letter.title == "Que sigan los buses nocturnos"

    def test_gives_the_translation_where_there_is_one(self, draft):
        change(
            draft,
            lambda letter: letter.texts.append(
                LetterText(
                    coalition_id=letter.coalition_id, language="es", title="Hola", body="x"
                )
            ),
        )

        assert draft.text_in("es").title == "Hola"
        assert draft.languages == ["en", "es"]


class TestLetterBySlug:
    def test_finds_the_current_coalitions_letter(self, coalition):
        other = make_coalition("parks", "Parks")
        ours, theirs = make_letter(coalition), make_letter(other)

        for owner, letter in ((coalition, ours), (other, theirs)):
            with db.reading(owner.id):
                assert letter_by_slug("keep-the-night-buses").id == letter.id


class TestDeleting:
    def test_takes_the_signatures_along(self, coalition):
        letter = make_letter(coalition)
        make_signature(letter, "Ada Lovelace")

        with db.transaction(coalition.id) as session:
            session.delete(session.get(Letter, letter.id))

        with db.reading(coalition.id) as session:
            assert session.scalar(select(func.count()).select_from(Signature)) == 0

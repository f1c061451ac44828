"""Signing: the one statement that anybody in the world may cause."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from coalition import addresses, db
from coalition.clock import now
from coalition.letters.errors import (
    NotForThisKind,
    SigningClosed,
    SigningNotStarted,
    UnknownLetter,
)
from coalition.letters.events import SignatureAdded, SignatureRepeated
from coalition.letters.models import Letter, Signatories
from coalition.letters.signatures import Signature, SignatureState
from coalition.letters.signing import SignatureRequest, sign, sign_within
from coalition.testing import make_coalition, make_letter

SLUG = "keep-the-night-buses"


def a_request(**values) -> SignatureRequest:
    return SignatureRequest(
        **{
            "kind": "person",
            "given_name": "Ada",
            "family_name": "Lovelace",
            "email": "ada@example.org",
        }
        | values
    )


def for_organization(name: str, **values) -> SignatureRequest:
    return a_request(kind="organization", organization_name=name, **values)


def signatures(coalition) -> list[Signature]:
    with db.reading(coalition.id) as session:
        return list(session.scalars(select(Signature).order_by(Signature.created_at)))


def together(*works) -> None:
    """Run all at once, each in a thread with a session of its own."""
    barrier = threading.Barrier(len(works))

    def run(work) -> None:
        barrier.wait()
        try:
            work()
        finally:
            db.session.remove()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class TestSign:
    def test_stores_a_pending_signature_and_records_it(self, coalition, recorded):
        letter = make_letter(coalition)

        sign(
            coalition.id,
            SLUG,
            a_request(city="Los Angeles", postal_code="90012", listed=True, source_code="qr-1"),
        )

        [signature] = signatures(coalition)
        assert signature.state == SignatureState.PENDING
        assert signature.letter_id == letter.id
        assert signature.signatory_name == "Ada Lovelace"
        assert signature.sort_key == "lovelace ada"
        assert signature.city == "Los Angeles"
        assert signature.source_code == "qr-1"
        assert signature.listed
        assert not signature.counts
        with db.reading(coalition.id):
            assert signature.email == "ada@example.org"
            assert signature.postal_code == "90012"
        fact = recorded()[-1]
        assert isinstance(fact, SignatureAdded)
        assert (fact.letter_id, fact.signature_id, fact.kind) == (
            letter.id,
            signature.id,
            "person",
        )

    def test_again_changes_nothing_and_tells_only_the_outbox(self, coalition, recorded):
        make_letter(coalition)
        sign(coalition.id, SLUG, a_request())

        answer = sign(
            coalition.id, SLUG, a_request(given_name="Mallory", email="Ada@Example.org")
        )

        assert answer is None  # as the first time
        [signature] = signatures(coalition)
        assert signature.given_name == "Ada"
        assert [type(fact) for fact in recorded()[-2:]] == [SignatureAdded, SignatureRepeated]

    def test_for_another_organization_is_another_signature(self, coalition):
        make_letter(coalition)

        for name in ("Bus Riders Union", "The Bus Riders' Union", "Parks Now"):
            sign(coalition.id, SLUG, for_organization(name))
        sign(coalition.id, SLUG, a_request())

        assert [each.organization_name for each in signatures(coalition)] == [
            "Bus Riders Union",
            "Parks Now",
            "",
        ]

    def test_again_after_withdrawing_is_new(self, coalition, recorded):
        make_letter(coalition)
        sign(coalition.id, SLUG, a_request())
        with db.transaction(coalition.id) as session:
            session.scalars(select(Signature)).one().withdraw()

        sign(coalition.id, SLUG, a_request())

        assert sorted(each.state for each in signatures(coalition)) == ["pending", "withdrawn"]
        assert isinstance(recorded()[-1], SignatureAdded)

    def test_is_one_signature_however_often_and_spelled_at_once(self, coalition, recorded):
        make_letter(coalition)
        spellings = [
            "ada.lovelace@gmail.com",
            "AdaLovelace@GMAIL.com",
            "adalovelace+buses@googlemail.com",
            " a.d.a.lovelace@gmail.com ",
            "ａｄａ.lovelace@gmail.com",
        ]

        together(
            *[
                lambda number=number: [
                    sign(coalition.id, SLUG, a_request(email=spellings[(number + turn) % 5]))
                    for turn in range(10)
                ]
                for number in range(10)
            ]
        )

        assert len(signatures(coalition)) == 1
        kinds = [type(fact) for fact in recorded()]
        assert kinds.count(SignatureAdded) == 1
        # Those who tried in the very moment of the first are told by its mail.
        assert 85 <= kinds.count(SignatureRepeated) <= 99

    def test_of_the_same_mailbox_in_another_coalition_is_another(self, coalition):
        other = make_coalition("parks", "Parks")
        make_letter(coalition)
        make_letter(other)

        sign(coalition.id, SLUG, a_request())
        sign(other.id, SLUG, a_request())

        assert len(signatures(coalition)) == len(signatures(other)) == 1


class TestSignRefuses:
    def test_an_unknown_letter(self, coalition):
        with pytest.raises(UnknownLetter):
            sign(coalition.id, "nothing-here", a_request())

    def test_a_draft_as_if_it_were_unknown(self, coalition):
        make_letter(coalition, opened=False)

        with pytest.raises(UnknownLetter):
            sign(coalition.id, SLUG, a_request())

    def test_a_letter_of_another_coalition_as_if_it_were_unknown(self, coalition):
        make_letter(make_coalition("parks", "Parks"))

        with pytest.raises(UnknownLetter):
            sign(coalition.id, SLUG, a_request())

    def test_a_letter_that_has_not_begun(self, coalition):
        make_letter(coalition, opens_at=now() + timedelta(days=1))

        with pytest.raises(SigningNotStarted, match="Keep the night buses"):
            sign(coalition.id, SLUG, a_request())

    def test_a_letter_whose_time_is_over(self, coalition):
        letter = make_letter(coalition)
        with db.transaction(coalition.id) as session:
            session.get(Letter, letter.id).closes_at = now() - timedelta(seconds=1)

        with pytest.raises(SigningClosed):
            sign(coalition.id, SLUG, a_request())

    @pytest.mark.parametrize(
        ("signatories", "request_"),
        [
            (Signatories.ORGANIZATIONS, a_request()),
            (Signatories.PEOPLE, for_organization("Parks Now")),
        ],
    )
    def test_whom_the_letter_is_not_for(self, coalition, signatories, request_):
        make_letter(coalition, signatories=signatories)

        with pytest.raises(NotForThisKind):
            sign(coalition.id, SLUG, request_)

    def test_what_is_no_address(self, coalition, recorded):
        make_letter(coalition)
        before = recorded()

        for wrong in (
            "ada",
            "ada@",
            "ada@example",
            "a da@example.org",
            "ada@example.org\nBcc: x@y.org",
        ):
            with pytest.raises(addresses.NotAnAddress):
                sign(coalition.id, SLUG, a_request(email=wrong))

        assert signatures(coalition) == []
        assert recorded() == before


class TestSignWithin:
    def test_goes_with_the_transaction(self, coalition, recorded):
        make_letter(coalition)
        before = recorded()

        with pytest.raises(ZeroDivisionError), db.transaction(coalition.id):
            sign_within(coalition.id, SLUG, a_request())
            raise ZeroDivisionError

        assert signatures(coalition) == []
        assert recorded() == before


class TestClosing:
    ROUNDS = 40

    def test_leaves_no_signature_that_came_after_it(self, coalition):
        # "Look whether it is open, then insert" lets some in after the coordinator's last count.
        late = []
        for turn in range(self.ROUNDS):
            slug = f"letter-{turn}"
            letter = make_letter(coalition, slug=slug)
            at_close = []

            def close(letter_id=letter.id, at_close=at_close) -> None:
                time.sleep(0.004)
                with db.transaction(coalition.id) as session:
                    session.get(Letter, letter_id, populate_existing=True).close()
                at_close.append(count(coalition, letter_id))

            def keep_signing(number: int, slug=slug) -> None:
                for each in range(20):
                    try:
                        sign(
                            coalition.id, slug, a_request(email=f"p{number}.{each}@example.org")
                        )
                    except SigningClosed:
                        return

            together(
                close, *[lambda number=number: keep_signing(number) for number in range(8)]
            )
            late.append(count(coalition, letter.id) - at_close[0])

        assert late == [0] * self.ROUNDS


def count(coalition, letter_id) -> int:
    with db.reading(coalition.id) as session:
        return session.scalar(
            select(func.count()).select_from(Signature).filter_by(letter_id=letter_id)
        )

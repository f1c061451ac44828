"""Tests of signing and closing at the same moment, with real connections."""

from threading import Barrier, Event, Thread

import pytest

from coalition import db
from coalition.errors import DomainError
from coalition.letters.editing import locked_letter
from coalition.letters.signatures import Signature
from coalition.letters.signing import SignatureRequest, sign
from coalition.testing import make_letter

SLUG = "keep-the-night-buses"
SIGNERS, ROUNDS = 4, 8


def sign_until(closed, coalition_id, signer, together, surprises):
    together.wait()
    number = 0
    while not closed.is_set():
        number += 1
        request = SignatureRequest(
            kind="person", given_name="Ada", family_name="Able",
            email=f"ada.{signer}.{number}@example.org",
        )  # fmt: skip
        try:
            sign(coalition_id, SLUG, request)
        except DomainError:
            break
        except Exception as surprise:
            surprises.append(surprise)
            break
    db.session.remove()


def wait_for_a_signature(coalition_id, letter_id):
    found = False
    while not found:
        with db.reading(coalition_id) as session:
            found = session.query(Signature).filter_by(letter_id=letter_id).first()


class TestClosing:
    @pytest.mark.parametrize("round_", range(ROUNDS))
    def test_leaves_no_signature_after_the_final_count(self, coalition, round_):
        letter_id = make_letter(coalition).id
        coalition_id, surprises = coalition.id, []
        closed, together = Event(), Barrier(SIGNERS + 1)
        signers = [
            Thread(target=sign_until, args=(closed, coalition_id, n, together, surprises))
            for n in range(SIGNERS)
        ]
        for signer in signers:
            signer.start()

        together.wait()
        wait_for_a_signature(coalition_id, letter_id)
        with db.transaction(coalition_id) as session:
            locked_letter(SLUG).close()
            session.flush()
            final = session.query(Signature).filter_by(letter_id=letter_id).count()
        closed.set()
        for signer in signers:
            signer.join()

        with db.reading(coalition_id) as session:
            later = session.query(Signature).filter_by(letter_id=letter_id).count()
        assert surprises == []
        assert later == final
        assert final > 0

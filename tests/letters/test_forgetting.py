"""Signatures that nobody confirmed are forgotten."""

from datetime import timedelta

from sqlalchemy import select

from coalition import db
from coalition.clock import now
from coalition.letters import jobs as letter_jobs
from coalition.letters.signatures import Signature, SignatureSource, SignatureState
from coalition.testing import make_letter, make_signature

OLD = timedelta(days=31)
YOUNG = timedelta(days=29)


class TestForgettingTheUnconfirmed:
    def test_deletes_what_nobody_stood_by_for_a_month_and_nothing_else(self, coalition):
        letter = make_letter(coalition)
        pending, rejected = SignatureState.PENDING, SignatureState.REJECTED
        for name, age, values in (
            ("Never Came", OLD, {"state": pending}),
            ("Never Was", OLD, {"state": rejected}),
            ("Just Signed", YOUNG, {"state": pending}),
            ("Came Once", OLD, {"state": rejected, "confirmed_at": now() - OLD}),
            ("Counts Still", OLD, {"confirmed_at": now() - OLD}),
            ("On Paper", OLD, {"state": rejected, "source": SignatureSource.PASTED}),
        ):
            make_signature(letter, name, created_at=now() - age, **values)

        letter_jobs.forget_unconfirmed()
        letter_jobs.forget_unconfirmed()

        with db.reading(coalition.id) as session:
            left = {each.signatory_name for each in session.scalars(select(Signature))}
        assert left == {"Just Signed", "Came Once", "Counts Still", "On Paper"}

    def test_goes_on_until_all_are_gone(self, coalition, monkeypatch):
        monkeypatch.setattr(letter_jobs, "FORGOTTEN_AT_ONCE", 1)
        letter = make_letter(coalition)
        for name in ("Ada Able", "Bob Baker"):
            make_signature(letter, name, state=SignatureState.PENDING, created_at=now() - OLD)

        letter_jobs.forget_unconfirmed()

        with db.reading(coalition.id) as session:
            assert session.scalars(select(Signature)).all() == []

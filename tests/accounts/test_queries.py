"""Tests of who did something to a record."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from coalition import audit, db
from coalition.accounts.queries import users_behind
from coalition.accounts.tokens import ApiToken
from coalition.audit import Actor
from coalition.clock import now
from coalition.letters.models import Letter
from coalition.testing import make_letter, make_token


class TestUsersBehind:
    def test_are_those_who_did_something_since(self, coalition):
        letter = make_letter(coalition, opened=False)
        other = make_letter(coalition, "other", opened=False)
        early, late, elsewhere = (Actor("user", uuid4()) for _ in range(3))

        def act(actor, subject):
            with audit.acting(actor), db.transaction(coalition.id) as session:
                audit.record("letter.edited", session.get(Letter, subject.id))

        act(early, letter)
        since = now()
        act(late, letter)
        act(elsewhere, other)
        act(Actor("token", uuid4()), letter)

        with db.reading(coalition.id):
            assert users_behind([letter.id], since=since) == {late.id}
            long_ago = since - timedelta(days=1)
            assert users_behind([letter.id], since=long_ago) == {early.id, late.id}

    def test_are_also_those_whose_program_did_it(self, coalition):
        letter = make_letter(coalition, opened=False)
        make_token(coalition, "segments:write")
        with db.reading(coalition.id) as session:
            token = session.scalars(select(ApiToken)).one()
            since = now()

        with audit.acting(Actor("token", token.id)), db.transaction(coalition.id) as session:
            audit.record("letter.edited", session.get(Letter, letter.id))

        with db.reading(coalition.id):
            assert users_behind([letter.id], since=since) == {token.user_id}

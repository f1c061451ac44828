"""Signing through the API, which everybody may do."""

import pytest
from sqlalchemy import select

from coalition import db
from coalition.letters.signatures import Signature
from coalition.testing import make_coalition, make_letter

PERSON = {
    "kind": "person",
    "given_name": "Ada",
    "family_name": "Lovelace",
    "email": "ada@example.org",
}
UNION = {
    **PERSON,
    "kind": "organization",
    "organization_name": "Riders United",
    "capacity": "Secretary",
}


@pytest.fixture
def public(api):
    api.headers = {}
    return api


def signatures(coalition):
    with db.reading(coalition.id) as session:
        return session.scalars(select(Signature)).all()


class TestSigning:
    def test_answers_the_same_for_a_new_and_a_repeated_signature(self, public, coalition):
        path = f"/letters/{make_letter(coalition).slug}/signatures"

        first, second = (public.post(path, PERSON) for _ in range(2))

        assert first.status_code == second.status_code == 202
        assert first.data == second.data
        assert dict(first.headers).keys() == dict(second.headers).keys()
        assert set(first.get_json()) == {"slug", "title", "state", "closes_at", "url"}
        assert len(signatures(coalition)) == 1

    def test_waits_for_the_owner_of_the_mailbox(self, public, coalition, mailbox):
        public.post(f"/letters/{make_letter(coalition).slug}/signatures", UNION)

        [signature] = signatures(coalition)
        assert (signature.state, signature.source) == ("pending", "api")
        assert signature.organization_name == "Riders United"
        assert [each.recipient for each in mailbox()] == ["ada@example.org"]

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"email": "nobody"}, "email"),
            ({"given_name": ""}, "given_name"),
            ({"given_name": "x" * 101}, "given_name"),
            ({"given_name": "A\u0000da"}, "given_name"),
            ({"given_name": "A\u202eda"}, "given_name"),
            ({"given_name": None}, "given_name"),
            ({"kind": "robot"}, "kind"),
            ({"website": "javascript:alert(1)"}, "website"),
            ({"kind": "organization", "capacity": "x"}, "organization_name"),
            ({"source_code": "a b"}, "source_code"),
            ({"state": "confirmed"}, "state"),
            ({"listed": "yes"}, "listed"),
            ({"language": "xx"}, "language"),
        ],
    )
    def test_names_the_field_that_is_wrong(self, public, coalition, change, field):
        coalition_id = coalition.id
        path = f"/letters/{make_letter(coalition).slug}/signatures"

        refused = public.post(path, {**PERSON, **change})

        assert refused.status_code == 422
        assert refused.content_type == "application/problem+json"
        assert field in refused.get_json()["errors"]
        with db.reading(coalition_id) as session:
            assert session.scalars(select(Signature)).all() == []

    def test_says_the_limit_in_the_language_asked_for(self, public, coalition):
        path = f"/letters/{make_letter(coalition).slug}/signatures"

        refused = public.post(path, {**PERSON, "given_name": "x" * 101})

        assert "100" in refused.get_json()["errors"]["given_name"][0]

    def test_is_refused_once_the_letter_is_closed(self, public, coalition):
        letter = make_letter(coalition)
        path = f"/letters/{letter.slug}/signatures"
        with db.transaction(coalition.id) as session:
            session.merge(letter).close()

        refused = public.post(path, PERSON)

        assert refused.status_code == 409
        assert refused.get_json()["code"] == "letter_closed"

    def test_does_not_know_a_draft_an_unknown_letter_or_a_neighbours(self, public, coalition):
        make_letter(coalition, "draft", opened=False)
        make_letter(make_coalition("bike-lanes", "Bike Lanes"), "lanes")

        answers = [
            public.post(f"/letters/{slug}/signatures", PERSON)
            for slug in ("draft", "unknown", "lanes")
        ]

        assert [each.status_code for each in answers] == [404, 404, 404]
        assert len({each.data for each in answers}) == 1

    def test_refuses_a_kind_that_the_letter_does_not_take(self, public, coalition):
        path = f"/letters/{make_letter(coalition, signatories='organizations').slug}/signatures"

        refused = public.post(path, PERSON)

        assert refused.status_code == 422
        assert list(refused.get_json()["errors"]) == ["kind"]

"""Who may call what: tokens, scopes, and the walls between coalitions."""

import re
from datetime import timedelta
from hashlib import sha256

import psycopg
import pytest
from sqlalchemy import update

from coalition import config, db
from coalition.accounts.tokens import SCOPES, ApiToken
from coalition.clock import now
from coalition.testing import (
    make_campaign,
    make_coalition,
    make_document,
    make_letter,
    make_organization,
    make_person,
    make_signature,
)

METHODS = ("get", "post", "patch", "delete")
UNKNOWN = "01990000-0000-7000-8000-000000000000"


def guarded(client):
    """Return method, path, scope and example body of each operation that needs a token."""
    document = client.get("/api/v1/openapi.json").get_json()
    found = []
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item and item[method]["security"]:
                told = item[method]
                content = told.get("requestBody", {}).get("content", {})
                body = content.get("application/json", {}).get("example")
                found.append((method.upper(), path, told["security"][0]["token"][0], body))
    return found


def filled(path, coalition, places):
    return re.sub(r"{(\w+)}", lambda m: places.get(m[1], UNKNOWN), path).replace(
        f"/coalitions/{UNKNOWN}", f"/coalitions/{coalition}"
    )


@pytest.fixture
def neighbour(api_of):
    """Give the places of everything in another coalition, each in a dictionary by its name."""
    coalition = make_coalition("bike-lanes", "LEAK-coalition")
    letter = make_letter(coalition, "lanes", title="LEAK-letter")
    person = make_person(coalition, "leak@example.org", "LEAK-person")
    signature = make_signature(letter, "LEAK Signature")
    api = api_of(coalition)
    campaign = make_campaign(coalition, "bikes", title="LEAK-campaign")
    document = make_document(campaign, "LEAK-document")
    note = api.post(f"/people/{person.id}/notes", {"text": "LEAK-note"}).get_json()
    [address] = api.get(f"/people/{person.id}/addresses").get_json()["records"]
    question = {"match": "all", "of": [{"is": "city", "city": "LEAK-city"}]}
    segment = api.post("/segments", {"name": "LEAK-segment", "question": question}).get_json()
    union = make_organization("Riders United")
    belongs = api.post(
        f"/people/{person.id}/memberships", {"organization_id": str(union.id)}
    ).get_json()
    return {
        "coalition": "bike-lanes",
        "letter": "lanes",
        "campaign": "bikes",
        "document": str(document.id),
        "person": str(person.id),
        "signature": str(signature.id),
        "note": note["id"],
        "address": address["id"],
        "membership": belongs["id"],
        "segment": segment["slug"],
    }


def checksum():
    """Return a text that is another one after any change to any row."""
    skipped = {"api_tokens", "users"}  # they note when they were used
    with psycopg.connect(config.current().database_url) as connection:
        tables = sorted(set(db.Base.metadata.tables) - skipped)
        rows = [
            str(sorted(map(str, connection.execute(f'SELECT * FROM "{name}"').fetchall())))
            for name in tables
        ]
    return sha256("".join(rows).encode()).hexdigest()


class TestWithoutAToken:
    def test_nothing_is_told(self, client, coalition):
        for method, path, _, body in guarded(client):
            answer = client.open(filled(path, coalition.slug, {}), method=method, json=body)

            assert answer.status_code == 401, (method, path)
            assert answer.content_type == "application/problem+json"
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    def test_a_cookie_does_not_help(self, client, coalition):
        client.set_cookie("session", "anything")

        answer = client.get(f"/api/v1/coalitions/{coalition.slug}/people")

        assert answer.status_code == 401
        assert "Set-Cookie" not in answer.headers

    @pytest.mark.parametrize(
        "header", ["Bearer", "Bearer x", "Basic YTpi", "bearer coa_no", "é"]
    )
    def test_another_credential_does_not_help(self, client, coalition, header):
        answer = client.get(
            f"/api/v1/coalitions/{coalition.slug}/people", headers={"Authorization": header}
        )

        assert answer.status_code == 401


class TestAToken:
    def test_that_has_ended_or_was_revoked_is_worth_nothing(self, api):
        for values in ({"expires_at": now() - timedelta(1)}, {"revoked_at": now()}):
            with db.transaction() as session:
                session.execute(
                    update(ApiToken).values(
                        {"expires_at": now() + timedelta(1), "revoked_at": None, **values}
                    )
                )

            assert api.get("/people").status_code == 401

    def test_allows_exactly_what_its_scope_says(self, client, coalition, api_of):
        operations = guarded(client)
        clients = {scope: api_of(coalition, scope) for scope in SCOPES}

        for method, path, needed, body in operations:
            place = filled(path, coalition.slug, {})
            for scope, api in clients.items():
                answer = api.send(method, place, body, {"If-Match": '"x"'})

                assert (answer.status_code != 403) == (scope == needed), (method, path, scope)

    def test_does_not_reach_into_another_coalition_by_its_address(
        self, client, coalition, neighbour, api_of
    ):
        api = api_of(coalition)
        before = checksum()

        for method, path, _, body in guarded(client):
            theirs = api.send(method, filled(path, "bike-lanes", neighbour), body)
            nobodys = api.send(method, filled(path, "nobody", neighbour), body)

            assert theirs.status_code == 404, (method, path)
            assert theirs.data == nobodys.data
        assert checksum() == before

    def test_does_not_find_another_coalitions_records_in_its_own(
        self, client, coalition, neighbour, api_of
    ):
        api = api_of(coalition)
        before = checksum()
        places = {name: place for name, place in neighbour.items() if name != "coalition"}

        for method, path, _, body in guarded(client):
            if not set(re.findall(r"{(\w+)}", path)) & set(places):
                continue
            theirs = api.send(
                method, filled(path, "night-buses", places), body, {"If-Match": "*"}
            )
            nobodys = api.send(
                method,
                filled(path, "night-buses", {"letter": "none", "campaign": "none"}),
                body,
                {"If-Match": "*"},
            )

            assert theirs.status_code == 404, (method, path)
            assert theirs.data == nobodys.data
        assert checksum() == before

    def test_lists_nothing_of_another_coalition(self, client, coalition, neighbour, api_of):
        api = api_of(coalition)

        for method, path, _, _ in guarded(client):
            if method == "GET":
                assert "LEAK" not in api.get(filled(path, coalition.slug, neighbour)).text
        assert api.get("/people?email=leak@example.org").get_json()["records"] == []

    def test_cannot_point_to_another_coalitions_campaign(self, coalition, neighbour, api_of):
        refused = api_of(coalition).post("/letters", {"slug": "x", "campaign": "bikes"})

        assert refused.status_code == 422
        assert list(refused.get_json()["errors"]) == ["campaign"]

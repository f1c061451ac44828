"""The examples in the document are what the API takes and gives."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import select

from coalition import db
from coalition.audit import AuditEntry
from coalition.letters.signatures import SignatureState
from coalition.testing import (
    make_action,
    make_campaign,
    make_document,
    make_letter,
    make_meeting,
    make_organization,
    make_person,
    make_signature,
)
from tests.comments.conftest import make_item

ORDER = ("post", "get", "patch", "delete")
# Signing is a fact of its own; whose signature was rejected has nothing to withdraw.
UNRECORDED = {"sign_letter", "withdraw_signature"}
LAST = (
    "approval", "rejection", "withdrawal", "opening", "closing", "delivery", "completion",
    "publication", "unpublication",
)  # fmt: skip


@pytest.fixture
def document(client):
    return client.get("/api/v1/openapi.json").get_json()


def checker(document, schema) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document["components"]})


def examples(document):
    """Return where an example stands, its schema, and the example."""
    for path, item in document["paths"].items():
        for method, told in item.items():
            if method not in ORDER:
                continue
            contents = [told.get("requestBody", {}), *told["responses"].values()]
            for content in contents:
                for media in content.get("content", {}).values():
                    yield f"{method} {path}", media["schema"], media["example"]
    for name, response in document["components"]["responses"].items():
        for media in response["content"].values():
            yield name, media["schema"], media["example"]


class TestTheExamples:
    def test_fit_their_schemas(self, document):
        found = list(examples(document))

        assert len(found) > 70
        for place, schema, example in found:
            errors = list(checker(document, schema).iter_errors(example))
            assert errors == [], place

    def test_work_when_they_are_sent_are_recorded_and_answered_as_described(
        self, api, coalition, document
    ):
        places = _places(api, coalition)
        operations = _operations(document)
        known = _recorded(coalition)

        for method, path, told in operations:
            place = f"{method} {path}"
            url = path.format(**_places_for(path, places))
            content = told.get("requestBody", {}).get("content", {})
            body = content.get("application/json", {}).get("example")
            body = _with_real_ids(body, places)
            headers = {}
            if method in ("patch", "delete"):
                headers["If-Match"] = api.get(url).headers["ETag"]
            answer = api.send(method.upper(), url, body, headers)

            if method != "get" and told["operationId"] not in UNRECORDED:
                before, known = known, _recorded(coalition)
                assert set(known[len(before) :]) == {"token"}, place
            expected = told["responses"][str(answer.status_code)]
            assert answer.status_code < 300, (place, answer.text)
            if answer.status_code != 204:
                schema = expected["content"]["application/json"]["schema"]
                errors = list(checker(document, schema).iter_errors(answer.get_json()))
                assert errors == [], place


def _operations(document) -> list[tuple[str, str, dict[str, Any]]]:
    """Return all operations: what adds first, what removes last, a letter's life in order."""
    found = [
        (method, path, item[method])
        for path, item in document["paths"].items()
        for method in ORDER
        if method in item
    ]

    def place(operation):
        method, path, _ = operation
        last = path.rpartition("/")[2]
        return (ORDER.index(method), LAST.index(last) + 1 if last in LAST else 0, -len(path))

    return sorted(found, key=place)


def _places(api, coalition) -> dict[str, str]:
    letter = make_letter(coalition)
    person = make_person(coalition, "ada@example.org")
    union = make_organization("Riders United")
    waiting = make_signature(
        letter, "Riders Untied", kind="organization", organization=union,
        state=SignatureState.CONFIRMED,
    )  # fmt: skip
    other = make_organization("Night Workers")
    member = api.post("/memberships", {"organization_id": str(other.id)}).get_json()
    belongs = api.post(
        f"/people/{person.id}/memberships", {"organization_id": str(other.id)}
    ).get_json()
    alias = api.post(f"/organizations/{other.id}/aliases", {"name": "NW"}).get_json()
    campaign = make_campaign(coalition, "to-remove")
    document = make_document(campaign, file=("minutes.txt", b"Minutes"))
    note = api.post(f"/people/{person.id}/notes", {"text": "x"}).get_json()
    [address] = api.get(f"/people/{person.id}/addresses").get_json()["records"]
    meeting = make_meeting(coalition)
    make_action(coalition, "call-now")
    make_action(coalition, "never-opened", opened=False)
    task = api.post("/follow-ups", {"title": "Call back"}).get_json()
    everybody = {"match": "all", "of": []}
    segment = api.post("/segments", {"name": "All", "question": everybody}).get_json()
    return {
        "coalition": coalition.slug,
        "action": "never-opened",
        "follow_up": task["id"],
        "segment": segment["slug"],
        "meeting": str(meeting.id),
        "body": str(meeting.body_id),
        "letter": letter.slug,
        "campaign": "to-remove",
        "document": str(document.id),
        "person": str(person.id),
        "organization": str(other.id),
        "signature": str(waiting.id),
        "note": note["id"],
        "address": address["id"],
        "alias": alias["id"],
        "new_organization": str(union.id),
        "member": member["id"],
        **_commented(api, coalition),
        "membership": belongs["id"],
    }


def _commented(api, coalition) -> dict[str, str]:
    item = make_item(coalition)
    text = {"position": "oppose", "text": "No"}
    made = api.post(f"/agenda-items/{item.id}/comments", text).get_json()
    return {"agenda_item": str(item.id), "comment": made["id"]}


def _recorded(coalition) -> list[str]:
    """Return what sort of actor did what stands in the audit log, in order."""
    with db.reading(coalition.id) as session:
        return list(session.scalars(select(AuditEntry.actor_kind).order_by(AuditEntry.id)))


def _places_for(path, places) -> dict[str, str]:
    if path.endswith(("/opening", "/closing", "/delivery")):
        # The drafts that their examples made.
        return {**places, "letter": "keep-the-owl-line", "action": "call-the-board"}
    if path.endswith("publication"):
        return {**places, "campaign": "all-night-network"}  # which its example made
    if path.endswith("/participations"):
        return {**places, "action": "call-now"}
    if "/people/" not in path:
        return {**places, "membership": places["member"]}
    return places


def _with_real_ids(body, places):
    if isinstance(body, dict) and body.get("organization_id"):
        return {**body, "organization_id": places["new_organization"]}
    return body

"""How an operation stands in the OpenAPI document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema

from coalition.api.paging import CURSOR_CHARS

Links = Mapping[str, Mapping[str, str]]

# What may go wrong, by status; the responses themselves stand once in the document.
PROBLEMS = {
    400: ("BadRequest", "malformed_json", "The body is not valid JSON."),
    401: ("Unauthorized", "not_signed_in", "No token was sent, or it is not valid any more."),
    403: ("Forbidden", "scope_missing", "The token does not allow this."),
    404: ("NotFound", "not_found", "There is nothing at this address."),
    409: ("Conflict", "conflict", "That cannot be done as things stand now."),
    412: ("PreconditionFailed", "precondition_failed", "The record has changed meanwhile."),
    413: ("TooLarge", "request_entity_too_large", "The body is too large."),
    415: ("NotJson", "unsupported_media_type", "The body is not JSON."),
    422: ("Invalid", "invalid", "A value does not fit; `errors` names the fields."),
    428: ("PreconditionRequired", "precondition_required", "The header If-Match is missing."),
    429: ("TooMany", "too_many_requests", "That was too often; wait a little."),
    503: ("Unavailable", "unavailable", "The database cannot be reached; try again later."),
}
PATH_PARAMETERS = {
    "coalition": ("The address of the coalition.", "night-buses"),
    "campaign": ("The address of the campaign.", "all-night-network"),
    "document": ("The id of the document.", None),
    "letter": ("The address of the letter.", "keep-the-night-buses"),
    "agenda_item": ("The id of the point on the agenda.", None),
    "comment": ("The id of the comment.", None),
    "segment": ("The address of the segment.", "riders-of-long-beach"),
    "signature": ("The id of the signature.", None),
    "person": ("The id of the person.", None),
    "address": ("The id of the e-mail address.", None),
    "note": ("The id of the note.", None),
    "membership": ("The id of the membership.", None),
    "organization": ("The id of the organization.", None),
    "action": ("The address of the action.", "call-the-board"),
    "participation": ("The id of the participation.", None),
    "follow_up": ("The id of the task.", None),
    "alias": ("The id of the other name.", None),
    "body": ("The id of the public body.", None),
    "meeting": ("The id of the meeting.", None),
}
SAMPLE_ID = "0198c0de-7000-7000-8000-000000000001"
SAMPLE_ETAG = '"XmkpP8yBJnDbvBSkQ1H4Lg"'


@dataclass(frozen=True)
class Description:
    """What is said about one operation."""

    summary: str
    text: str
    scope: str | None
    status: int
    takes: type[Schema] | Schema | None = None
    gives: type[Schema] | None = None
    query: type[Schema] | None = None
    is_list: bool = False
    has_etag: bool = False
    needs_match: bool = False
    is_repeatable: bool = False
    problems: tuple[int, ...] = ()
    links: Links = field(default_factory=dict)

    def as_openapi(self, operation_id: str) -> dict[str, Any]:
        """Return the operation object."""
        told = {
            "operationId": operation_id,
            "summary": self.summary,
            "description": self.text,
            "security": [{"token": [self.scope]}] if self.scope else [],
            "parameters": self._parameters(),
            "responses": {str(self.status): self._answer(), **self._problems()},
        }
        if self.takes is not None:
            told["requestBody"] = {"required": True, "content": _json(self.takes)}
        return told

    def _parameters(self) -> list[Any]:
        headers = []
        if self.is_repeatable:
            headers.append("IdempotencyKey")
        if self.needs_match:
            headers.append("IfMatch")
        if self.has_etag and self.status == 200 and not self.needs_match and not self.takes:
            headers.append("IfNoneMatch")
        query = [{"in": "query", "schema": self.query}] if self.query else []
        return [*query, *headers]

    def _answer(self) -> dict[str, Any]:
        if self.gives is None:
            return {"description": "Done; there is nothing to add."}
        answer: dict[str, Any] = {"description": "As asked.", "headers": {}}
        answer["content"] = _page(self.gives) if self.is_list else _json(self.gives)
        if self.is_list:
            answer["headers"]["Link"] = {
                "description": 'The next page, `<…>; rel="next"`.',
                "schema": {"type": "string"},
            }
        if self.has_etag:
            answer["headers"]["ETag"] = {
                "description": "Names this state of the record; send it back as If-Match.",
                "schema": {"type": "string"},
                "example": SAMPLE_ETAG,
            }
        if self.links:
            answer["links"] = {name: _link(name, more) for name, more in self.links.items()}
        return answer

    def _problems(self) -> dict[str, Any]:
        found = {404, 503, *self.problems}
        found |= {401, 403} if self.scope else set()
        found |= {400, 413, 415, 422} if self.takes else set()
        found |= {422} if self.query else set()
        found |= {409, 422} if self.is_repeatable else set()
        found |= {412, 428} if self.needs_match else set()
        told: dict[str, Any] = {
            str(status): {"$ref": f"#/components/responses/{PROBLEMS[status][0]}"}
            for status in sorted(found)
        }
        if self.has_etag and self.status == 200 and not self.needs_match and not self.takes:
            told["304"] = {"description": "You have this state already."}
        return told


def _json(schema: type[Schema] | Schema) -> dict[str, Any]:
    example = getattr(schema, "example", {})
    if isinstance(schema, Schema):  # every field may be left out
        example = getattr(schema, "example_of_change", example)
    return {"application/json": {"schema": schema, "example": example}}


def _page(schema: type[Schema]) -> dict[str, Any]:
    example = {"records": [getattr(schema, "example", {})], "next_cursor": None, "next": None}
    told = {
        "type": "object",
        "required": ["records", "next_cursor", "next"],
        "properties": {
            "records": {"type": "array", "items": schema},
            "next_cursor": {
                "type": ["string", "null"],
                "minLength": CURSOR_CHARS,
                "maxLength": CURSOR_CHARS,
                "description": "Send it as `cursor` to get the next page; null on the last.",
            },
            "next": {
                "type": ["string", "null"],
                "description": "The address of the next page; null on the last.",
            },
        },
    }
    return {"application/json": {"schema": told, "example": example}}


def _link(operation_id: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    return {
        "operationId": operation_id,
        "parameters": {"coalition": "$request.path.coalition", **parameters},
    }


def problem_example(status: int, code: str, sentence: str) -> dict[str, Any]:
    """Return a problem as it is sent."""
    told: dict[str, Any] = {
        "type": f"urn:coalition:{code}",
        "title": sentence,
        "status": status,
        "code": code,
        "detail": sentence,
    }
    if status == 422:
        told["errors"] = {"title": ["Fill this in."]}
    return told

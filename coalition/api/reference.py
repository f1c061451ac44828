"""The OpenAPI document as a page that people read."""

import json
from typing import Any

from flask import render_template

INTRODUCTION = (
    "What programs can do with a coalition. Send a token of the coalition with each request:"
    " `Authorization: Bearer coa_…`; coordinators make tokens, with scopes and an end, on the"
    " coalition's pages. Signing a letter needs no token.\n\n"
    "Lists come page by page: follow `next` until it is null. Records have an ETag; send it as"
    " `If-Match` when you change or remove one, and as `If-None-Match` when you read it again."
    " Send an `Idempotency-Key` with a POST, so that a repetition does nothing. Problems are"
    " `application/problem+json` with a stable `code`."
)
_METHODS = ("get", "post", "patch", "delete")


def page(document: dict[str, Any]) -> str:
    """Render the document."""
    operations: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in document["tags"]}
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                shown = _operation(document, path, method, item)
                operations[item[method]["tags"][0]].append(shown)
    return render_template(
        "api/reference.html", document=document, operations=operations, written=_written
    )


def _operation(
    document: dict[str, Any], path: str, method: str, item: dict[str, Any]
) -> dict[str, Any]:
    told = item[method]
    parameters = [
        _resolved(document, each)
        for each in [*item.get("parameters", []), *told.get("parameters", [])]
    ]
    taken = told.get("requestBody", {}).get("content", {}).get("application/json", {})
    return {
        **told,
        "path": path,
        "method": method.upper(),
        "scopes": [scope for each in told["security"] for scope in each["token"]],
        "parameters": parameters,
        "fields": _fields(document, taken.get("schema", {})),
        "sent": taken.get("example"),
        "answers": [
            (status, _resolved(document, each)) for status, each in told["responses"].items()
        ],
    }


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return name, type, limits and meaning of each field that is sent."""
    resolved = _resolved(document, schema)
    needed = resolved.get("required", [])
    return [
        {"name": name, "is_needed": name in needed, "limits": _limits(document, each), **each}
        for name, each in resolved.get("properties", {}).items()
    ]


def _limits(document: dict[str, Any], field: dict[str, Any]) -> str:
    kind = field.get("type", "")
    said = [" or ".join(kind) if isinstance(kind, list) else kind]
    said += [f"“{each}”" for each in field.get("enum", []) if each is not None]
    if "maxLength" in field:
        said.append(f"≤ {field['maxLength']} characters")
    if "maximum" in field:
        said.append(f"{field['minimum']} to {field['maximum']}")
    if "maxItems" in field:
        said.append(f"≤ {field['maxItems']} of them")
    if "items" in field:
        inner = _resolved(document, field["items"])
        said += [f"each with {', '.join(inner['properties'])}"] if "properties" in inner else []
    return ", ".join(each for each in said if each)


def _resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    found: Any = document
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    resolved: dict[str, Any] = found
    return resolved


def _written(example: Any) -> str:
    return json.dumps(example, indent=2, ensure_ascii=False)

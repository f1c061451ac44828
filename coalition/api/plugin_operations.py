"""Operations that plugins add to the API, taken into its document.

A plugin's view under `/api/v1/coalitions/` is described by its docstring and by the scope that
its token needs. It says what it gives with an attribute: `view.openapi = {"schema": …,
"example": …}`, where the schema is a marshmallow class.
"""

import re
from typing import Any

from apispec import APISpec
from flask import Flask

from coalition.api.describing import PROBLEMS

PREFIX = "/api/v1/coalitions/"
TAG = "plugins"


def add(spec: APISpec, app: Flask) -> None:
    """Describe what is served and not described yet."""
    found = False
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        if not path.startswith(PREFIX) or path in spec._paths:
            continue
        view = app.view_functions[rule.endpoint]
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        told = {method.lower(): _operation(view, rule.endpoint) for method in methods}
        spec.path(rule=rule, operations=told)
        found = True
    if found:
        spec.tag({"name": TAG, "description": "What the installed plugins add."})


def _operation(view: Any, endpoint: str) -> dict[str, Any]:
    text = " ".join((view.__doc__ or endpoint).split())
    scope = getattr(view, "scope", None)
    gives = getattr(view, "openapi", {"schema": {"type": "object"}, "example": {}})
    statuses = [401, 403, 404, 503] if scope else [404, 503]
    return {
        "operationId": re.sub(r"\W", "_", endpoint),
        "summary": text.partition(". ")[0].rstrip("."),
        "description": text,
        "tags": [TAG],
        "security": [{"token": [scope]}] if scope else [],
        "parameters": [],
        "responses": {
            "200": {"description": "As asked.", "content": {"application/json": gives}},
            **{str(status): PROBLEMS[status][0] for status in statuses},
        },
    }

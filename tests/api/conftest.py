"""Tokens and a small client for the tests of the API."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from coalition import db
from coalition.accounts import tokens
from coalition.accounts.models import User
from coalition.coalitions.models import Coalition


def make_token(coalition: Coalition, *scopes: str) -> str:
    """Make a token with these scopes, or with all."""
    with db.transaction():
        user = User.add(
            email=f"{coalition.slug}{len(scopes)}{''.join(scopes)[:20]}@example.org".replace(
                ":", ""
            )
        )
        _, secret = tokens.make(
            coalition_id=coalition.id,
            user_id=user.id,
            name="tests",
            scopes=list(scopes or tokens.SCOPES),
            life_days=1,
        )
    return secret


class Api:
    """Sends JSON to the API of one coalition, with a token."""

    def __init__(self, client: FlaskClient, coalition: Coalition, secret: str | None) -> None:
        self.client = client
        self.root = f"/api/v1/coalitions/{coalition.slug}"
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> TestResponse:
        """Send a request; `path` begins after the coalition, or with /api."""
        url = path if path.startswith("/api") else self.root + path
        more: dict[str, Any] = {}
        if body is not None:
            more = {"data": json.dumps(body), "content_type": "application/json"}
        return self.client.open(
            url, method=method, headers={**self.headers, **(headers or {})}, **more
        )

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.send("GET", path, headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self.send("POST", path, body, headers)

    def patch(self, path: str, body: Any, match: str | None = None) -> TestResponse:
        """Change what is at `path`, as it is now or as `match` says."""
        etag = match or self.get(path).headers.get("ETag", '"none"')
        return self.send("PATCH", path, body, {"If-Match": etag})

    def delete(self, path: str, match: str | None = None) -> TestResponse:
        etag = match or self.get(path).headers.get("ETag", '"none"')
        return self.send("DELETE", path, headers={"If-Match": etag})


@pytest.fixture
def api(client: FlaskClient, coalition: Coalition) -> Api:
    """Give a client with a token for everything in the coalition."""
    return Api(client, coalition, make_token(coalition))


@pytest.fixture
def api_of(client: FlaskClient) -> Callable[..., Api]:
    """Give a function that makes a client of a coalition with a token of some scopes."""

    def make(coalition: Coalition, *scopes: str) -> Api:
        return Api(client, coalition, make_token(coalition, *scopes))

    return make

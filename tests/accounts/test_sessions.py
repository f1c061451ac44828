"""Signing in and out, and what a copied cookie is worth."""

import re

import pytest
from flask.testing import FlaskClient

from coalition import testing
from coalition.accounts import sessions

PASSWORD = "seven green parakeets at dusk"


@pytest.fixture
def user(coalition):
    return testing.make_user("ada@example.org", coalition, password=PASSWORD)


def csrf_token(client: FlaskClient, path: str = "/login") -> str:
    page = client.get(path).text
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def post(client: FlaskClient, path: str, page: str = "/login", **values: str):
    return client.post(path, data={"csrf_token": csrf_token(client, page), **values})


class TestSignIn:
    def test_lets_the_right_password_in(self, client, user):
        answer = post(client, "/login", email="Ada@Example.org", password=PASSWORD)

        assert answer.status_code == 302, answer.text
        assert answer.location == "/manage/"
        assert "ada@example.org" in client.get("/account/").text

"""What the tests of accounts share: a person at a browser, and codes from their app."""

import re

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from coalition import crypto, db, testing
from coalition.accounts import passwords, sessions
from coalition.accounts.models import User
from coalition.accounts.second_factor import Codes

PASSWORD = "seven green parakeets at dusk"


@pytest.fixture
def real_hashes() -> None:
    """Hash passwords at full strength in this test."""


@pytest.fixture(autouse=True)
def quick_hashes(request, monkeypatch):
    """Hash passwords quickly, unless a test is about how they are hashed."""
    if "real_hashes" in request.fixturenames:
        yield
        return
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(1, 1024, 1))
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


class Visitor:
    """A browser that sends the token of the page on which a form stands."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path)

    def post(self, path: str, *, page: str | None = None, **values: object) -> TestResponse:
        """Send a form that stands on `page`, or at its own address."""
        shown = self.client.get(page or path).text
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown)
        assert found, shown
        return self.client.post(path, data={"csrf_token": found[1], **values})

    def sign_in(self, email: str, password: str = PASSWORD) -> TestResponse:
        """Give address and password."""
        return self.post("/login", email=email, password=password)

    @property
    def cookie(self) -> str | None:
        """What a thief would copy."""
        found = self.client.get_cookie(sessions.cookie_name())
        return found.value if found else None


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app.test_client())


@pytest.fixture
def other(app: Flask) -> Visitor:
    """Give a second browser."""
    return Visitor(app.test_client())


@pytest.fixture
def thief(app: Flask):
    """Give a function that opens a page with a copied cookie."""

    def open_page(cookie: str, path: str = "/account/") -> TestResponse:
        client = app.test_client()
        client.set_cookie(sessions.cookie_name(), cookie)
        return client.get(path)

    return open_page


@pytest.fixture
def user(coalition) -> User:
    """Give a coordinator without a second factor."""
    return testing.make_user("ada@example.org", coalition, name="Ada", password=PASSWORD)


@pytest.fixture
def codes() -> Codes:
    """Give an authenticator app."""
    return Codes(None, "Coalition")


@pytest.fixture
def with_code(user: User, codes: Codes) -> User:
    """Give a coordinator who uses a code app."""
    with db.transaction() as session:
        row = session.get(User, user.id)
        row.tf_totp_secret = codes.generate_totp_secret()
        row.tf_primary_method = "authenticator"
        row.mf_recovery_codes = []
    assert b"totp" in crypto.unwrap(row.tf_totp_secret.encode())
    return row


def read(user: User) -> User:
    """Return the row as it is now."""
    db.session.remove()
    with db.reading() as session:
        found = session.get(User, user.id)
        assert found is not None
        return found


@pytest.fixture
def now_in_database():
    return read

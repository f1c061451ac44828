"""Who looks at the coordinator's pages of letters."""

import pytest
from flask.testing import FlaskClient

from coalition import db
from coalition.testing import make_user, sign_in


class Browser(FlaskClient):
    """Asks as somebody from outside would: what the test holds is no part of the request."""

    def open(self, *args, **values):
        db.session.remove()
        return super().open(*args, **{**values, "buffered": True})


@pytest.fixture
def client(app):
    """Give a browser without cookies."""
    return Browser(app, app.response_class, use_cookies=True)


@pytest.fixture
def without_csrf(app, monkeypatch):
    """Let tests send forms without reading their token from a page first."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def coordinator(client, coalition, without_csrf):
    """Give the browser of a coordinator of "Night Buses"."""
    return sign_in(client, make_user("rosa@example.org", coalition, "coordinator"))


@pytest.fixture
def viewer(client, coalition, without_csrf):
    """Give the browser of somebody who may look and change nothing."""
    return sign_in(client, make_user("vic@example.org", coalition, "viewer"))

"""Who looks at the pages of segments, and a coalition with people to ask about."""

import pytest

from coalition import db
from coalition.testing import make_user, sign_in


@pytest.fixture
def without_csrf(app, monkeypatch):
    """Let tests send forms without reading their token from a page first."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def coalition(coalition):
    """Give a coalition, "Night Buses", that a rolled back request does not empty."""
    db.session.expunge_all()
    return coalition


@pytest.fixture
def coordinator(client, coalition, without_csrf):
    """Give the browser of a coordinator of "Night Buses"."""
    return sign_in(client, make_user("rosa@example.org", coalition, "coordinator"))


@pytest.fixture
def viewer(app, coalition, without_csrf):
    """Give the browser of somebody who may look and change nothing."""
    return sign_in(app.test_client(), make_user("vic@example.org", coalition, "viewer"))

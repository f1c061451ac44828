"""Who looks at the coordinator's pages of letters."""

import pytest

from coalition.testing import make_user, sign_in


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

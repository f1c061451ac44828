"""Who looks at the coordinator's pages about people, organizations and settings."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from coalition import db
from coalition.testing import make_coalition, make_user, sign_in


def detached(coalition):
    """Return it so that a request which is rolled back does not empty it: one thread, one session."""
    db.session.expunge_all()
    return coalition


@pytest.fixture
def coalition(coalition):
    """Give a coalition, "Night Buses"."""
    return detached(coalition)


@pytest.fixture
def without_csrf(app, monkeypatch):
    """Let tests send forms without reading their token from a page first."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.fixture
def coordinator(client, coalition, without_csrf):
    """Give the browser of a coordinator of "Night Buses"."""
    return sign_in(client, make_user("rosa@example.org", coalition, "coordinator", name="Rosa"))


@pytest.fixture
def viewer(app, coalition, without_csrf):
    """Give the browser of somebody who may look and change nothing."""
    return sign_in(app.test_client(), make_user("vic@example.org", coalition, "viewer"))


@pytest.fixture
def administrator(app, coalition, without_csrf):
    """Give the browser of who administers the installation."""
    user = make_user("root@example.org", role="administrator", name="Root")
    return sign_in(app.test_client(), user)


@pytest.fixture
def trams(database):
    """Give another coalition, "Tram Friends"."""
    return detached(make_coalition("trams", "Tram Friends"))


@pytest.fixture
def stranger(app, trams, without_csrf):
    """Give the browser of a coordinator of "Tram Friends"."""
    return sign_in(app.test_client(), make_user("tram@example.net", trams, "coordinator"))


@pytest.fixture
def count_statements(database):
    """Give a context that collects the SQL statements sent in it."""

    @contextmanager
    def collecting():
        sent = []

        def note(_connection, _cursor, statement, *_more):
            sent.append(statement)

        event.listen(db.engine(), "before_cursor_execute", note)
        yield sent
        event.remove(db.engine(), "before_cursor_execute", note)

    return collecting

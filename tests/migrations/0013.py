"""Requests for a new link: somebody's address waits for the worker, and for no longer."""

from psycopg import Connection

from tests.migrations.rows import coalitions, count, found_coalitions


def before(connection: Connection) -> None:
    """Coalitions that cannot be asked for a link."""
    found_coalitions(connection)
    assert count(connection, "preferences_link_requests") is None


def after(connection: Connection) -> None:
    """The application may write a request down, which belongs to no coalition."""
    with connection.transaction():
        connection.execute("SET LOCAL ROLE coalition_app")
        connection.execute(
            "INSERT INTO preferences_link_requests (id, address_wrapped, language, asked_at)"
            " VALUES (gen_random_uuid(), 'sealed', 'en', now())"
        )
    assert count(connection, "preferences_link_requests") == 1


def back(connection: Connection) -> None:
    """The coalitions are still there; who asked is forgotten."""
    assert coalitions(connection) == ["ours", "theirs"]
    assert count(connection, "preferences_link_requests") is None

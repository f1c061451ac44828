"""Mail stops: a number that rises when an address is stopped or a consent is ended."""

from psycopg import Connection

from tests.migrations.rows import OURS, coalitions, count, enter, found_coalitions


def before(connection: Connection) -> None:
    """Coalitions whose senders hear nothing."""
    found_coalitions(connection)
    assert count(connection, "mail_stops") is None


def after(connection: Connection) -> None:
    """Two stopped addresses are heard, in this coalition."""
    with connection.transaction():
        enter(connection, OURS)
        for index in (b"a", b"b"):
            connection.execute(
                "INSERT INTO suppressions (id, coalition_id, address_index, reason, created_at)"
                " VALUES (gen_random_uuid(), %s, %s, 'manual', now())",
                [OURS, index],
            )
        assert connection.execute("SELECT version FROM mail_stops").fetchall() == [(2,)]


def back(connection: Connection) -> None:
    """The coalitions are still there, and stopping an address needs no number."""
    assert coalitions(connection) == ["ours", "theirs"]
    assert count(connection, "mail_stops") is None

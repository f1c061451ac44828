"""Messages on their way stay; whose mailbox they go to is not known of those."""

from psycopg import Connection

from tests.migrations.rows import OURS, found_coalitions


def before(connection: Connection) -> None:
    """A message waits to be sent."""
    found_coalitions(connection)
    connection.execute(
        "INSERT INTO mail_messages (id, coalition_id, purpose, sealed, state, attempts,"
        " next_attempt_at, created_at)"
        " VALUES (gen_random_uuid(), %s, 'confirmation', 'x', 'queued', 0, now(), now())",
        [OURS],
    )


def after(connection: Connection) -> None:
    """It still does."""
    kept = connection.execute("SELECT state, sealed, address_index FROM mail_messages")
    assert kept.fetchall() == [("queued", b"x", None)]


def back(connection: Connection) -> None:
    """And on the way back too."""
    kept = connection.execute("SELECT state, sealed FROM mail_messages")
    assert kept.fetchall() == [("queued", b"x")]

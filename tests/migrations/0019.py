"""The mailbox page's headers: a message of before has none, and outlives the way back."""

from psycopg import Connection

from tests.migrations.rows import count


def before(connection: Connection) -> None:
    """A message, as the page kept it."""
    connection.execute(
        "INSERT INTO mailbox_messages (id, recipient, sender, subject, text, arrived_at)"
        " VALUES (gen_random_uuid(), 'ada@example.org', 'Us', 'Hello', 'Hello', now())"
    )


def after(connection: Connection) -> None:
    """Its headers are not known."""
    found = connection.execute("SELECT headers FROM mailbox_messages").fetchall()
    assert found == [("",)]


def back(connection: Connection) -> None:
    """It is still there."""
    assert count(connection, "mailbox_messages") == 1

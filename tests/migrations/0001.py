"""The first revision: the tables hold what the product puts into them, each coalition its own."""

from psycopg import Connection

from tests.migrations.rows import OURS, THEIRS, count, enter, found_coalitions


def before(connection: Connection) -> None:
    """There is nothing yet."""
    assert count(connection, "coalitions") is None


def after(connection: Connection) -> None:
    """A coalition can be founded, and another does not see what it stores."""
    found_coalitions(connection)
    with connection.transaction():
        enter(connection, OURS)
        connection.execute(
            "INSERT INTO tags (id, coalition_id, name) VALUES (gen_random_uuid(), %s, 'driver')",
            [OURS],
        )
    for number, seen in ((OURS, 1), (THEIRS, 0)):
        with connection.transaction():
            enter(connection, number)
            assert count(connection, "tags") == seen


def back(connection: Connection) -> None:
    """Everything is gone."""
    before(connection)

"""Segments: each coalition its own, though two may give theirs the same address."""

from psycopg import Connection

from tests.migrations.rows import OURS, THEIRS, coalitions, count, enter, found_coalitions


def before(connection: Connection) -> None:
    """Coalitions without segments."""
    found_coalitions(connection)
    assert count(connection, "segments") is None


def after(connection: Connection) -> None:
    """The same address in two coalitions is two segments, and each sees one."""
    for number in (OURS, THEIRS):
        with connection.transaction():
            enter(connection, number)
            connection.execute(
                "INSERT INTO segments (id, coalition_id, name, slug, subject, question,"
                " created_at) VALUES (gen_random_uuid(), %s, 'All', 'all', 'people',"
                ' \'{"match": "all", "of": []}\', now())',
                [number],
            )
            assert count(connection, "segments") == 1


def back(connection: Connection) -> None:
    """The coalitions are still there."""
    assert coalitions(connection) == ["ours", "theirs"]
    assert count(connection, "segments") is None

"""Kept answers: each coalition its own, though two may use the same key."""

from psycopg import Connection

from tests.migrations.rows import OURS, THEIRS, coalitions, count, enter, found_coalitions


def before(connection: Connection) -> None:
    """Coalitions whose answers are not kept."""
    found_coalitions(connection)
    assert count(connection, "idempotency_keys") is None


def after(connection: Connection) -> None:
    """The same key in two coalitions is two rows, and each sees one."""
    for number in (OURS, THEIRS):
        with connection.transaction():
            enter(connection, number)
            connection.execute(
                "INSERT INTO idempotency_keys (id, coalition_id, credential, key,"
                " request_index, status, headers, answer_sealed, created_at)"
                " VALUES (gen_random_uuid(), %s, 'token', 'k-1', '', 201, '{}', '', now())",
                [number],
            )
            assert count(connection, "idempotency_keys") == 1


def back(connection: Connection) -> None:
    """The coalitions are still there."""
    assert coalitions(connection) == ["ours", "theirs"]
    assert count(connection, "idempotency_keys") is None

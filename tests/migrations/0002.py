"""Accounts: coalitions stay, and somebody can be given a role in one."""

import psycopg
import pytest
from psycopg import Connection

from tests.migrations.rows import OURS, coalitions, count, found_coalitions

USER = "00000000-0000-7000-8000-00000000000a"


def before(connection: Connection) -> None:
    """Coalitions without accounts."""
    found_coalitions(connection)
    assert count(connection, "users") is None


def after(connection: Connection) -> None:
    """A user has a role in a coalition, which goes with the user; made-up roles are refused."""
    assert coalitions(connection) == ["ours", "theirs"]
    connection.execute(
        "INSERT INTO users (id, email, name, is_administrator, active, fs_uniquifier,"
        " fs_webauthn_user_handle, created_at)"
        " VALUES (%s, 'jo@example.org', 'Jo', false, true, 'u', 'h', now())",
        [USER],
    )
    give = (
        "INSERT INTO coalition_roles (id, user_id, coalition_id, role, created_at)"
        " VALUES (gen_random_uuid(), %s, %s, %s, now())"
    )
    connection.execute(give, [USER, OURS, "coordinator"])
    with pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(give, [USER, OURS, "emperor"])
    connection.execute("DELETE FROM users WHERE id = %s", [USER])
    assert count(connection, "coalition_roles") == 0


def back(connection: Connection) -> None:
    """The coalitions are still there."""
    assert coalitions(connection) == ["ours", "theirs"]
    assert count(connection, "users") is None

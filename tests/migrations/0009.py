"""Consents: what was recorded stays, says where it came from, and the newest answer stands."""

import psycopg
import pytest
from psycopg import Connection

from tests.migrations.rows import OURS, THEIRS, count, enter, found_coalitions

PERSON = "00000000-0000-7000-8000-00000000000b"
SIGNATURE = "00000000-0000-7000-8000-00000000000c"


def before(connection: Connection) -> None:
    """A person agreed with a signature, refused, and agreed on paper to something else."""
    found_coalitions(connection)
    with connection.transaction():
        enter(connection, OURS)
        connection.execute(
            "INSERT INTO people (id, coalition_id, given_name, family_name, given_key,"
            " family_key, custom_fields, created_at)"
            " VALUES (%s, %s, 'Ada', '', 'ada', '', '{}', now())",
            [PERSON, OURS],
        )
        for purpose, given, source, day in (
            ("coalition_updates", True, f"signature {SIGNATURE}", 1),
            ("coalition_updates", False, f"signature {SIGNATURE}", 2),
            ("other", True, "paper", 1),
        ):
            connection.execute(
                "INSERT INTO consents (id, coalition_id, person_id, purpose, given, wording,"
                " source, recorded_at) VALUES (gen_random_uuid(), %s, %s, %s, %s, 'Yes', %s,"
                " make_timestamptz(2026, 1, %s, 0, 0, 0))",
                [OURS, PERSON, purpose, given, source, day],
            )
        _suppress(connection, "bounce")


def after(connection: Connection) -> None:
    """Sources are told apart, the newest answer stands, a second reason stops an address too."""
    with connection.transaction():
        enter(connection, OURS)
        sources = connection.execute(
            "SELECT source, source_id::text FROM consents ORDER BY purpose, recorded_at"
        ).fetchall()
        assert sources == [("signature", SIGNATURE)] * 2 + [("import", None)]
        standing = connection.execute(
            "SELECT purpose, given FROM standing_consents ORDER BY purpose"
        ).fetchall()
        assert standing == [("coalition_updates", False), ("other", True)]
        _suppress(connection, "complaint")
        assert count(connection, "suppressions") == 2
    with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
        enter(connection, OURS)
        connection.execute("UPDATE consents SET given = true")
    with connection.transaction():
        enter(connection, THEIRS)
        assert count(connection, "standing_consents") == 0


def back(connection: Connection) -> None:
    """The answers are as they were, and the address is stopped once."""
    with connection.transaction():
        enter(connection, OURS)
        sources = connection.execute("SELECT source FROM consents ORDER BY source").fetchall()
        assert sources == [("import",)] + [(f"signature {SIGNATURE}",)] * 2
        assert count(connection, "suppressions") == 1
    assert count(connection, "standing_consents") is None


def _suppress(connection: Connection, reason: str) -> None:
    connection.execute(
        "INSERT INTO suppressions (id, coalition_id, address_index, reason, created_at)"
        " VALUES (gen_random_uuid(), %s, 'x', %s, now())",
        [OURS, reason],
    )

"""Consents from forms: they can be stored, and a yes stays a yes on the way back."""

import psycopg
import pytest
from psycopg import Connection

from tests.migrations.rows import OURS, enter, found_coalitions

PERSON = "00000000-0000-7000-8000-00000000000b"


def before(connection: Connection) -> None:
    """A person agreed with a signature; nobody can agree on a form yet."""
    found_coalitions(connection)
    with connection.transaction():
        enter(connection, OURS)
        connection.execute(
            "INSERT INTO people (id, coalition_id, given_name, family_name, given_key,"
            " family_key, custom_fields, created_at)"
            " VALUES (%s, %s, 'Ada', '', 'ada', '', '{}', now())",
            [PERSON, OURS],
        )
        _agree(connection, "signature")
    with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
        enter(connection, OURS)
        _agree(connection, "form")


def after(connection: Connection) -> None:
    """The old answer stays, and one from a form is taken."""
    with connection.transaction():
        enter(connection, OURS)
        _agree(connection, "form")
        sources = connection.execute("SELECT source FROM consents ORDER BY source").fetchall()
        assert sources == [("form",), ("signature",)]


def back(connection: Connection) -> None:
    """Both answers are still there."""
    with connection.transaction():
        enter(connection, OURS)
        given = connection.execute("SELECT given FROM consents").fetchall()
        assert given == [(True,), (True,)]


def _agree(connection: Connection, source: str) -> None:
    connection.execute(
        "INSERT INTO consents (id, coalition_id, person_id, purpose, given, wording, source,"
        " recorded_at) VALUES (gen_random_uuid(), %s, %s, 'coalition_updates', true, 'Yes', %s,"
        " now())",
        [OURS, PERSON, source],
    )

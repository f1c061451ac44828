"""Segments that are asked: an action that is there is asked of whom it was asked before."""

from importlib import import_module

from psycopg import Connection

from tests.migrations.rows import OURS, enter

_actions = import_module("tests.migrations.0006")


def before(connection: Connection) -> None:
    """A campaign asks everybody to call."""
    _actions.before(connection)
    _actions.after(connection)


def after(connection: Connection) -> None:
    """The action is asked of everybody still, and of no segment."""
    with connection.transaction():
        enter(connection, OURS)
        found = connection.execute("SELECT audience, segment_id FROM actions").fetchall()
        assert found == [("everybody", None)]


def back(connection: Connection) -> None:
    """The action is still there."""
    assert connection.execute("SELECT slug FROM actions").fetchall() == [("call",)]

"""Public comments: what is there already stays, and a ledger can be begun."""

from psycopg import Connection

from tests.migrations.rows import OURS, coalitions, count, enter, found_coalitions

_ID = "00000000-0000-7000-8000-0000000000d1"


def before(connection: Connection) -> None:
    """A coalition follows a meeting with an item."""
    found_coalitions(connection)
    connection.execute(
        "INSERT INTO areas (id, division_id, kind, name, region, time_zone) VALUES"
        " (%s, 'ocd-division/country:us', 'country', 'USA', '', 'UTC')",
        [_ID],
    )
    connection.execute(
        "INSERT INTO decision_bodies (id, area_id, name, classification, place, address,"
        " meets, comment_registration, languages, interpretation, is_sample, created_at)"
        " VALUES (%s, %s, 'Board', 'board', '', '', '', '', '[]', '', false, now())",
        [_ID, _ID],
    )
    connection.execute(
        "INSERT INTO meetings (id, coalition_id, body_id, title, starts_at, precision,"
        " time_zone, status, place, address, note, cancelled_because, revision, changed_at, created_at) VALUES"
        " (%s, %s, %s, '', now(), 'time', 'UTC', 'held', '', '', '', '', 0, now(), now())",
        [_ID, OURS, _ID],
    )
    connection.execute(
        "INSERT INTO agenda_items (id, coalition_id, meeting_id, position, number, number_key,"
        " subject, description, docket, status, outcome_note, created_at) VALUES"
        " (%s, %s, %s, 0, '', '', 'Cameras', '', '', 'heard', '', now())",
        [_ID, OURS, _ID],
    )


def after(connection: Connection) -> None:
    """The item can have a ledger, and one only."""
    with connection.transaction():
        enter(connection, OURS)
        connection.execute(
            "INSERT INTO comment_ledgers (id, coalition_id, agenda_item_id, our_position,"
            " template_from, adapted_from, is_published, note, text_revision, needs_settling,"
            " counted_at, created_at) VALUES"
            " (%s, %s, %s, 'oppose', 90, 50, false, '', 0, false, now(), now())",
            [_ID, OURS, _ID],
        )
        assert count(connection, "comment_ledgers") == 1
        assert count(connection, "public_comments") == 0


def back(connection: Connection) -> None:
    """The item is still there."""
    assert coalitions(connection) == ["ours", "theirs"]
    assert connection.execute("SELECT subject FROM agenda_items").fetchall() == [("Cameras",)]
    assert count(connection, "comment_ledgers") is None

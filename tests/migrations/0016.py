"""Campaigns that left an agenda: meetings stay as they are, and no campaign has left any yet."""

from psycopg import Connection

from tests.migrations.rows import OURS, enter, found_coalitions

_ID = "00000000-0000-7000-8000-0000000000c1"


def before(connection: Connection) -> None:
    """A coalition follows a meeting."""
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
    with connection.transaction():
        enter(connection, OURS)
        connection.execute(
            "INSERT INTO meetings (id, coalition_id, body_id, title, starts_at, precision,"
            " time_zone, status, place, address, note, cancelled_because, revision, changed_at,"
            " created_at) VALUES (%s, %s, %s, '', now(), 'time', 'UTC', 'held', '', '', '', '',"
            " 7, now(), now())",
            [_ID, OURS, _ID],
        )


def after(connection: Connection) -> None:
    """A campaign can leave its agenda."""
    with connection.transaction():
        enter(connection, OURS)
        stands = "SELECT revision, left_campaigns FROM meetings"
        assert connection.execute(stands).fetchall() == [(7, {})]
        connection.execute(
            "UPDATE meetings SET left_campaigns = jsonb_build_object(%s::text, now())", [_ID]
        )


def back(connection: Connection) -> None:
    """The meeting is still there."""
    with connection.transaction():
        enter(connection, OURS)
        assert connection.execute("SELECT revision FROM meetings").fetchall() == [(7,)]

"""Removed meetings: a note of each, for the calendars of its own coalition."""

from psycopg import Connection

from tests.migrations.rows import OURS, THEIRS, coalitions, count, enter, found_coalitions

PLACE = "00000000-0000-7000-8000-0000000000a1"


def before(connection: Connection) -> None:
    """Coalitions and a place, before anything could be removed."""
    found_coalitions(connection)
    connection.execute(
        "INSERT INTO areas (id, division_id, kind, name, region, time_zone) VALUES"
        " (%s, 'ocd-division/country:us', 'country', 'USA', '', 'UTC')",
        [PLACE],
    )
    assert count(connection, "removed_meetings") is None


def after(connection: Connection) -> None:
    """Each coalition sees its own note."""
    for number in (OURS, THEIRS):
        with connection.transaction():
            enter(connection, number)
            connection.execute(
                "INSERT INTO removed_meetings (id, coalition_id, area_id, campaign_ids, name,"
                " starts_at, is_whole_day, time_zone, revision, created_at, removed_at)"
                " VALUES (gen_random_uuid(), %s, %s, '[]', 'City Council', now(), false,"
                " 'America/Los_Angeles', 1, now(), now())",
                [number, PLACE],
            )
            assert count(connection, "removed_meetings") == 1


def back(connection: Connection) -> None:
    """The coalitions and the place are still there, and calendars are told of no removal."""
    assert count(connection, "areas") == 1
    assert coalitions(connection) == ["ours", "theirs"]
    assert count(connection, "removed_meetings") is None

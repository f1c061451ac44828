"""Places and decisions: campaigns stay as they are, unpublished and in their coalition's language."""

from psycopg import Connection

from tests.migrations.rows import OURS, coalitions, count, enter, found_coalitions

CAMPAIGN = "00000000-0000-7000-8000-0000000000c1"
_BODY = "00000000-0000-7000-8000-0000000000b1"


def before(connection: Connection) -> None:
    """A Spanish coalition has a campaign."""
    found_coalitions(connection)
    connection.execute("UPDATE coalitions SET language = 'es' WHERE id = %s", [OURS])
    connection.execute(
        "INSERT INTO campaigns (id, coalition_id, slug, title, goal, target, summary, status,"
        " outcome, created_at) VALUES (%s, %s, 'trams', 'Tranvías', '', '', '', 'active', '',"
        " now())",
        [CAMPAIGN, OURS],
    )


def after(connection: Connection) -> None:
    """The campaign is not shown to anybody new, and a body can be followed."""
    row = connection.execute("SELECT title, language, call, is_published FROM campaigns")
    assert row.fetchall() == [("Tranvías", "es", "", False)]
    with connection.transaction():
        enter(connection, OURS)
        connection.execute(
            "INSERT INTO areas (id, division_id, kind, name, region, time_zone) VALUES"
            " (%s, 'ocd-division/country:us', 'country', 'USA', '', 'UTC')",
            [_BODY],
        )
        connection.execute(
            "INSERT INTO decision_bodies (id, area_id, name, classification, place, address,"
            " meets, comment_registration, languages, interpretation, is_sample, created_at)"
            " VALUES (%s, %s, 'Board', 'board', '', '', '', '', '[]', '', false, now())",
            [_BODY, _BODY],
        )
        assert count(connection, "decision_bodies") == 1
        assert count(connection, "meetings") == 0


def back(connection: Connection) -> None:
    """The campaign is still there."""
    assert coalitions(connection) == ["ours", "theirs"]
    assert connection.execute("SELECT title FROM campaigns").fetchall() == [("Tranvías",)]
    assert count(connection, "areas") is None

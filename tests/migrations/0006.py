"""Actions: a campaign that is there can ask for something, and keeps its life without it."""

from psycopg import Connection

from tests.migrations.rows import OURS, THEIRS, count, enter, found_coalitions

CAMPAIGN = "00000000-0000-7000-8000-0000000000c1"
ACTION = "00000000-0000-7000-8000-0000000000a1"


def before(connection: Connection) -> None:
    """A coalition has a campaign."""
    found_coalitions(connection)
    connection.execute(
        "INSERT INTO campaigns (id, coalition_id, slug, language, title, goal, target, summary,"
        " call, is_published, status, outcome, translations, created_at) VALUES (%s, %s, 'trams',"
        " 'en', 'Trams', '', '', '', '', false, 'active', '', '{}', now())",
        [CAMPAIGN, OURS],
    )


def after(connection: Connection) -> None:
    """The campaign can have an action, which neighbours do not see."""
    with connection.transaction():
        enter(connection, OURS)
        connection.execute(
            "INSERT INTO actions (id, coalition_id, campaign_id, slug, kind, state, language,"
            " audience, addressee, position, phone, time_zone, is_sample, created_at) VALUES"
            " (%s, %s, %s, 'call', 'call', 'draft', 'en', 'everybody', 'clerk', 'neutral', '',"
            " 'UTC', false, now())",
            [ACTION, OURS, CAMPAIGN],
        )
        assert count(connection, "actions") == 1
    with connection.transaction():
        enter(connection, THEIRS)
        assert count(connection, "actions") == 0
        assert count(connection, "participations") == 0


def back(connection: Connection) -> None:
    """The campaign is still there."""
    assert connection.execute("SELECT title FROM campaigns").fetchall() == [("Trams",)]
    assert count(connection, "actions") is None

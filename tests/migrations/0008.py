"""Calendars and the meeting clock: people and campaigns stay, and no clock runs by itself."""

from psycopg import Connection

from tests.migrations.rows import OURS, THEIRS, coalitions, count, enter, found_coalitions

_ID = "00000000-0000-7000-8000-0000000000c1"


def before(connection: Connection) -> None:
    """A coalition has a campaign and knows somebody."""
    found_coalitions(connection)
    connection.execute(
        "INSERT INTO campaigns (id, coalition_id, slug, title, goal, target, summary, status,"
        " outcome, created_at, language, call, is_published, translations) VALUES (%s, %s, 'trams', 'Trams',"
        " '', '', '', 'active', '', now(), 'en', '', true, '{}')",
        [_ID, OURS],
    )
    connection.execute(
        "INSERT INTO people (id, coalition_id, given_name, family_name, given_key, family_key,"
        " custom_fields, created_at) VALUES (%s, %s, 'Ada', '', 'ada', '', '{}', now())",
        [_ID, OURS],
    )


def after(connection: Connection) -> None:
    """Nobody is written to until a clock is set, and a calendar belongs to one coalition."""
    assert count(connection, "meeting_clocks") == 0
    with connection.transaction():
        enter(connection, OURS)
        connection.execute(
            "INSERT INTO calendar_links (id, coalition_id, person_id, token_sealed, token_hash,"
            " created_at) VALUES (%s, %s, %s, '', 'hash', now())",
            [_ID, OURS, _ID],
        )
        assert count(connection, "calendar_links") == 1
    with connection.transaction():
        enter(connection, THEIRS)
        assert count(connection, "calendar_links") == 0


def back(connection: Connection) -> None:
    """The campaign and the person are still there."""
    assert coalitions(connection) == ["ours", "theirs"]
    assert connection.execute("SELECT title FROM campaigns").fetchall() == [("Trams",)]
    assert connection.execute("SELECT given_name FROM people").fetchall() == [("Ada",)]
    assert count(connection, "notices") is None

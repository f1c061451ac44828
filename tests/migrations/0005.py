"""Campaign pages: a campaign and its letter stay; when the letter opened is read from the log."""

from psycopg import Connection

from tests.migrations.rows import OURS, coalitions, count, enter, found_coalitions

CAMPAIGN = "00000000-0000-7000-8000-0000000000c1"
LETTER = "00000000-0000-7000-8000-0000000000d1"


def before(connection: Connection) -> None:
    """A coalition has a campaign with a letter that was opened twice."""
    found_coalitions(connection)
    connection.execute(
        "INSERT INTO campaigns (id, coalition_id, slug, language, title, goal, target, summary,"
        " call, is_published, status, outcome, created_at) VALUES (%s, %s, 'trams', 'en',"
        " 'Trams', '', '', '', '', false, 'active', '', now())",
        [CAMPAIGN, OURS],
    )
    connection.execute(
        "INSERT INTO letters (id, coalition_id, campaign_id, slug, kind, state, language,"
        " signatories, list_order, approval, time_zone, delivery_note, is_sample, created_at)"
        " VALUES (%s, %s, %s, 'trams', 'open_letter', 'open', 'en', 'both', 'signed',"
        " 'unproven', 'UTC', '', false, now())",
        [LETTER, OURS, CAMPAIGN],
    )
    for day in (2, 5):
        connection.execute(
            "INSERT INTO audit_entries (id, coalition_id, recorded_at, actor_kind, origin,"
            " action, subject_type, subject_id, fields) VALUES (gen_random_uuid(), %s,"
            " make_timestamptz(2026, 3, %s, 12, 0, 0, 'UTC'), 'user', '', 'letter.opened',"
            " 'letters', %s, '[]')",
            [OURS, day, LETTER],
        )


def after(connection: Connection) -> None:
    """The letter opened on the first of the two days, and documents can be kept."""
    row = connection.execute("SELECT title, translations, is_published FROM campaigns")
    assert row.fetchall() == [("Trams", {}, False)]
    [[opened_at]] = connection.execute("SELECT opened_at FROM letters").fetchall()
    assert opened_at.day == 2
    with connection.transaction():
        enter(connection, OURS)
        connection.execute(
            "INSERT INTO documents (id, coalition_id, campaign_id, kind, title, agency, shows,"
            " is_public, created_at, language, translations) VALUES (%s, %s, %s, 'evidence',"
            " 'Night cameras', '', '', false, now(), 'en', '{}')",
            [LETTER, OURS, CAMPAIGN],
        )
        found = connection.execute(
            "SELECT count(*) FROM documents WHERE search @@ to_tsquery('english', 'camera')"
        )
        assert found.fetchall() == [(1,)]


def back(connection: Connection) -> None:
    """Campaign and letter are still there."""
    assert coalitions(connection) == ["ours", "theirs"]
    assert connection.execute("SELECT title FROM campaigns").fetchall() == [("Trams",)]
    assert connection.execute("SELECT slug FROM letters").fetchall() == [("trams",)]
    assert count(connection, "documents") is None

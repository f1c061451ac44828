"""Notes in several languages: what was written stays, and can be translated."""

from psycopg import Connection

from tests.migrations.rows import OURS, THEIRS, coalitions, enter, found_coalitions

_LETTER = "00000000-0000-7000-8000-0000000000e1"
_NOTES = (
    "SELECT l.delivery_note, t.language, t.delivery_note FROM letter_texts t"
    " JOIN letters l ON l.id = t.letter_id ORDER BY t.language"
)


def before(connection: Connection) -> None:
    """A letter in two languages was delivered."""
    found_coalitions(connection)
    with connection.transaction():
        enter(connection, OURS)
        connection.execute(
            "INSERT INTO letters (id, coalition_id, slug, kind, state, language, signatories,"
            " list_order, approval, time_zone, delivery_note, is_sample, created_at)"
            " VALUES (%s, %s, 'trams', 'open_letter', 'delivered', 'en', 'both', 'signed',"
            " 'unproven', 'UTC', 'By hand', false, now())",
            [_LETTER, OURS],
        )
        for language in ("en", "es"):
            connection.execute(
                "INSERT INTO letter_texts (id, coalition_id, letter_id, language, title, body)"
                " VALUES (gen_random_uuid(), %s, %s, %s, 'Trams', 'Keep them.')",
                [OURS, _LETTER, language],
            )


def after(connection: Connection) -> None:
    """Nothing is translated yet, and each coalition translates its own."""
    for number, seen in ((OURS, 2), (THEIRS, 0)):
        with connection.transaction():
            enter(connection, number)
            notes = connection.execute(_NOTES).fetchall()
            assert notes == [("By hand", "en", ""), ("By hand", "es", "")][:seen]
            connection.execute("UPDATE letter_texts SET delivery_note = 'A mano'")
            found = connection.execute("SELECT translations FROM coalitions").fetchall()
            assert {str(each) for (each,) in found} <= {"{}"}


def back(connection: Connection) -> None:
    """The letter has the note that was written."""
    assert coalitions(connection) == ["ours", "theirs"]
    with connection.transaction():
        enter(connection, OURS)
        notes = connection.execute("SELECT delivery_note FROM letters").fetchall()
        assert notes == [("By hand",)]

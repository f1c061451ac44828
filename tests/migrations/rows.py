"""Rows that several revisions start from, written in SQL: models may have moved on since."""

from psycopg import Connection

OURS, THEIRS = "00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"


def found_coalitions(connection: Connection) -> None:
    """Store two coalitions as the revision at hand knows them."""
    found = connection.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = 'coalitions' AND column_name = 'translations'"
    ).fetchall()
    more = ", translations" if found else ""  # since revision 0017
    for number, slug in ((OURS, "ours"), (THEIRS, "theirs")):
        connection.execute(
            f"INSERT INTO coalitions (id, slug, name, about, language, time_zone, is_sample,"
            f" created_at{more}) VALUES (%s, %s, %s, '', 'en', 'America/Los_Angeles', false,"
            f" now(){', %s' if more else ''})",
            [number, slug, slug.title(), *(["{}"] if more else [])],
        )


def coalitions(connection: Connection) -> list[str]:
    """Return their addresses."""
    found = connection.execute("SELECT slug FROM coalitions ORDER BY slug").fetchall()
    return [slug for (slug,) in found]


def count(connection: Connection, table: str) -> int | None:
    """Return how many rows a table has, or `None` if there is no such table."""
    if connection.execute("SELECT to_regclass(%s)", [table]).fetchone() == (None,):
        return None
    [number] = connection.execute(f"SELECT count(*) FROM {table}").fetchone() or [0]
    return number


def enter(connection: Connection, coalition_id: str) -> None:
    """Act as the application in a coalition until the open transaction ends."""
    connection.execute("SET LOCAL ROLE coalition_app")
    connection.execute("SELECT set_config('app.coalition_id', %s, true)", [coalition_id])

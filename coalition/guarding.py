"""Rights and row-level security of a table, set by the migration that creates it."""

from coalition import db

_CURRENT = "nullif(current_setting('app.coalition_id', true), '')::uuid"


def grant_and_guard(table: str, *, scope: str = "coalition", rights: str = "full") -> None:
    """Give our roles their rights on a new table and guard its rows; used in migrations.

    Args:
        scope: "coalition" for rows of one coalition; "optional" if `coalition_id` may be empty;
            "none" for rows that belong to nobody.
        rights: "full"; "append" if the application may only add and read; "add" if it may
            only add.
    """
    # Imported here: `sdk` offers this function, and a web process must not load alembic.
    from alembic import op

    app = {
        "full": "SELECT, INSERT, UPDATE, DELETE",
        "append": "SELECT, INSERT",
        "add": "INSERT",
    }[rights]
    platform = "SELECT, INSERT" if rights == "append" else "SELECT, INSERT, UPDATE, DELETE"
    op.execute(f"GRANT {app} ON {table} TO {db.APP_ROLE}")
    op.execute(f"GRANT {platform} ON {table} TO {db.PLATFORM_ROLE}")
    if scope == "none":
        return
    mine = f"coalition_id = {_CURRENT}"
    new = mine
    if scope == "optional":
        # What belongs to nobody is seen only by who acts for nobody; anybody may add to it.
        mine = f"coalition_id IS NOT DISTINCT FROM {_CURRENT}"
        new = f"(coalition_id IS NULL OR {new})"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY coalition ON {table} USING ({mine}) WITH CHECK ({new})")
    op.execute(
        f"CREATE POLICY platform ON {table} TO {db.PLATFORM_ROLE}"
        " USING (true) WITH CHECK (true)"
    )

"""Files that are stored sealed, and the sealing of what a table held in clear before."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, column, select, table, text

from coalition import crypto, db


class sealed_bytes(crypto.sealed[bytes]):  # noqa: N801  used like `property`
    """A file that is stored sealed: `content = sealed_bytes("content_sealed")`."""

    _seal = staticmethod(crypto.Keyring.seal_bytes)
    _open = staticmethod(crypto.open_sealed_bytes)


def seal_column(table_name: str, name: str) -> None:
    """Seal what lies in clear in a column of bytes and add "_sealed" to its name; in migrations.

    Row by row, so that files need no more memory than the largest of them. An empty table needs
    no keys; otherwise the migration runs with those of the installation.

    Raises:
        config.ConfigError, crypto.CannotOpen: the keys are missing, or are others.
    """
    place = f"{table_name}.{name}_sealed"
    _rewrite(table_name, name, lambda ring, value, id_: ring.seal_bytes(value, place, id_))
    _rename(table_name, name, f"{name}_sealed")


def open_column(table_name: str, name: str) -> None:
    """Do the contrary of `seal_column`, to go back."""
    place = f"{table_name}.{name}_sealed"
    _rename(table_name, f"{name}_sealed", name)
    _rewrite(table_name, name, lambda ring, value, id_: ring.open_bytes(value, place, id_))


def _rewrite(
    table_name: str, name: str, turned: Callable[[crypto.Keyring, bytes, UUID], bytes]
) -> None:
    connection = _migrated()
    rows = table(table_name, column("id"), column("coalition_id"), column(name))
    rings: dict[UUID, crypto.Keyring] = {}
    found = select(rows.c.id, rows.c.coalition_id).where(rows.c[name].is_not(None))
    with db.seeing_everything(connection):
        for row_id, coalition_id in connection.execute(found).all():
            if coalition_id not in rings:
                keys = _keys(connection, coalition_id)
                rings[coalition_id] = crypto.unwrapped(coalition_id, keys)
            this = rows.c.id == row_id
            value = connection.execute(select(rows.c[name]).where(this)).scalar_one()
            made = turned(rings[coalition_id], bytes(value), row_id)
            connection.execute(rows.update().where(this).values({name: made}))


def _rename(table_name: str, name: str, new: str) -> None:
    _migrated().execute(text(f"ALTER TABLE {table_name} RENAME COLUMN {name} TO {new}"))


def _migrated() -> Connection:
    # Imported here: `sdk` offers this module, and a web process must not load alembic.
    from alembic import op

    return op.get_bind()


def _keys(connection: Connection, coalition_id: UUID) -> Sequence[Row[Any]]:
    keys = crypto.DataKey.__table__
    of_coalition = select(keys).where(keys.c.coalition_id == coalition_id)
    return connection.execute(of_coalition.order_by(keys.c.number)).all()

"""Migrations: the core's and each plugin's, with a version table of its own for each.

A shared version table was tried: after a plugin is removed, alembic cannot find its revision
and the core can no longer be upgraded.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from coalition import config, db, plugins, tables  # noqa: F401

CORE = "core"
_LOCK = 7_265_001  # any number: two deployments at once, one migrates and the other waits
_PACKAGED = Path(__file__).parent / "migrations"
SCRIPTS = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).parent.parent / "migrations"

# Roles belong to the whole server, so another database may have made them already.
_ROLES = f"""
DO $$ BEGIN
    PERFORM pg_advisory_xact_lock({_LOCK + 1});
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{db.APP_ROLE}') THEN
        CREATE ROLE {db.APP_ROLE} NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{db.PLATFORM_ROLE}') THEN
        CREATE ROLE {db.PLATFORM_ROLE} NOLOGIN;
    END IF;
    IF NOT (pg_has_role(session_user, '{db.APP_ROLE}', 'MEMBER')
            AND pg_has_role(session_user, '{db.PLATFORM_ROLE}', 'MEMBER')) THEN
        EXECUTE format('GRANT {db.APP_ROLE}, {db.PLATFORM_ROLE} TO %I', session_user);
    END IF;
    GRANT USAGE ON SCHEMA public TO {db.APP_ROLE}, {db.PLATFORM_ROLE};
END $$;
"""  # noqa: S608  constants of ours


@dataclass(frozen=True)
class Chain:
    """The revisions of one distribution."""

    name: str
    folder: Path
    version_table: str
    table_prefix: str

    def owns(self, table_name: str, prefixes: tuple[str, ...]) -> bool:
        """Return whether a table belongs to this chain; `prefixes` are all plugins'."""
        if self.name == CORE:
            return not table_name.startswith(prefixes) if prefixes else True
        return table_name.startswith(self.table_prefix)


@dataclass(frozen=True)
class Outcome:
    """How the upgrade of one chain went; `problem` in words if it failed."""

    chain: str
    revision: str | None
    problem: str | None = None


def chains() -> list[Chain]:
    """Return the core's chain, then those of the plugins that have one."""
    found = [Chain(CORE, SCRIPTS / "versions", "alembic_version", "")]
    for plugin in plugins.registry().plugins.values():
        spec = find_spec(plugin.package) if plugin.package and not plugin.problem else None
        for location in (spec.submodule_search_locations or []) if spec else []:
            folder = Path(location) / "migrations"
            if folder.is_dir():
                version_table = f"alembic_version_{plugin.name.replace('-', '_')}"
                found.append(Chain(plugin.name, folder, version_table, plugin.table_prefix))
    return found


def upgrade(on_progress: Callable[[str], None] = lambda _: None) -> list[Outcome]:
    """Bring core and plugins up to date; a plugin that fails is rolled back and reported.

    Raises:
        Exception: whatever the core's migration raises; nothing of the core is changed then.
    """
    outcomes = []
    with _connection() as connection:
        connection.execute(text(_ROLES))
        connection.commit()
        for chain in chains():
            on_progress(f"Migrating {chain.name}")
            try:
                command.upgrade(_alembic(chain, connection), "head")
                connection.commit()
                outcomes.append(Outcome(chain.name, head(chain)))
            except Exception as error:
                connection.rollback()
                if chain.name == CORE:
                    raise
                outcomes.append(Outcome(chain.name, None, f"{type(error).__name__}: {error}"))
        # What a backup reads besides the tables.
        connection.execute(
            text(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {db.PLATFORM_ROLE}")
        )
        connection.execute(
            text(f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {db.PLATFORM_ROLE}")
        )
        connection.commit()
    return outcomes


def ensure_roles() -> None:
    """Make the database roles that the tables' rights are given to; idempotent."""
    with _connection() as connection:
        connection.execute(text(_ROLES))
        connection.commit()


def downgrade(chain_name: str, revision: str) -> None:
    """Take one chain back to `revision` ("base" removes all its tables)."""
    chain = chain_called(chain_name)
    with _connection() as connection:
        command.downgrade(_alembic(chain, connection), revision)
        connection.commit()


def upgrade_to(chain_name: str, revision: str) -> None:
    """Bring one chain to `revision`, which the migration tests step through."""
    with _connection() as connection:
        connection.execute(text(_ROLES))
        command.upgrade(_alembic(chain_called(chain_name), connection), revision)
        connection.commit()


def chain_called(name: str) -> Chain:
    """Return the chain called `name`.

    Raises:
        LookupError: no such distribution is installed.
    """
    for chain in chains():
        if chain.name == name:
            return chain
    raise LookupError(f"there are no migrations of {name!r}")


def head(chain: Chain) -> str | None:
    """Return the newest revision of a chain."""
    return ScriptDirectory.from_config(_alembic(chain, None)).get_current_head()


def pending() -> list[str]:
    """Return the names of the chains that the database is behind of."""
    behind = []
    with _connection() as connection:
        for chain in chains():
            context = MigrationContext.configure(
                connection, opts={"version_table": chain.version_table}
            )
            if context.get_current_revision() != head(chain):
                behind.append(chain.name)
    return behind


def differences() -> list[object]:
    """Return how the database differs from the models; empty if they agree."""
    known = db.Base.metadata.tables

    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or name in known

    with _connection() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": ours, "compare_type": True}
        )
        return list(compare_metadata(context, db.Base.metadata))


def new_revision(chain_name: str, message: str, revision_id: str) -> None:
    """Write a revision from the difference between models and database (developers only)."""
    with _connection() as connection:
        command.revision(
            _alembic(chain_called(chain_name), connection),
            message,
            autogenerate=True,
            rev_id=revision_id,
        )


def _alembic(chain: Chain, connection: Connection | None) -> AlembicConfig:
    made = AlembicConfig()
    made.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    made.set_main_option("version_locations", str(chain.folder).replace("%", "%%"))
    made.set_main_option("path_separator", "newline")
    prefixes = tuple(each.table_prefix for each in chains() if each.table_prefix)
    made.attributes.update(connection=connection, chain=chain, prefixes=prefixes)
    return made


@contextmanager
def _connection() -> Iterator[Connection]:
    """Open a connection that keeps the rights of its login, alone among deployments."""
    engine = create_engine(
        db.url_of(config.current().database_url),
        poolclass=sa.NullPool,
        connect_args={"options": "-c lock_timeout=10s"},
    )
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = 0"))
        connection.execute(text(f"SELECT pg_advisory_lock({_LOCK})"))
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.commit()
        yield connection
    engine.dispose()

"""The database for the length of one command: the one that is set, runs already, or is started."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from coalition import audit, config, db, logs
from coalition.servers import embedded
from coalition.servers.errors import ServerError

# What PostgreSQL answers before any statement of ours: the login (28), the database (3D), no
# place (53), stopping or starting (57P), the connection itself (08). Without an answer: none.
_CANNOT_CONNECT = re.compile("28|3D|53|57P|08")


@contextmanager
def connected() -> Iterator[None]:
    """Let the block use the installation's database, whoever runs it."""
    settings = config.current()
    servers = embedded.start(
        settings.data_dir,
        database_url=settings.database_url or None,
        redis_url=settings.redis_url or None,
        join=True,
    )
    use(servers)
    logs.configure("ERROR")
    try:
        with audit.acting(audit.Actor("command", origin=f"command line, user {os.getuid()}")):
            yield
    except Exception as error:
        explained = explain(error)
        if explained is None:
            raise
        raise explained from error
    finally:
        servers.stop()


def explain(error: Exception) -> ServerError | None:
    """Say in a sentence why a database cannot be used; `None` for any other error."""
    cause: object = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, psycopg.Error):
        return None
    if isinstance(cause, psycopg.OperationalError) and _CANNOT_CONNECT.match(
        cause.sqlstate or "08"
    ):
        url = make_url(db.url_of(config.current().database_url))
        place = f"“{url.database or ''}” at {url.host or 'this machine'}"
        reason = str(cause).strip().splitlines()[-1].strip()
        if url.password:
            reason = reason.replace(str(url.password), "…")
        return ServerError(f"cannot use the database {place} (DATABASE_URL): {reason}")
    if _is_behind():
        return ServerError("the database is not migrated: run `coalition db upgrade` first.")
    return None


def _is_behind() -> bool:
    # Imported here: alembic takes a while to load, and few commands need it.
    from coalition import migrating

    try:
        return bool(migrating.pending())
    except (DBAPIError, psycopg.Error):
        return False


def use(servers: embedded.Servers) -> None:
    """Let this process and its children use these servers."""
    os.environ["DATABASE_URL"] = servers.database_url
    os.environ["REDIS_URL"] = servers.redis_url
    config.current.cache_clear()

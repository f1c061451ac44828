"""The database for the length of one command: the one that is set, runs already, or is started."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from coalition import audit, config, logs
from coalition.servers import embedded


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
    finally:
        servers.stop()


def use(servers: embedded.Servers) -> None:
    """Let this process and its children use these servers."""
    os.environ["DATABASE_URL"] = servers.database_url
    os.environ["REDIS_URL"] = servers.redis_url
    config.current.cache_clear()

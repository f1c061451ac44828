"""Hearing at once that somebody must not be written to any more.

A sender asks whether each recipient may be written to, many at a time. Between that question
and the last message of the batch an unsubscribe may come, or a coordinator may pause. Each such
change is told over PostgreSQL's NOTIFY when it is committed, by triggers of the tables and by
`tell`; the sender listens before every message and asks again.
"""

import select
import time
from contextlib import suppress
from uuid import UUID

import psycopg
from sqlalchemy import func
from sqlalchemy import select as sql_select

from coalition import config, db

CHANNEL = "coalition_mail_stops"
ASK_ANYWAY_S = 1.0  # a proxy between us and the database may swallow what is told


class Stops:
    """An ear of one sending process, on a connection of its own."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection | None = None
        self._heard_at = time.monotonic()

    def heard(self) -> bool:
        """Return whether something may have changed since this was last asked; never waits."""
        if time.monotonic() - self._heard_at > ASK_ANYWAY_S or self._told():
            self._heard_at = time.monotonic()
            return True
        return False

    def close(self) -> None:
        """Stop listening."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _told(self) -> bool:
        try:
            if self._connection is None:
                self._connection = self._listen()
                return True  # what was told before is not known
            raw = self._connection.pgconn
            if not select.select([raw.socket], [], [], 0)[0]:
                return False
            raw.consume_input()
            told = False
            while raw.notifies() is not None:
                told = True
        except psycopg.Error:
            with suppress(psycopg.Error):
                self.close()
            self._connection = None
            return True
        return told

    @staticmethod
    def _listen() -> psycopg.Connection:
        url = db.url_of(config.current().database_url).replace("+psycopg", "", 1)
        connection = psycopg.connect(url, autocommit=True, connect_timeout=5)
        connection.execute(f"LISTEN {CHANNEL}")
        return connection


def tell(coalition_id: UUID) -> None:
    """Tell all senders, when the open transaction is committed, to ask again."""
    db.session.execute(sql_select(func.pg_notify(CHANNEL, str(coalition_id))))

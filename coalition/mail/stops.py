"""Hearing at once that somebody must not be written to any more.

A sender asks whether each recipient may be written to, many at a time. Between that question
and the last message of the batch an unsubscribe may come, or a coordinator may pause. Each such
change raises a number in the transaction that makes it: triggers do so for suppressions and
ended consents, `tell` for the rest. The sender reads the number between messages, and asks again
when it has changed. PostgreSQL's NOTIFY was tried: it comes some milliseconds after the
commit, in which a fast sender hands over seven messages.
"""

import time
from contextlib import suppress
from uuid import UUID

import psycopg
from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from coalition import db

# An answer holds that long: less than one message takes to a server elsewhere, so there it is
# asked before each.
FRESH_S = 0.01
_READ = "SELECT version FROM mail_stops WHERE coalition_id = %s"


class MailStop(db.Tenant, db.Base):
    """How often something happened in a coalition that may stop mail."""

    __tablename__ = "mail_stops"
    table_args = (UniqueConstraint("coalition_id"),)

    version: Mapped[int] = mapped_column(default=1)


class Stops:
    """An ear of one sending process, on a connection of its own."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection | None = None
        self._heard: dict[UUID, int | None] = {}
        self._asked: UUID | None = None
        self._asked_at = 0.0

    def heard(self, coalition_id: UUID) -> bool:
        """Return whether something may have changed since this was last asked.

        Who asks the first time, or while the database does not answer, hears yes.
        """
        if self._asked == coalition_id and time.monotonic() - self._asked_at < FRESH_S:
            return False
        self._asked, self._asked_at = coalition_id, time.monotonic()
        try:
            version = self._version(coalition_id)
        except psycopg.Error:
            self.close()
            return True
        news = self._heard.get(coalition_id, -1) != version
        self._heard[coalition_id] = version
        return news

    def close(self) -> None:
        """Stop listening."""
        self._heard.clear()
        self._asked = None
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    def _version(self, coalition_id: UUID) -> int | None:
        if self._connection is None:
            self._connection = db.own_connection()
        row = self._connection.execute(_READ, [coalition_id], prepare=True).fetchone()
        return row[0] if row else None


def tell(coalition_id: UUID) -> None:
    """Have all senders ask again, once the open transaction is committed."""
    new = insert(MailStop).values(id=uuid7(), coalition_id=coalition_id, version=1)
    db.session.execute(
        new.on_conflict_do_update(
            index_elements=["coalition_id"], set_={"version": MailStop.version + 1}
        )
    )

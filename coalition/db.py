"""The database: the base of all models, the scope of a coalition, the one place that commits."""

import enum
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

import psycopg
from sqlalchemy import (
    Connection,
    DateTime,
    Engine,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    MetaData,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    declared_attr,
    mapped_column,
    scoped_session,
    sessionmaker,
    with_loader_criteria,
)
from uuid_utils.compat import uuid7

from coalition import config, events

APP_ROLE = "coalition_app"  # web, worker: sees one coalition at a time
PLATFORM_ROLE = "coalition_platform"  # the few jobs that must see all coalitions

_scope: ContextVar[UUID | None] = ContextVar("scope", default=None)

# One round trip sets everything that a transaction needs; all of it ends with the transaction.
_ENTER = text(
    "SELECT set_config('role', :role, true), set_config('app.coalition_id', :coalition, true),"
    " set_config('transaction_read_only', :read_only, true)"
)

_MANY = text(
    "SELECT set_config('work_mem', '32MB', true),"
    " set_config('statement_timeout', cast(:limit_s AS text) || 's', true)"
)


class Base(DeclarativeBase):
    """What every table has: a random, time-ordered id that is known before it is stored."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
        list[str]: JSONB(),
        enum.Enum: Enum(
            enum.Enum,
            native_enum=False,
            create_constraint=True,
            values_callable=lambda kind: [member.value for member in kind],
        ),
    }

    id: Mapped[UUID] = mapped_column(primary_key=True)

    def __init__(self, **values: Any) -> None:
        values.setdefault("id", uuid7())
        # The scope goes first: sealed columns need to know whose key to use.
        for name in ("id", "coalition_id"):
            if name in values:
                setattr(self, name, values.pop(name))
        for name, value in values.items():
            if not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} has no {name!r}")
            setattr(self, name, value)

    def adopt(self, values: Mapping[str, Any]) -> list[str]:
        """Set the attributes that differ from `values`; return their names."""
        changed = [name for name, value in values.items() if getattr(self, name) != value]
        for name in changed:
            setattr(self, name, values[name])
        return changed


class Tenant:
    """A table whose rows belong to one coalition and are invisible to all others.

    The filter is added to each query here; row-level security stands behind it in the
    database. References between such tables use `within`, which carries the coalition along,
    because PostgreSQL checks plain foreign keys without looking at row security.
    """

    @declared_attr
    def coalition_id(cls) -> Mapped[UUID]:  # noqa: N805
        return mapped_column(ForeignKey("coalitions.id", ondelete="CASCADE"))

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805
        return (UniqueConstraint("coalition_id", "id"), *getattr(cls, "table_args", ()))

    def __init__(self, **values: Any) -> None:
        values.setdefault("coalition_id", _scope.get())
        super().__init__(**values)


def within(table: str, column: str, *, ondelete: str = "CASCADE") -> ForeignKeyConstraint:
    """Make a foreign key from `column` to a row of the same coalition in `table`."""
    if ondelete == "SET NULL":
        ondelete = f"SET NULL ({column})"  # never the coalition; PostgreSQL 15
    return ForeignKeyConstraint(
        ["coalition_id", column], [f"{table}.coalition_id", f"{table}.id"], ondelete=ondelete
    )


class _Session(Session):
    """A session of the process's engine, which is made at the first use."""

    def get_bind(self, *_args: Any, **_options: Any) -> Engine:
        return engine()


_sessions: sessionmaker[_Session] = sessionmaker(class_=_Session, expire_on_commit=False)
session: scoped_session[_Session] = scoped_session(_sessions)


def url_of(database_url: str) -> str:
    """Return `database_url` with the driver that we use.

    Raises:
        config.ConfigError: there is no address, or it is not PostgreSQL's.
    """
    if not database_url:
        raise config.ConfigError(
            "DATABASE_URL is not set. Set it, or use `coalition up`, which starts a database."
        )
    plain = re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql+psycopg://", database_url)
    if not plain.startswith("postgresql+psycopg://"):
        raise config.ConfigError("DATABASE_URL must begin with postgresql://")
    return make_url(plain).render_as_string(hide_password=False)


@cache
def engine() -> Engine:
    """Return the engine of this process; made at the first use, so a fork may come before."""
    settings = config.current()
    options = (
        f"-c statement_timeout={settings.statement_timeout_s}s -c lock_timeout=2s"
        " -c idle_in_transaction_session_timeout=30s"
        " -c jit=off"  # compiling takes half a second; what it saves is less, also of a million
    )
    made = create_engine(
        url_of(settings.database_url),
        pool_size=settings.database_pool_size,
        max_overflow=settings.database_pool_size,
        pool_pre_ping=False,
        pool_timeout=10,
        hide_parameters=True,  # an error text must not quote a signatory
        connect_args={"options": options},
    )
    event.listen(made, "connect", _become_app)
    return made


def _become_app(connection: Any, _record: Any) -> None:
    """Give up the login's rights at once: what forgets to enter a scope sees nothing."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {APP_ROLE}")
    connection.commit()


def after_fork() -> None:
    """Forget the parent's connections without closing them; call first in a forked child."""
    session.registry.clear()
    engine().dispose(close=False)


@contextmanager
def transaction(coalition_id: UUID | None = None) -> Iterator[Session]:
    """Commit what the block wrote and store the events that it recorded.

    This is the only place in the code base that commits. Views, jobs and commands open one;
    models and queries never do. If the block raises, nothing is written and nobody is told.

    Args:
        coalition_id: whose rows the block may see and write; `None` for the directory,
            accounts and the list of coalitions, which belong to nobody.
    """
    with _opened(APP_ROLE, coalition_id) as current, events.collect() as recorded:
        yield current
        _finish(current, recorded)


@contextmanager
def platform_transaction() -> Iterator[Session]:
    """Open a transaction that sees every coalition: for the outbox, mail and housekeeping."""
    with _opened(PLATFORM_ROLE, None) as current, events.collect() as recorded:
        yield current
        _finish(current, recorded)


@contextmanager
def reading(coalition_id: UUID | None = None) -> Iterator[Session]:
    """Open a scope that can only read; what the block would write is refused."""
    with _opened(APP_ROLE, coalition_id, read_only=True) as current:
        yield current


@contextmanager
def snapshot(coalition_id: UUID | None = None) -> Iterator[Session]:
    """Open a read-only scope whose queries all see the database of one and the same instant."""
    with _opened(
        APP_ROLE, coalition_id, read_only=True, isolation_level="REPEATABLE READ"
    ) as current:
        yield current


@contextmanager
def aside() -> Iterator[Session]:
    """Write something small to global tables on a connection of its own, whatever happens around.

    For what must hold even if the request fails or only reads: sessions, counted guesses. No
    events. What the block read is detached afterwards.
    """
    with _sessions() as own:
        yield own
        own.commit()


@contextmanager
def narrowed(coalition_id: UUID) -> Iterator[Session]:
    """Inside a transaction that is nobody's, act as one coalition for the length of the block."""
    current = session()
    outer_role = PLATFORM_ROLE if current.info.get("platform") else APP_ROLE
    outer_coalition = _scope.get()
    if outer_coalition not in (None, coalition_id):
        raise RuntimeError("a coalition's transaction cannot turn to another coalition")
    current.flush()
    _enter(current, APP_ROLE, coalition_id)
    token = _scope.set(coalition_id)
    try:
        yield current
        current.flush()
    finally:
        _scope.reset(token)
        current.info["platform"] = outer_role == PLATFORM_ROLE
        # A transaction that the block broke takes no more statements, and needs none.
        with suppress(DBAPIError):
            _enter(current, outer_role, outer_coalition)


def expect_many(limit_s: int = 60) -> None:
    """Let what comes next in this transaction join or write a million rows.

    Without going to the disk, and in up to a minute for each statement: PostgreSQL's 4 MB and
    our few seconds are meant for many small questions at once.

    Args:
        limit_s: how long a statement may take; longer only where nobody waits for it.
    """
    session.execute(_MANY, {"limit_s": limit_s})


def is_active() -> bool:
    """Return whether this thread's session has a transaction open, of whatever kind."""
    return session.registry.has() and session().in_transaction()


def is_open() -> bool:
    """Return whether a scope of ours, reading or writing, is open in this thread."""
    return session.registry.has() and bool(session().info.get("open"))


def in_transaction() -> bool:
    """Return whether a writing transaction of ours is open in this thread."""
    return events.is_collecting()


def current_coalition_id() -> UUID | None:
    """Return whose rows the open transaction may see."""
    return _scope.get()


def commit_open() -> None:
    """Commit what Flask-Security wrote outside a transaction of ours.

    Its views call a datastore's `commit`; there is no other caller. Inside a transaction it
    only flushes, and the transaction commits.
    """
    current = session()
    if in_transaction():
        current.flush()
    else:
        with events.collect() as recorded:
            _finish(current, recorded)


@contextmanager
def _opened(
    role: str,
    coalition_id: UUID | None,
    *,
    read_only: bool = False,
    isolation_level: str | None = None,
) -> Iterator[Session]:
    current = session()
    if current.info.get("open"):
        raise RuntimeError("transactions do not nest")
    if current.in_transaction():  # who is signed in was looked up
        current.commit()
    _forget_foreign_rows(current, coalition_id)
    token = _scope.set(coalition_id)
    current.info["open"] = True
    try:
        if isolation_level:
            current.connection(execution_options={"isolation_level": isolation_level})
        _enter(current, role, coalition_id, read_only=read_only)
        current.info["refresh"] = not read_only
        yield current
        if read_only:
            # Nothing was written; unlike a rollback, this leaves what was read readable.
            current.commit()
    except BaseException:
        current.rollback()
        raise
    finally:
        current.info.update(open=False, platform=False, refresh=False)
        _scope.reset(token)


def _forget_foreign_rows(current: Session, coalition_id: UUID | None) -> None:
    """Drop another coalition's rows from the session, which would give them out by their id."""
    if coalition_id is not None:
        for row in list(current.identity_map.values()):
            foreign = (
                isinstance(row, Tenant) and row.__dict__.get("coalition_id") != coalition_id
            )
            if foreign and row in current:  # it may have gone with another
                current.expunge(row)


def _enter(
    current: Session, role: str, coalition_id: UUID | None, *, read_only: bool = False
) -> None:
    current.connection().execute(
        _ENTER,
        {
            "role": role,
            "coalition": str(coalition_id or ""),
            "read_only": "on" if read_only else "off",
        },
    )
    current.info["platform"] = role == PLATFORM_ROLE


def run_alone(coalition_id: UUID, statement: str, values: Mapping[str, Any]) -> Any:
    """Run one statement in a transaction of its own and return the first value of its answer.

    For the busiest path only: it costs as many round trips as a bare INSERT, where a session
    costs three times the processor time. The statement writes its own outbox rows, because no
    events are collected here.

    Args:
        statement: in the driver's style, `%(name)s`.
    """
    with engine().connect() as pooled:
        connection = pooled.connection.driver_connection
        assert connection is not None
        connection.autocommit = True  # psycopg would send a BEGIN of its own
        try:
            # Two statements in one message; the id is a UUID, so it can be written into it.
            connection.execute(
                f"BEGIN; SELECT set_config('app.coalition_id', '{UUID(str(coalition_id))}', true)"
            )
            answer = connection.execute(statement, values).fetchone()
            connection.execute("COMMIT")
        except BaseException:
            pooled.invalidate()  # whatever state it is in, nobody else gets it
            raise
        connection.autocommit = False
    return answer[0]


def own_connection() -> psycopg.Connection:
    """Open a connection of its own that sees every coalition, each statement by itself.

    For who must read something small between two transactions, over and over. The caller
    closes it.
    """
    url = url_of(config.current().database_url).replace("+psycopg", "", 1)
    opened = psycopg.connect(url, autocommit=True, connect_timeout=5)
    opened.execute(f"SET ROLE {PLATFORM_ROLE}")
    return opened


@contextmanager
def seeing_everything(connection: Connection) -> Iterator[None]:
    """Let a migration see every coalition's rows for the length of the block.

    Its login owns the tables, and row-level security holds it back all the same.
    """
    connection.execute(text(f"SET LOCAL ROLE {PLATFORM_ROLE}"))
    yield
    connection.execute(text("RESET ROLE"))


_before_commit: list[Callable[[Session, list[events.Event]], None]] = []


def before_commit(store: Callable[[Session, list[events.Event]], None]) -> None:
    """Let the outbox store the recorded events with the transaction."""
    _before_commit.append(store)


def _finish(current: Session, recorded: list[events.Event]) -> None:
    current.flush()
    if any(each.coalition_id != _scope.get() for each in recorded):
        # Facts of a coalition that the transaction only turned to for a while.
        _enter(current, PLATFORM_ROLE, None)
    for store in _before_commit:
        store(current, recorded)
    current.commit()


@event.listens_for(Session, "do_orm_execute")
def _only_this_coalition(state: ORMExecuteState) -> None:
    if state.is_column_load or state.is_relationship_load:
        return
    if state.session.info.get("refresh") and state.is_select:
        # Rules are checked against what is stored now, not what an earlier transaction read.
        state.statement = state.statement.execution_options(populate_existing=True)
    if state.session.info.get("platform"):
        return
    coalition_id = _scope.get()
    if coalition_id is not None:
        state.statement = state.statement.options(
            with_loader_criteria(
                Tenant,
                lambda cls: cls.coalition_id == coalition_id,
                include_aliases=True,
                track_closure_variables=True,
            )
        )


@event.listens_for(_sessions, "after_rollback")
def _forget_role(current: Session) -> None:
    current.info["platform"] = False


def rows(statement: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Run SQL in the open transaction and return its rows as dictionaries."""
    result = session().execute(text(statement), values or {})
    return [dict(row) for row in result.mappings()]

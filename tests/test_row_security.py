"""What stands between two coalitions: the filter of every query, and PostgreSQL behind it."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from uuid import UUID

import psycopg
import pytest
import sqlalchemy as sa
from psycopg.rows import dict_row
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import ProgrammingError
from uuid_utils.compat import uuid7

from coalition import audit, crypto, db, tables  # noqa: F401
from coalition.coalitions.models import Coalition
from coalition.people.models import Person
from coalition.testing import make_coalition, make_letter, make_person

# Who may enter which coalition is asked before any coalition is entered.
ASKED_BEFORE_ENTERING = {"coalition_roles", "representatives", "api_tokens"}
# Rows of the platform itself may have no coalition.
OPTIONAL = {"audit_entries", "mail_messages"}
# Columns that are unique in the whole installation, each for its reason.
UNIQUE_EVERYWHERE = {
    ("data_keys", ("number",)): "stands in front of each sealed value; given out by the server",
}


def tenant_tables() -> list[sa.Table]:
    """Return the tables with rows of one coalition, parents first."""
    return [
        table
        for table in db.Base.metadata.sorted_tables
        if "coalition_id" in table.columns and table.name not in ASKED_BEFORE_ENTERING
    ]


class Planter:
    """Plants one row in each table of a coalition, made up from the table's columns."""

    def __init__(self, connection: psycopg.Connection, coalition_id: UUID) -> None:
        self.connection = connection
        self.coalition_id = coalition_id
        self.planted: dict[str, UUID] = {"coalitions": coalition_id}

    def plant(self, table: sa.Table) -> UUID:
        """Plant a row, and those that it refers to; return its id."""
        if table.name in self.planted:
            return self.planted[table.name]
        row_id = self._parent_of(table.columns["id"]) or uuid7()
        self.planted[table.name] = row_id
        row = {
            column.name: self._value(column, row_id)
            for column in table.columns
            if not column.identity
            and (not column.nullable or column.name == "coalition_id")
            and column.server_default is None
        }
        names = ", ".join(f'"{name}"' for name in row)
        places = ", ".join(f"%({name})s" for name in row)
        self.connection.execute(f"INSERT INTO {table.name} ({names}) VALUES ({places})", row)
        return row_id

    def _parent_of(self, column: sa.Column) -> UUID | None:
        for key in column.foreign_keys:
            if key.column.name == "id":
                return self.plant(key.column.table)
        return None

    def _value(self, column: sa.Column, row_id: UUID) -> object:
        if column.name == "id":
            return row_id
        if column.name == "coalition_id":
            return self.coalition_id
        if parent := self._parent_of(column):
            return parent
        made_up = {
            sa.Boolean: lambda: False,
            sa.Enum: lambda: column.type.enums[0],
            sa.Integer: lambda: 1,
            sa.DateTime: lambda: datetime.now(UTC),
            sa.Date: lambda: date(2026, 11, 24),
            sa.LargeBinary: lambda: row_id.bytes,
            sa.Uuid: uuid7,
            JSONB: lambda: "{}",
        }
        if type(column.type) in made_up:
            return made_up[type(column.type)]()
        return f"LEAK-{self.coalition_id}-{column.table.name}-{column.name}-{row_id}"


@pytest.fixture
def owner(database) -> Iterator[psycopg.Connection]:
    """Give a connection that keeps the rights of the database's owner."""
    with psycopg.connect(database.database_url, autocommit=True, row_factory=dict_row) as made:
        yield made


@pytest.fixture
def neighbours(owner) -> tuple[Coalition, Coalition]:
    """Give two coalitions with a row in every table each."""
    pair = make_coalition("ours", "Ours"), make_coalition("theirs", "Theirs")
    for coalition in pair:
        planter = Planter(owner, coalition.id)
        for table in tenant_tables():
            planter.plant(table)
    return pair


class TestCatalogue:
    def test_guards_every_table_of_a_coalition(self, owner):
        rows = owner.execute("""
            SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS forced,
                (SELECT count(*) FROM pg_policies p WHERE p.tablename = c.relname
                 AND p.qual IS NOT NULL AND p.with_check IS NOT NULL) AS policies,
                (SELECT count(*) FROM pg_policies p WHERE p.tablename = c.relname) AS all_policies
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                AND a.attname = 'coalition_id'
            WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
            """).fetchall()
        guarded = {
            row["relname"]
            for row in rows
            if row["forced"] and row["policies"] == row["all_policies"] == 2
        }

        assert guarded >= {table.name for table in tenant_tables()}
        assert {row["relname"] for row in rows} - guarded <= ASKED_BEFORE_ENTERING

    def test_has_no_views_or_functions_that_see_through(self, owner):
        views = owner.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND"
            " (relkind = 'm' OR relkind = 'v' AND"
            " NOT coalesce(reloptions @> '{security_invoker=true}', false))"
        ).fetchall()
        functions = owner.execute(
            "SELECT proname FROM pg_proc"
            " WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        ).fetchall()

        assert views == functions == []

    @pytest.mark.parametrize("role", [db.APP_ROLE, db.PLATFORM_ROLE])
    def test_gives_the_roles_no_more_than_rows(self, owner, role):
        powers = owner.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin"
            " FROM pg_roles WHERE rolname = %s",
            [role],
        ).fetchone()
        owned = owner.execute(
            "SELECT count(*) FROM pg_class WHERE relowner = %s::regrole", [role]
        ).fetchone()
        rights = owner.execute(
            "SELECT DISTINCT privilege_type FROM information_schema.role_table_grants"
            " WHERE grantee = %s",
            [role],
        ).fetchall()

        assert not any(powers.values())
        assert owned["count"] == 0
        assert {row["privilege_type"] for row in rights} == {
            "SELECT",
            "INSERT",
            "UPDATE",
            "DELETE",
        }

    def test_lets_references_between_coalitions_tables_carry_the_coalition(self):
        names = {table.name for table in tenant_tables()}

        plain = [
            f"{table.name}.{constraint.column_keys}"
            for table in tenant_tables()
            for constraint in table.foreign_key_constraints
            if constraint.referred_table.name in names
            and "coalition_id" not in constraint.column_keys
        ]

        assert plain == []

    def test_keeps_uniqueness_within_a_coalition(self, owner):
        # Otherwise a refusal tells that another coalition has the value. An id of a coalition's
        # row in the key makes it the coalition's.
        rows = owner.execute("""
            SELECT t.relname, array_agg(a.attname::text ORDER BY k.place) AS columns
            FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
            JOIN LATERAL unnest(i.indkey::int[]) WITH ORDINALITY AS k(number, place) ON true
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
            WHERE i.indisunique AND NOT i.indisprimary
            GROUP BY i.indexrelid, t.relname""").fetchall()
        within_names = {
            (table.name, column)
            for table in tenant_tables()
            for constraint in table.foreign_key_constraints
            if "coalition_id" in constraint.column_keys and len(constraint.column_keys) > 1
            for column in constraint.column_keys
        }

        everywhere = [
            (row["relname"], tuple(row["columns"]))
            for row in rows
            if row["relname"] in {table.name for table in tenant_tables()}
            and "coalition_id" not in row["columns"]
            and not any((row["relname"], column) in within_names for column in row["columns"])
        ]

        assert set(everywhere) - set(UNIQUE_EVERYWHERE) == set()


class TestWithoutAScope:
    def test_shows_no_row_of_any_coalition(self, neighbours, owner):
        with owner.transaction():
            owner.execute(f"SET LOCAL ROLE {db.APP_ROLE}")

            seen = {
                table.name: owner.execute(f"SELECT count(*) FROM {table.name}").fetchone()
                for table in tenant_tables()
                if table.name != "outbox"
            }

        assert {name for name, row in seen.items() if row["count"]} == set()

    def test_refuses_every_insert(self, neighbours, owner):
        ours, _ = neighbours
        planter = Planter(owner, ours.id)
        taken = []

        for table in tenant_tables():
            planter.planted.clear()
            planter.planted["coalitions"] = ours.id
            try:
                with owner.transaction():
                    for parent in {key.column.table for key in table.foreign_keys}:
                        if parent.name != table.name:
                            planter.plant(parent)
                    owner.execute(f"SET LOCAL ROLE {db.APP_ROLE}")
                    planter.plant(table)
            except psycopg.errors.InsufficientPrivilege:
                continue
            taken.append(table.name)

        assert taken == []

    def test_is_also_the_state_after_a_scope_has_ended(self, neighbours, owner):
        ours, _ = neighbours
        owner.execute(f"SET ROLE {db.APP_ROLE}")
        with owner.transaction():
            owner.execute("SELECT set_config('app.coalition_id', %s, true)", [str(ours.id)])
            inside = owner.execute("SELECT count(*) FROM people").fetchone()

        after = owner.execute("SELECT count(*) FROM people").fetchone()

        assert inside["count"] == 1
        assert after["count"] == 0


class TestAnotherScope:
    def test_shows_one_coalitions_rows_to_raw_sql(self, neighbours):
        ours, _ = neighbours

        with db.reading(ours.id) as session:
            owners = {
                table.name: set(
                    session.scalars(text(f"SELECT coalition_id FROM {table.name}")).all()
                )
                for table in tenant_tables()
                if table.name != "outbox"
            }

        foreign = {name for name, ids in owners.items() if ids - {ours.id}}
        assert foreign == set()
        assert {name for name, ids in owners.items() if not ids} == set()

    def test_shows_one_coalitions_rows_to_every_model(self, neighbours):
        ours, _ = neighbours

        with db.reading(ours.id) as session:
            counts = {
                mapper.class_.__name__: session.scalar(
                    select(func.count()).select_from(mapper.class_)
                )
                for mapper in db.Base.registry.mappers
                if issubclass(mapper.class_, db.Tenant)
            }

        assert {name for name, count in counts.items() if count != 1} <= {"DataKey"}

    def test_cannot_be_written_to(self, neighbours):
        ours, theirs = neighbours

        with pytest.raises(ProgrammingError, match="row-level security"):
            with db.transaction(ours.id) as session:
                session.add(Person(coalition_id=theirs.id, given_name="Mallory"))

    def test_is_not_reached_by_updates_and_deletes(self, neighbours, owner):
        ours, theirs = neighbours

        with db.transaction(ours.id) as session:
            session.execute(text("UPDATE people SET city = 'Elsewhere'"))
            session.execute(text("DELETE FROM letter_texts"))

        theirs_now = owner.execute(
            "SELECT city, (SELECT count(*) FROM letter_texts WHERE coalition_id = %(id)s) AS texts"
            " FROM people WHERE coalition_id = %(id)s",
            {"id": theirs.id},
        ).fetchone()
        assert theirs_now == {"city": None, "texts": 1}

    def test_is_not_reached_by_a_reference(self, neighbours):
        ours, theirs = neighbours
        with db.reading(theirs.id) as session:
            their_person = session.scalars(select(Person.id)).one()

        with pytest.raises(sa.exc.IntegrityError, match="fk_notes"):
            with db.transaction(ours.id) as session:
                session.execute(
                    text(
                        "INSERT INTO notes (id, coalition_id, person_id, text_sealed, created_at)"
                        " VALUES (:id, :ours, :person, '', now())"
                    ),
                    {"id": uuid7(), "ours": ours.id, "person": their_person},
                )

    def test_is_never_seen_on_a_shared_connection(self, database):
        pair = make_coalition("ours", "Ours"), make_coalition("theirs", "Theirs")
        for each in pair:
            make_person(each, f"ada@{each.slug}.org", given_name=each.slug)
        wrong: list[str] = []

        threads = [
            threading.Thread(target=alternate, args=[pair, number, wrong])
            for number in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert wrong == []


def alternate(pair: tuple[Coalition, Coalition], start: int, wrong: list[str]) -> None:
    """Enter two coalitions in turn, sometimes failing, and note what must not be seen."""
    for turn in range(150):
        coalition = pair[(start + turn) % 2]
        with suppress(ZeroDivisionError, sa.exc.DataError):
            names_in(coalition, turn, wrong)
        if turn % 10 == 3:
            with db.reading() as session:
                if session.scalars(text("SELECT given_name FROM people")).all():
                    wrong.append("no scope saw somebody")
    db.session.remove()


def names_in(coalition: Coalition, turn: int, wrong: list[str]) -> None:
    with db.transaction(coalition.id) as session:
        names = session.scalars(text("SELECT given_name FROM people")).all()
        if names != [coalition.slug]:
            wrong.append(f"{coalition.slug} saw {names}")
        if turn % 25 == 7:
            session.execute(text("SELECT 1/0"))
        if turn % 25 == 9:
            raise ZeroDivisionError


class TestRights:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE audit_entries SET action = ''",
            "DELETE FROM audit_entries",
            "TRUNCATE audit_entries",
        ],
    )
    def test_let_nobody_change_the_audit_log(self, coalition, statement):
        letter = make_letter(coalition)
        with db.reading(coalition.id) as session:
            assert session.scalar(select(func.count()).select_from(audit.AuditEntry))

        for opened in (db.transaction(letter.coalition_id), db.platform_transaction()):
            with pytest.raises(ProgrammingError, match="permission denied"), opened as session:
                session.execute(text(statement))

    def test_let_the_application_add_to_the_outbox_only(self, coalition):
        for statement in (
            "SELECT * FROM outbox",
            "DELETE FROM outbox",
            "UPDATE outbox SET name = ''",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"):
                with db.transaction(coalition.id) as session:
                    session.execute(text(statement))

    def test_let_nobody_truncate(self, coalition):
        with pytest.raises(ProgrammingError, match="permission denied"):
            with db.transaction(coalition.id) as session:
                session.execute(text("TRUNCATE people CASCADE"))

    def test_let_nobody_rewrite_a_consent(self, coalition):
        with pytest.raises(ProgrammingError, match="permission denied"):
            with db.transaction(coalition.id) as session:
                session.execute(text("UPDATE consents SET given = true"))


class TestDump:
    def test_holds_no_contact_data_in_clear(self, coalition, database):
        person = make_person(coalition, "canary.ada@example.org")
        with db.transaction(coalition.id) as session:
            person = session.merge(person)
            person.phone = "+1 213 555 0142"
            person.street = "77 Canary Row"
            person.postal_code = "90077"
            person.note("canary: prefers evenings", author_id=None)

        dump = subprocess.run(
            ["pg_dump", "--inserts", database.database_url],
            capture_output=True,
            text=True,
            check=True,
        ).stdout

        assert "Night Buses" in dump  # it is the right database
        for clear in ("canary.ada", "555 0142", "Canary Row", "90077", "prefers evenings"):
            assert clear not in dump
            assert clear.encode().hex() not in dump

    def test_holds_no_key_in_clear(self, coalition, database):
        with db.reading(coalition.id):
            ring = crypto.keyring(coalition.id)
        dump = subprocess.run(
            ["pg_dump", "--inserts", database.database_url],
            capture_output=True,
            text=True,
            check=True,
        ).stdout

        assert ring.index_key.hex() not in dump
        assert database.encryption_keys[0] not in dump

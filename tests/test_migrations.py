"""Migrations: up, down and up again, with rows, in a crowd, and with plugins that fail."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import psycopg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url
from uuid_utils.compat import uuid7

from coalition import db, migrating, plugins
from coalition.migrating import CORE, Chain
from tests.migrations.rows import OURS, found_coalitions


@pytest.fixture
def empty_database(installation, change_settings) -> Iterator[str]:
    """Give the address of a database without tables, used by everything in the test."""
    with psycopg.connect(installation.database_url, autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS migrated WITH (FORCE)")
        server.execute("CREATE DATABASE migrated")
        url = make_url(installation.database_url).set(database="migrated")
        address = url.render_as_string(hide_password=False)
        change_settings(DATABASE_URL=address)
        yield address
        server.execute("DROP DATABASE migrated WITH (FORCE)")


@pytest.fixture
def connection(empty_database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(empty_database, autocommit=True) as made:
        yield made


def schema_of(database_url: str) -> str:
    """Return everything but the rows, and but the versions' own tables."""
    dump = subprocess.run(
        ["pg_dump", "--schema-only", "--exclude-table=alembic_version*", database_url],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return "\n".join(line for line in dump.splitlines() if not line.startswith("\\"))


def revisions_of(chain: Chain) -> list[str]:
    """Return the revisions of a chain, oldest first."""
    script = ScriptDirectory.from_config(migrating._alembic(chain, None))
    return [each.revision for each in script.walk_revisions()][::-1]


CORE_REVISIONS = sorted(
    path.name.partition("_")[0] for path in (migrating.SCRIPTS / "versions").glob("*.py")
)


class TestUpgrade:
    def test_makes_what_the_models_say(self, empty_database):
        outcomes = migrating.upgrade()

        assert [each.problem for each in outcomes] == [None] * len(outcomes)
        assert outcomes[0].chain == CORE
        assert migrating.differences() == []
        assert migrating.pending() == []

    def test_twice_changes_nothing(self, empty_database):
        migrating.upgrade()
        before = schema_of(empty_database)

        migrating.upgrade()

        assert schema_of(empty_database) == before

    def test_by_two_deployments_at_once_is_done_by_one(self, empty_database):
        both = [
            subprocess.Popen(
                [sys.executable, "-c", "from coalition import migrating; migrating.upgrade()"],
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]

        said = [each.communicate(timeout=60)[1] for each in both]

        assert [each.returncode for each in both] == [0, 0], said
        assert migrating.differences() == []

    def test_says_what_the_database_is_behind_of(self, empty_database):
        assert CORE in migrating.pending()


class TestEachRevision:
    def test_goes_down_and_up_again(self, empty_database):
        migrating.upgrade_to(CORE, "base")
        for chain in migrating.chains():
            before = "base"
            for revision in revisions_of(chain):
                empty = schema_of(empty_database)

                migrating.upgrade_to(chain.name, revision)
                made = schema_of(empty_database)
                migrating.downgrade(chain.name, before)
                undone = schema_of(empty_database)
                migrating.upgrade_to(chain.name, revision)

                assert undone == empty, revision
                assert schema_of(empty_database) == made, revision
                before = revision

    @pytest.mark.parametrize("revision", CORE_REVISIONS)
    def test_keeps_the_rows(self, empty_database, connection, revision):
        rows = rows_of(revision)
        earlier = CORE_REVISIONS[: CORE_REVISIONS.index(revision)]
        before = earlier[-1] if earlier else "base"
        migrating.upgrade_to(CORE, before)

        rows.before(connection)
        migrating.upgrade_to(CORE, revision)
        rows.after(connection)
        migrating.downgrade(CORE, before)
        rows.back(connection)


class TestMailings:
    """Rows of the plugin that writes to people, through the revision that keeps approvals."""

    WRITER, EDITOR = (f"00000000-0000-7000-8000-00000000000{n}" for n in (3, 4))

    def store(self, connection, status, *hands):
        connection.execute(
            "INSERT INTO email_outreach_mailings (id, coalition_id, name, purpose, language,"
            " in_doubt, delay_hours, test_percent, test_hours, revision, created_at, status,"
            " clock, author_id, editor_id, approved_at) VALUES (gen_random_uuid(), %s, %s, 'x',"
            " 'en', 'hold', 0, 0, 4, 1, now(), %s, 'coalition', %s, %s, now())",
            [OURS, status, status, *hands],
        )

    def test_keep_who_changed_them_and_ask_for_approval_again(self, empty_database, connection):
        [plugin] = [each.name for each in migrating.chains() if "outreach" in each.name]
        migrating.upgrade_to(CORE, "0012")
        migrating.upgrade_to(plugin, "0002")
        found_coalitions(connection)
        self.store(connection, "draft", self.WRITER, self.EDITOR)
        self.store(connection, "sent", None, None)

        migrating.upgrade_to(plugin, "0003")
        kept = connection.execute(
            "SELECT status, changed_by, approved_at IS NULL FROM email_outreach_mailings"
            " ORDER BY status"
        ).fetchall()
        migrating.downgrade(plugin, "0002")
        back = connection.execute(
            "SELECT status, editor_id::text FROM email_outreach_mailings ORDER BY status"
        ).fetchall()

        assert kept == [("draft", [self.WRITER, self.EDITOR], True), ("sent", [], False)]
        assert back == [("draft", self.EDITOR), ("sent", None)]

    def test_know_how_many_they_go_to_and_are_drafts_again_if_they_just_begin(
        self, empty_database, connection
    ):
        [plugin] = [each.name for each in migrating.chains() if "outreach" in each.name]
        migrating.upgrade_to(CORE, "0012")
        migrating.upgrade_to(plugin, "0002")
        found_coalitions(connection)
        for status in ("draft", "sending"):
            self.store(connection, status, None, None)
        connection.execute(
            "INSERT INTO email_outreach_recipients (id, coalition_id, mailing_id,"
            " occasion_id, state, subject, attempts) SELECT gen_random_uuid(), coalition_id, id,"
            " gen_random_uuid(), 'queued', 'a', 0"
            " FROM email_outreach_mailings, generate_series(1, 3) WHERE status = 'sending'"
        )
        migrating.upgrade_to(plugin, "0005")
        assert connection.execute(
            "SELECT name, people FROM email_outreach_mailings ORDER BY name"
        ).fetchall() == [("draft", 0), ("sending", 3)]
        connection.execute(
            "UPDATE email_outreach_mailings SET status = 'starting', started_at = now(),"
            " seen_people = 5 WHERE status = 'draft'"
        )

        migrating.downgrade(plugin, "0004")

        assert connection.execute(
            "SELECT name, status, started_at IS NULL FROM email_outreach_mailings ORDER BY name"
        ).fetchall() == [("draft", "draft", True), ("sending", "sending", True)]

    def test_may_have_been_for_several_who_were_erased(self, empty_database, connection):
        plugin = "email-outreach"
        migrating.upgrade_to(CORE, CORE_REVISIONS[-1])
        migrating.upgrade_to(plugin, "0002")
        found_coalitions(connection)
        self.store(connection, "sending", None, None)
        migrating.upgrade_to(plugin, "0009")
        connection.execute(
            "INSERT INTO email_outreach_recipients (id, coalition_id, mailing_id, state, subject,"
            " attempts) SELECT gen_random_uuid(), coalition_id, id, 'sent', 'a', 1"
            " FROM email_outreach_mailings, generate_series(1, 3)"
        )
        migrating.downgrade(plugin, "0008")

        [(left,)] = connection.execute("SELECT count(*) FROM email_outreach_recipients")
        assert left == 1

    def test_that_were_about_one_body_write_of_no_other_on_the_way_back(
        self, empty_database, connection
    ):
        plugin = "email-outreach"
        migrating.upgrade_to(CORE, CORE_REVISIONS[-1])
        migrating.upgrade_to(plugin, "0002")
        found_coalitions(connection)
        for status in ("draft", "sending", "scheduled", "sent"):
            self.store(connection, status, None, None)
        migrating.upgrade_to(plugin, "0007")
        connection.execute(
            "INSERT INTO email_outreach_mailings SELECT (jsonb_populate_record(m, jsonb_build_object("
            "'id', gen_random_uuid(), 'name', name || ' of one', 'body_id', gen_random_uuid()))).*"
            " FROM email_outreach_mailings m"
        )
        connection.execute(
            "UPDATE email_outreach_mailings SET campaign_id = body_id, body_id = NULL,"
            " status = 'starting' WHERE name = 'scheduled of one'"
        )

        migrating.downgrade(plugin, "0006")

        statuses = dict(
            connection.execute("SELECT name, status FROM email_outreach_mailings").fetchall()
        )
        assert statuses == {
            "draft": "draft",
            "draft of one": "draft",
            "scheduled": "scheduled",
            "scheduled of one": "draft",
            "sending": "sending",
            "sending of one": "paused",
            "sent": "sent",
            "sent of one": "sent",
        }

    def test_take_over_the_final_copies_that_were_queued(self, empty_database, connection):
        plugin = "email-outreach"
        migrating.upgrade_to(CORE, CORE_REVISIONS[-1])
        migrating.upgrade_to(plugin, "0009")
        found_coalitions(connection)
        connection.execute(
            "INSERT INTO jobs (id, function, arguments, run_at, attempts) VALUES"
            " (gen_random_uuid(), 'coalition_email_outreach.courtesies:send_copies',"
            " jsonb_build_array(cast(%s AS text), cast(%s AS text)), now(), 0)",
            [OURS, uuid7()],
        )

        migrating.upgrade_to(plugin, "0010")

        [(function,)] = connection.execute("SELECT function FROM jobs").fetchall()
        module, _, name = function.partition(":")
        assert callable(getattr(importlib.import_module(module), name))


class TestReminders:
    """Rows of the plugin for mail, through the revision that keeps when something was sent."""

    def test_were_sent_when_their_ids_were_made(self, empty_database, connection):
        plugin = "email-outreach"
        migrating.upgrade_to(CORE, CORE_REVISIONS[-1])
        migrating.upgrade_to(plugin, "0007")
        found_coalitions(connection)
        connection.execute("SET session_replication_role = 'replica'")  # without a signature
        connection.execute(
            "INSERT INTO email_outreach_courtesies (id, coalition_id, signature_id, kind)"
            " VALUES (%s, %s, gen_random_uuid(), 'first_reminder')",
            [uuid7(), OURS],
        )

        migrating.upgrade_to(plugin, "0008")

        [(age,)] = connection.execute(
            "SELECT abs(extract(epoch FROM now() - noted_at)) FROM email_outreach_courtesies"
        ).fetchall()
        assert age < 60


class TestLeads:
    """Rows of the plugin for cities, through the revision that asks about further mail."""

    def test_that_were_not_asked_agreed_to_nothing(self, empty_database, connection):
        plugin = "city-campaigns"
        migrating.upgrade_to(CORE, "0014")
        migrating.upgrade_to(plugin, "0001")
        found_coalitions(connection)
        connection.execute(
            "INSERT INTO city_campaigns_leads (id, coalition_id, name_sealed, email_sealed,"
            " email_index, place_name, region, technology, vendor, language, wording, state,"
            " closing_note, created_at) VALUES (gen_random_uuid(), %s, 'x', 'x', 'x', 'Reno',"
            " 'NV', 'other', '', 'en', 'Write to me.', 'new', '', now())",
            [OURS],
        )

        migrating.upgrade_to(plugin, "0002")
        kept = connection.execute("SELECT wording, updates_wording FROM city_campaigns_leads")
        assert kept.fetchall() == [("Write to me.", None)]
        migrating.downgrade(plugin, "0001")
        back = connection.execute("SELECT wording FROM city_campaigns_leads")
        assert back.fetchall() == [("Write to me.",)]


def rows_of(revision: str) -> ModuleType:
    """Return the module with the rows of a revision; a missing one fails the test."""
    return importlib.import_module(f"tests.migrations.{revision}")


_PLUGIN = "coalition_test_potholes"


def make_plugin(folder: Path, upgrade: str) -> ModuleType:
    """Write a plugin package with one migration and import it."""
    package = folder / _PLUGIN
    (package / "migrations").mkdir(parents=True)
    (package / "__init__.py").write_text('"""A plugin for a test."""')
    (package / "plugin.py").write_text('"""What it answers."""')
    (package / "migrations" / "0001.py").write_text(
        f"from alembic import op\nrevision = 'potholes_0001'\ndown_revision = None\n"
        f"branch_labels = None\ndepends_on = None\n\n"
        f"def upgrade():\n    op.execute('CREATE TABLE test_potholes_reports (id int)')\n"
        f"    {upgrade}\n\n"
        f"def downgrade():\n    op.execute('DROP TABLE test_potholes_reports')\n"
    )
    return importlib.import_module(f"{_PLUGIN}.plugin")


@pytest.fixture
def plugin_folder(tmp_path, monkeypatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    plugins.registry().remove("test-potholes")
    for name in [name for name in sys.modules if name.startswith(_PLUGIN)]:
        del sys.modules[name]


class TestPluginMigrations:
    def test_have_a_version_table_of_their_own(self, connection, plugin_folder):
        plugins.registry().add("test-potholes", make_plugin(plugin_folder, "pass"))

        migrating.upgrade()

        versions = connection.execute("SELECT * FROM alembic_version_test_potholes").fetchall()
        assert versions == [("potholes_0001",)]
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [
            (CORE_REVISIONS[-1],)
        ]

    def test_that_fail_leave_the_core_upgraded_and_nothing_of_their_own(
        self, connection, plugin_folder
    ):
        broken = make_plugin(plugin_folder, "op.execute('SELECT 1/0')")
        plugins.registry().add("test-potholes", broken)

        outcomes = {each.chain: each for each in migrating.upgrade()}

        assert outcomes[CORE].problem is None
        assert "division by zero" in outcomes["test-potholes"].problem
        found = connection.execute("SELECT to_regclass('test_potholes_reports')").fetchone()
        assert found == (None,)
        assert migrating.pending() == ["test-potholes"]

    def test_of_a_plugin_that_was_removed_do_not_stop_the_core(
        self, empty_database, connection, plugin_folder
    ):
        migrating.upgrade_to(CORE, "base")
        plugins.registry().add("test-potholes", make_plugin(plugin_folder, "pass"))
        migrating.upgrade()
        plugins.registry().remove("test-potholes")

        migrating.downgrade(CORE, CORE_REVISIONS[-2])
        outcomes = migrating.upgrade()

        assert [each.problem for each in outcomes if each.chain == CORE] == [None]
        kept = connection.execute("SELECT to_regclass('test_potholes_reports')").fetchone()
        assert kept != (None,)
        assert migrating.differences() == []


class TestRevisions:
    def test_have_rows_to_be_tested_with(self):
        folder = Path(__file__).parent / "migrations"

        assert {path.stem for path in folder.glob("[0-9]*.py")} == set(CORE_REVISIONS)

    def test_take_no_lock_they_could_wait_for_forever(self, empty_database):
        with migrating._connection() as connection:
            assert connection.exec_driver_sql("SHOW lock_timeout").scalar_one() == "10s"

    def test_are_in_one_line(self):
        script = ScriptDirectory.from_config(
            migrating._alembic(migrating.chain_called(CORE), None)
        )

        assert len(script.get_heads()) == 1
        assert db.APP_ROLE  # the roles are made before the first

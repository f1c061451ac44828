"""The command line: every command explains itself, and the database can be looked after."""

import os
import subprocess
import sys

import click
import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy.engine import URL, make_url

from coalition import cli, db, migrating
from coalition.commands.connecting import explain
from coalition.commands.database import db as look_after
from coalition.people.models import Person
from coalition.testing import make_person


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return every command below a group, by its words."""
    with click.Context(group) as context:
        found = []
        for name in group.list_commands(context):
            command = load(group, context, name)
            words = (*path, name)
            found += commands(command, words) if isinstance(command, click.Group) else [words]
    return found


def load(group: click.Group, context: click.Context, name: str) -> click.Command:
    # As `--help` does: without a database.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["coalition", "--help"])
        command = group.get_command(context, name)
    assert command is not None, name
    return command


class TestHelp:
    @pytest.mark.parametrize("words", commands(cli.cli), ids=" ".join)
    def test_explains_each_command_with_an_example(self, words, monkeypatch):
        monkeypatch.setattr(sys, "argv", ["coalition", *words, "--help"])

        said = CliRunner().invoke(cli.cli, [*words, "--help"])

        assert said.exit_code == 0, said.output
        assert "Example: coalition " + words[0] in " ".join(said.output.split())

    def test_lists_the_commands_the_readme_names(self):
        said = CliRunner().invoke(cli.cli, ["--help"]).output

        for name in (
            "up",
            "demo",
            "serve",
            "worker",
            "scheduler",
            "db",
            "users",
            "plugins",
            "letters",
        ):
            assert f"\n  {name} " in said


class TestUnknown:
    def test_commands_are_refused(self):
        said = CliRunner().invoke(cli.cli, ["dance"])

        assert said.exit_code == 2
        assert "No such command" in said.output


class TestADatabaseThatCannotBeUsed:
    def test_says_what_to_do_where_it_was_never_migrated(self, database):
        url = make_url(database.database_url)
        with psycopg.connect(database.database_url, autocommit=True) as owner:
            owner.execute("CREATE DATABASE never_migrated")
            try:
                said = command_at(url.set(database="never_migrated"), "coalitions", "list")
            finally:
                owner.execute("DROP DATABASE never_migrated WITH (FORCE)")

        assert said.returncode == 1
        assert said.stderr.splitlines() == [
            "coalition: the database is not migrated: run `coalition db upgrade` first."
        ]

    def test_says_it_where_not_even_the_role_is_there(self, database, monkeypatch):
        monkeypatch.setattr(migrating, "pending", lambda: ["core"])
        with (
            psycopg.connect(database.database_url) as owner,
            pytest.raises(psycopg.Error) as raised,
        ):
            owner.execute("SET ROLE coalition_absent")

        assert "coalition db upgrade" in str(explain(raised.value))

    def test_is_named_without_the_password_where_no_server_answers(self, database):
        url = make_url("postgresql://ada:lovelace@127.0.0.1:1/letters")

        said = command_at(url, "coalitions", "list")

        assert said.returncode == 1
        assert len(said.stderr.splitlines()) == 1
        assert "cannot use the database “letters” at 127.0.0.1" in said.stderr
        assert "lovelace" not in said.stderr

    def test_is_no_excuse_for_other_errors(self, database):
        with (
            psycopg.connect(database.database_url) as owner,
            pytest.raises(psycopg.Error) as raised,
        ):
            owner.execute("SELECT no_such_column FROM people")

        assert explain(raised.value) is None


class TestDb:
    def test_upgrade_twice_changes_nothing(self, database):
        said = CliRunner().invoke(look_after, ["upgrade"])

        assert said.exit_code == 0, said.output
        assert "core: at " in said.output

    def test_check_finds_the_database_in_order(self, coalition):
        said = CliRunner().invoke(look_after, ["check"])

        assert [
            line
            for line in said.output.splitlines()
            if "fsync" not in line and "full_page" not in line and "synchronous" not in line
        ] in (
            ["The database is in order."],
            [],
        ), said.output

    def test_check_finds_a_table_without_its_guard(self, coalition, database):
        with psycopg.connect(database.database_url, autocommit=True) as owner:
            owner.execute("ALTER TABLE people NO FORCE ROW LEVEL SECURITY")
            try:
                said = CliRunner().invoke(look_after, ["check"])
            finally:
                owner.execute("ALTER TABLE people FORCE ROW LEVEL SECURITY")

        assert said.exit_code == 1
        assert "people is not guarded" in said.output

    def test_restore_brings_back_what_was_backed_up(self, coalition, database, tmp_path):
        person = make_person(coalition, "ada@example.org")
        file = tmp_path / "monday.dump"

        written = command("backup", str(file))
        with db.transaction(coalition.id) as session:
            session.delete(session.get(Person, person.id))
        db.session.remove()
        db.engine().dispose()
        restored = command("restore", "--yes", str(file))

        assert written.returncode == restored.returncode == 0, written.stderr + restored.stderr
        assert file.stat().st_mode & 0o077 == 0
        with db.reading(coalition.id) as session:
            assert session.get(Person, person.id).email == "ada@example.org"

    def test_backup_does_not_overwrite(self, coalition, tmp_path):
        file = tmp_path / "monday.dump"
        file.write_text("precious")

        said = CliRunner().invoke(look_after, ["backup", str(file)])

        assert said.exit_code == 1
        assert file.read_text() == "precious"


def command_at(url: URL, *words: str) -> subprocess.CompletedProcess:
    """Run a command on another database."""
    return subprocess.run(
        [sys.executable, "-m", "coalition", *words],
        env={**os.environ, "DATABASE_URL": url.render_as_string(hide_password=False)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def command(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "coalition", "db", *words],
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

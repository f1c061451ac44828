"""Plugins as distributions: found by their entry points, harmless when they are broken."""

import importlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy.engine import make_url

from coalition import db, events, plugins
from coalition.commands.plugins import plugins as command

INSTALL = "coalition_test_"


@pytest.fixture
def install(tmp_path, monkeypatch) -> Iterator[Callable[[str, str], str]]:
    """Give a function that installs a plugin with the given source."""
    monkeypatch.syspath_prepend(str(tmp_path))
    known = set(db.Base.metadata.tables)

    def installing(name: str, source: str) -> str:
        package = INSTALL + name.replace("-", "_")
        put_distribution(tmp_path, name, f"{package}.plugin")
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text('"""A plugin for a test."""')
        (tmp_path / package / "plugin.py").write_text(source)
        importlib.invalidate_caches()
        return str(tmp_path)

    yield installing
    for module in [each for each in sys.modules if each.startswith(INSTALL)]:
        del sys.modules[module]
    for name in set(db.Base.metadata.tables) - known:
        db.Base.metadata.remove(db.Base.metadata.tables[name])
    for subscriber in [each.name for each in events.subscribers()]:
        if subscriber.startswith("plugin.x-"):
            events.unsubscribe(subscriber)


def put_distribution(folder: Path, name: str, module: str) -> None:
    """Leave behind what pip leaves behind, so that the entry point is found."""
    made = folder / f"{name.replace('-', '_')}-1.2.dist-info"
    made.mkdir()
    (made / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
    (made / "entry_points.txt").write_text(f"[{plugins.GROUP}]\n{name} = {module}\n")


def loaded() -> dict[str, plugins.Plugin]:
    registry = plugins.Registry()
    registry.load()
    return registry.plugins


PANEL = """
from coalition.sdk import Panel, hookimpl

@hookimpl
def coalition_letter_panels(letter):
    return Panel("x", "y")
"""


class TestLoad:
    def test_finds_what_is_installed(self, database, install):
        install("x-panel", PANEL)

        plugin = loaded()["x-panel"]

        assert (plugin.version, plugin.problem) == ("1.2", None)
        assert plugin.hooks == ["coalition_letter_panels"]

    @pytest.mark.parametrize(
        ("source", "problem"),
        [
            ("raise RuntimeError('no battery')", "RuntimeError: no battery"),
            ("import sys; sys.exit(3)", "SystemExit: 3"),
            ("def broken(:", "SyntaxError"),
            ("import a_module_that_is_not_there", "ModuleNotFoundError"),
            ("NEEDS_SDK = 99", "it is made for SDK 99"),
            ("from coalition.sdk import nothing_like_this", "ImportError"),
        ],
    )
    def test_lists_what_is_broken_with_the_reason(self, database, install, source, problem):
        install("x-broken", source)
        install("x-panel", PANEL)

        found = loaded()

        assert problem in found["x-broken"].problem
        assert found["x-panel"].problem is None

    def test_keeps_the_facts_of_what_is_broken(self, database, install):
        install("x-broken", "raise RuntimeError")

        loaded()

        [held] = [each for each in events.subscribers() if each.name == "plugin.x-broken"]
        assert held.is_held

    def test_refuses_tables_that_are_not_named_after_the_plugin(self, database, install):
        install(
            "x-tables",
            "from coalition.sdk import Base\n"
            "class Sneaky(Base):\n    __tablename__ = 'people_of_mine'\n",
        )

        problem = loaded()["x-tables"].problem

        assert "people_of_mine must begin with x_tables_" in problem

    def test_loads_exactly_what_is_chosen(self, database, install, change_settings):
        install("x-panel", PANEL)
        install("x-other", PANEL)

        change_settings(COALITION_PLUGINS="x-panel,x-missing")
        found = loaded()

        assert set(found) == {"x-panel", "x-missing"}
        assert found["x-missing"].problem == "It is not installed."

    def test_loads_none_if_none_is_chosen(self, database, install, change_settings):
        install("x-panel", PANEL)

        change_settings(COALITION_PLUGINS="")

        assert loaded() == {}


class TestProcess:
    def test_starts_though_every_plugin_is_broken(self, database, install):
        install("x-raises", "raise RuntimeError")
        install("x-exits", "raise SystemExit(1)")
        folder = install(
            "x-pages",
            "from coalition.sdk import hookimpl\n"
            "@hookimpl\ndef coalition_blueprints():\n    raise ValueError\n",
        )

        done = run(
            "-c",
            "from coalition.app import create_app\n"
            "print(create_app().test_client().get('/healthz').json)",
            PYTHONPATH=folder,
            COALITION_LOG_LEVEL="CRITICAL",
        )

        assert "{'status': 'ok'}" in done.stdout

    def test_lists_them_on_the_command_line(self, database, install):
        folder = install("x-raises", "raise RuntimeError('no battery')")

        done = run("-m", "coalition", "plugins", "list", PYTHONPATH=folder)

        assert "x-raises 1.2 (RuntimeError: no battery)" in done.stdout


class TestNew:
    def test_writes_a_plugin_whose_tests_pass(self, database, tmp_path):
        run("-m", "coalition", "plugins", "new", "x-new", "--into", str(tmp_path))
        folder = tmp_path / "x-new"
        put_distribution(folder, "x-new", "coalition_x_new.plugin")
        with psycopg.connect(database.database_url, autocommit=True) as server:
            server.execute("DROP DATABASE IF EXISTS skeleton WITH (FORCE)")
            server.execute("CREATE DATABASE skeleton")
        url = make_url(database.database_url).set(database="skeleton")

        done = run(
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            str(folder),
            PYTHONPATH=str(folder),
            COALITION_TEST_DATABASE_URL=url.render_as_string(hide_password=False),
            COALITION_TEST_REDIS_URL=database.redis_url,
            COALITION_PLUGINS="x-new",
        )

        assert "1 passed" in done.stdout

    @pytest.mark.parametrize("name", ["Pot Holes", "pot_holes", "../up", "1st", "a--b", ""])
    def test_refuses_a_name_that_no_package_could_have(self, tmp_path, name):
        done = CliRunner().invoke(command, ["new", name, "--into", str(tmp_path)])

        assert done.exit_code == 2
        assert "small letters, digits and single hyphens" in done.output
        assert list(tmp_path.iterdir()) == []


def run(*arguments: str, check: bool = True, **environment: str) -> subprocess.CompletedProcess:
    """Run Python with these arguments in a process of its own."""
    done = subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done

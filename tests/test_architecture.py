"""Promises about the code itself that the import contracts in pyproject.toml cannot express."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "coalition"
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))
PLUGIN_MODULES = sorted(
    path
    for path in ROOT.glob("plugins/*/coalition_*/**/*.py")
    if "migrations" not in path.parts
)


def where(pattern: str, paths: list[Path] = MODULES) -> set[str]:
    """Return the files that match, as paths below the package."""
    found = re.compile(pattern)
    return {
        str(path.relative_to(ROOT)).removeprefix("coalition/")
        for path in paths
        if found.search(path.read_text(encoding="utf-8"))
    }


def imported_by(*arguments: str) -> set[str]:
    """Return the names of all modules loaded after running Python with these arguments."""
    code = f"{arguments[0]}\nimport json, sys\nprint('\\n' + json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments[1:]],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


class TestDetector:
    def test_finds_what_it_looks_for(self):
        assert "db.py" in where(r"\.commit\(")
        assert where(r"\bdef transaction\(") == {"db.py"}


class TestOnlyOnePlace:
    def test_commits(self):
        # Migrations run before there is anything to enter, each in a transaction of its own.
        assert where(r"\.commit\(") == {"db.py", "migrating.py"}

    def test_opens_the_scope_of_a_coalition(self):
        assert where(r"set_config\(|SET (LOCAL )?ROLE") == {"db.py"}

    def test_rings_the_worker(self):
        assert where(r"\benqueue_(call|in|at|many)\(|queue\(\)\.enqueue|Queue\(") == {
            "running.py"
        }

    def test_sends_mail(self):
        assert where(r"\bsmtplib\b") == {"mail/smtp.py"}

    def test_reads_the_environment(self):
        assert {
            name
            for name in where(r"os\.environ\b|os\.getenv|\bgetenv\(|\bEnv\(")
            if not name.startswith("servers/")  # they hand it on to the programs they start
        } == {
            "config.py",
            "metrics.py",  # prometheus_client wants to be told in this way
            "testing.py",
            "commands/connecting.py",
            "commands/database.py",  # hands it on to pg_dump and pg_restore
            "commands/running.py",
            "supervisor.py",
        }


class TestNowhere:
    @pytest.mark.parametrize(
        "pattern",
        [
            r"\bpickle\b",
            r"\beval\(|\bexec\(",
            r"shell=True",
            r"yaml\.load\(",
            r"\bTODO\b|\bFIXME\b|\bXXX\b",
            r"datetime\.utcnow|datetime\.now\(\)",
            r"verify=False",
            r"\|\s*safe\b",
        ],
    )
    def test_is_to_be_found(self, pattern):
        # An API that shows a letter's Markdown as HTML passes it through markdown.py.
        assert where(pattern, MODULES + PLUGIN_MODULES) == set()

    def test_has_a_template_marked_as_safe_or_inline_code(self):
        templates = [
            *PACKAGE.rglob("*.html"),
            *ROOT.glob("plugins/*/coalition_*/**/*.html"),
        ]
        # A mail is no page of ours: nothing is loaded for it, so it brings its style along.
        templates = [each for each in templates if not each.match("email_outreach/mail.html")]

        assert (
            where(
                r"\|\s*safe\b|autoescape false|<script>|\son\w+=\"|<style|\sstyle=", templates
            )
            == set()
        )

    def test_is_a_module_named_for_nothing(self):
        vague = re.compile(r"(^|_)(utils?|helpers?|common|managers?|misc|info)(_|$)")

        assert [str(path) for path in MODULES if vague.search(path.stem)] == []


class TestPackages:
    @pytest.mark.parametrize("path", sorted(PACKAGE.rglob("__init__.py")), ids=str)
    def test_hold_one_sentence_and_nothing_else(self, path):
        tree = ast.parse(path.read_text(encoding="utf-8"))

        assert len(tree.body) == 1
        sentence = ast.get_docstring(tree)
        assert sentence
        assert "\n" not in sentence
        assert sentence.endswith(".")


class TestModules:
    def test_begin_with_a_docstring(self):
        silent = [
            str(path.relative_to(ROOT))
            for path in MODULES
            if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        ]

        assert silent == []

    def test_explain_each_import_inside_a_function(self):
        unexplained = [
            f"{path.relative_to(ROOT)}:{number}"
            for path in MODULES
            for number in unexplained_imports(path)
        ]

        assert unexplained == []


def unexplained_imports(path: Path) -> list[int]:
    """Return the lines of imports inside functions without a comment right above them."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    inside = sorted(
        {
            statement.lineno
            for function in ast.walk(ast.parse(text))
            if isinstance(function, ast.FunctionDef)
            for statement in ast.walk(function)
            if isinstance(statement, ast.Import | ast.ImportFrom)
        }
    )
    # One comment may stand above several imports in a row.
    first_of_row = [number for number in inside if number - 1 not in inside]
    return [number for number in first_of_row if not _has_comment_above(lines, number)]


def _has_comment_above(lines: list[str], number: int) -> bool:
    above = number - 2
    while above >= 0 and not lines[above].strip():
        above -= 1
    return lines[above].strip().startswith("#") or "#" in lines[number - 1]


class TestWebProcess:
    def test_loads_nothing_that_only_others_need(self, installation):
        loaded = imported_by("import coalition.app; coalition.app.create_app()")

        assert "flask" in loaded
        unwanted = {"rq", "redis", "alembic", "typst", "xlsxwriter", "granian", "pytest"}
        assert {name for name in loaded if name.partition(".")[0] in unwanted} == set()
        assert "coalition.testing" not in loaded
        assert "coalition.servers" not in loaded


class TestCommandLine:
    def test_shows_its_help_without_loading_the_product(self):
        loaded = imported_by(
            "import sys\nfrom coalition.cli import cli\n"
            "try:\n    cli(['--help'], prog_name='coalition')\nexcept SystemExit: pass"
        )

        assert {"flask", "sqlalchemy", "marshmallow", "psycopg"} & loaded == set()


class TestPluginModules:
    def test_import_the_sdk_and_nothing_else_of_ours(self):
        other = re.compile(r"^\s*(?:from|import) coalition(?:\.(?!sdk\b)|\s)", re.MULTILINE)

        offenders = [
            str(path.relative_to(ROOT))
            for path in [*PLUGIN_MODULES, *ROOT.glob("plugins/*/*/migrations/*.py")]
            if other.search(path.read_text(encoding="utf-8"))
        ]

        assert offenders == []

    def test_of_tests_import_the_sdk_and_the_testing_kit(self):
        other = re.compile(
            r"^\s*(?:from|import) coalition(?:\.(?!sdk\b|testing\b)|\s)", re.MULTILINE
        )

        offenders = [
            str(path.relative_to(ROOT))
            for path in ROOT.glob("plugins/*/tests/**/*.py")
            if other.search(path.read_text(encoding="utf-8"))
        ]

        assert offenders == []


class TestRepository:
    def test_names_no_machine_and_no_registry(self):
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if listed.returncode:
            pytest.skip("not a git checkout")
        told = re.compile(
            r"(?<![\w.])/(?:work/(?:main|shared)|root|home)/|artifactory|--(?:extra-)?index-url[ =]http"
        )

        offenders = [
            name
            for name in listed.stdout.split("\0")
            if name and _text_of(ROOT / name) and told.search(_text_of(ROOT / name))
        ]

        assert set(offenders) <= {"tests/test_architecture.py", "tests/test_setup.py"}


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
        return ""

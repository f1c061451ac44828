"""The promises of the set-up: pinned requirements and clear words about a wrong Python."""

import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
LOCKS = ["requirements-build.lock", "requirements.lock", "requirements-dev.lock"]


def pins(lock: str) -> dict[str, str]:
    """Return the versions that a lock file names: {distribution: version}."""
    text = (REPOSITORY / lock).read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", text, re.MULTILINE))


class TestLocks:
    @pytest.mark.parametrize("lock", LOCKS)
    def test_pin_every_distribution_by_hash_and_name_no_address(self, lock: str) -> None:
        text = (REPOSITORY / lock).read_text()

        entries = re.split(r"\n(?=[a-z])", text.split("make lock\n", 1)[1])

        assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
        assert not re.search(r"://|file:|^-|index-url|find-links", text, re.MULTILINE)

    def test_agree_with_each_other(self) -> None:
        build, run, test = (pins(lock).items() for lock in LOCKS)

        assert build <= run <= test

    def test_cover_what_the_project_asks_for(self) -> None:
        project = (REPOSITORY / "pyproject.toml").read_text()
        asked = re.findall(
            r'^    "([a-z0-9-]+)[\[>="]', project.split("[dependency-groups]")[0], re.M
        )

        assert {"flask", "sqlalchemy", "rq"} <= set(asked)
        assert set(asked) <= set(pins("requirements.lock"))


class TestMakingTheEnvironment:
    def make(self, folder: Path, python: str) -> str:
        script = REPOSITORY / ".ci" / "venv.sh"
        made = subprocess.run(
            ["sh", script, python], cwd=folder, capture_output=True, text=True, check=False
        )
        assert made.returncode == 1
        assert not (folder / ".venv").exists()
        return made.stderr

    def fake_python(self, folder: Path, body: str) -> str:
        program = folder / "python"
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)
        return str(program)

    def test_names_a_program_that_is_not_there(self, tmp_path: Path) -> None:
        assert "There is no program “nopython”" in self.make(tmp_path, "nopython")

    def test_refuses_an_old_python(self, tmp_path: Path) -> None:
        old = self.fake_python(tmp_path, '[ "$1" = -V ] && echo Python 3.9.2; exit 1')

        assert "needs Python 3.11 or newer" in self.make(tmp_path, old)
        assert "is Python 3.9.2" in self.make(tmp_path, old)

    def test_names_the_package_that_is_missing(self, tmp_path: Path) -> None:
        bare = self.fake_python(
            tmp_path,
            'case "$2" in *ensurepip*) exit 1;; *print*) echo 3.12;; esac',
        )

        assert "apt-get install python3.12-venv" in self.make(tmp_path, bare)

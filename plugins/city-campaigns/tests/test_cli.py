"""A volunteer begins a city's plugin and is told what is wrong with it, with file and line."""

import subprocess
import sys

import pytest
from click.testing import CliRunner
from coalition_city_campaigns.cli import cities

from coalition.sdk import read_city


def run(*arguments):
    return CliRunner().invoke(cities, [str(each) for each in arguments])


@pytest.fixture
def burbank(tmp_path):
    """Give the folder of a new city's plugin."""
    made = run("new", "burbank", "--place", "Burbank, CA", "--into", tmp_path)
    assert made.exit_code == 0, made.output
    return tmp_path / "city-burbank"


class TestNew:
    def test_writes_a_plugin_that_is_right(self, burbank):
        assert run("check", burbank).output == "1 checked, nothing to correct.\n"
        city = read_city(burbank / "coalition_city_burbank")
        assert city.time_zone == "America/Los_Angeles"
        assert city.has_postcode("91502")

    def test_writes_a_test_that_passes(self, burbank):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(burbank)],
            cwd=burbank,
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert "2 passed" in done.stdout, done.stdout + done.stderr

    def test_wants_to_know_which_state(self, tmp_path):
        made = run("new", "springfield", "--place", "Springfield", "--into", tmp_path)
        assert made.exit_code == 1
        assert "There is a Springfield in 24 states." in made.output
        assert list(tmp_path.iterdir()) == []

    def test_overwrites_nothing(self, burbank):
        again = run("new", "burbank", "--place", "Burbank, CA", "--into", burbank.parent)
        assert "exists already" in again.output

    def test_wants_a_plain_name(self, tmp_path):
        made = run("new", "../x", "--place", "Burbank, CA", "--into", tmp_path)
        assert made.exit_code == 2


class TestCheck:
    @pytest.mark.parametrize(
        ("file", "old", "new", "said"),
        [
            ("city.toml", 'region = "CA"', 'region = "C"', "city.toml:6: region: Choose"),
            ("city.toml", 'region = "CA"', 'regio = "CA"', "city.toml:6: regio: There is no"),
            (
                "city.toml",
                'name = "Burbank"',
                'name = "Burbunk"',
                "city.toml:5: name: The post",
            ),
            ("city.toml", "ocd-division/", "ocd/", "city.toml:4: division_id: “ocd/"),
            ("city.toml", '"council"', '"counsil"', "city.toml:15: bodies.1.classification: "),
            ("city.toml", "[[bodies]]", "[[bodies]", "city.toml:13: This is no TOML"),
            ("campaign.toml", "letter.md", "other.md", "campaign.toml:19: other.md: This file"),
            ("campaign.toml", "letter.md", "../x.md", "campaign.toml:19: ../x.md: This file"),
            (
                "campaign.toml",
                '"planned"',
                '"soon"',
                "campaign.toml:7: campaign.status: Choose",
            ),
            ("campaign.toml", "is_ours = true", "is_ours = 3", "campaign.toml:30: meetings.1."),
            (
                "campaign.toml",
                'body = "Burbank City Council"',
                'body = "Burbank Board"',
                "campaign.toml:25: “Burbank Board” is no body in city.toml.",
            ),
        ],
    )
    def test_says_file_and_line(self, burbank, file, old, new, said):
        path = burbank / "coalition_city_burbank" / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
        read_city.cache_clear()

        done = run("check", burbank)

        assert done.exit_code == 1
        assert said in done.output

    def test_says_what_is_no_text(self, burbank):
        (burbank / "coalition_city_burbank/city.toml").write_bytes(b"\xff\xfe\x00")
        read_city.cache_clear()
        assert "is not text in UTF-8" in run("check", burbank).output

    def test_checks_all_installed_cities_by_itself(self, database):
        assert run("check").output == "3 checked, nothing to correct.\n"

    def test_wants_a_city_in_the_folder(self, tmp_path):
        assert "There is no city.toml" in run("check", tmp_path).output


class TestList:
    def test_names_the_installed_cities(self, database):
        assert "Culver City, CA (culver-city-ca)" in run("list").output

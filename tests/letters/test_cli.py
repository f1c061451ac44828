"""Tests of `coalition letters`."""

import io

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from coalition import db
from coalition.letters.cli import letters
from coalition.letters.models import LetterState, letter_by_slug
from coalition.letters.queries import count_counted
from coalition.testing import make_coalition, make_letter, make_organization, make_signature

SLUG = "keep-the-night-buses"


@pytest.fixture
def run(coalition):
    def invoke(*words, typed=None):
        db.session.remove()
        return CliRunner().invoke(letters, words, input=typed)

    return invoke


def counted(coalition):
    with db.reading(coalition.id):
        return count_counted(letter_by_slug(SLUG).id)


class TestHelp:
    @pytest.mark.parametrize("name", ["list", "show", "open", "close", "paste", "export"])
    def test_gives_an_example(self, name):
        answer = CliRunner().invoke(letters, [name, "--help"])

        assert answer.exit_code == 0
        assert f"Example: coalition letters {name}" in answer.output


class TestList:
    def test_shows_slug_and_state(self, run, coalition):
        make_letter(coalition)

        assert f"{SLUG}\topen" in run("list").output

    def test_asks_which_coalition_if_there_are_several(self, run, coalition):
        make_coalition("trams", "Trams")

        answer = run("list")

        assert answer.exit_code != 0
        assert "night-buses, trams" in answer.output


class TestOpenAndClose:
    def test_change_the_state(self, run, coalition):
        make_letter(coalition, opened=False)

        opened, closed = run("open", SLUG), run("close", SLUG)

        assert (opened.exit_code, closed.exit_code) == (0, 0)
        with db.reading(coalition.id):
            assert letter_by_slug(SLUG).state == LetterState.CLOSED

    def test_say_that_there_is_no_such_letter(self, run):
        assert "no letter called 'nothing'" in run("close", "nothing").output


class TestShow:
    def test_says_how_it_stands(self, run, coalition):
        make_letter(coalition)

        output = run("show", SLUG).output

        assert "state: open" in output
        assert "addressed to: Jo Driver" in output


class TestPaste:
    def test_stores_only_when_told_to(self, run, coalition):
        make_letter(coalition)
        words = ("paste", SLUG, "-", "--evidence", "Sheet")

        shown = run(*words, typed="Bus Riders\nTram Riders\n")
        before = counted(coalition)
        stored = run(*words, "--store", typed="Bus Riders\nTram Riders\n")

        assert "to be added: 2" in shown.output
        assert before == (0, 0)
        assert stored.exit_code == 0
        assert counted(coalition) == (2, 0)

    def test_does_not_decide_by_itself_who_is_meant(self, run, coalition):
        make_letter(coalition)
        make_organization("Mozilla Foundation")
        words = ("paste", SLUG, "-", "--evidence", "Sheet", "--store")

        refused = run(*words, typed="Mozilla\n")
        decided = run(*words, "--undecided", "new", typed="Mozilla\n")

        assert refused.exit_code != 0
        assert "Mozilla → Mozilla Foundation?" in refused.output
        assert decided.exit_code == 0
        assert counted(coalition) == (1, 0)

    def test_needs_evidence(self, run, coalition):
        make_letter(coalition)

        assert "--evidence" in run("paste", SLUG, "-", "--store", typed="Bus Riders").output


class TestExport:
    def test_writes_the_files(self, run, coalition, tmp_path):
        letter = make_letter(coalition)
        make_signature(letter, "Bus Riders", kind="organization", email="ada@riders.org")

        for kind in ("pdf", "csv", "xlsx"):
            answer = run("export", SLUG, "--format", kind, "--output", str(tmp_path / kind))
            assert answer.exit_code == 0

        pages = PdfReader(io.BytesIO((tmp_path / "pdf").read_bytes())).pages
        assert "Bus Riders" in pages[0].extract_text()
        table = (tmp_path / "csv").read_text(encoding="utf-8-sig")
        assert "Bus Riders" in table
        assert "ada@riders.org" not in table
        assert (tmp_path / "xlsx").read_bytes().startswith(b"PK")

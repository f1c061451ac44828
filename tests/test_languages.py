"""Tests of how languages call themselves."""

import re
from pathlib import Path

import pytest

from coalition.languages import name_here, own_name


@pytest.mark.parametrize(
    ("code", "name"),
    [("es", "Español"), ("vi", "Tiếng Việt"), ("tl", "Tagalog"), ("zh", "中文"), ("xx", "xx")],
)
def test_a_language_is_called_as_its_speakers_write_it(code, name):
    assert own_name(code) == name


@pytest.mark.parametrize(
    ("page", "code", "name"),
    [("en", "es", "Spanish"), ("es", "vi", "vietnamita"), ("es", "it", "italiano")],
)
def test_a_language_is_called_as_who_reads_the_page_calls_it(app, page, code, name):
    with app.test_request_context(f"/?lang={page}"):
        assert name_here(code) == name
        assert name_here("xx") == "xx"


def test_no_page_says_a_language_by_its_code():
    root = Path(__file__).parent.parent
    said = re.compile(r"""(?<![="'])\{\{\s*\w+\.languages?(\|join\([^)]*\))?\s*\}\}""")
    templates = [*root.glob("coalition/**/*.html"), *root.glob("plugins/**/*.html")]

    assert len(templates) > 100
    assert [each.name for each in templates if said.search(each.read_text())] == []

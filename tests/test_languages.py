"""Tests of how languages call themselves."""

import pytest

from coalition.languages import own_name


@pytest.mark.parametrize(
    ("code", "name"),
    [("es", "Español"), ("vi", "Tiếng Việt"), ("tl", "Tagalog"), ("zh", "中文"), ("xx", "xx")],
)
def test_a_language_is_called_as_its_speakers_write_it(code, name):
    assert own_name(code) == name

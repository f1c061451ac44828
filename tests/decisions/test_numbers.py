"""Tests of agenda items' printed numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition.decisions.numbers import clean_number, number_key


class TestNumberKey:
    @pytest.mark.parametrize(
        "text", ["A-1", "a1", "A.1", " a 1 ", "A–01", "(A)(1)", "Item A-1", "No. A1.", "Ａ-１"]
    )
    def test_is_one_for_all_spellings(self, text):
        assert number_key(text) == "a1"

    @pytest.mark.parametrize(
        ("one", "other"),
        [("1.1", "11"), ("A-1", "A-11"), ("A-1", "B-1"), ("A-B", "AB"), ("1-A", "A-1")],
    )
    def test_keeps_different_numbers_apart(self, one, other):
        assert number_key(one) != number_key(other)

    @pytest.mark.parametrize("text", ["", " ", "—", "#", "..."])
    def test_is_empty_where_nothing_can_be_read(self, text):
        assert number_key(text) == ""

    @given(st.text(max_size=40))
    def test_of_a_key_is_the_key(self, text):
        key = number_key(text)

        assert number_key(key) == key

    @given(st.text(max_size=40))
    def test_of_what_is_shown_is_the_same(self, text):
        assert number_key(clean_number(text)) == number_key(text)

    @given(
        st.text(alphabet="abcxyz", min_size=1, max_size=3),
        st.integers(0, 9999),
        st.sampled_from(["-", ".", " ", "–", "/", "("]),
    )
    def test_does_not_depend_on_case_marks_or_zeros(self, letters, digits, mark):
        assert number_key(f"{letters.upper()}{mark}0{digits}") == f"{letters}{digits}"


class TestCleanNumber:
    @pytest.mark.parametrize(
        ("text", "shown"), [("Item A-1", "A-1"), ("agenda item no. 4", "4"), ("Item", "Item")]
    )
    def test_leaves_out_the_word_before_it(self, text, shown):
        assert clean_number(text) == shown

"""Comments are told apart by the words they share with our texts, and their order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition.comments.wording import (
    Measure,
    Wording,
    author_name,
    similarity,
    wording,
    words_of,
)
from tests.comments.conftest import OUR_TEXT

WORDS = OUR_TEXT.split()
OURS = words_of(OUR_TEXT)
word = st.text(alphabet="abcdefghij", min_size=1, max_size=6)
foreign = st.text(alphabet="xz", min_size=3, max_size=8)  # none of them is in the text
percent = st.integers(0, 100)


def percent_of(text: str, *texts: str) -> int | None:
    return Measure(texts or (OUR_TEXT,)).percent(words_of(text))


class TestWordsOf:
    def test_ignores_case_punctuation_and_ways_to_write_a_letter(self):
        assert words_of("Don’t – STOP!\u00a0ﬁne, José") == words_of("dont stop fine josé")

    def test_splits_writing_without_spaces_into_characters(self):
        assert words_of("ខ្មែរ") == list("ខ្មែរ")
        assert words_of("公眾意見 no") == [*"公眾意見", "no"]


class TestAuthorName:
    @pytest.mark.parametrize("name", ["Maria Garcia", "Garcia, Maria", "Dr. MARIA GARCIA"])
    def test_knows_a_name_again(self, name):
        assert author_name(name) == "garcia maria"

    @pytest.mark.parametrize(
        "name", ["", " - ", "Anonymous", "Name Withheld", "N/A", "anónimo"]
    )
    def test_knows_that_there_is_none(self, name):
        assert author_name(name) == ""


class TestSimilarity:
    @given(st.lists(word, min_size=1))
    def test_is_100_for_the_same_words_and_for_nothing_else(self, words):
        assert similarity(words, words) == 100
        assert similarity(words, [*words, "more"]) < 100

    @given(st.lists(word), st.lists(word))
    def test_is_the_same_both_ways_and_between_0_and_100(self, one, other):
        assert similarity(one, other) == similarity(other, one)
        assert 0 <= similarity(one, other) <= 100

    @given(st.lists(word, min_size=1), st.lists(foreign, min_size=1))
    def test_is_0_without_a_common_word(self, one, other):
        assert similarity(one, other) == 0


class TestMeasure:
    @given(st.lists(st.one_of(word, st.sampled_from(OURS)), min_size=1))
    def test_says_what_comparing_the_words_themselves_would(self, words):
        assert Measure([OUR_TEXT]).percent(words) == similarity(words, OURS)

    @given(st.sets(st.integers(0, len(OURS) - 1), max_size=len(OURS) // 10))
    def test_takes_a_text_with_few_other_words_for_the_text(self, places):
        words = ["xxx" if place in places else each for place, each in enumerate(OURS)]

        assert wording(
            Measure([OUR_TEXT]).percent(words), template_from=80, adapted_from=50
        ) == (Wording.TEMPLATE)

    @given(st.lists(foreign, max_size=len(OURS)))
    def test_takes_the_text_with_a_story_of_ones_own_for_adapted(self, story):
        percent = Measure([OUR_TEXT]).percent([*OURS, *story])

        assert percent == 200 * len(OURS) // (2 * len(OURS) + len(story))
        assert wording(percent, template_from=90, adapted_from=50) in (
            Wording.TEMPLATE,
            Wording.ADAPTED,
        )

    def test_takes_another_text_about_the_same_for_own_words(self):
        own = (
            "My name is in that database because of a mistake the county made years ago. I am"
            " against the order. Please listen to the people of this city before you vote, and"
            " do not let the police search pictures of us for no reason at all."
        )

        assert percent_of(own) < 40

    def test_takes_the_nearest_of_several_texts_in_several_languages(self):
        spanish = "Pedimos a la junta que rechace la orden sobre el reconocimiento facial."

        assert percent_of(spanish.upper(), OUR_TEXT, spanish) == 100
        assert percent_of(OUR_TEXT, spanish, OUR_TEXT) == 100

    def test_says_nothing_without_words_or_without_texts(self):
        assert percent_of("…!") is None
        assert Measure([]).percent(["word"]) is None
        assert Measure(["", " – "]).percent(["word"]) is None

    def test_bears_more_different_words_than_there_are_plain_characters(self):
        text = " ".join(f"w{number}" for number in range(60_000))

        assert percent_of(text, text) == 100


class TestWording:
    @given(st.none() | percent, percent, percent)
    def test_has_exactly_one_class_for_each(self, found, one, other):
        low, high = min(one, other), max(one, other)

        said = wording(found, template_from=high, adapted_from=low)

        if found is None:
            assert said == Wording.UNKNOWN
        else:
            assert (said == Wording.TEMPLATE) == (found >= high)
            assert (said == Wording.OWN_WORDS) == (found < low)

"""What is the same comment is found, and found once."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from coalition.comments.models import CommentSource
from coalition.comments.settling import Entry, settle

CLERK, OURS = CommentSource.CLERK, CommentSource.OURS


def entry(number, source=CLERK, author="ada", text="no", city=""):
    return Entry(
        UUID(int=number),
        source,
        author.encode() if author else None,
        text.encode() if text else None,
        city,
    )


def duplicates(*entries, near=lambda one, other: False):
    found = settle(entries, near).duplicate_of
    return {one.int: other.int for one, other in found.items()}


def pairs(*entries):
    found = settle(entries, lambda one, other: False).match
    return {(one.int, other.int) for one, other in found.items() if one < other}


class TestDuplicates:
    def test_are_the_same_text_from_the_same_author(self):
        assert duplicates(entry(1), entry(2), entry(3)) == {2: 1, 3: 1}

    def test_are_nearly_the_same_text_from_the_same_author(self):
        found = duplicates(entry(1), entry(2, text="no!!"), near=lambda one, other: True)

        assert found == {2: 1}

    def test_are_not_another_text_author_city_or_list(self):
        assert duplicates(
            entry(1, city="anytown"),
            entry(2, text="never"),
            entry(3, author="bob"),
            entry(4, city="elsewhere"),
            entry(5, OURS),
        ) == {}  # fmt: skip

    def test_may_have_no_city(self):
        assert duplicates(entry(1, city="anytown"), entry(2)) == {2: 1}

    def test_need_an_author_and_a_text(self):
        assert duplicates(entry(1, author=""), entry(2, author="")) == {}
        assert duplicates(entry(1, text=""), entry(2, text="")) == {}


class TestPairs:
    def test_prefer_author_and_text_to_the_author_alone(self):
        assert pairs(
            entry(1, OURS, text="never"), entry(2, text="no"), entry(3, text="never")
        ) == {(1, 3)}

    def test_are_made_by_the_author_alone_where_the_clerk_has_no_text(self):
        assert pairs(entry(1, OURS), entry(2, text="")) == {(1, 2)}

    def test_are_made_by_the_text_alone_where_the_clerk_has_no_names(self):
        found = pairs(
            entry(1, OURS), entry(2, OURS, "bob"), entry(3, author=""), entry(4, author="bob")
        )

        assert found == {(1, 3), (2, 4)}

    def test_are_not_made_of_the_same_text_by_two_people(self):
        assert pairs(entry(1, OURS), entry(2, author="bob")) == set()

    def test_leave_duplicates_out(self):
        assert pairs(entry(1, OURS), entry(2, OURS), entry(3), entry(4)) == {(1, 3)}

    @given(
        st.lists(
            st.builds(
                lambda source, author, text, city: (source, author, text, city),
                st.sampled_from([CLERK, OURS]),
                st.sampled_from(["", "ada", "bob", "eve"]),
                st.sampled_from(["", "no", "never", "not here"]),
                st.sampled_from(["", "anytown", "elsewhere"]),
            ),
            max_size=30,
        )
    )
    def test_join_one_of_each_list_and_no_duplicate(self, rows):
        entries = [entry(number, *row) for number, row in enumerate(rows, start=1)]
        by_id = {each.id: each for each in entries}

        found = settle(entries, lambda one, other: False)

        for one, other in found.match.items():
            assert found.match[other] == one
            assert {by_id[one].source, by_id[other].source} == {CLERK, OURS}
            assert not {one, other} & set(found.duplicate_of)
        for one, other in found.duplicate_of.items():
            assert other not in found.duplicate_of
            assert other < one

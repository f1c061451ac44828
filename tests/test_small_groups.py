"""A count by group names no group so small that it tells who is in it."""

from hypothesis import given
from hypothesis import strategies as st

from coalition.small_groups import SMALLEST_GROUP, hide_small_groups

GROUPS = st.dictionaries(st.text(min_size=1), st.integers(0, 50))


class TestHideSmallGroups:
    def test_leaves_out_names_and_keeps_the_sum(self):
        shown, rest = hide_small_groups([("Vernon", 4), ("Bell", 5), ("Burbank", 9)], 20)

        assert shown == [("Burbank", 9), ("Bell", 5)]
        assert rest == 6

    def test_lets_the_smallest_group_join_where_few_others_are(self):
        shown, rest = hide_small_groups([("Vernon", 1), ("Bell", 5), ("Burbank", 9)], 15)

        assert shown == [("Burbank", 9)]
        assert rest == 6

    @given(GROUPS, st.integers(0, 100))
    def test_never_loses_or_invents_anybody(self, groups, nowhere):
        total = sum(groups.values()) + nowhere

        shown, rest = hide_small_groups(list(groups.items()), total)

        assert all(n >= SMALLEST_GROUP for _, n in shown)
        assert sum(n for _, n in shown) + rest == total

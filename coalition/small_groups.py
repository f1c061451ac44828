"""Counts by group that tell nothing about any one member of a group."""

from collections.abc import Sequence

SMALLEST_GROUP = 5  # members; a smaller group could tell who is in it


def hide_small_groups(
    groups: Sequence[tuple[str, int]], total: int
) -> tuple[list[tuple[str, int]], int]:
    """Return the groups that may be shown, largest first, and how many are in no such group.

    Not even the name of a smaller group is given. Where those in no group shown are few, the
    smallest group joins them: otherwise everybody could compute how many they are, and watch
    one come.

    Args:
        groups: (name, members); nobody is in two of them.
        total: all members, also those who are in no group.
    """
    shown = [(name, n) for name, n in groups if n >= SMALLEST_GROUP]
    shown.sort(key=lambda each: (-each[1], each[0]))
    rest = total - sum(n for _, n in shown)
    while 0 < rest < SMALLEST_GROUP and shown:
        rest += shown.pop()[1]
    return shown, rest

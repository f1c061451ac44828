"""What people can agree to be written to for. Mail for anything else answers something they did."""

from dataclasses import dataclass

from coalition.errors import N_

UPDATES = "coalition_updates"


@dataclass(frozen=True)
class Purpose:
    """Something that mail is sent for only to those who agreed.

    `label` names it in a list. `wording` is, word for word, what somebody agrees to on the
    preferences page; in both, `%(name)s` stands for the coalition or the organization that
    writes. Both are marked with `N_`.
    """

    name: str
    label: str
    wording: str


_known: dict[str, Purpose] = {}


def register(purpose: Purpose) -> Purpose:
    """Make a purpose known; called at start-up. Mail for it needs consent from then on.

    Raises:
        ValueError: another purpose has this name.
    """
    if _known.setdefault(purpose.name, purpose) != purpose:
        raise ValueError(f"there are two purposes called {purpose.name!r}")
    return purpose


def known() -> list[Purpose]:
    """Return all purposes in the order in which they were made known."""
    return list(_known.values())


def purpose_called(name: str) -> Purpose | None:
    """Return the purpose, or `None` if mail of this kind needs no consent."""
    return _known.get(name)


register(
    Purpose(
        UPDATES,
        N_("News and calls to act"),
        N_(
            "%(name)s may write to me about its letters and campaigns. I can end this at any"
            " time."
        ),
    )
)

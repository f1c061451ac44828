"""Where people signed: spellings of one city together, small numbers hidden."""

import re
from collections import defaultdict
from dataclasses import dataclass

from coalition.sdk import Letter, hide_small_groups, letter_cities, letter_count

_STATE = re.compile(r"^(?P<city>.+?)\s*,\s*(?P<state>[a-z]{2}|[a-z ]{4,})\.?$", re.IGNORECASE)


@dataclass(frozen=True)
class Cities:
    """The cities from which at least five people signed, and how many others did."""

    shown: list[tuple[str, int]]
    elsewhere: int


def cities_of(letter: Letter) -> Cities:
    """Return from where a petition was signed, as everybody may know it."""
    counted = letter_count(letter)
    total = counted.total if counted else 0
    groups = together(list(letter_cities(letter)))
    shown, rest = hide_small_groups(groups, max(total, sum(n for _, n in groups)))
    return Cities(shown, rest)


def together(groups: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Add up the spellings of a city: "Long Beach", "long beach, CA" and "Long Beach, CA".

    A city without a state is the one with a state if there is just one such state; of two
    Springfields nobody can tell which is meant, so that stays apart.
    """
    by_city: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    words: dict[str, str] = {}
    for name, n in groups:
        parts = _STATE.match(name)
        city, state = (parts["city"], parts["state"].upper()) if parts else (name, "")
        words.setdefault(city.casefold(), city)
        by_city[city.casefold()][state] += n
    added = []
    for key, states in by_city.items():
        named = [state for state in states if state]
        if len(named) < 2:
            added.append((words[key], sum(states.values())))
            continue
        added += [
            (f"{words[key]}, {state}" if state else words[key], n)
            for state, n in states.items()
        ]
    return added

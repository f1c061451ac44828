"""What the plugin adds to the pages of a petition."""

from flask import render_template
from flask_babel import format_decimal, gettext
from markupsafe import Markup

from coalition.sdk import Coalition, Letter, LetterKind, Panel, bar_chart, letter_count, session
from coalition_petition.cities import cities_of
from coalition_petition.goals import goal_of

CITIES_ON_THE_LETTER = 8


def where_people_signed(letter: Letter) -> Panel | None:
    """Return the cities from which most signed a petition, if they may be told."""
    if letter.kind != LetterKind.PETITION:
        return None
    cities = cities_of(letter)
    if not cities.shown:
        return None
    return Panel(
        gettext("Where people signed"),
        _html(
            "cities_section",
            letter,
            cities=cities,
            chart=chart(cities.shown[:CITIES_ON_THE_LETTER]),
        ),
    )


def ask_others(letter: Letter) -> Panel | None:
    """Return the section that asks who has signed a petition to share it."""
    if letter.kind != LetterKind.PETITION:
        return None
    counted = letter_count(letter)
    missing = (goal_of(letter) or letter.goal or 0) - (counted.total if counted else 0)
    return Panel(
        gettext("Ask three people you know"), _html("ask_section", letter, missing=missing)
    )


def for_coordinators(letter: Letter) -> Panel | None:
    """Return the goal and the pages of a petition, for the coordinator's page of the letter."""
    if letter.kind != LetterKind.PETITION:
        return None
    return Panel(
        gettext("Petition"), _html("panel", letter, goal=goal_of(letter) or letter.goal)
    )


def chart(cities: list[tuple[str, int]]) -> Markup:
    """Draw how many signed from each city."""
    return bar_chart(
        cities,
        gettext("Signatures by city"),
        gettext("Cities from which at least five people signed, most first."),
        number_label=format_decimal,
    )


def _html(name: str, letter: Letter, **values: object) -> Markup:
    # The page that thanks has a token in its address and no coalition.
    coalition = session.get_one(Coalition, letter.coalition_id)
    made = render_template(
        f"petition/_{name}.html", letter=letter, coalition=coalition, **values
    )
    return Markup(made)  # noqa: S704  a template escaped it

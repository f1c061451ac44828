"""The rule by which a coalition counts, and how it is said beside the number."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from flask_babel import gettext

from coalition.sdk import LetterCount, settings

PLUGIN = "signature-counting"


class Chapters(StrEnum):
    """How the chapters of one organization count."""

    EACH = "each"
    ONCE = "once"


class AffiliatedPeople(StrEnum):
    """How people count who name an organization that they belong to."""

    AS_PEOPLE = "as_people"
    APART = "apart"


@dataclass(frozen=True)
class Figures:
    """What is known of a letter, from which every rule takes its numbers."""

    organizations: int = 0
    families: int = 0
    people: int = 0
    affiliated_people: int = 0


@dataclass(frozen=True)
class Rule:
    """What a coalition chose; see `schemas.py` for the choices in words."""

    chapters: Chapters = Chapters.EACH
    affiliated_people: AffiliatedPeople = AffiliatedPeople.AS_PEOPLE

    @classmethod
    def chosen(cls) -> Self:
        """Return the rule of the open coalition."""
        return cls(**settings(PLUGIN))

    def count(self, figures: Figures) -> LetterCount:
        """Return the numbers under this rule, with the rule in the page's language."""
        once = self.chapters == Chapters.ONCE
        apart = self.affiliated_people == AffiliatedPeople.APART
        return LetterCount(
            organizations=figures.families if once else figures.organizations,
            people=figures.people - (figures.affiliated_people if apart else 0),
            rule=self.in_words(),
        )

    def in_words(self) -> str:
        """Say the rule in the page's language, for somebody who reads the number."""
        chapters = {
            Chapters.EACH: gettext("Each chapter of an organization counts."),
            Chapters.ONCE: gettext("Chapters of one organization count once, together."),
        }
        people = {
            AffiliatedPeople.AS_PEOPLE: gettext(
                "People who name an organization count as people."
            ),
            AffiliatedPeople.APART: gettext(
                "People who name an organization are counted apart and not in this number."
            ),
        }
        return f"{chapters[self.chapters]} {people[self.affiliated_people]}"

"""What is wrong with a city's files, and with a place that somebody wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coalition.errors import N_, DomainError


@dataclass(frozen=True, order=True)
class Problem:
    """Something to correct in a file; line 0 means the file as a whole."""

    file: Path
    line: int
    sentence: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{place}: {self.sentence}"


class FilesInvalid(DomainError):
    """A city's or a campaign's files cannot be read; `problems` has them all, with their lines."""

    status = 422
    code = "files_invalid"
    message = N_("%(count)d problems in the files, the first: %(first)s")

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__(count=len(self.problems), first=str(self.problems[0]))


class PlaceUnknown(DomainError):
    """No place of this name is known."""

    status = 422
    code = "place_unknown"
    message = N_(
        "We know no place called “%(written)s”. Check the spelling, or write the nearest larger"
        " town, with its state: “Culver City, CA”."
    )


class PlaceAmbiguous(DomainError):
    """Several states have a place of this name; nobody guesses which is meant."""

    status = 422
    code = "place_ambiguous"
    message = N_("There is a %(name)s in %(count)d states. Choose which one you mean.")


class PlaceContradicts(DomainError):
    """The state written behind the name is not the one chosen beside it."""

    status = 422
    code = "place_contradicts"
    message = N_(
        "You wrote “%(written)s”, which is in %(named)s, and chose %(chosen)s. Correct one of them."
    )


class PostcodeElsewhere(DomainError):
    """A postcode belongs to another place."""

    status = 422
    code = "postcode_elsewhere"
    message = N_("The postcode %(postcode)s is not in %(place)s.")

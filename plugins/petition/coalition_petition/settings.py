"""What a coalition can choose about its petitions."""

from enum import StrEnum

from marshmallow import Schema

from coalition.sdk import N_, Choice, settings

PLUGIN = "petition"


class Growth(StrEnum):
    """When the next goal is shown."""

    NEAR = "near"
    REACHED = "reached"
    NEVER = "never"

    @property
    def share(self) -> float:
        """The part of a goal from which on the next one is shown."""
        return 0.8 if self == Growth.NEAR else 1.0


class Networks(StrEnum):
    """Which ways to share are offered."""

    PRIVATE = "private"
    ALL = "all"


class Settings(Schema):
    """How goals grow and how people are asked to share."""

    growth = Choice(
        Growth,
        default=Growth.NEAR,
        metadata={
            "label": N_("Goal of a petition"),
            "help": N_("The steps are 100, 250, 500, 1,000, 2,500 and so on."),
            "choices": {
                Growth.NEAR: N_("It grows when four fifths of it have signed"),
                Growth.REACHED: N_("It grows when it is reached"),
                Growth.NEVER: N_("It stays what the letter says"),
            },
        },
    )
    networks = Choice(
        Networks,
        default=Networks.PRIVATE,
        metadata={
            "label": N_("Ways to share"),
            "help": N_(
                "A link to a network loads nothing from there, but who follows it tells the"
                " network what they share."
            ),
            "choices": {
                Networks.PRIVATE: N_(
                    "Only ways that tell no company: mail, text message, paper"
                ),
                Networks.ALL: N_("Also links to WhatsApp, Bluesky, Facebook and Reddit"),
            },
        },
    )


def chosen_growth() -> Growth:
    """Return when goals grow in the open coalition."""
    return Growth(settings(PLUGIN)["growth"])


def offers_networks() -> bool:
    """Return whether links to networks are offered in the open coalition."""
    return bool(settings(PLUGIN)["networks"] == Networks.ALL)

"""What a coalition can set, and what its forms hold."""

from marshmallow import Schema

from coalition.sdk import N_, Whole


class Settings(Schema):
    """The rules of a coalition for its mailings."""

    approval_above = Whole(
        0,
        10_000_000,
        default=500,
        metadata={
            "label": N_("People above which a second coordinator approves a mailing"),
            "help": N_("0: never. Nobody can approve what they wrote themselves."),
        },
    )
    per_hour = Whole(
        1,
        10_000_000,
        metadata={
            "label": N_("Most messages in an hour"),
            "help": N_("Left empty: as many as the installation allows."),
        },
    )
    quiet_from = Whole(
        0,
        23,
        default=21,
        metadata={
            "label": N_("Quiet hours begin at (hour, 0 to 23)"),
            "help": N_("On the coalition's clock. What is due then waits until they end."),
        },
    )
    quiet_until = Whole(
        0,
        23,
        default=8,
        metadata={
            "label": N_("Quiet hours end at (hour, 0 to 23)"),
            "help": N_("The same hour in both fields: there are none."),
        },
    )

"""What a coalition can set, and what its forms hold."""

from enum import StrEnum

from marshmallow import Schema

from coalition.sdk import N_, Choice, Whole


class FinalCopies(StrEnum):
    """Whether signatories get the delivered letter."""

    SEND = "send"
    NOT = "not"


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
    reminders = Whole(
        0,
        2,
        default=2,
        metadata={
            "label": N_("Reminders to those who signed and did not confirm"),
            "help": N_("After two and after five days, while the letter is open. 0: none."),
        },
    )
    final_copies = Choice(
        FinalCopies,
        default=FinalCopies.SEND,
        metadata={
            "label": N_("When a letter was delivered"),
            "help": N_("A mail with its final text, to everybody who signed with an address."),
            "choices": {
                FinalCopies.SEND: N_("Send its signatories the final copy"),
                FinalCopies.NOT: N_("Send nothing"),
            },
        },
    )

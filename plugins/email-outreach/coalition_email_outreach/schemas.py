"""What a coalition can set, and what its forms hold."""

from enum import StrEnum

from flask_babel import gettext
from marshmallow import Schema, fields

from coalition.sdk import (
    N_,
    Choice,
    Coalition,
    Line,
    MailAddress,
    OneOf,
    Paragraphs,
    Whole,
    purposes,
    segments,
)
from coalition_email_outreach import queries, triggers
from coalition_email_outreach.lifecycle import Clock
from coalition_email_outreach.limits import limits
from coalition_email_outreach.models import InDoubt


class FinalCopies(StrEnum):
    """Whether signatories get the delivered letter."""

    SEND = "send"
    NOT = "not"


class Settings(Schema):
    """The rules of a coalition for its mailings."""

    def notes(self, coalition: Coalition) -> list[str]:
        """Say which limits of the installation hold, whatever is chosen here."""
        found = limits(coalition)
        said = []
        if found.installation:
            said.append(
                gettext(
                    "All coalitions of this installation together send %(num)s messages an hour"
                    " at most.",
                    num=round(found.installation),
                )
            )
        if found.domain:
            said.append(
                gettext(
                    "One mail domain gets %(num)s messages an hour at most.",
                    num=round(found.domain),
                )
            )
        if found.day:
            said.append(
                gettext(
                    "The warm-up plan of this installation allows %(num)s messages today, of which"
                    " %(left)s are left.",
                    num=found.day.amount,
                    left=int(found.day.left),
                )
            )
        return said or [gettext("This installation sets no limits of its own.")]

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
            "help": N_(
                "On each recipient's clock where their state is known, else on the coalition's."
                " What is due then waits until they end."
            ),
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


LANGUAGES = (
    "en", "es", "ar", "bn", "de", "fa", "fr", "ht", "hy", "ja", "km", "ko", "pt", "ru", "so",
    "tl", "uk", "vi", "zh",
)  # fmt: skip
MAX_BODY_CHARS = 50_000
MAX_SUBJECT_CHARS = 200
MAX_TEXTS = 20


class MailingForm(Schema):
    """What a coordinator writes of a mailing."""

    name = Line(120, required=True)
    purpose = OneOf(lambda: [each.name for each in purposes()])
    segment = OneOf(lambda: ["", *(str(each.id) for each in segments())], default="")
    letter = OneOf(lambda: ["", *(str(each.id) for each in queries.letters())], default="")
    campaign = OneOf(lambda: ["", *(str(each.id) for each in queries.campaigns())], default="")
    body = OneOf(lambda: ["", *(str(each.id) for each in queries.bodies())], default="")
    language = OneOf(LANGUAGES)
    reply_to = MailAddress()
    in_doubt = Choice(InDoubt, default=InDoubt.HOLD)
    trigger = OneOf(lambda: ["", *(each.name for each in triggers.known())], default="")
    delay_hours = Whole(0, 24 * 365, default=0)
    test_percent = Whole(0, 100, default=0)
    test_hours = Whole(1, 24 * 14, default=4)
    revision = Whole(1, 2**31 - 1, default=1)
    text_language = fields.List(OneOf(LANGUAGES), load_default=list)
    text_subject = fields.List(Line(MAX_SUBJECT_CHARS), load_default=list)
    text_subject_b = fields.List(Line(MAX_SUBJECT_CHARS), load_default=list)
    text_body = fields.List(Paragraphs(MAX_BODY_CHARS), load_default=list)


class CheckForm(MailingForm):
    """What is looked at while one writes; what nobody reads may be half written."""

    name = fields.String(load_default="")
    reply_to = fields.String(load_default=None, allow_none=True)


class ScheduleForm(Schema):
    """When a mailing begins, and on whose clock."""

    at = Line(40, required=True)
    clock = Choice(Clock, default=Clock.COALITION)


class DoubtForm(Schema):
    """What becomes of messages in doubt."""

    decision = Choice(InDoubt)


class WinnerForm(Schema):
    """Which subject the rest get."""

    subject = OneOf(("a", "b"))

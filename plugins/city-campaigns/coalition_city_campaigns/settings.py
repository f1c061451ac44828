"""What a coalition can set."""

from marshmallow import Schema

from coalition.sdk import N_, Paragraphs, Whole, YesNo

PLUGIN = "city-campaigns"


class Settings(Schema):
    """The form for new cities, and how long closed leads are kept."""

    takes_leads = YesNo(
        default=True,
        metadata={"label": N_("People may ask to challenge a contract in their city")},
    )
    introduction = Paragraphs(
        2_000,
        metadata={
            "label": N_("Text above the form"),
            "help": N_("What people read before they write about their city. Markdown."),
        },
    )
    forget_closed_after_days = Whole(
        30,
        3_650,
        default=365,
        metadata={
            "label": N_("Days until a closed lead is forgotten"),
            "help": N_("Name, address and what was written are erased then."),
        },
    )

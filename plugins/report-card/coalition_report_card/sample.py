"""What the demonstration shows: a sanctuary card of Culver City, made of the facts of March 2018.

Culver City Action Network graded the city then; its own grades are not known here. The card says
so, and that these are the demonstration's.
"""

from datetime import date

from coalition.sdk import campaign_by_slug, session
from coalition_report_card.models import Mark, ReportCard, card_by_slug

SLUG = "culver-city-sanctuary"
CAMPAIGN = "culver-city-vigilant-contract"
_ANNOUNCED = date(2018, 3, 8)
_DECIDED = date(2018, 3, 13)

_INTRO = """\
*A sample. In March 2018 Culver City Action Network released a report card that graded the city's
commitment to its sanctuary resolution. Its grades are not known here: the facts below are those of
that month, and the grades are made up for this demonstration.*
"""

# (title, what it means, weight, grades: mark, evidence, day)
_CRITERIA = (
    (
        "Declares itself a sanctuary",
        "The council says in a resolution whom it protects.",
        1,
        (
            (
                Mark.A,
                (
                    "In March 2017 the City Council passed a resolution that declares the city's"
                    " commitment “to protecting the safety, well-being and constitutional rights of"
                    " its residents and the people of the State of California.”"
                ),
                _ANNOUNCED,
            ),
        ),
    ),
    (
        "Keeps drivers' data from ICE",
        "No contract lets immigration authorities see where people drive.",
        2,
        (
            (
                Mark.F,
                (
                    "The police department announced plans to contract with Vigilant Solutions, whose"
                    " nationwide license plate database ICE can search."
                ),
                _ANNOUNCED,
            ),
            (
                Mark.A,
                (
                    "At its meeting on March 13, 2018 the council declined to vote on the acquisition."
                    " According to Mayor Cooper it is off the table: “It's done.”"
                ),
                _DECIDED,
            ),
        ),
    ),
    (
        "Decides about surveillance in public",
        "Purchases stand on the agenda, and residents can speak before the council decides.",
        1,
        (
            (
                Mark.B,
                (
                    "License plate readers and drones stood on the agenda of March 13, 2018 as items"
                    " A-1 and A-2."
                ),
                _DECIDED,
            ),
        ),
    ),
)


def load_card() -> None:
    """Load the card, unless it is there."""
    if card_by_slug(SLUG) is not None:
        return
    campaign = campaign_by_slug(CAMPAIGN)  # it comes with the city's own plugin
    card = ReportCard(
        slug=SLUG,
        title="Sanctuary report card",
        graded="City of Culver City",
        intro=_INTRO,
        campaign_id=campaign.id if campaign else None,
    )
    session.add(card)
    session.flush()
    for title, description, weight, grades in _CRITERIA:
        criterion = card.add_criterion(title, description=description, weight=weight)
        for mark, evidence, day in grades:
            criterion.give(mark, evidence=evidence, graded_on=day)
    session.flush()
    card.publish()

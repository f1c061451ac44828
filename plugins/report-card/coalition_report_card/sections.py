"""A campaign's report cards on its public page."""

from collections.abc import Sequence

from flask import render_template
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import select

from coalition.sdk import Campaign, CampaignSection, Coalition, SectionPlace, session
from coalition_report_card.models import ReportCard
from coalition_report_card.views import drawing


def cards_of(campaign: Campaign) -> Sequence[CampaignSection]:
    """Return a section with each published card of a campaign; none without one."""
    published = (
        select(ReportCard)
        .filter_by(campaign_id=campaign.id)
        .where(ReportCard.published_at.is_not(None))
        .order_by(ReportCard.published_at.desc())
    )
    cards = session.scalars(published).all()
    if not cards:
        return ()
    made = render_template(
        "report_card/_section.html",
        coalition=session.get_one(Coalition, campaign.coalition_id),
        cards=[(card, drawing(card)) for card in cards],
    )
    html = Markup(made)  # noqa: S704  a template escaped it
    return (CampaignSection(gettext("Report card"), html, SectionPlace.TEXT),)

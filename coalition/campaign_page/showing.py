"""How a campaign's page is written: the template, and the words for moments and sizes."""

from babel.dates import format_date, format_skeleton
from flask import render_template, url_for
from flask_babel import get_locale

from coalition import config
from coalition.campaign_page import timeline
from coalition.campaign_page.page import CampaignPage
from coalition.coalitions.models import Coalition
from coalition.decisions.meetings import Meeting, Precision
from coalition.letters.public_letters import local_moment
from coalition.localtime import time_zone


def rendered(here: Coalition, page: CampaignPage, *, is_preview: bool = False) -> str:
    """Write the page of a campaign as HTML; in a preview it says that nobody else sees it."""
    path = url_for("campaign_page.show", coalition=here.slug, campaign=page.campaign.slug)
    return render_template(
        "campaign_page/show.html",
        coalition=here,
        campaign=page.campaign,
        page=page,
        text=page.text,
        language_path=path,
        address=config.current().public_url + path,
        is_preview=is_preview,
        tally=timeline.tally,
    )


def meeting_moment(meeting: Meeting) -> str:
    """Write when a meeting is, as exactly as that is known, on the clocks of its place."""
    if meeting.precision == Precision.TIME:
        return local_moment(meeting.starts_at, meeting.time_zone)
    locale = get_locale() or "en"
    local = meeting.starts_at.astimezone(time_zone(meeting.time_zone))
    if meeting.precision == Precision.MONTH:
        return str(format_skeleton("yMMMM", local, locale=locale))
    return str(format_date(local.date(), "long", locale=locale))


def file_size(size_bytes: int) -> str:
    """Write the size of a file."""
    if size_bytes < 1024 * 1024:
        return f"{max(size_bytes // 1024, 1)} kB"
    return f"{size_bytes / (1024 * 1024):.1f} MB"

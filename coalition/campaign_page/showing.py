"""How a campaign's page is written: the template, and the words for sizes."""

from flask import render_template, url_for

from coalition import config
from coalition.campaign_page.page import CampaignPage
from coalition.coalitions.models import Coalition
from coalition.comments import sentences


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
        sentences=sentences,
    )


def file_size(size_bytes: int) -> str:
    """Write the size of a file."""
    if size_bytes < 1024 * 1024:
        return f"{max(size_bytes // 1024, 1)} kB"
    return f"{size_bytes / (1024 * 1024):.1f} MB"

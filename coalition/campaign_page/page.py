"""All that a campaign's page shows, read at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from coalition import plugins
from coalition.actions.models import Action
from coalition.actions.queries import open_to_everybody
from coalition.campaign_page import timeline
from coalition.campaigns import queries
from coalition.campaigns.models import Campaign, campaign_by_slug
from coalition.campaigns.reasons import Reason
from coalition.campaigns.sponsors import Sponsor
from coalition.campaigns.updates import CampaignUpdate
from coalition.clock import now
from coalition.comments.figures import Figures, figures
from coalition.comments.queries import published_ledgers
from coalition.decisions.meetings import AgendaItem, Meeting
from coalition.decisions.queries import upcoming_meetings
from coalition.documents import queries as documents
from coalition.documents.models import Document
from coalition.errors import NotFound
from coalition.letters.models import Letter
from coalition.letters.public_letters import ShownCount, count_of
from coalition.plugins import CampaignSection
from coalition.wording import Wording

DOCUMENTS_SHOWN = 6  # on the page itself; the library has all
UPCOMING_SHOWN = 3


@dataclass(frozen=True)
class CampaignPage:
    """What stands on a campaign's page for a reader of `language`.

    A new section of the core is one more field here, read in `campaign_page`, and one
    `include` in `campaign_page/show.html`. A plugin's is a `CampaignSection`.
    """

    campaign: Campaign
    language: str
    text: Wording
    banner: CampaignUpdate | None
    letters: Sequence[Letter]
    actions: Sequence[Action]
    open_letters: Sequence[tuple[Letter, ShownCount | None]]
    upcoming: Sequence[tuple[Meeting, Sequence[AgendaItem]]]
    comments: Sequence[tuple[AgendaItem, Figures]]
    reasons: Sequence[Reason]
    sponsors: Sequence[Sponsor]
    timeline: Sequence[timeline.Entry]
    documents: Sequence[Document]
    document_count: int
    sections: Sequence[CampaignSection] = field(default=())

    def sections_at(self, place: str) -> list[CampaignSection]:
        """Return what plugins show at one place of the page."""
        return [each for each in self.sections if each.place == place]

    @property
    def languages(self) -> list[str]:
        """The languages that its text can be read in, its own first."""
        return self.campaign.languages


def published_campaign(slug: str) -> Campaign:
    """Return the current coalition's campaign with this address.

    Raises:
        NotFound: there is none that the public may see.
    """
    campaign = campaign_by_slug(slug)
    if campaign is None or not campaign.is_published:
        raise NotFound
    return campaign


def campaign_page(campaign: Campaign, language: str) -> CampaignPage:
    """Read what the page of a campaign shows; whether it is published is not asked."""
    letters = timeline.published_letters(campaign)
    coming = upcoming_meetings(campaign_id=campaign.id)
    over = [each for each in timeline.meetings_of(campaign) if each not in coming]
    updates = queries.updates(campaign, published=True)
    public = documents.documents(campaign)
    at = now()
    return CampaignPage(
        campaign=campaign,
        language=language,
        text=campaign.text_in(language),
        banner=next((each for each in updates if each.is_banner), None),
        letters=letters,
        actions=open_to_everybody(campaign.id),
        open_letters=[
            (each, count_of(each)) for each in letters if each.accepts_signatures(at)
        ],
        upcoming=[
            (each, timeline.items_of(each, campaign)) for each in coming[:UPCOMING_SHOWN]
        ],
        comments=[(item, figures(ledger)) for item, ledger in published_ledgers(campaign.id)],
        reasons=queries.reasons(campaign),
        sponsors=queries.sponsors(campaign, agreed=True),
        timeline=timeline.entries(campaign, letters, over, public, updates),
        documents=public[:DOCUMENTS_SHOWN],
        document_count=len(public),
        sections=[
            section
            for _, sections in plugins.ask_all(
                "coalition_campaign_sections", campaign=campaign, language=language
            )
            for section in sections
        ],
    )

"""A campaign under way in a town that does not exist: a meeting to come, and what to do until then."""

from datetime import date, time, timedelta

from coalition import db
from coalition.actions.editing import ActionValues, TextValues, create
from coalition.actions.models import ActionKind
from coalition.areas.models import Area
from coalition.campaigns.models import Campaign, CampaignStatus, campaign_by_slug
from coalition.campaigns.reasons import Reason
from coalition.clock import now
from coalition.decisions.meetings import Meeting, MeetingFacts
from coalition.decisions.models import BodyFacts, DecisionBody
from coalition.decisions.votes import Position
from coalition.letters.models import Letter
from coalition.notices.models import MeetingClock
from coalition.samples import texts

CAMPAIGN = "library-on-sundays"
_TUESDAY = 1  # the day on which the council of the sample meets
_LEAST_DAYS = 8


def load_campaign(petition: Letter) -> None:
    """Add the campaign of a petition, with the council's meeting, unless it is there."""
    if campaign_by_slug(CAMPAIGN) is not None:
        return
    council = _council()
    campaign = Campaign(
        slug=CAMPAIGN,
        area_id=council.area_id,
        title="The library, open on Sundays",
        goal="The Town Council keeps the library open on Sundays.",
        target=council.name,
        summary=texts.LIBRARY_SUMMARY,
        call=texts.LIBRARY_CALL,
        status=CampaignStatus.ACTIVE,
    )
    db.session.add(campaign)
    campaign.translate(
        "es",
        {
            "title": "La biblioteca, abierta los domingos",
            "goal": "Que el Concejo Municipal mantenga la biblioteca abierta los domingos.",
            "summary": texts.LIBRARY_SUMMARY_ES,
            "call": texts.LIBRARY_CALL_ES,
        },
    )
    db.session.flush()
    for position, (title, body, title_es, body_es) in enumerate(texts.LIBRARY_REASONS, start=1):
        reason = Reason(campaign_id=campaign.id, position=position, title=title, body=body)
        db.session.add(reason)
        reason.translate("es", {"title": title_es, "body": body_es})
    petition.campaign_id = campaign.id
    _ask(campaign, _meeting(council, campaign))
    campaign.publish()
    MeetingClock.of(campaign).set(is_on=True, **texts.LIBRARY_REMINDERS)


def _council() -> DecisionBody:
    town = Area.add("Anytown", "CA")
    council = DecisionBody.add(
        town,
        "Anytown Town Council",
        BodyFacts(
            place="Town Hall",
            address="1 Main Street, Anytown",
            meets="Tuesdays at 6 p.m.",
            comment_email="clerk@example.org",
            comment_minutes=2,
            comment_registration="Fill in a card at the door before the meeting begins.",
            comment_closes_min=120,
            languages=("en", "es"),
            interpretation="Ask the clerk by mail.",
            interpretation_notice_h=48,
        ),
    )
    council.is_sample = True
    for number in range(1, 6):
        council.add_post(f"Seat {number}")
    return council


def _meeting(council: DecisionBody, campaign: Campaign) -> Meeting:
    meeting = Meeting.schedule(
        council,
        _next_tuesday(),
        time(18),
        facts=MeetingFacts(agenda_url="https://example.org/agenda"),
    )
    meeting.confirm()
    meeting.add_item("Closing the library on Sundays", number="4", campaign=campaign)
    return meeting


def _next_tuesday() -> date:
    first = now().date() + timedelta(days=_LEAST_DAYS)
    return first + timedelta(days=(_TUESDAY - first.weekday()) % 7)


def _ask(campaign: Campaign, meeting: Meeting) -> None:
    """Ask for comments in writing, and to come and speak."""
    for kind, slug, by_language in (
        (ActionKind.COMMENT, "write-to-the-council", texts.LIBRARY_COMMENT),
        (ActionKind.ATTEND, "come-and-speak", texts.LIBRARY_ATTEND),
    ):
        made = create(
            ActionValues(
                campaign_id=campaign.id,
                kind=kind,
                slug=slug,
                meeting_id=meeting.id,
                agenda_item_id=meeting.items[0].id,
                position=Position.OPPOSE,
                texts=[
                    TextValues(language, **words) for language, words in by_language.items()
                ],
            )
        )
        made.is_sample = True
        made.open()

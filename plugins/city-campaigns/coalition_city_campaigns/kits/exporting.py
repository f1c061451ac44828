"""Writing a campaign down as a kit: what `loading` reads, without people and their data."""

import json
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from coalition.sdk import (
    Action,
    AgendaItem,
    Campaign,
    CampaignUpdate,
    Document,
    Letter,
    Meeting,
    MeetingClock,
    Motion,
    Reason,
    session,
)
from coalition_city_campaigns.kits.commenting import comment_texts
from coalition_city_campaigns.kits.fields import When
from coalition_city_campaigns.kits.loading import letters_of
from coalition_city_campaigns.kits.schemas import KitSchema

_CAMPAIGN = (
    "slug", "language", "title", "goal", "target", "summary", "call", "status", "starts_on",
    "ends_on", "outcome", "outcome_on", "translations",
)  # fmt: skip


def export(campaign: Campaign) -> dict[str, Any]:
    """Return a campaign as a kit, as `KitSchema` loads it: letters without signatures, no people."""
    meetings = meetings_of(campaign)
    area = campaign.area
    kit = {
        "place": area
        and {"name": area.name, "region": area.region, "division_id": area.division_id},
        "campaign": {name: getattr(campaign, name) for name in _CAMPAIGN},
        "letters": [_letter(each) for each in letters_of(campaign)],
        "reasons": [
            {"title": each.title, "body": each.body, "translations": each.translations}
            for each in _own(Reason, campaign, Reason.position)
        ],
        "updates": [
            {
                "kind": each.kind,
                "title": each.title,
                "body": each.body,
                "happened_on": each.happened_on,
                "is_banner": each.is_banner,
                "translations": each.translations,
            }
            for each in _own(CampaignUpdate, campaign, CampaignUpdate.id)
        ],
        "comment_texts": comment_texts(campaign, meetings),
        "meetings": [_meeting(each, campaign) for each in meetings],
        "clock": _clock(campaign),
        "actions": [_action(each) for each in _own(Action, campaign, Action.id)],
        "documents": [_document(each) for each in _own(Document, campaign, Document.id)],
    }
    written: dict[str, Any] = KitSchema().dump(kit)
    return _without_gaps(written)


def _clock(campaign: Campaign) -> dict[str, list[int]]:
    clock = MeetingClock.of(campaign)
    return {
        "meeting_leads": clock.meeting_leads_min,
        "deadline_leads": clock.deadline_leads_min,
    }


def as_json(kit: dict[str, Any]) -> str:
    """Return a kit as the text of a file."""
    return json.dumps(kit, indent=2, ensure_ascii=False) + "\n"


def meetings_of(campaign: Campaign) -> Sequence[Meeting]:
    """Return the meetings with an item of the campaign, in order of time."""
    ids = select(AgendaItem.meeting_id).filter_by(campaign_id=campaign.id)
    return session.scalars(
        select(Meeting)
        .where(Meeting.id.in_(ids))
        .order_by(Meeting.starts_at)
        .options(selectinload(Meeting.items).selectinload(AgendaItem.motions))
    ).all()


def _own(kind: Any, campaign: Campaign, order: Any) -> Sequence[Any]:
    return session.scalars(
        select(kind).filter_by(campaign_id=campaign.id).order_by(order)
    ).all()


def _letter(letter: Letter) -> dict[str, Any]:
    zone = ZoneInfo(letter.time_zone)
    return {
        "slug": letter.slug,
        "kind": letter.kind,
        "signatories": letter.signatories,
        "language": letter.language,
        "state": letter.state.value,
        "dated_on": letter.dated_on,
        "goal": letter.goal,
        "delivered_on": letter.delivered_at and letter.delivered_at.astimezone(zone).date(),
        "delivery_note": letter.delivery_note,
        "texts": {
            text.language: {"title": text.title, "body": text.body} for text in letter.texts
        },
        "targets": [
            {"name": each.name, "office": each.office, "body": each.body}
            for each in letter.targets
        ],
    }


def _action(action: Action) -> dict[str, Any]:
    return {
        "slug": action.slug,
        "kind": action.kind,
        "language": action.language,
        "addressee": action.addressee,
        "position": action.position,
        "texts": {
            text.language: {
                "title": text.title,
                "instructions": text.instructions,
                "script": text.script,
                "subject": text.subject,
                "template": text.template,
            }
            for text in action.texts
        },
    }


def _meeting(meeting: Meeting, campaign: Campaign) -> dict[str, Any]:
    return {
        "body": meeting.body.name,
        "when": When(meeting.local_start.replace(tzinfo=None), meeting.precision),
        "duration_min": meeting.duration_min,
        "status": meeting.status,
        "place": meeting.place,
        "address": meeting.address,
        "items": [
            {
                "number": item.number,
                "subject": item.subject,
                "description": item.description,
                "docket": item.docket,
                "is_ours": item.campaign_id == campaign.id,
                "status": item.status,
                "outcome": item.outcome,
                "outcome_note": item.outcome_note,
                "outcome_on": item.outcome_on,
                "motions": [_motion(each) for each in item.motions],
            }
            for item in meeting.items
        ],
    }


def _motion(motion: Motion) -> dict[str, Any]:
    return {
        "text": motion.text,
        "our_position": motion.our_position,
        "result": motion.result,
        "yes_count": motion.yes_count,
        "no_count": motion.no_count,
        "votes": {each.officeholder.name: each.choice for each in motion.votes},
    }


def _document(document: Document) -> dict[str, Any]:
    return {
        "kind": document.kind,
        "title": document.title,
        "agency": document.agency,
        "body": document.body.name if document.body else "",
        "meeting": document.meeting.days[0] if document.meeting else None,
        "dated_on": document.dated_on,
        "url": document.url,
        "shows": document.shows,
        "claims": [
            {
                "claim": each.claim,
                "page": each.page,
                "answer": each.answer,
                "translations": each.translations,
            }
            for each in document.claims
        ],
        "translations": document.translations,
    }


def _without_gaps(value: Any) -> Any:
    """Leave out what was not said, so that a kit is as short as one written by hand."""
    if isinstance(value, dict):
        kept = {key: _without_gaps(each) for key, each in value.items()}
        return {key: each for key, each in kept.items() if each not in (None, "", [], {})}
    if isinstance(value, list):
        return [_without_gaps(each) for each in value]
    return value

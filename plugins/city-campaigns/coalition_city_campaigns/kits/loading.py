"""Making a campaign of a kit: with everything published, or as drafts for a coordinator."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import select

from coalition.sdk import (
    ActionTextValues,
    ActionValues,
    Area,
    Campaign,
    CampaignStatus,
    CampaignUpdate,
    Document,
    DocumentClaim,
    DocumentKind,
    Letter,
    LetterText,
    Meeting,
    MeetingClock,
    Reason,
    Target,
    UpdateKind,
    attach_file,
    campaign_by_slug,
    checked_file,
    create_action,
    letter_by_slug,
    record_in_audit_log,
    session,
)
from coalition_city_campaigns.kits.commenting import add_comment_texts, add_sample_comments
from coalition_city_campaigns.kits.directory import body_called
from coalition_city_campaigns.kits.errors import KitTaken
from coalition_city_campaigns.kits.meetings import add_meetings

Kit = Mapping[str, Any]

_OWN = (
    "slug",
    "language",
    "title",
    "goal",
    "target",
    "summary",
    "call",
    "starts_on",
    "ends_on",
)
_NOON = time(12)


def load(kit: Kit, area: Area, *, publish: bool = False) -> Campaign:
    """Add the campaign that a kit describes; one that is there at its address is left alone.

    Args:
        kit: what `KitSchema` made of it.
        area: the place, with its bodies in the directory.
        publish: show all of it, as the demonstration does; else everything is a draft.

    Raises:
        BodyNotInCity: the kit names a body that the directory does not have there.
        KitTaken: a letter's address is taken by another campaign's.
    """
    told = kit["campaign"]
    known = campaign_by_slug(told["slug"])
    if known is not None:
        return known
    campaign = Campaign(area_id=area.id, area=area, **{name: told[name] for name in _OWN})
    if publish:
        campaign.status = told["status"]
        campaign.outcome, campaign.outcome_on = told["outcome"], told["outcome_on"]
    else:
        campaign.status = CampaignStatus.PLANNED
    session.add(campaign)
    for language, texts in told["translations"].items():
        campaign.translate(language, texts)
    session.flush()
    record_in_audit_log("campaign.added", campaign)
    _add_reasons(campaign, kit["reasons"])
    meetings = add_meetings(campaign, area, kit["meetings"])
    if publish:
        add_sample_comments(meetings, kit)
    add_comment_texts(campaign, meetings, kit["comment_texts"])
    _add_letters(campaign, area, kit["letters"], publish=publish)
    _add_actions(campaign, area, kit["actions"], publish=publish)
    _add_documents(campaign, area, kit["documents"], meetings, publish=publish)
    _add_updates(campaign, kit["updates"], publish=publish)
    if kit["clock"] is not None:
        # It stands still until a coordinator has looked at what it would send to whom.
        MeetingClock.of(campaign).set(is_on=False, **kit["clock"])
    if publish:
        campaign.publish()
    return campaign


def _add_reasons(campaign: Campaign, told: Sequence[Mapping[str, Any]]) -> None:
    for position, each in enumerate(told, start=1):
        reason = Reason(
            campaign_id=campaign.id,
            position=position,
            language=campaign.language,
            title=each["title"],
            body=each["body"],
        )
        session.add(reason)
        for language, texts in each["translations"].items():
            reason.translate(language, texts)


def _add_updates(
    campaign: Campaign, told: Sequence[Mapping[str, Any]], *, publish: bool
) -> None:
    for each in told:
        update = CampaignUpdate(
            campaign_id=campaign.id,
            kind=UpdateKind(each["kind"]),
            language=campaign.language,
            title=each["title"],
            body=each["body"],
            happened_on=each["happened_on"],
        )
        session.add(update)
        for language, texts in each["translations"].items():
            update.translate(language, texts)
        session.flush()
        if publish:
            update.publish(at=_at_noon(each["happened_on"]))
            if each["is_banner"]:
                update.put_on_top()


def _add_letters(
    campaign: Campaign, area: Area, told: Sequence[Mapping[str, Any]], *, publish: bool
) -> None:
    for each in told:
        if letter_by_slug(each["slug"]) is not None:
            raise KitTaken(field="slug", slug=each["slug"])
        letter = Letter(
            slug=each["slug"],
            campaign_id=campaign.id,
            kind=each["kind"],
            signatories=each["signatories"],
            language=each["language"],
            dated_on=each["dated_on"],
            goal=each["goal"],
            time_zone=area.time_zone,
            is_sample=publish,
        )
        letter.texts.extend(
            LetterText(letter_id=letter.id, language=language, **texts)
            for language, texts in each["texts"].items()
        )
        letter.targets.extend(
            Target(letter_id=letter.id, position=position, **target)
            for position, target in enumerate(each["targets"], start=1)
        )
        session.add(letter)
        session.flush()
        record_in_audit_log("letter.added", letter)
        if publish:
            _bring_to(letter, each)


def _bring_to(letter: Letter, told: Mapping[str, Any]) -> None:
    """Let a letter go through its life until the state that the kit says."""
    if told["state"] == "draft":
        return
    letter.open()
    letter.opened_at = _at_noon(told["dated_on"]) or letter.opened_at
    if told["state"] in ("closed", "delivered"):
        letter.close()
    if told["state"] == "delivered":
        letter.deliver(note=told["delivery_note"], at=_at_noon(told["delivered_on"]))


def _add_actions(
    campaign: Campaign, area: Area, told: Sequence[Mapping[str, Any]], *, publish: bool
) -> None:
    for each in told:
        action = create_action(
            ActionValues(
                campaign_id=campaign.id,
                slug=each["slug"],
                kind=each["kind"],
                area_id=area.id,
                language=each["language"],
                addressee=each["addressee"],
                position=each["position"],
                time_zone=area.time_zone,
                texts=[
                    ActionTextValues(language=language, **texts)
                    for language, texts in each["texts"].items()
                ],
            )
        )
        if publish:
            action.is_sample = True
            action.open()


def _add_documents(
    campaign: Campaign,
    area: Area,
    told: Sequence[Mapping[str, Any]],
    meetings: Sequence[Meeting],
    *,
    publish: bool,
) -> None:
    for each in told:
        body = body_called(area, each["body"]) if each["body"] else None
        meeting = next((m for m in meetings if each["meeting"] in m.days), None)
        document = Document(
            campaign_id=campaign.id,
            body_id=body.id if body else None,
            meeting_id=meeting.id if meeting else None,
            kind=DocumentKind(each["kind"]),
            language=campaign.language,
            title=each["title"],
            agency=each["agency"],
            dated_on=each["dated_on"],
            shows=each["shows"],
            url=each["url"],
        )
        session.add(document)
        for language, texts in each["translations"].items():
            document.translate(language, texts)
        _add_claims(campaign, document, each["claims"])
        session.flush()
        if each["excerpt"]:
            attach_file(document, checked_file("excerpt.txt", each["excerpt"].encode()))
        if publish and (each["url"] or each["excerpt"]):
            document.publish()


def _add_claims(
    campaign: Campaign, document: Document, told: Sequence[Mapping[str, Any]]
) -> None:
    for position, each in enumerate(told, start=1):
        claim = DocumentClaim(
            coalition_id=campaign.coalition_id,
            document_id=document.id,
            position=position,
            language=campaign.language,
            page=each["page"],
            claim=each["claim"],
            answer=each["answer"],
        )
        document.claims.append(claim)
        for language, texts in each["translations"].items():
            claim.translate(language, texts)


def letters_of(campaign: Campaign) -> Sequence[Letter]:
    """Return the letters of a campaign, the oldest first."""
    own = select(Letter).filter_by(campaign_id=campaign.id).order_by(Letter.id)
    return session.scalars(own).all()


def _at_noon(day: date | None) -> datetime | None:
    return datetime.combine(day, _NOON, UTC) if day else None

"""What the demonstration shows: the national petition, with its reasons and its campaign."""

from coalition.sdk import (
    Campaign,
    CampaignStatus,
    Letter,
    LetterKind,
    LetterText,
    Reason,
    Signatories,
    Target,
    letter_by_slug,
    session,
)
from coalition_petition import texts


def load_petition() -> None:
    """Load the petition and its campaign, unless they are there."""
    if letter_by_slug(texts.SLUG) is not None:
        return
    campaign = _campaign()
    _add_reasons(campaign)
    letter = Letter(
        slug=texts.SLUG,
        campaign_id=campaign.id,
        kind=LetterKind.PETITION,
        signatories=Signatories.PEOPLE,
        goal=50,
        is_sample=True,
    )
    for language, title, body in (
        ("en", texts.TITLE, texts.PETITION),
        ("es", texts.TITLE_ES, texts.PETITION_ES),
    ):
        letter.texts.append(
            LetterText(letter_id=letter.id, language=language, title=title, body=body)
        )
    name, office, body = texts.TARGET
    letter.targets.append(
        Target(letter_id=letter.id, position=1, name=name, office=office, body=body)
    )
    session.add(letter)
    session.flush()
    letter.open()
    campaign.publish()


def _campaign() -> Campaign:
    campaign = Campaign(
        slug=texts.SLUG,
        title=texts.TITLE,
        goal=texts.GOAL,
        target=texts.TARGET[0],
        summary=texts.SUMMARY,
        call=texts.CALL,
        status=CampaignStatus.ACTIVE,
    )
    session.add(campaign)
    campaign.translate(
        "es",
        {
            "title": texts.TITLE_ES,
            "goal": texts.GOAL_ES,
            "summary": texts.SUMMARY_ES,
            "call": texts.CALL_ES,
        },
    )
    session.flush()
    return campaign


def _add_reasons(campaign: Campaign) -> None:
    for position, (title, body, title_es, body_es) in enumerate(texts.REASONS, start=1):
        reason = Reason(campaign_id=campaign.id, position=position, title=title, body=body)
        session.add(reason)
        reason.translate("es", {"title": title_es, "body": body_es})
    session.flush()

"""What this plugin answers. One screen, no logic."""

from collections.abc import Sequence

from flask import Blueprint
from marshmallow import Schema

from coalition.sdk import (
    Campaign,
    CampaignSection,
    Letter,
    LetterCount,
    Panel,
    Periodic,
    PluginSwitched,
    SignatureApproved,
    SignatureChanged,
    SignatureConfirmed,
    SignatureEvent,
    SignatureRejected,
    SignatureWithdrawn,
    hookimpl,
)
from coalition_signature_counting import counting, jobs, queries, schemas, views


@hookimpl
def coalition_on_events(
    events: Sequence[
        SignatureConfirmed
        | SignatureApproved
        | SignatureRejected
        | SignatureWithdrawn
        | SignatureChanged
        | PluginSwitched
    ],
) -> None:
    counting.count_facts([each for each in events if isinstance(each, SignatureEvent)])
    jobs.catch_up_after([each for each in events if isinstance(each, PluginSwitched)])


@hookimpl
def coalition_letter_count(letter: Letter) -> LetterCount:
    return queries.letter_count(letter)


@hookimpl
def coalition_letter_cities(letter: Letter) -> Sequence[tuple[str, int]]:
    return queries.cities(letter)


@hookimpl
def coalition_letter_panels(letter: Letter) -> Panel:
    return views.panel(letter)


@hookimpl
def coalition_campaign_sections(campaign: Campaign) -> Sequence[CampaignSection]:
    return views.campaign_sections(campaign)


@hookimpl
def coalition_blueprints() -> Sequence[Blueprint]:
    return (views.pages,)


@hookimpl
def coalition_settings() -> type[Schema]:
    return schemas.Settings


@hookimpl
def coalition_periodic() -> Sequence[Periodic]:
    return (Periodic("signature-counting.verify", jobs.DAY_S, jobs.verify_all),)

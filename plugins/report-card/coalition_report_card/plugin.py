"""What this plugin answers. One screen, no logic."""

from collections.abc import Sequence

from flask import Blueprint

from coalition.sdk import N_, Campaign, CampaignSection, PageLink, hookimpl
from coalition_report_card import manage, sample, sections, views


@hookimpl
def coalition_blueprints() -> Sequence[Blueprint]:
    return views.pages, manage.pages


@hookimpl
def coalition_navigation() -> Sequence[PageLink]:
    return (PageLink("report-cards/", N_("Report cards")),)


@hookimpl
def coalition_campaign_sections(campaign: Campaign) -> Sequence[CampaignSection]:
    return sections.cards_of(campaign)


@hookimpl(trylast=True)  # the campaign that it grades comes from a city's plugin
def coalition_samples() -> None:
    sample.load_card()

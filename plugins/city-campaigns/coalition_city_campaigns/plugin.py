"""What this plugin answers. One screen, no logic."""

from collections.abc import Sequence

from flask import Blueprint
from marshmallow import Schema

from coalition.sdk import (
    N_,
    Campaign,
    CampaignSection,
    Coalition,
    Letter,
    PageLink,
    Panel,
    Periodic,
    Person,
    hookimpl,
    register_condition,
)
from coalition_city_campaigns import sample, settings, subscribers
from coalition_city_campaigns.cities import api as cities_api
from coalition_city_campaigns.cities import pages as city_pages
from coalition_city_campaigns.cities import views as city_views
from coalition_city_campaigns.kits import adapting
from coalition_city_campaigns.kits import pages as kit_pages
from coalition_city_campaigns.leads import api as leads_api
from coalition_city_campaigns.leads import conditions, invitation, jobs
from coalition_city_campaigns.leads import pages as lead_pages
from coalition_city_campaigns.leads import views as lead_views
from coalition_city_campaigns.leads.events import (
    LeadAdded,
    LeadClosed,
    LeadErased,
    LeadStarted,
    LeadTaken,
)

register_condition(conditions.ASKED)


@hookimpl
def coalition_on_events(
    events: Sequence[LeadAdded | LeadTaken | LeadStarted | LeadClosed | LeadErased],
) -> None:
    subscribers.hear(events)


@hookimpl
def coalition_blueprints() -> Sequence[Blueprint]:
    return (
        lead_views.pages,
        lead_views.links,
        city_views.pages,
        lead_pages.pages,
        city_pages.pages,
        kit_pages.pages,
        leads_api.api,
        cities_api.api,
    )


@hookimpl
def coalition_navigation() -> Sequence[PageLink]:
    return (
        PageLink("cities/", N_("Cities")),
        PageLink("leads/", N_("Leads")),
    )


@hookimpl
def coalition_kept_elsewhere(person: Person) -> Sequence[PageLink]:
    return lead_pages.leads_of(person)


@hookimpl
def coalition_index_sections(coalition: Coalition) -> Panel | None:
    return city_views.way_to_cities(coalition)


@hookimpl
def coalition_letter_sections(letter: Letter) -> Panel | None:
    return invitation.city_form(letter)


@hookimpl
def coalition_thanks_sections(letter: Letter) -> Panel | None:
    return invitation.city_form(letter)


@hookimpl
def coalition_campaign_sections(campaign: Campaign) -> Sequence[CampaignSection]:
    return lead_views.sections(campaign)


@hookimpl
def coalition_periodic() -> Sequence[Periodic]:
    return (Periodic("city-campaigns.forget", jobs.DAY_S, jobs.forget_everywhere),)


@hookimpl
def coalition_samples(coalition: Coalition) -> None:
    sample.load_cities(coalition)


@hookimpl
def coalition_settings() -> type[Schema]:
    return settings.Settings


@hookimpl
def coalition_unready(campaign: Campaign) -> Sequence[str]:
    return adapting.unready(campaign)

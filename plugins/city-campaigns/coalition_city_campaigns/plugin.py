"""What this plugin answers. One screen, no logic."""

from collections.abc import Sequence

from flask import Blueprint
from marshmallow import Schema

from coalition.sdk import Campaign, Coalition, PageLink, Periodic, hookimpl
from coalition_city_campaigns import sample, settings
from coalition_city_campaigns.cities import models as _cities  # noqa: F401  its table
from coalition_city_campaigns.kits import adapting
from coalition_city_campaigns.leads import api as leads_api
from coalition_city_campaigns.leads import jobs as leads_jobs
from coalition_city_campaigns.leads import pages as leads_pages
from coalition_city_campaigns.leads import views as leads_views


@hookimpl
def coalition_blueprints() -> Sequence[Blueprint]:
    return (leads_views.pages, leads_views.links, leads_pages.pages, leads_api.api)


@hookimpl
def coalition_navigation() -> Sequence[PageLink]:
    return (PageLink("leads/", "Leads"),)


@hookimpl
def coalition_periodic() -> Sequence[Periodic]:
    return (Periodic("city-campaigns.forget", leads_jobs.DAY_S, leads_jobs.forget_everywhere),)


@hookimpl
def coalition_samples(coalition: Coalition) -> None:
    sample.load_cities(coalition)


@hookimpl
def coalition_unready(campaign: Campaign) -> Sequence[str]:
    return adapting.unready(campaign)


@hookimpl
def coalition_settings() -> type[Schema]:
    return settings.Settings

"""All blueprints of these pages, for the application."""

from coalition.manage import (
    audit_log,
    campaigns,
    installation,
    members,
    organization_page,
    organizations,
    people,
    person_page,
    plugin_settings,
    settings,
    suppressions,
)

BLUEPRINTS = (
    people.pages,
    person_page.pages,
    organizations.pages,
    organization_page.pages,
    organization_page.logos,
    members.pages,
    campaigns.pages,
    settings.pages,
    plugin_settings.pages,
    suppressions.pages,
    audit_log.pages,
    installation.pages,
)

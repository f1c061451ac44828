"""All blueprints of these pages, for the application."""

from coalition.manage import (
    audit_log,
    campaign_documents,
    campaign_reasons,
    campaign_sponsors,
    campaign_updates,
    campaigns,
    document_claims,
    installation,
    members,
    organization_page,
    organizations,
    people,
    person_page,
    plugin_settings,
    settings,
)

BLUEPRINTS = (
    people.pages,
    person_page.pages,
    organizations.pages,
    organization_page.pages,
    organization_page.logos,
    members.pages,
    campaigns.pages,
    campaign_updates.pages,
    campaign_reasons.pages,
    campaign_sponsors.pages,
    campaign_documents.pages,
    document_claims.pages,
    settings.pages,
    plugin_settings.pages,
    audit_log.pages,
    installation.pages,
)

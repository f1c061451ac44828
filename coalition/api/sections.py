"""All sections of the API, in the order of the reference."""

from flask import Blueprint, Flask

from coalition.api import (
    actions,
    campaign_pages,
    campaigns,
    coalitions,
    comments,
    decisions,
    follow_ups,
    letters,
    notices,
    openapi,
    organizations,
    people,
    person_records,
    segments,
    signatures,
)


def init_app(app: Flask) -> list[Blueprint]:
    """Serve the API; return its blueprints, which need no CSRF token: they know no cookies."""
    sections = [
        each.section
        for each in (
            letters, signatures, campaigns, campaign_pages, actions, follow_ups, decisions,
            notices, comments, coalitions, organizations, people, person_records, segments,
        )
    ]  # fmt: skip
    return openapi.init_app(app, sections)

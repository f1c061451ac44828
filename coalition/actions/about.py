"""What the pages of people, organizations, campaigns and meetings say about actions and tasks."""

from flask import render_template
from markupsafe import Markup

from coalition import db, panels
from coalition.accounts import access
from coalition.actions import ladder, queries
from coalition.campaigns.models import Campaign
from coalition.coalitions.models import Coalition
from coalition.decisions.meetings import Meeting
from coalition.organizations.models import Organization
from coalition.people.models import Person


def of_person(coalition: Coalition, person: Person) -> Markup:
    """Show what somebody did, on which rung of the ladder they stand, what is to do."""
    standing = ladder.standing_of(person.id)
    return _panel(
        "actions/manage/_of_person.html",
        coalition,
        person=person,
        participations=queries.participations_of(person.id),
        standing=standing,
        rung=db.session.get(ladder.LadderRung, standing.rung_id) if standing else None,
        tasks=queries.tasks(person_id=person.id),
    )


def of_organization(coalition: Coalition, organization: Organization) -> Markup:
    """Show what an organization promised and did, and what is to do."""
    return _panel(
        "actions/manage/_of_organization.html",
        coalition,
        organization=organization,
        commitments=queries.participations_of_organization(organization.id),
        tasks=queries.tasks(organization_id=organization.id),
    )


def of_campaign(coalition: Coalition, campaign: Campaign) -> Markup:
    """Show what people are asked to do for a campaign, and what is to do."""
    return _panel(
        "actions/manage/_of_campaign.html",
        coalition,
        campaign=campaign,
        actions=queries.actions(campaign.id),
        tasks=queries.tasks(campaign_id=campaign.id),
    )


def of_meeting(coalition: Coalition, meeting: Meeting) -> Markup:
    """Show what people are asked to do about a meeting, its check-in, what is to do."""
    return _panel(
        "actions/manage/_of_meeting.html",
        coalition,
        meeting=meeting,
        actions=queries.actions_of_meeting(meeting.id),
        check_in=queries.check_in_of(meeting_id=meeting.id),
        tasks=queries.tasks(meeting_id=meeting.id),
    )


def _panel(template: str, coalition: Coalition, **shown: object) -> Markup:
    html = render_template(
        template,
        coalition=coalition,
        today=coalition.today(),
        may_change=access.may_change(coalition),
        **shown,
    )
    return Markup(html)  # noqa: S704  the template escapes


panels.fill(panels.PERSON, "actions", of_person)
panels.fill(panels.ORGANIZATION, "actions", of_organization)
panels.fill(panels.CAMPAIGN, "actions", of_campaign)
panels.fill(panels.MEETING, "actions", of_meeting)

"""Who decides about a campaign: members, what they said, how they voted, and whether it agrees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coalition.campaigns.models import Campaign
from coalition.decisions import queries
from coalition.decisions.models import DecisionBody, Officeholder
from coalition.decisions.pledges import Kept, Pledge
from coalition.decisions.votes import Motion, VoteChoice


@dataclass(frozen=True)
class CastVote:
    """How somebody voted on one motion, beside what they had said last before it."""

    motion: Motion
    choice: VoteChoice
    kept: Kept | None


@dataclass(frozen=True)
class Decider:
    """A member of a body that decides, or somebody who was one when it voted."""

    officeholder: Officeholder
    is_member: bool
    pledge: Pledge | None
    votes: Sequence[CastVote]


@dataclass(frozen=True)
class DecidingBody:
    """A body with those who decide in it."""

    body: DecisionBody
    deciders: Sequence[Decider]


def who_decides(campaign: Campaign, on: date) -> list[DecidingBody]:
    """Return the bodies that decide about a campaign with their members on a day.

    Who sits there no more is listed after them if a vote or a pledge of theirs is on record.
    """
    motions = [
        motion
        for item in reversed(queries.items_of_campaign(campaign.id))
        for motion in item.motions
    ]
    said = _by_officeholder(queries.pledges_of(campaign.id))
    found = []
    for body in queries.bodies_of_campaign(campaign.id, campaign.area_id, on):
        members = body.members_on(on)
        voted = {vote.officeholder_id for motion in motions for vote in motion.votes}
        former = [
            holder
            for post in body.posts
            for holder in post.officeholders
            if holder not in members and holder.id in voted | said.keys()
        ]
        deciders = [
            Decider(
                holder,
                holder in members,
                next(iter(said.get(holder.id, ())), None),
                _votes(holder, said.get(holder.id, ()), motions),
            )
            for holder in [*members, *former]
        ]
        found.append(DecidingBody(body, deciders))
    return found


def _by_officeholder(pledges: Sequence[Pledge]) -> dict[UUID, list[Pledge]]:
    said: dict[UUID, list[Pledge]] = {}
    for each in pledges:
        said.setdefault(each.officeholder_id, []).append(each)
    return said


def _votes(
    holder: Officeholder, said: Sequence[Pledge], motions: Sequence[Motion]
) -> list[CastVote]:
    votes = []
    for motion in motions:
        for vote in motion.votes:
            if vote.officeholder_id == holder.id:
                pledge = _before(motion, said)
                kept = pledge.compare(motion, vote.choice) if pledge else None
                votes.append(CastVote(motion, vote.choice, kept))
    return votes


def _before(motion: Motion, said: Sequence[Pledge]) -> Pledge | None:
    """Return what was said last before the vote, newest first in `said`."""
    day = motion.voted_on or motion.item.meeting.days[1]
    return next((each for each in said if each.said_on <= day), None)

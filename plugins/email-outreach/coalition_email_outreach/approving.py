"""The approval of a second coordinator: when it is needed, who may give it, what it covers.

An approval is of what was seen: texts, purpose, sender, files, the question that chooses the
audience, and how many people that was. If one of them is changed it does not hold any more. An
audience that grew by itself is covered up to `sight.GROWTH_PERCENT` more people.
"""

from uuid import UUID

from coalition.sdk import DomainError, User, segment_by_id, session, settings, users_behind
from coalition_email_outreach.errors import (
    ApprovalNeeded,
    ApprovalOutdated,
    ApprovalOutgrown,
    OwnApproval,
    SeriesApprovalNeeded,
)
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.pacing import PLUGIN
from coalition_email_outreach.sight import Named, Sight


def limit() -> int:
    """Return above how many people a second coordinator has to approve; 0 is never."""
    return int(settings(PLUGIN).get("approval_above") or 0)


def must_be_allowed(mailing: Mailing, now: Sight) -> None:
    """Make sure that a mailing was approved as there is to see now, if it has to be.

    Raises:
        ApprovalNeeded, SeriesApprovalNeeded, ApprovalOutdated, ApprovalOutgrown: as said.
    """
    if found := missing(mailing, now):
        raise found


def missing(mailing: Mailing, now: Sight) -> DomainError | None:
    """Return why a mailing may not be sent as there is to see now without another approval."""
    most = limit()
    is_needed = most > 0 and (mailing.is_series or now.people > most)
    return problem(mailing, now) if is_needed else None


def problem(mailing: Mailing, now: Sight) -> DomainError | None:
    """Return why no approval covers a mailing as there is to see now, or `None` if one does."""
    if mailing.approved_at is None:
        if mailing.is_series:
            return SeriesApprovalNeeded()
        return ApprovalNeeded(count=now.people, limit=limit())
    seen = approved_sight(mailing)
    if changed := seen.changed(now):
        return ApprovalOutdated(changed=Named(changed))
    if now.people > seen.most:
        return ApprovalOutgrown(approved=seen.people, count=now.people, most=seen.most)
    return None


def approver_name(mailing: Mailing) -> str:
    """Return who approved it, "" if nobody did or the account is gone."""
    user = session.get(User, mailing.approved_by_id) if mailing.approved_by_id else None
    return (user.name or user.email) if user else ""


def approved_sight(mailing: Mailing) -> Sight:
    """Return what the approver saw."""
    return Sight(mailing.approved_parts, mailing.approved_people)


def approve(mailing: Mailing, seen: Sight, now: Sight, approver_id: UUID | None) -> None:
    """Say that it may be sent as it was seen, which has to be what there is to see now.

    Args:
        seen: what the approver looked at. Its number of people counts if it is the smaller one.

    Raises:
        CannotNow: it is under way or done. OwnApproval: they wrote or changed it.
        SightOutdated, SightOutgrown: it is not what they looked at any more.
    """
    seen.must_still_be(now)
    if approver_id is None or approver_id in hands(mailing):
        raise OwnApproval
    mailing.approve(approver_id, now.parts, min(seen.people, now.people))


def hands(mailing: Mailing) -> set[UUID]:
    """Return who wrote or changed anything of a mailing since it was last approved.

    Who changed the question of its segment, or of a segment in that one, changed its audience.
    """
    changed = {UUID(each) for each in mailing.changed_by}
    segment = segment_by_id(mailing.segment_id) if mailing.segment_id else None
    if segment is not None:
        changed |= users_behind(
            segment.segments_asked(), since=mailing.approved_at or mailing.created_at
        )
    return changed

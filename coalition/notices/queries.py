"""What a campaign's clock has told, and what waits."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from coalition import db
from coalition.decisions.meetings import Meeting
from coalition.errors import NotFound
from coalition.notices.models import UnsettledChange
from coalition.notices.receipts import Notice

SHOWN = 100  # notices on one page, the newest ones


def notices_of(campaign_id: UUID) -> Sequence[Notice]:
    """Return what people were told about a campaign, the newest first."""
    chosen = (
        select(Notice).filter_by(campaign_id=campaign_id).options(joinedload(Notice.meeting))
    )
    return db.session.scalars(chosen.order_by(Notice.id.desc()).limit(SHOWN)).all()


def changes_of(campaign_id: UUID) -> Sequence[UnsettledChange]:
    """Return the changes that wait to settle, the first to do so first."""
    chosen = (
        select(UnsettledChange)
        .filter_by(campaign_id=campaign_id)
        .options(joinedload(UnsettledChange.meeting).selectinload(Meeting.items))
    )
    return db.session.scalars(chosen.order_by(UnsettledChange.settles_at)).all()


def locked_change(campaign_id: UUID, change_id: UUID) -> UnsettledChange:
    """Return a waiting change that nobody else settles meanwhile.

    Raises:
        NotFound: it has settled.
    """
    chosen = select(UnsettledChange).filter_by(id=change_id, campaign_id=campaign_id)
    found = db.session.scalar(chosen.with_for_update())
    if found is None:
        raise NotFound
    return found


def locked_notice(campaign_id: UUID, notice_id: UUID) -> Notice:
    """Return a notice of a campaign that nobody else changes meanwhile.

    Raises:
        NotFound: there is none.
    """
    chosen = select(Notice).filter_by(id=notice_id, campaign_id=campaign_id)
    found = db.session.scalar(chosen.with_for_update())
    if found is None:
        raise NotFound
    return found


def meeting_of(campaign_id: UUID, meeting_id: UUID) -> Meeting:
    """Return a meeting with its items.

    Raises:
        NotFound: it has no item of the campaign.
    """
    chosen = select(Meeting).filter_by(id=meeting_id).options(selectinload(Meeting.items))
    found = db.session.scalar(chosen)
    if found is None or not any(item.campaign_id == campaign_id for item in found.items):
        raise NotFound
    return found

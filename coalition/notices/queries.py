"""What a campaign's clock has told, and what waits."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from coalition import db
from coalition.decisions.meetings import Meeting
from coalition.errors import NotFound
from coalition.notices.models import UnsettledChange, locked_change
from coalition.notices.receipts import Notice, locked_notice

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


def change_of(campaign_id: UUID, change_id: UUID) -> UnsettledChange:
    """Return a waiting change of a campaign that nobody else settles meanwhile.

    Raises:
        NotFound: it has settled, or is another campaign's.
    """
    found = locked_change(change_id)
    if found is None or found.campaign_id != campaign_id:
        raise NotFound
    return found


def notice_of(campaign_id: UUID, notice_id: UUID) -> Notice:
    """Return a notice of a campaign that nobody else changes meanwhile.

    Raises:
        NotFound: there is none.
    """
    found = locked_notice(notice_id)
    if found is None or found.campaign_id != campaign_id:
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

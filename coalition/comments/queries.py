"""Ledgers, their items and their imports, as pages and programs ask for them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from coalition import db
from coalition.comments.counting import counted
from coalition.comments.errors import UnknownItem
from coalition.comments.imports import ListImport
from coalition.comments.models import CommentLedger, CommentSource, PublicComment
from coalition.decisions.meetings import AgendaItem, Meeting

SHOWN_ITEMS = 200


def ledger_of_item(agenda_item_id: UUID) -> CommentLedger | None:
    """Return the ledger of an item, if one was begun."""
    return db.session.scalar(select(CommentLedger).filter_by(agenda_item_id=agenda_item_id))


def published_ledger(agenda_item_id: UUID) -> CommentLedger:
    """Return the ledger of an item whose figures are for everybody.

    Raises:
        UnknownItem: there is none that the public may see.
    """
    ledger = ledger_of_item(agenda_item_id)
    if ledger is None or not ledger.is_published:
        raise UnknownItem
    return ledger


def published_ledgers(campaign_id: UUID) -> Sequence[tuple[AgendaItem, CommentLedger]]:
    """Return the items of a campaign whose figures are for everybody, the latest meeting first."""
    statement = (
        select(AgendaItem, CommentLedger)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .join(CommentLedger, CommentLedger.agenda_item_id == AgendaItem.id)
        .where(AgendaItem.campaign_id == campaign_id, CommentLedger.is_published)
        .options(joinedload(AgendaItem.meeting))
        .order_by(Meeting.starts_at.desc(), AgendaItem.position, AgendaItem.id)
        .limit(SHOWN_ITEMS)
    )
    return [(item, ledger) for item, ledger in db.session.execute(statement)]


def item_or_raise(agenda_item_id: UUID) -> AgendaItem:
    """Return an item of the coalition's meetings, with its meeting.

    Raises:
        UnknownItem: there is none.
    """
    statement = (
        select(AgendaItem)
        .filter_by(id=agenda_item_id)
        .options(joinedload(AgendaItem.meeting), joinedload(AgendaItem.campaign))
    )
    found = db.session.scalar(statement)
    if found is None:
        raise UnknownItem
    return found


def items_with_ledgers() -> Sequence[tuple[AgendaItem, CommentLedger | None]]:
    """Return the items of the meetings, the latest meeting first, each with its ledger if any."""
    statement = (
        select(AgendaItem, CommentLedger)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .outerjoin(CommentLedger, CommentLedger.agenda_item_id == AgendaItem.id)
        .options(joinedload(AgendaItem.meeting))
        .order_by(Meeting.starts_at.desc(), AgendaItem.position, AgendaItem.id)
        .limit(SHOWN_ITEMS)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement).unique()]


def missed_by_the_clerk(ledger: CommentLedger) -> Select[PublicComment]:
    """Select the comments of ours that the clerk's list does not have."""
    return (
        ledger.comments.select()
        .where(
            PublicComment.source == CommentSource.OURS,
            PublicComment.match_id.is_(None),
            PublicComment.duplicate_of_id.is_(None),
            counted(),
        )
        .order_by(PublicComment.received_on, PublicComment.id)
    )


def imports(ledger: CommentLedger) -> Sequence[ListImport]:
    """Return the lists that were imported, the newest first."""
    statement = ledger.imports.select().order_by(ListImport.id.desc()).limit(SHOWN_ITEMS)
    return db.session.scalars(statement).all()

"""What our people report about their comments is written into the ledger of the item."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from sqlalchemy import select

from coalition import db, events
from coalition.actions.events import CommentReported, ParticipationWithdrawn
from coalition.actions.models import Action
from coalition.actions.participations import Participation, Party
from coalition.comments import ledgers
from coalition.comments.errors import CommentTooLong, UnknownItem
from coalition.comments.models import CommentChannel, CommentPosition, PublicComment


@events.subscribe("comments.record_reported", CommentReported)
def record_reported(facts: Sequence[CommentReported]) -> None:
    """Put down each comment that was sent, once, going by how the record stands now."""
    for fact in facts:
        participation = db.session.get(Participation, fact.participation_id)
        if participation is None or not participation.counts:
            continue
        action = db.session.get(Action, participation.action_id)
        # The item may have been deleted since, and a very long copy is no comment to compare.
        with suppress(UnknownItem, CommentTooLong):
            if action is not None:
                _compare_with(action, fact.agenda_item_id)
            _record(participation, action, fact.agenda_item_id)


@events.subscribe("comments.remove_withdrawn", ParticipationWithdrawn)
def remove_withdrawn(facts: Sequence[ParticipationWithdrawn]) -> None:
    """Take the comments out again whose reports were taken back or refused."""
    for fact in facts:
        told = select(PublicComment).filter_by(reported_id=fact.participation_id)
        for comment in db.session.scalars(told):
            ledgers.remove_reported(comment)


def _compare_with(action: Action, agenda_item_id: UUID) -> None:
    """Let a ledger without texts compare the comments with those that the action offers."""
    ledger = ledgers.ledger_of(agenda_item_id)
    if ledger.texts:
        return
    for text in action.texts:
        if text.template:
            ledgers.add_text(
                ledger, language=text.language, title=text.title, body=text.template
            )


def _record(participation: Participation, action: Action | None, agenda_item_id: UUID) -> None:
    person = participation.person
    is_organization = participation.party == Party.ORGANIZATION
    ledgers.record_comment(
        agenda_item_id,
        reported_id=participation.id,
        author=participation.name,
        text=participation.copy or "",
        organization=participation.shown_name if is_organization else "",
        city=(person.city or "") if person else "",
        position=CommentPosition(action.position.value) if action else CommentPosition.UNKNOWN,
        channel=CommentChannel.SPOKEN if participation.spoke else CommentChannel.WRITTEN,
        received_on=participation.done_at.date() if participation.done_at else None,
    )

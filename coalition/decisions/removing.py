"""Removing entries of the directory that were made by mistake; what is on record stays.

All coalitions' records count, so each of these is called in a platform transaction.
"""

from uuid import UUID

from sqlalchemy import select

from coalition import db
from coalition.decisions.errors import OnRecord
from coalition.decisions.meetings import Meeting
from coalition.decisions.models import DecisionBody, Officeholder, Post
from coalition.decisions.pledges import Pledge
from coalition.decisions.votes import Vote


def remove_body(body: DecisionBody) -> None:
    """Remove a body with its seats.

    Raises:
        OnRecord: a coalition follows its meetings, or knows votes or pledges of its members.
    """
    followed = select(Meeting.id).filter_by(body_id=body.id).limit(1)
    holders = [holder.id for post in body.posts for holder in post.officeholders]
    if db.session.scalar(followed) or _is_on_record(holders):
        raise OnRecord(name=body.name)
    db.session.delete(body)


def remove_post(post: Post) -> None:
    """Remove a seat with all who held it.

    Raises:
        OnRecord: a coalition knows votes or pledges of one of them.
    """
    if _is_on_record([holder.id for holder in post.officeholders]):
        raise OnRecord(name=post.label)
    post.body.posts.remove(post)


def remove_officeholder(officeholder: Officeholder) -> None:
    """Remove somebody from a seat.

    Raises:
        OnRecord: a coalition knows votes or pledges of theirs.
    """
    if _is_on_record([officeholder.id]):
        raise OnRecord(name=officeholder.name)
    officeholder.post.officeholders.remove(officeholder)


def _is_on_record(officeholder_ids: list[UUID]) -> bool:
    return any(
        db.session.scalar(select(table.id).where(column.in_(officeholder_ids)).limit(1))
        for table, column in ((Vote, Vote.officeholder_id), (Pledge, Pledge.officeholder_id))
    )

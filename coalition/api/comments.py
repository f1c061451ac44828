"""Public comments for programs: the figures of an agenda item, and single comments of ours."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from coalition import db
from coalition.api.operations import Section
from coalition.api.schemas.comments import CommentInput, CommentSchema, FiguresSchema
from coalition.comments import figures, ledgers, queries, sentences
from coalition.comments.counting import counted
from coalition.comments.errors import UnknownItem
from coalition.comments.models import CommentLedger, PublicComment

section = Section("comments", "What people told a public body about an item on its agenda.")

_READ, _WRITE = "comments:read", "comments:write"
_ITEM = "/agenda-items/<uuid:agenda_item>"
_LINKS = {
    "read_comment": {
        "agenda_item": "$request.path.agenda_item",
        "comment": "$response.body#/id",
    }
}


@section.reads(f"{_ITEM}/comment-figures", scope=_READ, gives=FiguresSchema)
def read_comment_figures(agenda_item: UUID) -> dict[str, Any]:
    """Read how many comments there are, by position and wording, and how they were counted."""
    return sentences.to_json(figures.figures(_ledger(agenda_item)))


@section.lists(f"{_ITEM}/comments", scope=_READ, gives=CommentSchema)
def list_comments(agenda_item: UUID) -> Select[Any]:
    """List the comments that count, without names and texts. The oldest come first."""
    return select(PublicComment).where(
        PublicComment.ledger_id == _ledger(agenda_item).id, counted()
    )


@section.creates(
    f"{_ITEM}/comments", scope=_WRITE, takes=CommentInput, gives=CommentSchema, links=_LINKS
)  # fmt: skip
def create_comment(agenda_item: UUID, values: Mapping[str, Any]) -> PublicComment:
    """Put down a comment that somebody made. Name and text are kept sealed."""
    return ledgers.record_comment(agenda_item, **values)


@section.reads(f"{_ITEM}/comments/<uuid:comment>", scope=_READ, gives=CommentSchema)
def read_comment(agenda_item: UUID, comment: UUID) -> PublicComment:
    """Read one comment, without name and text."""
    statement = list_comments(agenda_item).where(PublicComment.id == comment)
    found: PublicComment | None = db.session.scalar(statement)
    if found is None:
        raise UnknownItem
    return found


def _ledger(agenda_item_id: UUID) -> CommentLedger:
    ledger = queries.ledger_of_item(agenda_item_id)
    if ledger is None:
        raise UnknownItem
    return ledger

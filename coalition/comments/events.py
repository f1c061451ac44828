"""Facts about public comments."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from coalition.events import Event


@dataclass(frozen=True, kw_only=True)
class CommentEvent(Event):
    """Something about the public comments on an agenda item."""

    agenda_item_id: UUID


@dataclass(frozen=True, kw_only=True)
class CommentRecorded(CommentEvent):
    """Somebody reported a comment that they made."""

    name: ClassVar[str] = "comment.recorded"
    comment_id: UUID


@dataclass(frozen=True, kw_only=True)
class CommentListImported(CommentEvent):
    """A list of comments was read to its end; `source` is clerk or ours."""

    name: ClassVar[str] = "comment_list.imported"
    import_id: UUID
    source: str


@dataclass(frozen=True, kw_only=True)
class CommentListUndone(CommentEvent):
    """An imported list and its comments were taken back."""

    name: ClassVar[str] = "comment_list.undone"
    import_id: UUID


@dataclass(frozen=True, kw_only=True)
class ClerkCountRecorded(CommentEvent):
    """It was noted how many comments the clerk says there were."""

    name: ClassVar[str] = "clerk_count.recorded"
    clerk_count_id: UUID

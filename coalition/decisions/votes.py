"""Motions and how each member voted on them, and what they had promised before."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import db
from coalition.clock import now
from coalition.db import within
from coalition.decisions.meetings import AgendaItem
from coalition.decisions.models import Officeholder


class Position(StrEnum):
    """What somebody wants of a motion, an item or a campaign."""

    SUPPORT = "support"
    OPPOSE = "oppose"
    NEUTRAL = "neutral"


class VoteChoice(StrEnum):
    """How a member of the body voted, or why they did not."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"
    ABSENT = "absent"
    RECUSED = "recused"


class MotionResult(StrEnum):
    """What came of a motion."""

    PASSED = "passed"
    FAILED = "failed"
    NO_VOTE = "no_vote"


class Motion(db.Tenant, db.Base):
    """A text put to the vote under an agenda item; `our_position` is the coalition's."""

    __tablename__ = "motions"
    table_args = (within("agenda_items", "agenda_item_id"), Index(None, "agenda_item_id"))

    agenda_item_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(default=0)
    text: Mapped[str]
    our_position: Mapped[Position] = mapped_column(default=Position.NEUTRAL)
    result: Mapped[MotionResult | None]
    # As minutes often give them, where each member's vote is not known.
    yes_count: Mapped[int | None]
    no_count: Mapped[int | None]
    voted_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    item: Mapped[AgendaItem] = relationship(
        primaryjoin="foreign(Motion.agenda_item_id) == AgendaItem.id", back_populates="motions"
    )
    votes: Mapped[list["Vote"]] = relationship(
        primaryjoin="Motion.id == foreign(Vote.motion_id)",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )


class Vote(db.Tenant, db.Base):
    """How one member voted on one motion."""

    __tablename__ = "votes"
    table_args = (
        within("motions", "motion_id"),
        UniqueConstraint("motion_id", "officeholder_id"),
        Index(None, "officeholder_id"),
    )

    motion_id: Mapped[UUID]
    officeholder_id: Mapped[UUID] = mapped_column(
        ForeignKey("officeholders.id", ondelete="RESTRICT")
    )
    choice: Mapped[VoteChoice]

    officeholder: Mapped[Officeholder] = relationship(lazy="joined", innerjoin=True)


class Pledge(db.Tenant, db.Base):
    """What an officeholder said about a campaign before the vote; the newest holds."""

    __tablename__ = "pledges"
    table_args = (
        within("campaigns", "campaign_id"),
        Index(None, "campaign_id", "officeholder_id"),
    )

    campaign_id: Mapped[UUID]
    officeholder_id: Mapped[UUID] = mapped_column(
        ForeignKey("officeholders.id", ondelete="RESTRICT")
    )
    position: Mapped[Position]
    said_on: Mapped[date]
    evidence: Mapped[str] = mapped_column(default="")
    url: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    officeholder: Mapped[Officeholder] = relationship(lazy="joined", innerjoin=True)

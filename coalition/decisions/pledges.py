"""What officeholders said before a vote, and whether they voted so."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import audit, db, events
from coalition.campaigns.models import Campaign
from coalition.clock import now
from coalition.db import within
from coalition.decisions.errors import PledgeInFuture
from coalition.decisions.events import PledgeNoted
from coalition.decisions.models import Officeholder
from coalition.decisions.votes import Motion, Position, VoteChoice


class Kept(StrEnum):
    """How a vote compares with what was said before it."""

    KEPT = "kept"
    BROKEN = "broken"
    DID_NOT_VOTE = "did_not_vote"


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

    @classmethod
    def note(
        cls,
        campaign: Campaign,
        officeholder: Officeholder,
        position: Position,
        *,
        said_on: date,
        evidence: str = "",
        url: str | None = None,
    ) -> Self:
        """Write down what an officeholder said about a campaign; earlier ones stay on record.

        Args:
            position: towards what the campaign wants.

        Raises:
            PledgeInFuture: `said_on` has not come yet anywhere in the world.
        """
        if said_on > (now() + timedelta(hours=14)).date():
            raise PledgeInFuture(field="said_on")
        made = cls(
            campaign_id=campaign.id,
            officeholder_id=officeholder.id,
            officeholder=officeholder,
            position=position,
            said_on=said_on,
            evidence=evidence,
            url=url,
        )
        db.session.add(made)
        db.session.flush()
        audit.record("pledge.noted", made)
        events.record(
            PledgeNoted(
                coalition_id=made.coalition_id,
                campaign_id=campaign.id,
                officeholder_id=officeholder.id,
                pledge_id=made.id,
            )
        )
        return made

    def remove(self) -> None:
        """Forget a pledge that was noted by mistake."""
        audit.record("pledge.removed", self)
        db.session.delete(self)

    def compare(self, motion: Motion, choice: VoteChoice) -> Kept | None:
        """Return whether a vote is what was said; `None` where nothing can be told.

        Yes is with the campaign where the coalition supports the motion, no where it opposes it.
        """
        if Position.NEUTRAL in (self.position, motion.our_position):
            return None
        if choice not in (VoteChoice.YES, VoteChoice.NO):
            return Kept.DID_NOT_VOTE
        wanted = VoteChoice.YES if motion.our_position == Position.SUPPORT else VoteChoice.NO
        with_us = choice == wanted
        return Kept.KEPT if with_us == (self.position == Position.SUPPORT) else Kept.BROKEN

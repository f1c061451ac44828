"""Which campaign was made from which kit, and what of its texts is meant as it stands."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition.sdk import (
    Base,
    Campaign,
    Tenant,
    now,
    record_in_audit_log,
    session,
    within,
)
from coalition_city_campaigns.kits.patterns import Kind


class Clone(Tenant, Base):
    """A campaign that was carried here from another place.

    `terms` are the names, days and addresses of the old place that may be left over in texts;
    `meetings` are the kit's, as a pattern for the meeting here.
    """

    __tablename__ = "city_campaigns_clones"
    table_args = (
        within("campaigns", "campaign_id"),
        within("city_campaigns_leads", "lead_id", ondelete="SET NULL"),
        UniqueConstraint("coalition_id", "campaign_id"),
        Index(None, "lead_id"),
    )

    campaign_id: Mapped[UUID]
    lead_id: Mapped[UUID | None]
    source: Mapped[str]
    source_title: Mapped[str]
    source_place: Mapped[str]
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    meetings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)

    campaign: Mapped[Campaign] = relationship(
        primaryjoin="foreign(Clone.campaign_id) == Campaign.id"
    )
    ticks: Mapped[list["Tick"]] = relationship(
        primaryjoin="Clone.id == foreign(Tick.clone_id)",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    @property
    def words(self) -> dict[Kind, list[str]]:
        """What to look for in the texts."""
        return {Kind(kind): list(words) for kind, words in self.terms.items()}

    @property
    def ticked(self) -> frozenset[str]:
        """The fingerprints of what is meant as it stands."""
        return frozenset(tick.fingerprint for tick in self.ticks)

    def tick(self, fingerprints: Iterable[str]) -> None:
        """Note that this is meant as it stands; once is enough."""
        for fingerprint in sorted({*fingerprints} - self.ticked):
            self.ticks.append(
                Tick(coalition_id=self.coalition_id, clone_id=self.id, fingerprint=fingerprint)
            )
        record_in_audit_log("kit.ticked", self)

    def untick(self, fingerprints: Iterable[str]) -> None:
        """Take it back: it has to be looked at again."""
        gone = {*fingerprints}
        self.ticks[:] = [tick for tick in self.ticks if tick.fingerprint not in gone]
        record_in_audit_log("kit.unticked", self)


class Tick(Tenant, Base):
    """Something that a coordinator looked at and means as it stands."""

    __tablename__ = "city_campaigns_ticks"
    table_args = (
        within("city_campaigns_clones", "clone_id"),
        UniqueConstraint("clone_id", "fingerprint"),
    )

    clone_id: Mapped[UUID]
    fingerprint: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)


def clone_of(campaign_id: UUID) -> Clone | None:
    """Return from what a campaign was made; `None` if it was written here."""
    return session.scalar(select(Clone).filter_by(campaign_id=campaign_id))

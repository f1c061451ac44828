"""Organizations that stand behind a campaign, listed under its text once they agreed."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import audit, db
from coalition.campaigns.errors import AgreementIncomplete, AgreementInFuture
from coalition.db import within
from coalition.organizations.models import Organization


class Sponsor(db.Tenant, db.Base):
    """An organization under a campaign's text; shown from the day on which it agreed."""

    __tablename__ = "campaign_sponsors"
    table_args = (
        within("campaigns", "campaign_id"),
        UniqueConstraint("campaign_id", "organization_id"),
        Index(None, "organization_id"),
    )

    campaign_id: Mapped[UUID]
    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE")
    )
    position: Mapped[int]
    agreed_on: Mapped[date | None]
    agreed_how: Mapped[str] = mapped_column(default="")

    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=True)

    @property
    def has_agreed(self) -> bool:
        """Whether it may be shown."""
        return self.agreed_on is not None

    def agree(self, *, on: date | None, how: str, today: date) -> None:
        """Note when and how the organization agreed; with neither, that it has not.

        Raises:
            AgreementIncomplete: one of the two is missing.
            AgreementInFuture: the day is after `today`.
        """
        if bool(on) != bool(how):
            raise AgreementIncomplete(field="agreed_how" if on else "agreed_on")
        if on is not None and on > today:
            raise AgreementInFuture(field="agreed_on")
        self.agreed_on, self.agreed_how = on, how
        audit.record("campaign_sponsor.changed", self, ["agreed_on", "agreed_how"])

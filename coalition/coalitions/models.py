"""Coalitions and the organizations in them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import crypto, db, events
from coalition.clock import now
from coalition.coalitions.errors import AlreadyMember, CoalitionSlugTaken, NotActive
from coalition.coalitions.events import OrganizationJoined, OrganizationLeft
from coalition.organizations.models import Organization
from coalition.wording import Worded


class MembershipState(StrEnum):
    """Where an organization stands with a coalition."""

    INVITED = "invited"
    APPLIED = "applied"
    ACTIVE = "active"
    PAUSED = "paused"
    LEFT = "left"


class MembershipRole(StrEnum):
    """What an organization does in a coalition."""

    LEAD = "lead"
    STEERING = "steering"
    MEMBER = "member"


class Coalition(Worded, db.Base):
    """Organizations acting together; the owner of everything that it knows and does."""

    __tablename__ = "coalitions"
    WORDS = ("about",)

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    website: Mapped[str | None]
    reply_to: Mapped[str | None]
    time_zone: Mapped[str] = mapped_column(default="America/Los_Angeles")
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)

    @classmethod
    def found(cls, *, slug: str, name: str, **values: object) -> Self:
        """Found a coalition, with its own key for contact data.

        Called outside any coalition's scope; open the new one's scope to write into it.

        Raises:
            CoalitionSlugTaken: another coalition has this address.
        """
        if db.session.scalar(select(Coalition.id).filter_by(slug=slug)):
            raise CoalitionSlugTaken(field="slug", slug=slug)
        coalition = cls(slug=slug, name=name, **values)
        db.session.add(coalition)
        db.session.flush()
        with db.narrowed(coalition.id):
            crypto.add_data_key(coalition.id)
        return coalition

    def speak(self, language: str) -> None:
        """Let its pages be in another language by default.

        A description in that language is from now on the one that was written.
        """
        before, translated = self.language, self._translated(language)
        if translated and language != before:
            was, self.about = self.about, translated["about"]
            self.translate(language, {})
            self.language = language
            self.translate(before, {"about": was})
        self.language = language

    def today(self) -> date:
        """Return the day that it is where the coalition works."""
        return now().astimezone(ZoneInfo(self.time_zone)).date()


class CoalitionMembership(db.Tenant, db.Base):
    """An organization in a coalition: in what role, since and until when."""

    __tablename__ = "coalition_memberships"
    table_args = (UniqueConstraint("coalition_id", "organization_id"),)

    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE")
    )
    state: Mapped[MembershipState] = mapped_column(default=MembershipState.INVITED)
    role: Mapped[MembershipRole] = mapped_column(default=MembershipRole.MEMBER)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=True)

    @classmethod
    def begin(
        cls, organization: Organization, state: MembershipState, *, on: date
    ) -> "CoalitionMembership":
        """Invite an organization, note that it applied, or take it in; who left may return.

        Raises:
            AlreadyMember: it has a membership that did not end.
        """
        membership = membership_of(organization.id)
        if membership is not None and membership.state != MembershipState.LEFT:
            raise AlreadyMember(
                field="organization", name=organization.name, state=membership.state.value
            )
        if membership is None:
            membership = cls(organization_id=organization.id, organization=organization)
            membership.role = MembershipRole.MEMBER
            db.session.add(membership)
        membership.state = MembershipState.INVITED
        membership.starts_on = membership.ends_on = None
        if state == MembershipState.ACTIVE:
            membership.activate(on=on)
        else:
            membership.state = state
        return membership

    def activate(self, *, on: date) -> None:
        """Take the organization in, from an invitation, an application or a pause."""
        if self.state != MembershipState.ACTIVE:
            self.state = MembershipState.ACTIVE
            self.starts_on = self.starts_on or on
            self.ends_on = None
            events.record(
                OrganizationJoined(
                    coalition_id=self.coalition_id, organization_id=self.organization_id
                )
            )

    def pause(self) -> None:
        """Suspend the membership; it may become active again.

        Raises:
            NotActive: there is nothing to suspend.
        """
        if self.state != MembershipState.ACTIVE:
            raise NotActive(name=self.organization.name, state=self.state.value)
        self.state = MembershipState.PAUSED

    def leave(self, *, on: date) -> None:
        """End the membership; the row stays, since past letters refer to it."""
        if self.state != MembershipState.LEFT:
            self.state = MembershipState.LEFT
            self.ends_on = on
            events.record(
                OrganizationLeft(
                    coalition_id=self.coalition_id, organization_id=self.organization_id
                )
            )


def coalition_by_slug(slug: str) -> Coalition | None:
    """Return the coalition with this address."""
    return db.session.scalar(select(Coalition).filter_by(slug=slug))


def membership_of(organization_id: UUID) -> CoalitionMembership | None:
    """Return the organization's membership of the current coalition, in any state."""
    return db.session.scalar(
        select(CoalitionMembership).filter_by(organization_id=organization_id)
    )

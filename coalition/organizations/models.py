"""The directory of organizations, shared by all coalitions, and memberships of people in them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Self
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import db
from coalition.clock import now
from coalition.db import within
from coalition.organizations.confusables import suspicious_characters
from coalition.organizations.domains import clean_domains
from coalition.organizations.errors import NameUnreadable, ParentInCircle
from coalition.organizations.logos import media_type_of
from coalition.organizations.names import clean_name, name_key, sort_key
from coalition.people.models import Person

MAX_ALIASES = 50
MAX_DEPTH = 20  # of organizations within organizations


class Organization(db.Base):
    """A body with a name: public facts only, the same for every coalition."""

    __tablename__ = "organizations"
    __table_args__ = (
        Index(None, "name_key"),
        Index(None, "sort_key"),
        Index(None, "parent_id"),
    )

    name: Mapped[str]
    name_key: Mapped[str]
    sort_key: Mapped[str] = mapped_column(
        Text(collation="C")
    )  # so that the index has the order
    website: Mapped[str | None]
    domains: Mapped[list[str]] = mapped_column(default=list)
    city: Mapped[str | None]
    region: Mapped[str | None]
    parent_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organizations.id", ondelete="SET NULL")
    )
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    logo_media_type: Mapped[str | None]
    logo_permitted: Mapped[bool] = mapped_column(default=False)
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)

    aliases: Mapped[list["OrganizationAlias"]] = relationship(
        order_by="OrganizationAlias.name", cascade="all, delete-orphan", passive_deletes=True
    )
    parent: Mapped["Organization | None"] = relationship(
        remote_side="Organization.id", back_populates="chapters"
    )
    chapters: Mapped[list["Organization"]] = relationship(
        back_populates="parent", order_by="Organization.sort_key"
    )

    @classmethod
    def named(cls, name: str, *, website: str | None = None) -> Self:
        """Make an organization with its keys; the caller adds it to the session."""
        made = cls(website=website)
        made.rename(name)
        return made

    def rename(self, name: str) -> None:
        """Change the name and what is derived from it.

        Raises:
            NameUnreadable: there is no letter and no digit in it.
        """
        cleaned = clean_name(name)
        if not cleaned:
            raise NameUnreadable(field="name")
        self.name = cleaned
        self.name_key = name_key(self.name)
        self.sort_key = sort_key(self.name)

    def add_alias(self, name: str) -> None:
        """Remember another spelling, so that it is found next time.

        A known one is ignored, and so are one more than `MAX_ALIASES` and one with look-alike
        letters: a forgery that was remembered would match next time.
        """
        if suspicious_characters(name):
            return
        cleaned = clean_name(name)
        key = name_key(cleaned)
        known = {alias.name_key for alias in self.aliases} | {self.name_key}
        if cleaned and key not in known and len(self.aliases) < MAX_ALIASES:
            self.aliases.append(OrganizationAlias(name=cleaned, name_key=key))

    def become_part_of(self, parent: "Organization | None") -> None:
        """Say whose chapter it is, or that it stands on its own.

        Raises:
            ParentInCircle: `parent` is the organization itself or a part of it.
        """
        above = parent
        for _ in range(MAX_DEPTH):
            if above is None:
                break
            if above.id == self.id:
                raise ParentInCircle(
                    field="parent", name=self.name, parent=parent.name if parent else ""
                )
            above = above.parent
        self.parent = parent

    def claim_domains(self, domains: Iterable[str]) -> None:
        """Say at which domains mail is the organization's own, and no others.

        Raises:
            NotADomain, EverybodysDomain, TooManyDomains: as they say.
        """
        self.domains = clean_domains(domains)

    def show_logo(self, picture: bytes | None) -> None:
        """Keep a picture, or forget it; it is shown only while `logo_permitted`.

        Raises:
            LogoRefused: it is no PNG or JPEG, or too large.
        """
        self.logo_media_type = media_type_of(picture) if picture else None
        self.logo = picture or None

    def owns_domain(self, domain: str) -> bool:
        """Return whether mail from `domain`, or a part of it, is this organization's."""
        return any(domain == own or domain.endswith("." + own) for own in self.domains)


class OrganizationAlias(db.Base):
    """Another name of an organization: an acronym, an old name, a usual misspelling."""

    __tablename__ = "organization_aliases"
    __table_args__ = (UniqueConstraint("organization_id", "name_key"), Index(None, "name_key"))

    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE")
    )
    name: Mapped[str]
    name_key: Mapped[str]


class Membership(db.Tenant, db.Base):
    """A person in an organization, as one coalition knows it."""

    __tablename__ = "memberships"
    table_args = (
        within("people", "person_id"),
        Index(None, "person_id"),
        Index(None, "organization_id"),
    )

    person_id: Mapped[UUID]
    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE")
    )
    role: Mapped[str] = mapped_column(default="member")
    title: Mapped[str | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]

    person: Mapped[Person] = relationship(
        primaryjoin="foreign(Membership.person_id) == Person.id", viewonly=True
    )
    organization: Mapped[Organization] = relationship()


def organization_by_name(name: str) -> Organization | None:
    """Return the one organization with this name or alias; `None` if none or several have it.

    A name with look-alike letters of another alphabet matches nothing: it is somebody's slip
    or somebody's forgery, and a coordinator has to look.
    """
    if suspicious_characters(name):
        return None
    key = name_key(name)
    by_name = select(Organization).where(Organization.name_key == key)
    found = list(db.session.scalars(by_name.limit(2)))
    if not found:
        by_alias = (
            select(Organization)
            .join(OrganizationAlias)
            .where(OrganizationAlias.name_key == key)
        )
        found = list(db.session.scalars(by_alias.distinct().limit(2)))
    return found[0] if len(found) == 1 else None

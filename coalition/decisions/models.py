"""The directory of public bodies: who sits in them, how they meet and how they hear the public."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import db
from coalition.areas.models import Area
from coalition.clock import now


class BodyKind(StrEnum):
    """What sort of body decides."""

    COUNCIL = "council"
    BOARD = "board"
    COMMISSION = "commission"
    COMMITTEE = "committee"
    LEGISLATURE = "legislature"
    AGENCY = "agency"


class DecisionBody(db.Base):
    """A body that decides: public facts only, the same for every coalition.

    What begins with `comment_` says how it hears the public; `None` and "" mean "not known".
    """

    __tablename__ = "decision_bodies"
    __table_args__ = (UniqueConstraint("area_id", "name"), Index(None, "area_id"))

    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id", ondelete="RESTRICT"))
    name: Mapped[str]
    classification: Mapped[BodyKind] = mapped_column(default=BodyKind.COUNCIL)
    website: Mapped[str | None]
    place: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    meets: Mapped[str] = mapped_column(default="")  # "Tuesdays at 9:30 a.m."
    comment_email: Mapped[str | None]  # the clerk's
    comment_url: Mapped[str | None]
    comment_minutes: Mapped[int | None]  # each speaker's
    comment_registration: Mapped[str] = mapped_column(default="")
    comment_closes_min: Mapped[int | None]  # minutes before the meeting begins
    languages: Mapped[list[str]] = mapped_column(default=list)
    interpretation: Mapped[str] = mapped_column(default="")  # how to ask for it
    interpretation_notice_h: Mapped[int | None]  # hours before the meeting
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)

    area: Mapped[Area] = relationship(lazy="joined", innerjoin=True)
    posts: Mapped[list["Post"]] = relationship(
        back_populates="body",
        order_by="Post.position",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )


class Post(db.Base):
    """A seat in a body, whoever holds it (Popolo's post)."""

    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("body_id", "label"),)

    body_id: Mapped[UUID] = mapped_column(ForeignKey("decision_bodies.id", ondelete="CASCADE"))
    label: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)

    body: Mapped[DecisionBody] = relationship(back_populates="posts")
    officeholders: Mapped[list["Officeholder"]] = relationship(
        back_populates="post",
        order_by="Officeholder.starts_on",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    def holder(self, on: date) -> "Officeholder | None":
        """Return who holds the seat on a day."""
        return next((each for each in self.officeholders if each.serves(on)), None)


class Officeholder(db.Base):
    """A human being in a public seat for a term; `None` means that an end is not known."""

    __tablename__ = "officeholders"
    __table_args__ = (Index(None, "post_id"),)

    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    name: Mapped[str]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]

    post: Mapped[Post] = relationship(back_populates="officeholders")

    def serves(self, on: date) -> bool:
        """Return whether the term includes a day; its last day belongs to it."""
        return (self.starts_on is None or self.starts_on <= on) and (
            self.ends_on is None or on <= self.ends_on
        )

"""The directory of public bodies: who sits in them, how they meet and how they hear the public."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import audit, db
from coalition.areas.models import Area
from coalition.clock import now
from coalition.decisions.errors import BodyKnown, SeatKnown, TermBackwards, TermsOverlap


class BodyKind(StrEnum):
    """What sort of body decides."""

    COUNCIL = "council"
    BOARD = "board"
    COMMISSION = "commission"
    COMMITTEE = "committee"
    LEGISLATURE = "legislature"
    AGENCY = "agency"


@dataclass(frozen=True, kw_only=True)
class BodyFacts:
    """What is known of a body: how it meets and, as `comment_…`, how it hears the public.

    `None` and "" mean "not known". The columns of `DecisionBody` say what each one is.
    """

    classification: BodyKind = BodyKind.COUNCIL
    website: str | None = None
    place: str = ""
    address: str = ""
    meets: str = ""
    comment_email: str | None = None
    comment_url: str | None = None
    comment_minutes: int | None = None
    comment_registration: str = ""
    comment_closes_min: int | None = None
    languages: Sequence[str] = field(default_factory=tuple)
    interpretation: str = ""
    interpretation_notice_h: int | None = None


class DecisionBody(db.Base):
    """A body that decides: public facts only, the same for every coalition.

    What begins with `comment_` says how it hears the public; `None` and "" mean "not known".
    `keeper_id` is the coalition whose coordinators may change the entry.
    """

    __tablename__ = "decision_bodies"
    __table_args__ = (
        UniqueConstraint("area_id", "name"),
        Index(None, "area_id"),
        Index(None, "keeper_id"),
    )

    area_id: Mapped[UUID] = mapped_column(ForeignKey("areas.id", ondelete="RESTRICT"))
    keeper_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("coalitions.id", ondelete="SET NULL")
    )
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

    @classmethod
    def add(cls, area: Area, name: str, facts: BodyFacts | None = None) -> Self:
        """Add a body to the directory; the coalition that acts keeps it up to date.

        Raises:
            BodyKnown: the place has a body of this name.
        """
        made = cls(area=area, area_id=area.id, keeper_id=db.current_coalition_id())
        made._call(name)
        made.adopt(_values(facts or BodyFacts()))
        made.posts = []
        db.session.add(made)
        db.session.flush()
        audit.record("body.added", made)
        return made

    def rename(self, name: str) -> None:
        """Change the name.

        Raises:
            BodyKnown: the place has another body of this name.
        """
        self.move(self.area, name)

    def move(self, area: Area, name: str) -> None:
        """Correct the place, the name or both.

        Raises:
            BodyKnown: the place has another body of this name.
        """
        wanted = {"area_id": area.id, "name": name}
        changed = [key for key, value in wanted.items() if getattr(self, key) != value]
        if changed:
            self.area, self.area_id = area, area.id
            self._call(name)
            audit.record("body.changed", self, changed)

    def describe(self, facts: BodyFacts) -> list[str]:
        """Store what is known of it; return the names of what is different now."""
        changed = self.adopt(_values(facts))
        if changed:
            audit.record("body.changed", self, changed)
        return changed

    def add_post(self, label: str) -> "Post":
        """Add a seat, after those that there are.

        Raises:
            SeatKnown: there is one with this label.
        """
        self._check_label(label)
        last = max((each.position for each in self.posts), default=-1)
        post = Post(body=self, label=label, position=last + 1)
        post.officeholders = []
        db.session.add(post)
        db.session.flush()
        audit.record("post.added", post)
        return post

    def members_on(self, day: date) -> list["Officeholder"]:
        """Return who sits in the body on a day, in the order of its seats."""
        return self.members_between(day, day)

    def members_between(self, first: date, last: date) -> list["Officeholder"]:
        """Return who sits in the body on at least one of the days, in the order of its seats."""
        return [
            holder
            for post in self.posts
            for holder in post.officeholders
            if holder.serves_between(first, last)
        ]

    def _call(self, name: str) -> None:
        others = select(DecisionBody.id).filter_by(area_id=self.area_id, name=name)
        with db.session.no_autoflush:
            known = db.session.scalar(others.where(DecisionBody.id != self.id))
        if known:
            raise BodyKnown(field="name", area=self.area.full_name, name=name)
        self.name = name

    def _check_label(self, label: str) -> None:
        if any(each.label.casefold() == label.casefold() for each in self.posts):
            raise SeatKnown(field="label", label=label)


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
        order_by="Officeholder.starts_on.asc().nulls_first()",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    def holder(self, on: date) -> "Officeholder | None":
        """Return who holds the seat on a day."""
        return next((each for each in self.officeholders if each.serves(on)), None)

    def rename(self, label: str) -> None:
        """Change what the seat is called.

        Raises:
            SeatKnown: the body has another seat of this name.
        """
        if label != self.label:
            if label.casefold() != self.label.casefold():
                self.body._check_label(label)
            self.label = label
            audit.record("post.changed", self, ["label"])

    def seat(
        self, name: str, *, starts_on: date | None = None, ends_on: date | None = None
    ) -> "Officeholder":
        """Write down who holds the seat, and in which days; `None` is "not known".

        Raises:
            TermBackwards, TermsOverlap: as they say.
        """
        self._check_term(None, starts_on, ends_on)
        holder = Officeholder(post=self, name=name, starts_on=starts_on, ends_on=ends_on)
        db.session.add(holder)
        db.session.flush()
        audit.record("officeholder.added", holder)
        return holder

    def _check_term(
        self, but: "Officeholder | None", starts_on: date | None, ends_on: date | None
    ) -> None:
        if starts_on and ends_on and ends_on < starts_on:
            raise TermBackwards(field="ends_on", starts=starts_on, ends=ends_on)
        # Nobody else seats anybody here until the transaction ends.
        db.session.flush()
        db.session.refresh(self, ["label"], with_for_update=True)
        db.session.refresh(self, ["officeholders"])
        for other in self.officeholders:
            if other is not but and other.serves_between(
                starts_on or date.min, ends_on or date.max
            ):
                raise TermsOverlap(
                    field="starts_on", name=other.name, seat=self.label, days=other.term
                )


class Officeholder(db.Base):
    """A human being in a public seat for a term; `None` means that an end is not known."""

    __tablename__ = "officeholders"
    __table_args__ = (Index(None, "post_id"),)

    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    name: Mapped[str]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]

    post: Mapped[Post] = relationship(back_populates="officeholders")

    @property
    def term(self) -> str:
        """The days of the term, "2017-07-01 – 2021-06-30"; "…" is an end that is not known."""
        return f"{self.starts_on or '…'} – {self.ends_on or '…'}"

    def serves(self, on: date) -> bool:
        """Return whether the term includes a day; its last day belongs to it."""
        return self.serves_between(on, on)

    def serves_between(self, first: date, last: date) -> bool:
        """Return whether the term includes one of the days from `first` to `last`."""
        return (self.starts_on is None or self.starts_on <= last) and (
            self.ends_on is None or first <= self.ends_on
        )

    def change(self, name: str, *, starts_on: date | None, ends_on: date | None) -> list[str]:
        """Correct the name or the term; return the names of what is different now.

        Raises:
            TermBackwards, TermsOverlap: as they say.
        """
        self.post._check_term(self, starts_on, ends_on)
        changed = self.adopt({"name": name, "starts_on": starts_on, "ends_on": ends_on})
        if changed:
            audit.record("officeholder.changed", self, changed)
        return changed


def _values(facts: BodyFacts) -> dict[str, Any]:
    values = {each.name: getattr(facts, each.name) for each in fields(facts)}
    return {**values, "languages": list(facts.languages)}

"""Report cards: what somebody is graded for, and each grade with its evidence and day."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition.sdk import (
    Base,
    Campaign,
    Tenant,
    now,
    record,
    record_in_audit_log,
    session,
    within,
)
from coalition_report_card.errors import CriterionHasGrades, CriterionTwice, NothingGraded
from coalition_report_card.events import ReportCardPublished

MAX_WEIGHT = 10


class Mark(StrEnum):
    """A school mark, best first."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    F = "F"

    @property
    def points(self) -> int:
        """What it is worth: 4 for an A, 0 for an F."""
        return 4 - list(Mark).index(self)

    @classmethod
    def worth(cls, points: float) -> "Mark":
        """Return the mark nearest to so many points; halves go to the better one."""
        return list(cls)[4 - int(points + 0.5)]


class ReportCard(Tenant, Base):
    """Grades for what a public body or a city does, criterion by criterion."""

    __tablename__ = "report_card_cards"
    table_args = (
        within("campaigns", "campaign_id", ondelete="SET NULL"),
        UniqueConstraint("coalition_id", "slug"),
    )

    campaign_id: Mapped[UUID | None]
    slug: Mapped[str]
    title: Mapped[str]
    graded: Mapped[str]  # who is graded: "City of Culver City"
    language: Mapped[str] = mapped_column(default="en")
    intro: Mapped[str] = mapped_column(default="")
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    campaign: Mapped[Campaign | None] = relationship(
        primaryjoin="foreign(ReportCard.campaign_id) == Campaign.id"
    )
    criteria: Mapped[list["Criterion"]] = relationship(
        primaryjoin="ReportCard.id == foreign(Criterion.card_id)",
        order_by="Criterion.position",
        cascade="all, delete-orphan",
        passive_deletes=True,
        lazy="selectin",
    )

    @property
    def overall(self) -> Mark | None:
        """The weighted mean of the newest grades; `None` while nothing is graded."""
        graded = [(each.grade, each.weight) for each in self.criteria if each.grade]
        total = sum(weight for _, weight in graded)
        if not total:
            return None
        return Mark.worth(sum(grade.mark.points * weight for grade, weight in graded) / total)

    @property
    def as_of(self) -> date | None:
        """The day of the newest grade."""
        return max((each.grade.graded_on for each in self.criteria if each.grade), default=None)

    def add_criterion(
        self, title: str, *, description: str = "", weight: int = 1
    ) -> "Criterion":
        """Grade one thing more, below the others.

        Raises:
            CriterionTwice: the card has one with this title.
        """
        if any(each.title.casefold() == title.casefold() for each in self.criteria):
            raise CriterionTwice(field="title", title=title)
        added = Criterion(
            coalition_id=self.coalition_id,
            card_id=self.id,
            position=max((each.position for each in self.criteria), default=0) + 1,
            title=title,
            description=description,
            weight=weight,
        )
        self.criteria.append(added)
        record_in_audit_log("report_card.criterion_added", self)
        return added

    def remove_criterion(self, criterion: "Criterion") -> None:
        """Stop grading something.

        Raises:
            CriterionHasGrades: what was published once stays readable.
        """
        if criterion.grades and self.published_at is not None:
            raise CriterionHasGrades(title=criterion.title)
        self.criteria.remove(criterion)
        record_in_audit_log("report_card.criterion_removed", self)

    def publish(self) -> None:
        """Show the card to everybody.

        Raises:
            NothingGraded: there is no grade yet.
        """
        if self.overall is None:
            raise NothingGraded
        if self.published_at is None:
            self.published_at = now()
            record_in_audit_log("report_card.published", self)
            record(ReportCardPublished(coalition_id=self.coalition_id, card_id=self.id))

    def unpublish(self) -> None:
        """Show the card to staff only."""
        if self.published_at is not None:
            self.published_at = None
            record_in_audit_log("report_card.unpublished", self)


class Criterion(Tenant, Base):
    """One thing that is graded; `weight` is how often it counts in the whole."""

    __tablename__ = "report_card_criteria"
    table_args = (within("report_card_cards", "card_id"), Index(None, "card_id"))

    card_id: Mapped[UUID]
    position: Mapped[int]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    weight: Mapped[int] = mapped_column(default=1)

    grades: Mapped[list["Grade"]] = relationship(
        primaryjoin="Criterion.id == foreign(Grade.criterion_id)",
        order_by="(Grade.graded_on.desc(), Grade.id.desc())",
        cascade="all, delete-orphan",
        passive_deletes=True,
        lazy="selectin",
    )

    @property
    def grade(self) -> "Grade | None":
        """The newest grade."""
        return next(iter(self.grades), None)

    def give(
        self, mark: Mark, *, evidence: str, graded_on: date, url: str | None = None
    ) -> "Grade":
        """Grade it anew; earlier grades stay readable below the new one."""
        given = Grade(
            coalition_id=self.coalition_id,
            criterion_id=self.id,
            mark=mark,
            evidence=evidence,
            graded_on=graded_on,
            url=url,
        )
        self.grades.append(given)
        self.grades.sort(key=lambda each: (each.graded_on, each.id), reverse=True)
        record_in_audit_log("report_card.graded", self)
        return given


class Grade(Tenant, Base):
    """A mark on a day, with what it rests on. It is never changed, only followed by another."""

    __tablename__ = "report_card_grades"
    table_args = (within("report_card_criteria", "criterion_id"), Index(None, "criterion_id"))

    criterion_id: Mapped[UUID]
    mark: Mapped[Mark]
    evidence: Mapped[str]
    url: Mapped[str | None]
    graded_on: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(default=now)


def card_by_slug(slug: str) -> ReportCard | None:
    """Return the current coalition's card with this address, published or not."""
    return session.scalar(select(ReportCard).filter_by(slug=slug))

"""Tables: which signatures count, how many they are, and which milestones were reached."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coalition.sdk import Base, SignatureKind, Tenant, now, within


class Dimension(StrEnum):
    """What a rollup counts by; the key is a kind, a city, a day, a source code or a family."""

    KIND = "kind"
    CITY = "city"
    DAY = "day"
    SOURCE = "source"
    FAMILY = "family"


class MilestoneKind(StrEnum):
    """A round number that everybody celebrates, or the goal that the letter set itself."""

    NUMBER = "number"
    GOAL = "goal"


class CountedSignature(Tenant, Base):
    """A signature that counts, with what it was counted under; `id` is the signature's.

    It refers to no signature: when one is erased, this row still says what to subtract.
    `family_id` is the topmost organization above the one that signed, or that one itself.
    """

    __tablename__ = "signature_counting_signatures"
    table_args = (within("letters", "letter_id"), Index(None, "letter_id"))

    letter_id: Mapped[UUID]
    kind: Mapped[SignatureKind]
    organization_id: Mapped[UUID | None]
    family_id: Mapped[UUID | None]
    is_affiliated: Mapped[bool]
    city: Mapped[str | None]
    day: Mapped[date]
    source: Mapped[str | None]


class LetterTotal(Tenant, Base):
    """The figures of a letter under every rule, so that each is one read; `id` is the letter's.

    Who changes any count of a letter locks this row first.
    """

    __tablename__ = "signature_counting_totals"
    table_args = (within("letters", "id"),)

    organizations: Mapped[int] = mapped_column(default=0)
    families: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0)
    affiliated_people: Mapped[int] = mapped_column(default=0)


class Rollup(Tenant, Base):
    """How many signatures of a letter have one key, such as one city."""

    __tablename__ = "signature_counting_rollups"
    table_args = (
        within("letters", "letter_id"),
        UniqueConstraint("letter_id", "dimension", "key"),
    )

    letter_id: Mapped[UUID]
    dimension: Mapped[Dimension]
    key: Mapped[str]
    n: Mapped[int]


class Milestone(Tenant, Base):
    """A number of signatures that a letter once reached; it stays when some are withdrawn."""

    __tablename__ = "signature_counting_milestones"
    table_args = (
        within("letters", "letter_id"),
        UniqueConstraint("letter_id", "kind", "signature_count"),
    )

    letter_id: Mapped[UUID]
    kind: Mapped[MilestoneKind]
    signature_count: Mapped[int]
    reached_at: Mapped[datetime] = mapped_column(default=now)

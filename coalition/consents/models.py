"""What people agreed to, word for word, the addresses that must not get mail, and lost links."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, delete, func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from coalition import db
from coalition.clock import now
from coalition.consents.purposes import purpose_called
from coalition.db import within


class ConsentSource(StrEnum):
    """Where somebody said yes or no; `source_id` is the record it came with, such as a signature.

    `FORM` is a public form of a plugin.
    """

    SIGNATURE = "signature"
    PREFERENCES = "preferences"
    UNSUBSCRIBE = "unsubscribe"
    IMPORT = "import"
    COORDINATOR = "coordinator"
    PARTICIPATION = "participation"
    FORM = "form"


class Consent(db.Tenant, db.Base):
    """One answer of a person about one purpose; the newest holds. Rows are never changed.

    With an `organization_id` it is about mail of that member group, else about the coalition's
    own.
    """

    __tablename__ = "consents"
    table_args = (within("people", "person_id"), Index(None, "person_id", "purpose"))

    person_id: Mapped[UUID]
    purpose: Mapped[str]
    organization_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), index=True
    )
    given: Mapped[bool]
    wording: Mapped[str]
    source: Mapped[ConsentSource]
    source_id: Mapped[UUID | None]
    source_code: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(default=now)

    @classmethod
    def note(
        cls,
        person_id: UUID,
        purpose: str,
        *,
        given: bool,
        wording: str,
        source: ConsentSource,
        source_id: UUID | None = None,
        source_code: str | None = None,
        organization_id: UUID | None = None,
        recorded_at: datetime | None = None,
    ) -> "Consent":
        """Add an answer; what holds from now on follows from the newest one.

        Args:
            wording: what the person was shown, word for word, in their language.
            source_code: the code of the link that they came with.
            recorded_at: when they said it, if that was earlier, such as on paper.

        Raises:
            ValueError: there is no such purpose, or no wording.
        """
        if purpose_called(purpose) is None or not wording.strip():
            raise ValueError(f"nobody can agree to {purpose!r} in the words {wording!r}")
        answer = cls(
            person_id=person_id,
            purpose=purpose,
            organization_id=organization_id,
            given=given,
            wording=wording,
            source=source,
            source_id=source_id,
            source_code=source_code,
            recorded_at=recorded_at or now(),
        )
        db.session.add(answer)
        db.session.flush()
        StandingConsent.follow(answer)
        return answer


class StandingConsent(db.Tenant, db.Base):
    """The newest answer of a person about a purpose: the table of consents, said shortly.

    It holds nothing of its own. It is there because a million people are asked at once whom
    one may write to.
    """

    __tablename__ = "standing_consents"
    table_args = (
        within("people", "person_id"),
        UniqueConstraint(
            "coalition_id",
            "person_id",
            "purpose",
            "organization_id",
            postgresql_nulls_not_distinct=True,
        ),
    )

    person_id: Mapped[UUID]
    purpose: Mapped[str]
    organization_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), index=True
    )
    given: Mapped[bool]
    recorded_at: Mapped[datetime]

    @classmethod
    def follow(cls, answer: Consent) -> None:
        """Take over an answer unless a newer one stands."""
        new = insert(cls).values(
            id=uuid7(),
            coalition_id=answer.coalition_id,
            person_id=answer.person_id,
            purpose=answer.purpose,
            organization_id=answer.organization_id,
            given=answer.given,
            recorded_at=answer.recorded_at,
        )
        db.session.execute(
            new.on_conflict_do_update(
                index_elements=["coalition_id", "person_id", "purpose", "organization_id"],
                set_={"given": new.excluded.given, "recorded_at": new.excluded.recorded_at},
                where=cls.recorded_at <= new.excluded.recorded_at,
            )
        )

    @classmethod
    def follow_all(cls, organization_id: UUID) -> None:
        """Read anew what stands about mail of an organization that took over another's answers.

        Called in a platform transaction: the directory is shared by all coalitions.
        """
        db.session.execute(delete(cls).where(cls.organization_id == organization_id))
        who = (Consent.coalition_id, Consent.person_id, Consent.purpose)
        newest = (
            select(
                func.gen_random_uuid(), *who, Consent.organization_id, Consent.given,
                Consent.recorded_at,
            )
            .ext(distinct_on(*who))
            .where(Consent.organization_id == organization_id)
            .order_by(*who, Consent.recorded_at.desc(), Consent.id.desc())
        )  # fmt: skip
        columns = (
            "id", "coalition_id", "person_id", "purpose", "organization_id", "given",
            "recorded_at",
        )  # fmt: skip
        db.session.execute(insert(cls).from_select(columns, newest))


class SuppressionReason(StrEnum):
    """Why an address gets no mail."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    MANUAL = "manual"


class Suppression(db.Tenant, db.Base):
    """A mailbox that a coalition must not write to, known only by its blind index.

    Each reason is a row of its own: lifting one does not lift the others.
    """

    __tablename__ = "suppressions"
    table_args = (UniqueConstraint("coalition_id", "address_index", "reason"),)

    address_index: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[SuppressionReason]
    created_at: Mapped[datetime] = mapped_column(default=now)


class SoftBounce(db.Tenant, db.Base):
    """A day on which mail to a mailbox came back for now, such as from a full one."""

    __tablename__ = "soft_bounces"
    table_args = (
        UniqueConstraint("coalition_id", "address_index", "day"),
        Index(None, "day"),
    )

    address_index: Mapped[bytes] = mapped_column(LargeBinary)
    day: Mapped[date]


class LinkRequest(db.Base):
    """Somebody asked for a new link to the preferences of a mailbox; gone once it is answered.

    It belongs to no coalition: whether one knows the address is found out by the worker.
    """

    __tablename__ = "preferences_link_requests"

    address_wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    language: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(default=now)

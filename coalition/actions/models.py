"""Actions: something that people or organizations are asked to do, by when, and with what words."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import audit, db, events
from coalition.actions.errors import ActionClosed as TakesNoMore
from coalition.actions.errors import ActionIncomplete, CannotChangeAction
from coalition.actions.events import ActionClosed, ActionOpened
from coalition.areas.models import Area
from coalition.campaigns.models import Campaign
from coalition.clock import now
from coalition.db import within
from coalition.decisions.meetings import AgendaItem, Meeting, Precision
from coalition.decisions.models import DecisionBody, Officeholder
from coalition.decisions.votes import Position
from coalition.errors import N_
from coalition.organizations.models import Organization
from coalition.segments.models import Segment
from coalition.wording import Texted, TextRow

REPORTS_TAKEN_FOR = timedelta(
    days=7
)  # after the deadline: people tell afterwards what they did


class ActionKind(StrEnum):
    """What people are asked to do."""

    COMMENT = "comment"
    CALL = "call"
    WRITE = "write"
    ATTEND = "attend"
    SHARE = "share"
    REPORT_BACK = "report_back"


class ActionState(StrEnum):
    """The life of an action, in order; a closed one may be opened again."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Audience(StrEnum):
    """Who is asked."""

    EVERYBODY = "everybody"
    AREA = "area"
    MEMBERS = "members"
    CHOSEN_MEMBERS = "chosen_members"
    SEGMENT = "segment"


class Addressee(StrEnum):
    """To whom one writes or speaks: the body through its clerk, or those who hold its seats."""

    CLERK = "clerk"
    OFFICEHOLDERS = "officeholders"
    NOBODY = "nobody"


# What must reach the body before it meets, and so ends with its deadline for comments.
_BEFORE_THE_MEETING = frozenset({ActionKind.COMMENT, ActionKind.CALL, ActionKind.WRITE})
_FOR_ORGANIZATIONS = frozenset({Audience.MEMBERS, Audience.CHOSEN_MEMBERS})


class Action(Texted["ActionText"], db.Tenant, db.Base):
    """An ask. `position` is what to say about the item; "" means that the body's own holds."""

    __tablename__ = "actions"
    INCOMPLETE = ActionIncomplete
    table_args = (
        within("campaigns", "campaign_id"),
        within("meetings", "meeting_id", ondelete="SET NULL"),
        within("agenda_items", "agenda_item_id", ondelete="SET NULL"),
        within("segments", "segment_id", ondelete="SET NULL"),
        UniqueConstraint("coalition_id", "slug"),
        Index(None, "campaign_id"),
        Index(None, "meeting_id"),
        Index(None, "agenda_item_id"),
        Index(None, "coalition_id", "state"),
        Index(None, "segment_id"),
    )

    campaign_id: Mapped[UUID]
    meeting_id: Mapped[UUID | None]
    agenda_item_id: Mapped[UUID | None]
    body_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("decision_bodies.id", ondelete="RESTRICT")
    )
    area_id: Mapped[UUID | None] = mapped_column(ForeignKey("areas.id", ondelete="SET NULL"))
    segment_id: Mapped[UUID | None]
    slug: Mapped[str]
    kind: Mapped[ActionKind]
    state: Mapped[ActionState] = mapped_column(default=ActionState.DRAFT)
    audience: Mapped[Audience] = mapped_column(default=Audience.EVERYBODY)
    addressee: Mapped[Addressee] = mapped_column(default=Addressee.CLERK)
    position: Mapped[Position] = mapped_column(default=Position.NEUTRAL)
    email: Mapped[str | None]  # these three where the body's own are not the right ones
    url: Mapped[str | None]
    phone: Mapped[str] = mapped_column(default="")
    closes_at: Mapped[datetime | None]
    time_zone: Mapped[str] = mapped_column(default="America/Los_Angeles")
    goal: Mapped[int | None]
    is_sample: Mapped[bool] = mapped_column(default=False)
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    campaign: Mapped[Campaign] = relationship(
        primaryjoin="foreign(Action.campaign_id) == Campaign.id", viewonly=True
    )
    meeting: Mapped[Meeting | None] = relationship(
        primaryjoin="foreign(Action.meeting_id) == Meeting.id", viewonly=True
    )
    item: Mapped[AgendaItem | None] = relationship(
        primaryjoin="foreign(Action.agenda_item_id) == AgendaItem.id", viewonly=True
    )
    own_body: Mapped[DecisionBody | None] = relationship(viewonly=True)
    area: Mapped[Area | None] = relationship(viewonly=True)
    segment: Mapped[Segment | None] = relationship(
        primaryjoin="foreign(Action.segment_id) == Segment.id", viewonly=True
    )
    texts: Mapped[list["ActionText"]] = relationship(
        primaryjoin="Action.id == foreign(ActionText.action_id)",
        order_by="ActionText.language",
        cascade="all, delete-orphan",
        passive_deletes=True,
        lazy="selectin",
    )
    asked: Mapped[list["AskedOrganization"]] = relationship(
        primaryjoin="Action.id == foreign(AskedOrganization.action_id)",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    targets: Mapped[list["ActionTarget"]] = relationship(
        primaryjoin="Action.id == foreign(ActionTarget.action_id)",
        order_by="ActionTarget.position",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    @property
    def body(self) -> DecisionBody | None:
        """The public body that it is about: its own, else the meeting's."""
        return self.own_body or (self.meeting.body if self.meeting else None)

    @property
    def docket(self) -> str:
        """The body's file number of the item, "" if there is none."""
        return self.item.docket if self.item else ""

    @property
    def is_for_all(self) -> bool:
        """Whether anybody is asked who reads it, and not only those whom it is sent to."""
        return self.audience in (Audience.EVERYBODY, Audience.AREA)

    @property
    def is_for_organizations(self) -> bool:
        """Whether organizations are asked, and nobody else."""
        return self.audience in _FOR_ORGANIZATIONS

    @property
    def deadline(self) -> datetime | None:
        """Until when: as was said, else until comments close or the meeting begins."""
        if self.closes_at is not None or self.meeting is None:
            return self.closes_at
        return self._deadline_of(self.meeting)

    def is_over(self, at: datetime) -> bool:
        """Return whether it is too late to do it; reports are taken for a while longer."""
        return self.state == ActionState.CLOSED or (
            self.deadline is not None and self.deadline <= at
        )

    def check_open(self) -> None:
        """Refuse what is reported for an action that takes no reports.

        Raises:
            ActionClosed: it is a draft or closed.
        """
        if self.state != ActionState.OPEN:
            raise TakesNoMore(title=self.title)

    def open(self) -> None:
        """Ask from now on; a closed action may be opened again.

        Raises:
            CannotChangeAction: it is open.
            ActionIncomplete: a text, those asked, or a deadline ahead is missing.
        """
        self._must_be(ActionState.DRAFT, ActionState.CLOSED)
        if not self.texts or not all(text.title and text.instructions for text in self.texts):
            raise ActionIncomplete(missing=N_("each language needs a title and instructions."))
        if self.audience == Audience.AREA and self.area_id is None:
            raise ActionIncomplete(missing=N_("say in which place people are asked."))
        if self.audience == Audience.CHOSEN_MEMBERS and not self.asked:
            raise ActionIncomplete(missing=N_("choose the organizations that are asked."))
        if self.audience == Audience.SEGMENT and self.segment_id is None:
            raise ActionIncomplete(missing=N_("choose the segment that is asked."))
        if self.deadline is not None and self.deadline <= now():
            raise ActionIncomplete(missing=N_("its deadline has passed; choose a later one."))
        self.state = ActionState.OPEN
        self.opened_at, self.closed_at = now(), None
        audit.record("action.opened", self)
        events.record(ActionOpened(coalition_id=self.coalition_id, action_id=self.id))

    def close(self) -> None:
        """Ask nobody any more, and take no more reports.

        Raises:
            CannotChangeAction: it is not open.
        """
        self._must_be(ActionState.OPEN)
        self.state = ActionState.CLOSED
        self.closed_at = now()
        audit.record("action.closed", self)
        events.record(ActionClosed(coalition_id=self.coalition_id, action_id=self.id))

    def _deadline_of(self, meeting: Meeting) -> datetime | None:
        if self.kind == ActionKind.REPORT_BACK or meeting.precision == Precision.MONTH:
            return None
        if self.kind in _BEFORE_THE_MEETING and meeting.comment_closes_at is not None:
            return meeting.comment_closes_at
        if meeting.precision == Precision.TIME:
            return meeting.starts_at
        # The day is all that is known of the meeting: until it is over.
        midnight = meeting.local_start.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + timedelta(days=1)

    def _must_be(self, *states: ActionState) -> None:
        """Read the action anew, hold it until the transaction ends, and check its state."""
        db.session.flush()
        db.session.refresh(self, ["state"], with_for_update=True)
        if self.state not in states:
            raise CannotChangeAction(state=self.state.value)


class ActionText(TextRow, db.Tenant, db.Base):
    """An action in one language: what to do (Markdown), what to say, what to write."""

    __tablename__ = "action_texts"
    table_args = (within("actions", "action_id"), UniqueConstraint("action_id", "language"))

    action_id: Mapped[UUID]
    instructions: Mapped[str] = mapped_column(default="")
    script: Mapped[str] = mapped_column(default="")  # for the phone or the microphone
    subject: Mapped[str] = mapped_column(default="")  # of the mail with the template
    template: Mapped[str] = mapped_column(default="")  # of a comment or a letter


class AskedOrganization(db.Tenant, db.Base):
    """An organization that is asked, where not all members are."""

    __tablename__ = "asked_organizations"
    table_args = (
        within("actions", "action_id"),
        UniqueConstraint("action_id", "organization_id"),
        Index(None, "organization_id"),
    )

    action_id: Mapped[UUID]
    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE")
    )

    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=True)


class ActionTarget(db.Tenant, db.Base):
    """An officeholder to whom people write or speak, where not all of the body are meant."""

    __tablename__ = "action_targets"
    table_args = (
        within("actions", "action_id"),
        UniqueConstraint("action_id", "officeholder_id"),
        Index(None, "officeholder_id"),
    )

    action_id: Mapped[UUID]
    officeholder_id: Mapped[UUID] = mapped_column(
        ForeignKey("officeholders.id", ondelete="CASCADE")
    )
    position: Mapped[int] = mapped_column(default=0)

    officeholder: Mapped[Officeholder] = relationship(lazy="joined", innerjoin=True)


def action_by_slug(slug: str) -> Action | None:
    """Return the current coalition's action with this address, in any state."""
    return db.session.scalar(select(Action).filter_by(slug=slug))

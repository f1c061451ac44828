"""Follow-up: tasks with an owner and a day, about something that the coalition knows."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import audit, db, events
from coalition.accounts.models import CoalitionRole, User
from coalition.actions.errors import NothingThere, NotInTheTeam
from coalition.actions.events import FollowUpAdded, FollowUpDone
from coalition.actions.models import Action
from coalition.actions.participations import Participation
from coalition.campaigns.models import Campaign
from coalition.clock import now
from coalition.db import within
from coalition.decisions.meetings import Meeting
from coalition.organizations.models import Organization
from coalition.people.models import Person

MAX_TITLE_CHARS = 200
ABOUT: dict[str, type[Any]] = {
    "campaign_id": Campaign,
    "action_id": Action,
    "participation_id": Participation,
    "meeting_id": Meeting,
    "person_id": Person,
    "organization_id": Organization,
}


class FollowUp(db.Tenant, db.Base):
    """A task. `key` is what a plugin calls it, so that it is made once; `url` is its page."""

    __tablename__ = "follow_ups"
    table_args = (
        within("campaigns", "campaign_id"),
        within("actions", "action_id"),
        within("participations", "participation_id"),
        within("meetings", "meeting_id"),
        within("people", "person_id"),
        UniqueConstraint("coalition_id", "key"),
        Index(None, "coalition_id", "owner_id", "due_on"),
        *(Index(None, name) for name in ABOUT),
    )

    title: Mapped[str]
    details: Mapped[str] = mapped_column(default="")
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    due_on: Mapped[date | None]
    campaign_id: Mapped[UUID | None]
    action_id: Mapped[UUID | None]
    participation_id: Mapped[UUID | None]
    meeting_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    organization_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE")
    )
    url: Mapped[str] = mapped_column(default="")
    key: Mapped[str | None]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    owner: Mapped[User | None] = relationship(viewonly=True)
    campaign: Mapped[Campaign | None] = relationship(
        primaryjoin="foreign(FollowUp.campaign_id) == Campaign.id", viewonly=True
    )
    action: Mapped[Action | None] = relationship(
        primaryjoin="foreign(FollowUp.action_id) == Action.id", viewonly=True
    )
    participation: Mapped[Participation | None] = relationship(
        primaryjoin="foreign(FollowUp.participation_id) == Participation.id", viewonly=True
    )
    meeting: Mapped[Meeting | None] = relationship(
        primaryjoin="foreign(FollowUp.meeting_id) == Meeting.id", viewonly=True
    )
    person: Mapped[Person | None] = relationship(
        primaryjoin="foreign(FollowUp.person_id) == Person.id", viewonly=True
    )
    organization: Mapped[Organization | None] = relationship(viewonly=True)

    def is_overdue(self, today: date) -> bool:
        """Return whether it should have been done before today."""
        return self.done_at is None and self.due_on is not None and self.due_on < today

    def give_to(self, user_id: UUID | None) -> None:
        """Say who does it; `None` for nobody yet.

        Raises:
            NotInTheTeam: the user has no role in the coalition.
        """
        if user_id is not None and user_id != self.owner_id:
            place = select(CoalitionRole.id).filter_by(
                user_id=user_id, coalition_id=self.coalition_id
            )
            administrator = select(User.id).filter_by(id=user_id, is_administrator=True)
            if not db.session.scalar(place) and not db.session.scalar(administrator):
                raise NotInTheTeam(field="owner_id")
        self.owner_id = user_id

    def finish(self) -> None:
        """Note that it was done; doing it twice changes nothing."""
        self._lock()
        if self.done_at is None:
            self.done_at = now()
            self.done_by_id = audit.current_actor().id
            audit.record("follow_up.done", self)
            events.record(FollowUpDone(coalition_id=self.coalition_id, follow_up_id=self.id))

    def reopen(self) -> None:
        """Note that it is not done after all."""
        self._lock()
        if self.done_at is not None:
            self.done_at = self.done_by_id = None
            audit.record("follow_up.reopened", self)

    def _lock(self) -> None:
        db.session.flush()
        db.session.refresh(self, ["done_at"], with_for_update=True)


def add_follow_up(
    title: str,
    *,
    details: str = "",
    due_on: date | None = None,
    owner_id: UUID | None = None,
    url: str = "",
    key: str | None = None,
    about: Mapping[str, UUID | None] | None = None,
) -> FollowUp:
    """Add a task to the coalition of the open transaction, or return the one with this `key`.

    Args:
        title: what to do; cut to 200 characters.
        url: the path of a page about it, such as a plugin's.
        key: what the caller calls it ("city-campaigns:lead:…"); a second one is not made.
        about: ids of what it is about, by `campaign_id`, `action_id`, `participation_id`,
            `meeting_id`, `person_id` or `organization_id`.

    Raises:
        NotInTheTeam: the owner has no role in the coalition.
        NothingThere: the coalition knows nothing with such an id.
        TypeError: `about` names something else.
    """
    subjects = dict(about or {})
    unknown = sorted(set(subjects) - set(ABOUT))
    if unknown:
        raise TypeError(f"a task cannot be about {', '.join(unknown)}")
    known = db.session.scalar(select(FollowUp).filter_by(key=key)) if key else None
    if known is not None:
        return known
    made = FollowUp(
        title=title[:MAX_TITLE_CHARS],
        details=details,
        due_on=due_on,
        url=url,
        key=key,
        **subjects,
    )
    check_about(subjects)
    made.give_to(owner_id)
    db.session.add(made)
    db.session.flush()
    audit.record("follow_up.added", made)
    events.record(FollowUpAdded(coalition_id=made.coalition_id, follow_up_id=made.id))
    return made


def check_about(about: Mapping[str, UUID | None]) -> None:
    """Refuse a task about what the coalition does not know.

    Raises:
        NothingThere: as it says.
    """
    for name, subject_id in about.items():
        if subject_id is not None and db.session.get(ABOUT[name], subject_id) is None:
            raise NothingThere(field=name)

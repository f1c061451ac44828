"""Motions, and how each member voted on them."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Self
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import audit, db, events
from coalition.clock import now
from coalition.db import within
from coalition.decisions.errors import HeldNoSeat, MeetingState, NoVotes
from coalition.decisions.events import VoteRecorded
from coalition.decisions.meetings import AgendaItem, MeetingStatus
from coalition.decisions.models import Officeholder
from coalition.errors import NotFound


class Position(StrEnum):
    """What somebody wants of a motion, an item or a campaign."""

    SUPPORT = "support"
    OPPOSE = "oppose"
    NEUTRAL = "neutral"


class VoteChoice(StrEnum):
    """How a member of the body voted, or why they did not."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"
    ABSENT = "absent"
    RECUSED = "recused"


class MotionResult(StrEnum):
    """What came of a motion."""

    PASSED = "passed"
    FAILED = "failed"
    NO_VOTE = "no_vote"


class Tally(NamedTuple):
    """How many voted yes and how many no; it is written as minutes write it, "4–0"."""

    yes: int
    no: int

    def __str__(self) -> str:
        return f"{self.yes}–{self.no}"

    @property
    def result(self) -> MotionResult:
        """What follows from it where the majority of those voting decides; a tie fails."""
        if self.yes == self.no == 0:
            return MotionResult.NO_VOTE
        return MotionResult.PASSED if self.yes > self.no else MotionResult.FAILED


class Motion(db.Tenant, db.Base):
    """A text put to the vote under an agenda item; `our_position` is the coalition's.

    Either the votes of members are known, or only how many there were, never both: what is
    shown twice would differ one day.
    """

    __tablename__ = "motions"
    table_args = (within("agenda_items", "agenda_item_id"), Index(None, "agenda_item_id"))

    agenda_item_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(default=0)
    text: Mapped[str]
    our_position: Mapped[Position] = mapped_column(default=Position.NEUTRAL)
    result: Mapped[MotionResult | None]
    # As minutes often give them, where each member's vote is not known.
    yes_count: Mapped[int | None]
    no_count: Mapped[int | None]
    voted_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=now)

    item: Mapped[AgendaItem] = relationship(
        primaryjoin="foreign(Motion.agenda_item_id) == AgendaItem.id", back_populates="motions"
    )
    votes: Mapped[list["Vote"]] = relationship(
        primaryjoin="Motion.id == foreign(Vote.motion_id)",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    @classmethod
    def put(
        cls, item: AgendaItem, text: str, *, our_position: Position = Position.NEUTRAL
    ) -> Self:
        """Write down a motion under an item, after those that there are.

        Raises:
            ItemState: the item was withdrawn or continued.
        """
        item.check_on_agenda()
        last = max((each.position for each in item.motions), default=-1)
        made = cls(
            agenda_item_id=item.id, position=last + 1, text=text, our_position=our_position
        )
        made.votes = []
        item.motions.append(made)
        db.session.flush()
        audit.record("motion.added", made)
        return made

    def describe(self, text: str, *, our_position: Position) -> list[str]:
        """Correct the text or our position; return the names of what is different now."""
        changed = self.adopt({"text": text, "our_position": our_position})
        if changed:
            audit.record("motion.changed", self, changed)
        return changed

    @property
    def tally(self) -> Tally | None:
        """How many voted yes and no, if that is known."""
        if self.votes:
            choices = [each.choice for each in self.votes]
            return Tally(choices.count(VoteChoice.YES), choices.count(VoteChoice.NO))
        if self.yes_count is None or self.no_count is None:
            return None
        return Tally(self.yes_count, self.no_count)

    @property
    def is_set_by_hand(self) -> bool:
        """Whether the result is another one than the majority of those voting gives."""
        return self.tally is not None and self.result != self.tally.result

    def record_votes(
        self,
        choices: Mapping[UUID, VoteChoice],
        *,
        on: date | None = None,
        result: MotionResult | None = None,
    ) -> None:
        """Write down how members voted, all at once; it replaces what was recorded before.

        Args:
            choices: by the officeholders' ids; who is left out is not known.
            on: the day of the vote; the meeting's if it is not given.
            result: where another rule than the majority of those voting decides.

        Raises:
            NoVotes: there is none.
            HeldNoSeat: somebody was no member of the body on that day.
            MeetingNotYet, MeetingState, ItemState: that meeting or item has no votes yet.
        """
        if not choices:
            raise NoVotes
        first, last = (on, on) if on else self.item.meeting.days
        voters = [self._member(voter_id, first, last) for voter_id in choices]
        self._note_vote(on)
        known = {each.officeholder_id: each for each in self.votes}
        for voter in voters:
            if vote := known.pop(voter.id, None):
                vote.choice = choices[voter.id]
            else:
                self.votes.append(
                    Vote(
                        motion_id=self.id,
                        officeholder_id=voter.id,
                        officeholder=voter,
                        choice=choices[voter.id],
                    )
                )
        for vote in known.values():
            self.votes.remove(vote)
        self.yes_count = self.no_count = None
        self._conclude(result)

    def record_counts(
        self, yes: int, no: int, *, on: date | None = None, result: MotionResult | None = None
    ) -> None:
        """Write down how many voted yes and no, where it is not known who did.

        It replaces what was recorded before. The arguments are those of `record_votes`.

        Raises:
            MeetingNotYet, MeetingState, ItemState: that meeting or item has no votes yet.
        """
        self._note_vote(on)
        self.votes.clear()
        self.yes_count, self.no_count = yes, no
        self._conclude(result)

    def forget_votes(self) -> None:
        """Take back a vote that was recorded by mistake."""
        self.votes.clear()
        self.yes_count = self.no_count = self.result = self.voted_on = None
        audit.record("motion.votes_forgotten", self)
        self.item.meeting.touch()

    def _note_vote(self, on: date | None) -> None:
        meeting = self.item.meeting
        if meeting.status == MeetingStatus.CANCELLED:
            raise MeetingState(state=meeting.status.value)
        meeting.check_begun()
        self.item.check_day(on or meeting.days[0], field="voted_on")
        if meeting.status != MeetingStatus.HELD:
            meeting.hold()
        self.item.hear()
        self.voted_on = on or meeting.day

    def _conclude(self, result: MotionResult | None) -> None:
        assert self.tally is not None
        self.result = result or self.tally.result
        db.session.flush()
        audit.record("motion.votes_recorded", self)
        item = self.item
        item.meeting.touch()
        events.record(
            VoteRecorded(
                coalition_id=self.coalition_id,
                meeting_id=item.meeting_id,
                agenda_item_id=item.id,
                motion_id=self.id,
            )
        )

    def _member(self, officeholder_id: UUID, first: date, last: date) -> Officeholder:
        body = self.item.meeting.body
        for each in body.members_between(first, last):
            if each.id == officeholder_id:
                return each
        other = db.session.get(Officeholder, officeholder_id)
        if other is None:
            raise NotFound
        days = f"{first}" if first == last else f"{first} – {last}"
        raise HeldNoSeat(
            name=other.name,
            body=body.name,
            day=days,
            seat=other.post.label,
            of_body=other.post.body.name,
            days=other.term,
        )


class Vote(db.Tenant, db.Base):
    """How one member voted on one motion."""

    __tablename__ = "votes"
    table_args = (
        within("motions", "motion_id"),
        UniqueConstraint("motion_id", "officeholder_id"),
        Index(None, "officeholder_id"),
    )

    motion_id: Mapped[UUID]
    officeholder_id: Mapped[UUID] = mapped_column(
        ForeignKey("officeholders.id", ondelete="RESTRICT")
    )
    choice: Mapped[VoteChoice]

    officeholder: Mapped[Officeholder] = relationship(lazy="joined", innerjoin=True)

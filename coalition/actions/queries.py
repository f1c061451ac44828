"""What pages and programs ask about actions and about those who took part."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import joinedload

from coalition import db
from coalition.actions.check_ins import CheckIn
from coalition.actions.errors import UnknownAction
from coalition.actions.follow_ups import FollowUp
from coalition.actions.models import (
    Action,
    ActionState,
    action_by_slug,
)
from coalition.actions.participations import (
    DONE,
    ENDED,
    Participation,
    ParticipationState,
    Party,
)
from coalition.clock import now
from coalition.errors import NotFound

ACTIONS_SHOWN = 300
PAGE = 100  # participations on one page
TASKS_SHOWN = 200

_UNDER_WAY_FIRST = case(
    {ActionState.OPEN: 0, ActionState.DRAFT: 1}, value=Action.state, else_=2
)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many took part in an action; `promised` and `delivered` add up the commitments."""

    people: int = 0
    organizations: int = 0
    pledged: int = 0
    unconfirmed: int = 0
    promised: int = 0
    delivered: int = 0

    @property
    def done(self) -> int:
        """All records of something done."""
        return self.people + self.organizations


@dataclass(frozen=True)
class ParticipationPage:
    """One page of records, and the one after which the next page begins."""

    participations: Sequence[Participation]
    next_after: UUID | None


def actions(campaign_id: UUID | None = None) -> Sequence[Action]:
    """Return the actions, the open ones first, then the newest."""
    chosen = select(Action).options(joinedload(Action.campaign), joinedload(Action.meeting))
    if campaign_id is not None:
        chosen = chosen.where(Action.campaign_id == campaign_id)
    ordered = chosen.order_by(_UNDER_WAY_FIRST, Action.id.desc())
    return db.session.scalars(ordered.limit(ACTIONS_SHOWN)).all()


def open_actions(campaign_id: UUID | None = None) -> list[Action]:
    """Return the actions that take reports, the next deadline first."""
    found = [each for each in actions(campaign_id) if each.state == ActionState.OPEN]
    never = datetime.max.replace(tzinfo=UTC)
    return sorted(
        (each for each in found if each.texts),
        key=lambda each: (each.deadline or never, each.id),
    )


def open_to_everybody(campaign_id: UUID | None = None) -> list[Action]:
    """Return what anybody can do now: what is over or asked of some only is left out."""
    return [
        each
        for each in open_actions(campaign_id)
        if each.is_for_all and not each.is_over(now())
    ]


def actions_of_meeting(meeting_id: UUID) -> Sequence[Action]:
    """Return the actions about a meeting."""
    return db.session.scalars(
        select(Action).filter_by(meeting_id=meeting_id).order_by(Action.id)
    ).all()


def action_or_raise(slug: str) -> Action:
    """Return the coalition's action with this address, in any state.

    Raises:
        UnknownAction: there is none.
    """
    found = action_by_slug(slug)
    if found is None:
        raise UnknownAction
    return found


def published_action(slug: str) -> Action:
    """Return the action with this address if the public may see it.

    Raises:
        UnknownAction: there is none, or it is a draft.
    """
    found = action_by_slug(slug)
    if found is None or found.state == ActionState.DRAFT or not found.texts:
        raise UnknownAction
    return found


def tallies(action_ids: Sequence[UUID]) -> dict[UUID, Tally]:
    """Return by action how many took part."""

    done, person = Participation.state.in_(DONE), Participation.party == Party.PERSON
    promised = func.sum(Participation.promised).filter(Participation.state.not_in(ENDED))
    rows = db.session.execute(
        select(
            Participation.action_id,
            func.count().filter(done, person).label("people"),
            func.count().filter(done, ~person).label("organizations"),
            _number_of(ParticipationState.PLEDGED).label("pledged"),
            _number_of(ParticipationState.PENDING).label("unconfirmed"),
            func.coalesce(promised, 0).label("promised"),
            func.coalesce(func.sum(Participation.delivered).filter(done), 0).label("delivered"),
        )
        .where(Participation.action_id.in_(action_ids))
        .group_by(Participation.action_id)
    ).mappings()
    return {
        row["action_id"]: Tally(**{k: row[k] for k in row if k != "action_id"}) for row in rows
    }


def tally(action_id: UUID) -> Tally:
    """Return how many took part in one action."""
    return tallies([action_id]).get(action_id, Tally())


def participations_page(
    action_id: UUID, *, state: ParticipationState | None = None, after: UUID | None = None
) -> ParticipationPage:
    """Return the next page of an action's records, the newest first."""
    chosen = _with_all(select(Participation).filter_by(action_id=action_id))
    if state is not None:
        chosen = chosen.where(Participation.state == state)
    if after is not None:
        chosen = chosen.where(Participation.id < after)
    found = db.session.scalars(chosen.order_by(Participation.id.desc()).limit(PAGE + 1)).all()
    page = found[:PAGE]
    return ParticipationPage(page, page[-1].id if len(found) > PAGE else None)


def commitments(action_id: UUID) -> Sequence[Participation]:
    """Return what organizations promised or did about an action, by their names."""
    found = db.session.scalars(
        _with_all(
            select(Participation)
            .filter_by(action_id=action_id, party=Party.ORGANIZATION)
            .where(Participation.state.not_in((ParticipationState.PENDING, *ENDED)))
        ).limit(PAGE)
    ).all()
    return sorted(found, key=lambda each: each.shown_name.casefold())


def participations_of(person_id: UUID) -> Sequence[Participation]:
    """Return what a person did, the latest first."""
    return db.session.scalars(
        _with_all(select(Participation).filter_by(person_id=person_id))
        .order_by(Participation.id.desc())
        .limit(PAGE)
    ).all()


def participations_of_organization(organization_id: UUID) -> Sequence[Participation]:
    """Return what an organization promised and did, the latest first."""
    return db.session.scalars(
        _with_all(select(Participation).filter_by(organization_id=organization_id))
        .order_by(Participation.id.desc())
        .limit(PAGE)
    ).all()


def participation_or_404(participation_id: UUID, *, locked: bool = False) -> Participation:
    """Return a record with its action.

    Raises:
        NotFound: the coalition has none with this id.
    """
    statement = select(Participation).filter_by(id=participation_id)
    if locked:
        statement = statement.with_for_update(of=Participation)
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def check_in_or_404(check_in_id: UUID) -> CheckIn:
    """Return a check-in.

    Raises:
        NotFound: the coalition has none with this id.
    """
    found = db.session.get(CheckIn, check_in_id)
    if found is None:
        raise NotFound
    return found


def entries_of(check_in_id: UUID) -> Sequence[Participation]:
    """Return who came, the latest first."""
    return db.session.scalars(
        select(Participation)
        .filter_by(check_in_id=check_in_id)
        .where(Participation.state.not_in(ENDED))
        .order_by(Participation.id.desc())
    ).all()


def count_entries(check_in_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return by check-in how many came."""
    rows = db.session.execute(
        select(Participation.check_in_id, func.count())
        .where(Participation.check_in_id.in_(check_in_ids), Participation.state.in_(DONE))
        .group_by(Participation.check_in_id)
    )
    return {check_in_id: number for check_in_id, number in rows if check_in_id}


def check_ins() -> Sequence[CheckIn]:
    """Return the check-ins, the newest first."""
    return db.session.scalars(
        select(CheckIn)
        .options(joinedload(CheckIn.meeting), joinedload(CheckIn.action))
        .order_by(CheckIn.id.desc())
        .limit(50)
    ).all()


def check_in_of(
    *, meeting_id: UUID | None = None, action_id: UUID | None = None
) -> CheckIn | None:
    """Return the check-in of a meeting or an action, if there is one."""
    return db.session.scalar(
        select(CheckIn).filter_by(meeting_id=meeting_id, action_id=action_id)
    )


def follow_up_or_404(follow_up_id: UUID) -> FollowUp:
    """Return a task.

    Raises:
        NotFound: the coalition has none with this id.
    """
    found = db.session.get(FollowUp, follow_up_id)
    if found is None:
        raise NotFound
    return found


def tasks(
    *, owner_id: UUID | None = None, done: bool = False, **about: UUID
) -> Sequence[FollowUp]:
    """Return tasks: those to do by their day, those done by when they were done.

    Args:
        owner_id: only this user's.
        about: only those about this, such as `person_id`.
    """
    chosen = _tasks().filter_by(**about)
    if owner_id is not None:
        chosen = chosen.where(FollowUp.owner_id == owner_id)
    if done:
        chosen = chosen.where(FollowUp.done_at.is_not(None)).order_by(FollowUp.done_at.desc())
    else:
        in_order = (FollowUp.due_on.asc().nulls_last(), FollowUp.id)
        chosen = chosen.where(FollowUp.done_at.is_(None)).order_by(*in_order)
    return db.session.scalars(chosen.limit(TASKS_SHOWN)).all()


def _number_of(state: ParticipationState) -> ColumnElement[int]:
    return func.count().filter(Participation.state == state)


def _tasks() -> Select[FollowUp]:
    return select(FollowUp).options(
        joinedload(FollowUp.owner),
        joinedload(FollowUp.campaign),
        joinedload(FollowUp.action),
        joinedload(FollowUp.meeting),
        joinedload(FollowUp.person),
        joinedload(FollowUp.organization),
        joinedload(FollowUp.participation).joinedload(Participation.action),
    )


def _with_all(chosen: Select[Participation]) -> Select[Participation]:
    return chosen.options(
        joinedload(Participation.action),
        joinedload(Participation.meeting),
        joinedload(Participation.organization),
    )

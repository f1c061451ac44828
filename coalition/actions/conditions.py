"""What segments can ask about actions: who took part, who came, who stands on a rung."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import Select, or_, select

from coalition import db
from coalition.actions import ladder
from coalition.actions.ladder import LadderRung
from coalition.actions.models import Action, ActionKind
from coalition.actions.participations import DONE, Participation, ParticipationState, Party
from coalition.errors import N_
from coalition.organizations.models import Organization
from coalition.people.models import Person
from coalition.segments.compiling import belongs_when
from coalition.segments.conditions import (
    Clause,
    Condition,
    Parameter,
    Subject,
    Values,
    register,
    register_act,
)

Said = Mapping[str, str]
Options = Sequence[tuple[str, str]]

ACTIONS_OFFERED = 300


def _taken(values: Values) -> Select[UUID]:
    """Return the participations of an action, or of any, that stand as was asked."""
    found = select(Participation.id).where(Participation.action_id.is_not(None))
    if values.get("action"):
        found = found.where(Participation.action_id == UUID(values["action"]))
    state = values.get("state")
    states = (ParticipationState(state),) if state else DONE
    return found.where(Participation.state.in_(states))


def _took_part(values: Values) -> Clause:
    return _taken(values).where(Participation.person_id == Person.id).exists()


def _committed(values: Values) -> Clause:
    mine = Participation.organization_id == Organization.id
    return _taken(values).where(mine, Participation.party == Party.ORGANIZATION).exists()


def _took_part_words(said: Said, contrary: bool) -> str:  # noqa: FBT001
    action = said.get("action") or gettext("any action")
    if contrary:
        words = gettext("did not take part in “%(action)s”", action=action)
    else:
        words = gettext("took part in “%(action)s”", action=action)
    return f"{words} ({said['state']})" if "state" in said else words


def _came(values: Values) -> Clause:
    came = (
        select(Participation.id)
        .outerjoin(Action, Action.id == Participation.action_id)
        .where(
            Participation.person_id == Person.id,
            Participation.state.in_(DONE),
            or_(
                Participation.action_id.is_(None),
                Participation.check_in_id.is_not(None),
                Action.kind == ActionKind.ATTEND,
            ),
        )
    )
    return (came.where(Participation.spoke) if values["how"] == "spoke" else came).exists()


def _came_words(said: Said, contrary: bool) -> str:  # noqa: FBT001
    if contrary:
        return gettext("never came to a meeting and %(how)s", **said)
    return gettext("came to a meeting and %(how)s", **said)


def _on_rung(values: Values) -> Clause:
    standing = ladder.standings()
    return (
        select(standing.c.person_id)
        .where(standing.c.person_id == Person.id, standing.c.rung_id == UUID(values["rung"]))
        .exists()
    )


def _on_rung_words(said: Said, contrary: bool) -> str:  # noqa: FBT001
    if contrary:
        return gettext("do not stand on the rung “%(rung)s”", **said)
    return gettext("stand on the rung “%(rung)s”", **said)


def _done_since(moment: datetime | None) -> Select[Any]:
    done = select(Participation.person_id).where(Participation.state.in_(DONE))
    return done if moment is None else done.where(Participation.done_at >= moment)


def _actions() -> Options:
    newest = select(Action).order_by(Action.id.desc()).limit(ACTIONS_OFFERED)
    return [(str(each.id), each.title) for each in db.session.scalars(newest)]


def _action_named(value: str) -> str | None:
    found = db.session.get(Action, UUID(value))
    return found.title if found else None


def _rungs() -> Options:
    return [(str(each.id), each.name) for each in ladder.rungs()]


def _rung_named(value: str) -> str | None:
    found = db.session.get(LadderRung, UUID(value))
    return found.name if found else None


def _states() -> Options:
    return [
        ("pledged", gettext("promised only")),
        ("declined", gettext("said no")),
        ("no_show", gettext("promise not kept")),
    ]


def _how() -> Options:
    return [("any", gettext("spoke or listened")), ("spoke", gettext("spoke"))]


_ACTION = Parameter(
    name="action",
    label=N_("Action"),
    options=_actions,
    named=_action_named,
    is_required=False,
    empty=N_("any action"),
)
_STATE = Parameter(
    name="state",
    label=N_("How it stands"),
    options=_states,
    is_required=False,
    empty=N_("done"),
)

_CONDITIONS = (
    Condition(
        name="took_part",
        label=N_("Took part in an action"),
        subject=Subject.PEOPLE,
        parameters=(_ACTION, _STATE),
        clause=_took_part,
        words=_took_part_words,
    ),
    Condition(
        name="came",
        label=N_("Came to a meeting"),
        subject=Subject.PEOPLE,
        parameters=(Parameter(name="how", label=N_("And there"), options=_how),),
        clause=_came,
        words=_came_words,
    ),
    Condition(
        name="rung",
        label=N_("Stands on a rung of the ladder"),
        subject=Subject.PEOPLE,
        parameters=(
            Parameter(name="rung", label=N_("Rung"), options=_rungs, named=_rung_named),
        ),
        clause=_on_rung,
        words=_on_rung_words,
    ),
    Condition(
        name="took_part",
        label=N_("Took part in an action"),
        subject=Subject.ORGANIZATIONS,
        parameters=(_ACTION, _STATE),
        clause=_committed,
        words=_took_part_words,
    ),
)


def _has_record() -> Clause:
    mine = Participation.organization_id == Organization.id
    return select(Participation.id).where(mine).exists()


register_act("participation", _done_since)
belongs_when(_has_record)
for _condition in _CONDITIONS:
    register(_condition)

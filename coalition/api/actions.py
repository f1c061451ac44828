"""Actions, who took part in them, and the ladder of engagement, for programs."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from coalition import db
from coalition.actions import editing, ladder, queries, reporting
from coalition.actions.editing import ActionValues, TextValues
from coalition.actions.errors import UnknownAction
from coalition.actions.models import Action, ActionState
from coalition.actions.participations import Participation, ParticipationState
from coalition.actions.reporting import Evidence
from coalition.api.operations import Section, Unchanged
from coalition.api.schemas.actions import (
    ActionInput,
    ActionSchema,
    ActionsQuery,
    LadderSchema,
    ParticipationInput,
    ParticipationSchema,
    ParticipationsQuery,
    TallySchema,
)
from coalition.campaigns.models import campaign_by_slug
from coalition.errors import N_, InvalidInput
from coalition.organizations.models import Organization
from coalition.people.models import Person

section = Section(
    "actions", "What people and organizations are asked to do, and what they did."
)

_READ, _WRITE = "actions:read", "actions:write"
_ONE = "/actions/<slug:action>"
_SELF = {"action": "$response.body#/slug"}
_LINKS = dict.fromkeys(("read_action", "change_action", "open_action"), _SELF)
_EVIDENCE = ("delivered", "copy", "place", "docket", "done_at")


@section.lists("/actions", scope=_READ, gives=ActionSchema, query=ActionsQuery)
def list_actions(state: ActionState | None, campaign: str | None) -> Select[Any]:
    """List the actions. `state` and `campaign` leave those that are so."""
    chosen = select(Action).options(
        joinedload(Action.campaign),
        joinedload(Action.meeting),
        selectinload(Action.asked),
        selectinload(Action.targets),
    )
    if state is not None:
        chosen = chosen.where(Action.state == state)
    if campaign is not None:
        chosen = chosen.where(Action.campaign.has(slug=campaign))
    return chosen


@section.creates(
    "/actions", scope=_WRITE, takes=ActionInput, gives=ActionSchema, problems=(409,), links=_LINKS
)  # fmt: skip
def create_action(values: dict[str, Any]) -> Action:
    """Add a draft. Without a slug it gets one made from its title."""
    return editing.create(ActionValues(**_as_stored(values)))


@section.reads(_ONE, scope=_READ, gives=ActionSchema)
def read_action(action: str) -> Action:
    """Read an action."""
    return queries.action_or_raise(action)


@section.changes(_ONE, scope=_WRITE, takes=ActionInput, gives=ActionSchema, problems=(409,))
def change_action(action: str, values: dict[str, Any], unchanged: Unchanged) -> Action:
    """Change an action. `texts`, `asked_ids` and `target_ids` replace all of them."""
    found = _locked(action)
    unchanged(found)
    before = vars(editing.values_of(found))
    editing.change(found, ActionValues(**{**before, **_as_stored(values)}))
    return found


@section.deletes(_ONE, scope=_WRITE, of=ActionSchema, problems=(409,))
def delete_action(action: str, unchanged: Unchanged) -> None:
    """Remove a draft that nobody took part in."""
    found = _locked(action)
    unchanged(found)
    editing.remove(found)


@section.creates(
    f"{_ONE}/opening", scope=_WRITE, takes=None, gives=ActionSchema, status=200, problems=(409,),
    links={"close_action": _SELF},
)  # fmt: skip
def open_action(action: str) -> Action:
    """Ask people from now on. A closed action may be opened again."""
    found = _locked(action)
    found.open()
    return found


@section.creates(
    f"{_ONE}/closing", scope=_WRITE, takes=None, gives=ActionSchema, status=200, problems=(409,)
)  # fmt: skip
def close_action(action: str) -> Action:
    """Ask nobody any more, and take no more reports."""
    found = _locked(action)
    found.close()
    return found


@section.reads(f"{_ONE}/tally", scope=_READ, gives=TallySchema)
def read_tally(action: str) -> queries.Tally:
    """Read how many took part in an action."""
    return queries.tally(queries.action_or_raise(action).id)


@section.lists(
    f"{_ONE}/participations", scope=_READ, gives=ParticipationSchema, query=ParticipationsQuery
)  # fmt: skip
def list_participations(action: str, state: ParticipationState | None) -> Select[Any]:
    """List what people and organizations promised and did, without names and evidence."""
    found = queries.action_or_raise(action)
    chosen = select(Participation).filter_by(action_id=found.id)
    return chosen if state is None else chosen.where(Participation.state == state)


@section.creates(
    f"{_ONE}/participations", scope=_WRITE, takes=ParticipationInput, gives=ParticipationSchema,
    problems=(409,),
)  # fmt: skip
def record_participation(action: str, values: Mapping[str, Any]) -> Participation:
    """Write down what somebody promised or did. An organization has one record per action."""
    return reporting.record(
        reporting.locked_action(action),
        name=values["name"],
        state=ParticipationState(values["state"]),
        person=_row(Person, values["person_id"], "person_id"),
        organization=_row(Organization, values["organization_id"], "organization_id"),
        promised=values["promised"],
        spoke=values["spoke"],
        note=values["note"],
        evidence=Evidence(**{name: values[name] for name in _EVIDENCE}),
    )


@section.reads("/ladder", scope=_READ, gives=LadderSchema)
def read_ladder() -> dict[str, Any]:
    """Read the ladder of engagement with how many people stand on each rung."""
    counts = ladder.count_by_rung()
    names = ("id", "position", "name", "rule", "minimum", "within_days", "action_kind")
    return {
        "rungs": [
            {name: getattr(each, name) for name in names} | {"people": counts.get(each.id, 0)}
            for each in ladder.rungs()
        ]
    }


def _locked(slug: str) -> Action:
    found = editing.editable_action(slug)
    if found is None:
        raise UnknownAction
    return found


def _as_stored(values: Mapping[str, Any]) -> dict[str, Any]:
    stored = {name: value for name, value in values.items() if name != "campaign"}
    if "campaign" in values:
        campaign = campaign_by_slug(values["campaign"])
        if campaign is None:
            raise InvalidInput(field="campaign", reason=N_("There is no such campaign."))
        stored["campaign_id"] = campaign.id
    if "texts" in values:
        stored["texts"] = [TextValues(**each) for each in values["texts"]]
    return stored


def _row(kind: Any, row_id: UUID | None, field: str) -> Any:
    found = db.session.get(kind, row_id) if row_id else None
    if row_id is not None and found is None:
        raise InvalidInput(field=field, reason=N_("There is nobody with this id."))
    return found

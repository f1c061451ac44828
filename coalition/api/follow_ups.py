"""Tasks for programs."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from coalition import audit
from coalition.actions import follow_ups, queries
from coalition.actions.follow_ups import ABOUT, FollowUp
from coalition.api.operations import Section, Unchanged
from coalition.api.schemas.actions import FollowUpInput, FollowUpSchema, FollowUpsQuery

section = Section("tasks", "Follow-up tasks: who does what until when.")

_READ, _WRITE = "actions:read", "actions:write"
_ONE = "/follow-ups/<uuid:follow_up>"
_LINKS = {
    name: {"follow_up": "$response.body#/id"}
    for name in ("read_follow_up", "change_follow_up", "finish_follow_up")
}


@section.lists("/follow-ups", scope=_READ, gives=FollowUpSchema, query=FollowUpsQuery)
def list_follow_ups(is_done: str | None, owner_id: UUID | None) -> Select[Any]:
    """List the tasks. `is_done` is yes or no; `owner_id` leaves those of one user."""
    chosen = select(FollowUp)
    if is_done is not None:
        done = FollowUp.done_at.is_not(None)
        chosen = chosen.where(done if is_done == "yes" else ~done)
    return chosen if owner_id is None else chosen.where(FollowUp.owner_id == owner_id)


@section.creates(
    "/follow-ups", scope=_WRITE, takes=FollowUpInput, gives=FollowUpSchema, links=_LINKS
)  # fmt: skip
def create_follow_up(values: dict[str, Any]) -> FollowUp:
    """Add a task, about any of the coalition's records or about none."""
    about = {name: values.pop(name) for name in ABOUT}
    return follow_ups.add_follow_up(**values, about=about)


@section.reads(_ONE, scope=_READ, gives=FollowUpSchema)
def read_follow_up(follow_up: UUID) -> FollowUp:
    """Read a task."""
    return queries.follow_up_or_404(follow_up)


@section.changes(_ONE, scope=_WRITE, takes=FollowUpInput, gives=FollowUpSchema)
def change_follow_up(
    follow_up: UUID, values: Mapping[str, Any], unchanged: Unchanged
) -> FollowUp:
    """Change a task. Fields that are left out stay as they are."""
    found = queries.follow_up_or_404(follow_up)
    unchanged(found)
    if "owner_id" in values:
        found.give_to(values["owner_id"])
    follow_ups.check_about({name: values[name] for name in ABOUT if name in values})
    for name, value in values.items():
        setattr(found, name, value)
    audit.record("follow_up.changed", found, sorted(values))
    return found


@section.creates(
    f"{_ONE}/completion", scope=_WRITE, takes=None, gives=FollowUpSchema, status=200
)  # fmt: skip
def finish_follow_up(follow_up: UUID) -> FollowUp:
    """Note that a task was done. Doing it twice changes nothing."""
    found = queries.follow_up_or_404(follow_up)
    found.finish()
    return found

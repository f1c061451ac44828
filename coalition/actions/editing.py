"""Changing an action: what is asked, of whom, about which meeting; refused if it does not fit."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from coalition import audit, db
from coalition.actions.errors import (
    ActionHasParticipations,
    ActionSlugTaken,
    CannotChangeAction,
    WrongPlace,
)
from coalition.actions.models import (
    Action,
    ActionKind,
    ActionState,
    ActionTarget,
    ActionText,
    Addressee,
    AskedOrganization,
    Audience,
    action_by_slug,
)
from coalition.actions.participations import Participation
from coalition.areas.models import Area
from coalition.campaigns.models import Campaign
from coalition.clock import now
from coalition.coalitions.queries import member_ids
from coalition.decisions.meetings import AgendaItem, Meeting
from coalition.decisions.models import DecisionBody, Officeholder
from coalition.decisions.votes import Position
from coalition.errors import N_
from coalition.fields import MAX_SLUG_CHARS
from coalition.segments.models import Segment
from coalition.slugs import free_slug, slug_of

_OWN_FIELDS = (
    "campaign_id", "meeting_id", "agenda_item_id", "body_id", "area_id", "segment_id", "slug", "kind",
    "language", "audience", "addressee", "position", "email", "url", "phone", "closes_at",
    "time_zone", "goal",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TextValues:
    """An action in one language."""

    language: str
    title: str
    instructions: str = ""
    script: str = ""
    subject: str = ""
    template: str = ""


@dataclass(frozen=True, kw_only=True)
class ActionValues:
    """All that a coordinator writes about an action, checked for length and shape."""

    campaign_id: UUID
    kind: ActionKind
    slug: str = ""
    meeting_id: UUID | None = None
    agenda_item_id: UUID | None = None
    body_id: UUID | None = None
    area_id: UUID | None = None
    segment_id: UUID | None = None
    language: str = "en"
    audience: Audience = Audience.EVERYBODY
    addressee: Addressee = Addressee.CLERK
    position: Position = Position.NEUTRAL
    email: str | None = None
    url: str | None = None
    phone: str = ""
    closes_at: datetime | None = None
    time_zone: str = "America/Los_Angeles"
    goal: int | None = None
    texts: Sequence[TextValues] = ()
    asked_ids: Sequence[UUID] = ()
    target_ids: Sequence[UUID] = field(default=())


def create(values: ActionValues) -> Action:
    """Add a draft. Without a slug it gets one made from its title.

    Raises:
        ActionSlugTaken: another action of the coalition has this address.
        WrongPlace: campaign, meeting, item, body or place do not belong together.
    """
    title = next((text.title for text in values.texts), "")
    stem = slug_of(title, most_chars=MAX_SLUG_CHARS - 4, otherwise="action")
    slug = values.slug or free_slug(Action.slug, stem)
    if values.slug and action_by_slug(slug) is not None:
        raise ActionSlugTaken(field="slug", slug=slug)
    action = Action(slug=slug, kind=values.kind, campaign_id=values.campaign_id)
    _apply(action, values)
    db.session.add(action)
    db.session.flush()
    audit.record("action.created", action)
    return action


def change(action: Action, values: ActionValues) -> list[str]:
    """Change an action that is locked; return the names of what changed.

    Raises:
        ActionSlugTaken, WrongPlace: as for a new one.
    """
    holder = action_by_slug(values.slug) if values.slug else None
    if holder is not None and holder.id != action.id:
        raise ActionSlugTaken(field="slug", slug=values.slug)
    changed = _apply(action, values)
    db.session.flush()
    db.session.expire(action, ["campaign", "meeting", "item", "own_body", "area", "segment"])
    if changed:
        audit.record("action.changed", action, changed)
    return changed


def remove(action: Action) -> None:
    """Remove a draft that nobody took part in.

    Raises:
        CannotChangeAction: it is no draft.
        ActionHasParticipations: there are records of it.
    """
    if action.state != ActionState.DRAFT:
        raise CannotChangeAction(state=action.state.value)
    if db.session.scalar(select(Participation.id).filter_by(action_id=action.id).limit(1)):
        raise ActionHasParticipations
    audit.record("action.removed", action)
    db.session.delete(action)


def editable_action(slug: str) -> Action | None:
    """Return an action, locked until the transaction ends."""
    statement = select(Action).filter_by(slug=slug).with_for_update(of=Action)
    return db.session.scalar(statement)


def values_of(action: Action) -> ActionValues:
    """Return an action as it stands."""
    return ActionValues(
        **{name: getattr(action, name) for name in _OWN_FIELDS},
        texts=[
            TextValues(**{each.name: getattr(text, each.name) for each in fields(TextValues)})
            for text in action.texts
        ],
        asked_ids=[each.organization_id for each in action.asked],
        target_ids=[each.officeholder_id for each in action.targets],
    )


def members_of(action: Action) -> list[Officeholder]:
    """Return who holds the seats of the action's body at its meeting, else today."""
    day = action.meeting.days[0] if action.meeting else now().date()
    return action.body.members_on(day) if action.body else []


def addressed_by(action: Action) -> list[Officeholder]:
    """Return to whom one writes or speaks: those chosen, else all who hold a seat then."""
    if action.addressee != Addressee.OFFICEHOLDERS:
        return []
    return [each.officeholder for each in action.targets] or members_of(action)


def _apply(action: Action, values: ActionValues) -> list[str]:
    _check_place(values)
    changed = []
    for name in _OWN_FIELDS:
        value = getattr(values, name)
        if name == "slug" and not value:
            continue
        if getattr(action, name) != value:
            setattr(action, name, value)
            changed.append(name)
    changed += _apply_texts(action, values.texts)
    asked = values.asked_ids if values.audience == Audience.CHOSEN_MEMBERS else ()
    if {each.organization_id for each in action.asked} != set(asked):
        action.asked[:] = [
            AskedOrganization(coalition_id=action.coalition_id, organization_id=each)
            for each in dict.fromkeys(asked)
        ]
        changed.append("asked")
    targets = values.target_ids if values.addressee == Addressee.OFFICEHOLDERS else ()
    if [each.officeholder_id for each in action.targets] != list(targets):
        action.targets[:] = [
            ActionTarget(
                coalition_id=action.coalition_id, officeholder_id=each, position=position
            )
            for position, each in enumerate(dict.fromkeys(targets))
        ]
        changed.append("targets")
    return changed


def _apply_texts(action: Action, wanted: Sequence[TextValues]) -> list[str]:
    before = {text.language: text for text in action.texts}
    after = {text.language: text for text in wanted}
    changed = bool(before.keys() - after.keys())
    action.texts[:] = [text for text in action.texts if text.language in after]
    for language, values in after.items():
        text = before.get(language)
        if text is None:
            text = ActionText(coalition_id=action.coalition_id, language=language)
            action.texts.append(text)
        for each in fields(TextValues):
            if getattr(text, each.name) != getattr(values, each.name):
                setattr(text, each.name, getattr(values, each.name))
                changed = True
    return ["texts"] if changed else []


def _check_place(values: ActionValues) -> None:
    there = (
        ("campaign_id", Campaign, N_("There is no such campaign.")),
        ("meeting_id", Meeting, N_("There is no such meeting.")),
        ("body_id", DecisionBody, N_("There is no such public body.")),
        ("area_id", Area, N_("There is no such place.")),
        ("segment_id", Segment, N_("There is no such segment.")),
    )
    for name, kind, reason in there:
        wanted = getattr(values, name)
        if wanted is not None and db.session.get(kind, wanted) is None:
            raise WrongPlace(field=name, reason=reason)
    if values.agenda_item_id:
        item = db.session.get(AgendaItem, values.agenda_item_id)
        if item is None or item.meeting_id != values.meeting_id:
            reason = N_("This item is not on the agenda of the chosen meeting.")
            raise WrongPlace(field="agenda_item_id", reason=reason)
    asked = set(values.asked_ids)
    if asked and asked - set(db.session.scalars(member_ids())):
        reason = N_("Only organizations of this coalition can be asked.")
        raise WrongPlace(field="asked", reason=reason)
    for each in values.target_ids:
        if db.session.get(Officeholder, each) is None:
            raise WrongPlace(field="targets", reason=N_("There is no such officeholder."))

"""Writing down what somebody did: on the public page, by a representative, by a coordinator."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coalition import audit, crypto, db, events
from coalition.accounts.models import User
from coalition.accounts.representing import check_represents
from coalition.actions.errors import AlreadyRecorded, NotAsked, UnknownAction
from coalition.actions.events import ParticipationAdded, ParticipationRepeated
from coalition.actions.models import (
    Action,
    ActionState,
    AskedOrganization,
    Audience,
)
from coalition.actions.participations import (
    ENDED,
    KEEPS_PLACE,
    Participation,
    ParticipationSource,
    ParticipationState,
    Party,
)
from coalition.addresses import clean_address
from coalition.clock import now
from coalition.coalitions.queries import member_ids
from coalition.organizations.models import Organization
from coalition.organizations.names import clean_name, name_key
from coalition.people.models import Person, email_index
from coalition.segments.models import segment_by_id


@dataclass(frozen=True, kw_only=True)
class Report:
    """What somebody wrote into the form; checked for length and shape, not yet stored."""

    party: Party
    name: str
    email: str
    organization_name: str = ""
    copy: str | None = None
    place: str = ""
    updates_wording: str | None = None
    source_code: str | None = None
    language: str = "en"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What shows that something was done."""

    delivered: int | None = None
    copy: str | None = None
    place: str = ""
    docket: str = ""
    done_at: datetime | None = None


def report(slug: str, given: Report) -> None:
    """Store what somebody did, pending confirmation by mail.

    One statement for a new and for a repeated report: neither the answer nor the time that it
    takes tells whether the address is known here.

    Raises:
        UnknownAction, ActionClosed: nothing was stored.
        NotAnAddress: mail cannot be sent to the address.
    """
    action = locked_action(slug, only_published=True)
    action.check_open()
    new_id, ring = uuid7(), crypto.keyring(action.coalition_id)
    address = clean_address(given.email)
    for_organization = given.party == Party.ORGANIZATION
    organization_name = clean_name(given.organization_name)

    def seal(text: str, column: str) -> bytes:
        return ring.seal(text, f"participations.{column}", new_id)

    values = {
        "id": new_id,
        "coalition_id": action.coalition_id,
        "action_id": action.id,
        "party": given.party,
        "state": ParticipationState.PENDING,
        "source": ParticipationSource.PAGE,
        "name_sealed": seal(given.name, "name_sealed"),
        "email_sealed": seal(address, "email_sealed"),
        "email_index": email_index(action.coalition_id, address),
        "organization_name": organization_name,
        "organization_key": name_key(organization_name) if for_organization else "",
        "copy_sealed": seal(given.copy, "copy_sealed") if given.copy else None,
        "place": given.place,
        "docket": action.docket,
        "will_speak": False,
        "spoke": False,
        "updates_wording": given.updates_wording,
        "source_code": given.source_code,
        "language": given.language,
        "created_at": now(),
    }
    stored = insert(Participation).values(values)
    stored_id, is_new = db.session.execute(
        stored.on_conflict_do_update(
            index_elements=["action_id", "party", "email_index", "organization_key"],
            index_where=KEEPS_PLACE,
            set_={"source": ParticipationSource.PAGE},  # nothing; but the row is returned
        ).returning(Participation.id, literal_column("xmax = 0", Boolean))
    ).one()
    kind = ParticipationAdded if is_new else ParticipationRepeated
    events.record(kind(coalition_id=action.coalition_id, participation_id=stored_id))


def locked_action(slug: str, *, only_published: bool = False) -> Action:
    """Return an action that cannot be closed until this transaction ends.

    Raises:
        UnknownAction: there is none, or none that the public may see.
    """
    locked = select(Action).filter_by(slug=slug).with_for_update(read=True, of=Action)
    action = db.session.scalar(locked)
    if action is None or (only_published and action.state == ActionState.DRAFT):
        raise UnknownAction
    return action


def is_asked(action: Action, organization_id: UUID) -> bool:
    """Return whether an organization is among those who are asked."""
    if action.audience == Audience.CHOSEN_MEMBERS:
        chosen = select(AskedOrganization.id).filter_by(
            action_id=action.id, organization_id=organization_id
        )
        return db.session.scalar(chosen) is not None
    if action.audience == Audience.MEMBERS:
        return organization_id in set(db.session.scalars(member_ids()))
    if action.audience == Audience.SEGMENT:
        segment = segment_by_id(action.segment_id) if action.segment_id else None
        if segment is None:
            return False
        asked = segment.organizations().where(Organization.id == organization_id)
        return db.session.scalar(asked) is not None
    return True


def commit_for(
    user: User, action: Action, organization_id: UUID, *, promised: int | None, name: str
) -> Participation:
    """Promise something for an organization that the user speaks for, or change the promise.

    Args:
        name: who sees to it.

    Raises:
        NotFound: the user does not speak for this organization.
        NotAsked, ActionClosed, CannotChangeParticipation: as they say.
    """
    found, organization = _represented(user, action, organization_id)
    if found is not None:
        found.name = name
        found.pledge(promised)
        return found
    made = _of_organization(user, action, organization, name)
    made.promised = promised
    made.begin(ParticipationState.PLEDGED)
    return made


def report_for(
    user: User, action: Action, organization_id: UUID, *, name: str, evidence: Evidence
) -> Participation:
    """Write down what an organization did that the user speaks for, promised or not.

    Raises:
        NotFound, NotAsked, ActionClosed, CannotChangeParticipation: as for a promise.
    """
    found, organization = _represented(user, action, organization_id)
    if found is None:
        found = _of_organization(user, action, organization, name)
        found.begin(ParticipationState.PLEDGED)
    found.name = name
    found.report(**vars(evidence))
    return found


def decline_for(user: User, action: Action, organization_id: UUID, note: str) -> Participation:
    """Say for an organization that it will not do it.

    Raises:
        NotFound, NotAsked, ActionClosed, CannotChangeParticipation: as for a promise.
    """
    found, organization = _represented(user, action, organization_id)
    if found is not None:
        found.decline(note)
        return found
    made = _of_organization(user, action, organization, user.name or user.email)
    made.note = note or None
    made.begin(ParticipationState.DECLINED)
    return made


def record(
    action: Action,
    *,
    name: str,
    state: ParticipationState,
    person: Person | None = None,
    organization: Organization | None = None,
    promised: int | None = None,
    spoke: bool = False,
    note: str = "",
    evidence: Evidence | None = None,
) -> Participation:
    """Write down, as a coordinator, what a person or an organization promised or did.

    Raises:
        ActionClosed: the action is a draft.
        AlreadyRecorded: there is a record of the organization for this action.
    """
    if action.state == ActionState.DRAFT:
        action.check_open()
    made = Participation(
        action_id=action.id,
        party=Party.ORGANIZATION if organization else Party.PERSON,
        source=ParticipationSource.STAFF,
        person_id=person.id if person else None,
        promised=promised,
        spoke=spoke,
        language=action.language,
        recorded_by_id=audit.current_actor().id,
    )
    made.name = name or (person.name if person else "")
    made.note = note or None
    if organization is not None:
        _refuse_second(action, organization)
        made.organization = organization
        made.organization_id = organization.id
        made.organization_name = organization.name
        made.organization_key = organization.name_key
    for key, value in vars(evidence or Evidence()).items():
        setattr(made, key, value)
    made.begin(state)
    return made


def _represented(
    user: User, action: Action, organization_id: UUID
) -> tuple[Participation | None, Organization]:
    """Return the record of an organization, if any; two clicks at once wait for each other."""
    check_represents(user.id, action.coalition_id, organization_id)
    organization = db.session.scalars(
        select(Organization).filter_by(id=organization_id).with_for_update()
    ).one()
    action.check_open()
    if not is_asked(action, organization_id):
        raise NotAsked(organization=organization.name)
    return record_of(action, organization_id), organization


def record_of(action: Action, organization_id: UUID) -> Participation | None:
    """Return what is known of an organization about an action."""
    return db.session.scalar(
        select(Participation)
        .filter_by(
            action_id=action.id, party=Party.ORGANIZATION, organization_id=organization_id
        )
        .where(Participation.state.not_in((ParticipationState.PENDING, *ENDED)))
    )


def _refuse_second(action: Action, organization: Organization) -> None:
    db.session.scalar(select(Organization.id).filter_by(id=organization.id).with_for_update())
    if record_of(action, organization.id) is not None:
        raise AlreadyRecorded(field="organization", organization=organization.name)


def _of_organization(
    user: User, action: Action, organization: Organization, name: str
) -> Participation:
    made = Participation(
        action_id=action.id,
        party=Party.ORGANIZATION,
        source=ParticipationSource.REPRESENTATIVE,
        organization_name=organization.name,
        organization_key=organization.name_key,
        language=user.language or action.language,
        recorded_by_id=user.id,
    )
    made.name = name
    made.organization = organization
    made.organization_id = organization.id
    return made

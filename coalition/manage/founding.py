"""Founding a coalition together with whoever coordinates it first."""

from uuid import UUID

from coalition import audit, db, jobs
from coalition.accounts import teams
from coalition.accounts.jobs import send_link
from coalition.accounts.links import LinkPurpose
from coalition.accounts.models import Role
from coalition.coalitions.models import Coalition


def found_with_coordinator(
    *, slug: str, name: str, language: str, time_zone: str, coordinator: str | None = None
) -> Coalition:
    """Found a coalition; the coordinator gets a role, and an invitation if they have no account.

    Called in a transaction outside any coalition's scope.

    Args:
        coordinator: the address of the first coordinator; nobody if `None`.

    Raises:
        CoalitionSlugTaken: another coalition has this address.
        NotAnAddress: mail cannot be sent to `coordinator`.
    """
    coalition = Coalition.found(slug=slug, name=name, language=language, time_zone=time_zone)
    with db.narrowed(coalition.id):
        audit.record("coalition.founded", coalition)
        if coordinator:
            _invite(coalition.id, coordinator)
    return coalition


def _invite(coalition_id: UUID, email: str) -> None:
    user, is_new = teams.give_role(
        coalition_id, email=email, name="", role=Role.COORDINATOR, held=Role.ADMINISTRATOR
    )
    if is_new:
        jobs.enqueue(send_link, user.id, LinkPurpose.INVITATION.value)

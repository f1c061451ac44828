"""Whom one may write to, many at a time: for whoever sends mail to many people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, literal, select, true
from sqlalchemy.orm import aliased

from coalition import config, crypto, db, web
from coalition.consents import links
from coalition.consents.models import StandingConsent, Suppression
from coalition.consents.purposes import purpose_called, service_mail_called
from coalition.consents.queries import consents_to, is_agreement_to
from coalition.people.models import EmailAddress, Person

PLACE = "email_addresses.address_sealed"
_TOKEN = "TOKEN"  # noqa: S105  where one goes


@dataclass(frozen=True)
class Mailbox:
    """A person who may be written to, with what stands in a mail to them."""

    person_id: UUID
    given_name: str
    family_name: str
    city: str | None
    language: str | None
    custom_fields: dict[str, Any]
    address: str


@dataclass(frozen=True)
class MailLinks:
    """A person's own links: one that ends the mail with one click, one to choose."""

    unsubscribe: str
    preferences: str


def mail_links(coalition_id: UUID, person_id: UUID) -> MailLinks:
    """Return the links that belong into each mail to a person. They never expire."""
    token = links.preferences_token(coalition_id, person_id)
    unsubscribe, preferences = _addresses(config.current().public_url)
    return MailLinks(unsubscribe.replace(_TOKEN, token), preferences.replace(_TOKEN, token))


def sample_links(coalition_id: UUID) -> MailLinks:
    """Return links that lead to nobody's choices, for a test or a preview of a mail.

    With a recipient's own, whoever looks at it could answer in their name.
    """
    return mail_links(coalition_id, links.NOBODY)


@dataclass(frozen=True)
class Reach:
    """Of some people, how many may be written to, and why not the others; each counts once."""

    written_to: int
    without_address: int
    stopped: int  # mail to their address came back, was reported as spam, ended or stopped
    not_agreed: int
    groups: Mapping[Any, int] = field(default_factory=dict)  # of those who are written to

    @property
    def left_out(self) -> int:
        """All who are not written to."""
        return self.without_address + self.stopped + self.not_agreed


def reach(people: Select[Any], purpose: str, *, by: ColumnElement[Any] | None = None) -> Reach:
    """Count whom of some people one may write to for a purpose now, and why not the others.

    Args:
        people: a statement for `Person`, not limited.
        by: what of a `Person` those who are written to are counted by too, as `groups`.
    """

    db.expect_many()
    group = (literal(None) if by is None else by).label("group")
    asked = people.with_only_columns(Person.id, group).order_by(None).subquery()
    mailbox = aliased(EmailAddress)
    # All in one pass: joining a million people once is long enough.
    stopped = select(Suppression.address_index)
    works = mailbox.id.is_not(None) & mailbox.address_index.not_in(stopped)
    agrees = _if_needed(purpose, StandingConsent.id.is_not(None))
    found = db.session.execute(
        select(
            asked.c.group,
            func.count(),
            func.count(mailbox.id),
            func.count().filter(works),
            func.count().filter(works, agrees),
        )
        .select_from(asked)
        .outerjoin(mailbox, (mailbox.person_id == asked.c.id) & mailbox.is_primary.is_(True))
        .outerjoin(
            StandingConsent,
            (StandingConsent.person_id == asked.c.id) & is_agreement_to(purpose),
        )
        .group_by(asked.c.group)
    ).all()
    everybody, with_address, reachable, written_to = (
        sum(row[n] for row in found) for n in range(1, 5)
    )
    return Reach(
        written_to=written_to,
        without_address=everybody - with_address,
        stopped=with_address - reachable,
        not_agreed=reachable - written_to,
        groups={row[0]: row[4] for row in found if row[4] and by is not None},
    )


def may_be_written_to(purpose: str) -> ColumnElement[bool]:
    """Return the condition that a `Person` of the query may get mail for a purpose now.

    They agreed, if the purpose needs that, and mail to the address that they are written to is
    not stopped for any reason. For a purpose that is not known, nobody may be.
    """
    return _if_needed(purpose, consents_to(purpose)) & is_reached()


def mailboxes(purpose: str, person_ids: Sequence[UUID]) -> Iterator[Mailbox]:
    """Open the addresses of those among some people who may be written to now."""
    found = (
        select(
            Person.id,
            Person.coalition_id,
            Person.given_name,
            Person.family_name,
            Person.city,
            Person.language,
            Person.custom_fields,
            EmailAddress.id.label("address_id"),
            EmailAddress.address_sealed,
        )
        .join(EmailAddress, EmailAddress.person_id == Person.id)
        .where(
            Person.id.in_(person_ids),
            EmailAddress.is_primary.is_(True),  # exactly one of a person's addresses is
            may_be_written_to(purpose),
        )
    )
    for row in db.session.execute(found):
        opened = crypto.open_sealed(row.coalition_id, row.address_sealed, PLACE, row.address_id)
        yield Mailbox(
            row.id, row.given_name, row.family_name, row.city, row.language,
            row.custom_fields, opened,
        )  # fmt: skip


def _if_needed(purpose: str, agrees: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that somebody agrees; no condition for what answers what they did."""
    if service_mail_called(purpose) is not None:
        return true()
    return agrees if purpose_called(purpose) is not None else false()


def is_reached() -> ColumnElement[bool]:
    """Choose whose primary address, the one that is written to, gets mail."""
    written_to = aliased(EmailAddress)
    stopped = select(Suppression.id).where(
        Suppression.coalition_id == written_to.coalition_id,
        Suppression.address_index == written_to.address_index,
    )
    return (
        select(written_to.id)
        .where(
            written_to.person_id == Person.id,
            written_to.is_primary.is_(True),
            ~stopped.exists(),
        )
        .exists()
    )


@cache
def _addresses(_public_url: str) -> tuple[str, str]:
    """Return both addresses with a place for the token: making one takes longer than a mail."""
    return (
        web.absolute_url("preferences.unsubscribe", token=_TOKEN),
        web.absolute_url("preferences.show", token=_TOKEN),
    )

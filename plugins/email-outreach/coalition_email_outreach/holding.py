"""Holding a mailing that cannot begin or go on: it waits for a coordinator, who is told why."""

from uuid import UUID

import structlog
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from coalition.sdk import DomainError, record_in_audit_log, tell_senders, transaction
from coalition_email_outreach import bells, telling
from coalition_email_outreach.errors import CannotBeWritten
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import Mailing, mailing_or_raise

_CANCELLED = "57014"  # a statement that took too long, and would again

log = structlog.get_logger(__name__)


def give_up(mailing_id: UUID, coalition_id: UUID, error: Exception) -> None:
    """Hold a mailing because of an error, and tell the coordinators why.

    Tried again and again it would wait for ever, and nobody would learn of it. Called outside a
    transaction.

    Raises:
        SQLAlchemyError: the database is away, which is no fault of the mailing: try it again.
    """
    if isinstance(error, SQLAlchemyError) and _passes(error):
        raise error
    if not isinstance(error, DomainError):
        log.error("a mailing was held", mailing_id=str(mailing_id), exc_info=error)
        error = CannotBeWritten()
    with transaction(coalition_id):
        put_back(mailing_id, error)


def put_back(mailing_id: UUID, error: DomainError) -> None:
    """Hold a mailing if it still is to begin or under way."""
    mailing = mailing_or_raise(mailing_id, lock=True)
    if mailing.status in (
        MailingStatus.SCHEDULED, MailingStatus.STARTING, MailingStatus.SENDING
    ):  # fmt: skip
        hold(mailing, error)
    bells.silence(mailing_id)


def hold(mailing: Mailing, error: DomainError) -> None:
    """Have a mailing wait for a coordinator, and tell them all why."""
    mailing.hold(error.code)
    record_in_audit_log("mailing.held", mailing)
    tell_senders(mailing.coalition_id)  # another worker may be in the middle of a batch
    telling.held(mailing, error)


def _passes(error: SQLAlchemyError) -> bool:
    """Return whether an error of the database may be over soon, such as a lost connection."""
    orig = getattr(error, "orig", None)
    if isinstance(error, OperationalError):
        return getattr(orig, "sqlstate", None) != _CANCELLED
    return orig is None or (
        isinstance(error, IntegrityError) and getattr(orig, "sqlstate", "") == "23503"
    )  # no free connection; or a person was erased in this moment

"""When a mailing wants attention next, while nobody can be written to right now."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, select

from coalition.sdk import Coalition, now, session, transaction
from coalition_email_outreach import bells, quiet, settling, starting
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.recipients import Recipient, RecipientState

log = structlog.get_logger(__name__)

LOOK_AGAIN_S = 5  # while another worker has the last messages
LONGEST_REST_S = 60  # a limit that is changed meanwhile holds after that time at the latest


def wait(mailing_id: UUID, until: datetime) -> None:
    """Look at a mailing no sooner than `until`, or after the longest rest."""
    bells.put_off(mailing_id, min(until, now() + timedelta(seconds=LONGEST_REST_S)))


def rest(mailing_id: UUID, coalition_id: UUID) -> None:
    """Find out when a mailing wants attention next: nobody can be written to right now."""
    with transaction(coalition_id):
        wanted = select(Mailing).filter_by(id=mailing_id).with_for_update(key_share=True)
        mailing = session.scalar(wanted)
        if mailing is not None and mailing.status == MailingStatus.SCHEDULED:
            starting.start_if_due(mailing)
        status = mailing.status if mailing else None
        if mailing is not None and status == MailingStatus.SENDING:
            _rest_or_finish(mailing)
        elif status not in (MailingStatus.SCHEDULED, MailingStatus.STARTING):
            bells.silence(mailing_id)
    if status == MailingStatus.STARTING:
        starting.begin(mailing_id, coalition_id)


def _rest_or_finish(mailing: Mailing) -> None:
    settling.give_up_lost(mailing.id)
    if quiet.wake(mailing, quiet.quiet_hours(session.get_one(Coalition, mailing.coalition_id))):
        return  # its bell still rings
    open_states = (RecipientState.QUEUED, RecipientState.SENDING)
    rows = session.execute(
        select(Recipient.state, func.count(), func.min(Recipient.due_at))
        .where(Recipient.mailing_id == mailing.id, Recipient.state.in_(open_states))
        .group_by(Recipient.state)
    ).all()
    moments = [now() + timedelta(seconds=LONGEST_REST_S)]
    for state, _, due_at in rows:
        if state == RecipientState.SENDING:
            moments.append(now() + timedelta(seconds=LOOK_AGAIN_S))
        elif due_at is not None:
            moments.append(max(due_at, now() + timedelta(seconds=1)))
    if rows:
        bells.put_off(mailing.id, min(moments))
        return
    bells.silence(mailing.id)
    if not mailing.is_series:
        mailing.finish()

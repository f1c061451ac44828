"""When a mailing wants attention next, while nobody can be written to right now."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from coalition.sdk import DomainError, now, session, transaction
from coalition_email_outreach import audience, bells, settling, starting
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.recipients import Recipient, RecipientState

LOOK_AGAIN_S = 5  # while another worker has the last messages
LONGEST_REST_S = 60


def rest(mailing_id: UUID, coalition_id: UUID) -> None:
    """Find out when a mailing wants attention next: nobody can be written to right now."""
    try:
        with transaction(coalition_id):
            wanted = select(Mailing).filter_by(id=mailing_id).with_for_update()
            mailing = session.scalar(wanted)
            if mailing is None:
                bells.silence(mailing_id)
            elif mailing.status == MailingStatus.SCHEDULED:
                starting.begin_if_due(mailing)
            elif mailing.status != MailingStatus.SENDING:
                bells.silence(mailing_id)
            else:
                audience.must_have_purpose(mailing)
                _rest_or_finish(mailing)
    except DomainError as error:
        with transaction(coalition_id):
            starting.put_back(mailing_id, error)


def _rest_or_finish(mailing: Mailing) -> None:
    settling.give_up_lost(mailing.id)
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

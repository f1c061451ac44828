"""What is done with a mailing that goes out: sent, scheduled, paused, stopped, decided about."""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import update

from coalition.sdk import (
    Coalition,
    Role,
    now,
    record_in_audit_log,
    sent_form,
    session,
    staff,
    tell_senders,
)
from coalition_email_outreach import (
    approving,
    audience,
    bells,
    schemas,
    starting,
    subjects,
)
from coalition_email_outreach.acting import act, pages
from coalition_email_outreach.errors import CannotNow
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import InDoubt, Mailing
from coalition_email_outreach.recipients import Recipient, RecipientState
from coalition_email_outreach.sight import sight_of
from coalition_email_outreach.views import user_id


@pages.post("/schedule/removal")
@staff(Role.COORDINATOR)
def unschedule(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Take it back to the drafts, also while it is just beginning."""

    def back(found: Mailing, _coalition: Coalition) -> str:
        found.take_back(user_id=user_id())
        bells.silence(found.id)
        record_in_audit_log("mailing.unscheduled", found)
        return gettext("It is a draft again.")

    return act(coalition, mailing, back)


@pages.post("/pause")
@staff(Role.COORDINATOR)
def pause(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Hold what is not on its way yet, before the next message."""

    def hold(found: Mailing, coalition: Coalition) -> str:
        found.pause()
        tell_senders(coalition.id)
        record_in_audit_log("mailing.paused", found)
        return gettext("Paused. What was handed over cannot be called back; the rest waits.")

    return act(coalition, mailing, hold)


@pages.post("/resumption")
@staff(Role.COORDINATOR)
def resume(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Go on."""

    def go_on(found: Mailing, coalition: Coalition) -> str:
        audience.must_have_purpose(found)
        if found.is_series:  # it may have been changed while it was paused
            starting.check(found, coalition)
            approving.must_be_allowed(found, sight_of(found, coalition, 0))
        else:
            starting.check_texts(found, coalition)
        found.resume()
        bells.ring(found.id, coalition.id)
        record_in_audit_log("mailing.resumed", found)
        return gettext("It goes on.")

    return act(coalition, mailing, go_on)


@pages.post("/stop")
@staff(Role.COORDINATOR)
def stop(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """End it for good."""

    def end(found: Mailing, coalition: Coalition) -> str:
        starting.stop(found.id)
        tell_senders(coalition.id)
        return gettext("Stopped. Who had not got it does not get it.")

    return act(coalition, mailing, end)


@pages.post("/doubt")
@staff(Role.COORDINATOR)
def decide_doubt(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Send the messages in doubt again, or let them count as sent."""
    form = sent_form(schemas.DoubtForm)

    def decide(found: Mailing, coalition: Coalition) -> str:
        again = form.values["decision"] == InDoubt.RESEND
        if again and found.status not in (
            MailingStatus.SENDING, MailingStatus.PAUSED, MailingStatus.SENT
        ):  # fmt: skip
            raise CannotNow(state=found.status.value)
        values: dict[str, Any] = {"state": RecipientState.SENT, "sent_at": now()}
        if again:
            values = {"state": RecipientState.QUEUED, "due_at": now(), "reason": None}
        session.execute(
            update(Recipient)
            .where(
                Recipient.mailing_id == found.id, Recipient.state == RecipientState.UNCERTAIN
            )
            .values(**values)
        )
        if again:
            found.go_on()
            bells.ring(found.id, coalition.id)
        record_in_audit_log("mailing.doubt_decided", found)
        return gettext("They are sent once more.") if again else gettext("They count as sent.")

    return act(coalition, mailing, decide, form)


@pages.post("/winner")
@staff(Role.COORDINATOR)
def choose_subject(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Send the rest with one of the two subjects now, without waiting for the end of the test."""
    form = sent_form(schemas.WinnerForm)

    def choose(found: Mailing, coalition: Coalition) -> str:
        subjects.choose(found, form.values["subject"])
        bells.ring(found.id, coalition.id)
        return gettext("The rest get this subject.")

    return act(coalition, mailing, choose, form)

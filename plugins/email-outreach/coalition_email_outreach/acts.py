"""One mailing's page, and what can be done with it: try, approve, send, pause, stop, decide."""

from collections.abc import Callable
from contextlib import closing
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy import delete, update

from coalition.sdk import (
    Coalition,
    DomainError,
    Form,
    Role,
    error_in_words,
    id_or_404,
    now,
    one_line,
    queue_mail,
    read_form,
    read_moment,
    reading,
    record_in_audit_log,
    see_other,
    session,
    signed_in_user,
    staff,
    tell_senders,
    transaction,
)
from coalition_email_outreach import (
    bells,
    editing,
    previewing,
    queries,
    schemas,
    starting,
    subjects,
)
from coalition_email_outreach.errors import CannotNow
from coalition_email_outreach.models import (
    MAX_ATTACHED_BYTES,
    InDoubt,
    Mailing,
    MailingStatus,
    mailing_or_raise,
)
from coalition_email_outreach.recipients import Recipient, RecipientState
from coalition_email_outreach.views import may_change, user_id

pages = Blueprint(
    "email-outreach-acts",
    __name__,
    url_prefix="/manage/<coalition>/mailings/<mailing>",
    template_folder="templates",
)

Verb = Callable[[Mailing, Coalition], str]


@pages.get("/")
@staff(Role.VIEWER)
def show(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Show one mailing: where it stands and what comes next."""
    with reading(coalition.id):
        return _page(coalition, mailing_or_raise(id_or_404(mailing)), Form())


@pages.get("/progress")
@staff(Role.VIEWER)
def progress(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Return the figures alone, for htmx while it is being sent."""
    with reading(coalition.id):
        found = mailing_or_raise(id_or_404(mailing))
        return render_template(
            "email_outreach/_progress.html",
            coalition=coalition,
            mailing=found,
            progress=queries.progress(found.id),
            may_change=may_change(coalition),
        )


@pages.post("/tests")
@staff(Role.COORDINATOR)
def test(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Send it to whoever is signed in, as the first recipient would get it."""

    def send(found: Mailing, coalition: Coalition) -> str:
        user = signed_in_user()
        assert user is not None
        chosen = previewing.asked(found, request.form)
        shown = previewing.preview(found, coalition, chosen)
        queue_mail(
            coalition_id=coalition.id,
            purpose="mailing_test",
            to=user.email,
            subject=one_line(gettext("[Test] %(subject)s", subject=shown.subject)),
            text=shown.text,
            html=shown.html,
            sender_name=coalition.name,
            reply_to=found.reply_to or coalition.reply_to,
            is_counted=False,
        )
        return gettext("The test is on its way to %(address)s.", address=user.email)

    return _act(coalition, mailing, send)


@pages.post("/approval-request")
@staff(Role.COORDINATOR)
def ask_approval(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Ask the other coordinators to look at it."""

    def ask(found: Mailing, _coalition: Coalition) -> str:
        found.ask_approval()
        record_in_audit_log("mailing.approval_asked", found)
        return gettext("Asked. Send the other coordinators the address of this page.")

    return _act(coalition, mailing, ask)


@pages.post("/approval")
@staff(Role.COORDINATOR)
def approve(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Approve what somebody else wrote."""

    def yes(found: Mailing, _coalition: Coalition) -> str:
        found.approve(user_id())
        record_in_audit_log("mailing.approved", found)
        return gettext("Approved. If somebody changes it, it has to be approved again.")

    return _act(coalition, mailing, yes)


@pages.post("/sending")
@staff(Role.COORDINATOR)
def send(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Begin to send, or start a series."""

    def begin(found: Mailing, _coalition: Coalition) -> str:
        count = starting.begin(found.id)
        if found.is_series:
            return gettext("The series runs.")
        return ngettext(
            "It is on its way to %(num)d person.", "It is on its way to %(num)d people.", count
        )

    return _act(coalition, mailing, begin)


@pages.post("/schedule")
@staff(Role.COORDINATOR)
def schedule(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Have it begin later."""
    form = read_form(schemas.ScheduleForm)

    def later(found: Mailing, coalition: Coalition) -> str:
        at = read_moment(form.values["at"], coalition.time_zone, field="at").at
        starting.check(found, coalition)
        starting.must_be_allowed(found, starting.count_audience(found))
        found.schedule(at, form.values["clock"])
        found.problem = None
        bells.ring(found.id, coalition.id, at=max(starting.first_due(found, coalition), now()))
        record_in_audit_log("mailing.scheduled", found, ["send_at"])
        return gettext("Scheduled. Until then you can change it or take it back.")

    return _act(coalition, mailing, later, form)


@pages.post("/schedule/removal")
@staff(Role.COORDINATOR)
def unschedule(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Take it back to the drafts."""

    def back(found: Mailing, _coalition: Coalition) -> str:
        found.unschedule()
        bells.silence(found.id)
        record_in_audit_log("mailing.unscheduled", found)
        return gettext("It is a draft again.")

    return _act(coalition, mailing, back)


@pages.post("/pause")
@staff(Role.COORDINATOR)
def pause(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Hold what is not on its way yet, before the next message."""

    def hold(found: Mailing, coalition: Coalition) -> str:
        found.pause()
        tell_senders(coalition.id)
        record_in_audit_log("mailing.paused", found)
        return gettext("Paused. What was handed over cannot be called back; the rest waits.")

    return _act(coalition, mailing, hold)


@pages.post("/resumption")
@staff(Role.COORDINATOR)
def resume(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Go on."""

    def go_on(found: Mailing, coalition: Coalition) -> str:
        found.resume()
        bells.ring(found.id, coalition.id)
        record_in_audit_log("mailing.resumed", found)
        return gettext("It goes on.")

    return _act(coalition, mailing, go_on)


@pages.post("/stop")
@staff(Role.COORDINATOR)
def stop(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """End it for good."""

    def end(found: Mailing, coalition: Coalition) -> str:
        starting.stop(found.id)
        tell_senders(coalition.id)
        return gettext("Stopped. Who had not got it does not get it.")

    return _act(coalition, mailing, end)


@pages.post("/doubt")
@staff(Role.COORDINATOR)
def decide_doubt(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Send the messages in doubt again, or let them count as sent."""
    form = read_form(schemas.DoubtForm)

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

    return _act(coalition, mailing, decide, form)


@pages.post("/winner")
@staff(Role.COORDINATOR)
def choose_subject(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Send the rest with one of the two subjects now, without waiting for the end of the test."""
    form = read_form(schemas.WinnerForm)

    def choose(found: Mailing, coalition: Coalition) -> str:
        subjects.choose(found, form.values["subject"])
        bells.ring(found.id, coalition.id)
        return gettext("The rest get this subject.")

    return _act(coalition, mailing, choose, form)


@pages.post("/files")
@staff(Role.COORDINATOR)
def attach(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Attach a file for everybody."""
    name, content = "", b""
    if (sent := request.files.get("file")) is not None:
        with closing(sent):
            name = one_line(sent.filename or "")[-100:]
            content = sent.read(MAX_ATTACHED_BYTES + 1)

    def add(found: Mailing, _coalition: Coalition) -> str:
        found.attach(name, content, editor_id=user_id())
        record_in_audit_log("mailing.changed", found, ["attachments"])
        return gettext("Attached.")

    return _act(coalition, mailing, add)


@pages.post("/files/<file>/removal")
@staff(Role.COORDINATOR)
def detach(coalition: Coalition, mailing: str, file: str) -> ResponseReturnValue:
    """Remove a file."""

    def remove(found: Mailing, _coalition: Coalition) -> str:
        found.detach(id_or_404(file), editor_id=user_id())
        record_in_audit_log("mailing.changed", found, ["attachments"])
        return gettext("Removed.")

    return _act(coalition, mailing, remove)


@pages.post("/copy")
@staff(Role.COORDINATOR)
def copy(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Make a draft with the same text."""
    with transaction(coalition.id):
        found = mailing_or_raise(id_or_404(mailing))
        name = gettext("Copy of %(name)s", name=found.name)[:120]
        made = found.copy(name, author_id=user_id())
        record_in_audit_log("mailing.added", made)
    flash(gettext("This is the copy. Change what you like."), "success")
    return see_other("email-outreach.edit", coalition=coalition.slug, mailing=made.id)


@pages.post("/removal")
@staff(Role.COORDINATOR)
def remove(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Delete a draft. What was sent stays, as the record of what was written to whom."""
    with transaction(coalition.id):
        found = mailing_or_raise(id_or_404(mailing), lock=True)
        found.must_be_draft()
        record_in_audit_log("mailing.removed", found)
        session.execute(delete(Mailing).where(Mailing.id == found.id))
    flash(gettext("The draft was deleted."), "success")
    return see_other("email-outreach.index", coalition=coalition.slug)


def _act(
    coalition: Coalition, mailing: str, verb: Verb, form: Form | None = None
) -> ResponseReturnValue:
    """Do something to a mailing and say what came of it, or show its page with the reason."""
    form, mailing_id = form or Form(), id_or_404(mailing)
    if not form.errors:
        try:
            with transaction(coalition.id):
                said = verb(mailing_or_raise(mailing_id, lock=True), coalition)
            flash(said, "success")
            return see_other(
                "email-outreach-acts.show", coalition=coalition.slug, mailing=mailing_id
            )
        except DomainError as error:
            form.refuse(error)
            return _refused(coalition, mailing_id, form, error.status)
    return _refused(coalition, mailing_id, form, 422)


def _refused(
    coalition: Coalition, mailing_id: UUID, form: Form, status: int
) -> ResponseReturnValue:
    with reading(coalition.id):
        return _page(coalition, mailing_or_raise(mailing_id), form), status


def _page(coalition: Coalition, mailing: Mailing, form: Form) -> str:
    shown: dict[str, Any] = {"audience": None, "problem": ""}
    if not queries.is_under_way(mailing):
        try:
            shown["audience"] = starting.count_audience(mailing)
            shown["problem"] = editing.checked(mailing, coalition).problem
        except DomainError as error:
            shown["problem"] = error_in_words(error)
    else:
        shown["deeds"] = queries.deeds(mailing)
        shown["bounce_reasons"] = queries.reasons(mailing.id, RecipientState.BOUNCED)
        shown["responses"] = subjects.responses(mailing) if mailing.tests_subjects else None
    return render_template(
        "email_outreach/show.html",
        coalition=coalition,
        mailing=mailing,
        form=form,
        progress=queries.progress(mailing.id),
        words=queries.in_words(mailing),
        limit=starting.approval_limit(),
        may_change=may_change(coalition),
        is_author=user_id() in (mailing.author_id, mailing.editor_id),
        **shown,
    )

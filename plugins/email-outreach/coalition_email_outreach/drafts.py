"""What is done with a mailing before it goes out: tried, filled with files, copied, deleted."""

from contextlib import closing
from io import BytesIO

from flask import flash, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import delete

from coalition.sdk import (
    Coalition,
    Role,
    ServiceMail,
    id_or_404,
    one_line,
    queue_mail,
    reading,
    record_in_audit_log,
    register_service_mail,
    see_other,
    session,
    signed_in_user,
    staff,
    transaction,
)
from coalition_email_outreach import (
    previewing,
)
from coalition_email_outreach.acting import act, pages
from coalition_email_outreach.contents import MAX_ATTACHED_BYTES
from coalition_email_outreach.models import Mailing, mailing_or_raise
from coalition_email_outreach.views import user_id

TEST = register_service_mail(ServiceMail("mailing_test")).name


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
            purpose=TEST,
            to=user.email,
            subject=one_line(gettext("[Test] %(subject)s", subject=shown.subject)),
            text=shown.text,
            html=shown.html,
            sender_name=coalition.name,
            reply_to=found.reply_to or coalition.reply_to,
            is_counted=False,
        )
        return gettext("The test is on its way to %(address)s.", address=user.email)

    return act(coalition, mailing, send)


@pages.post("/approval-request")
@staff(Role.COORDINATOR)
def ask_approval(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Ask the other coordinators to look at it."""

    def ask(found: Mailing, _coalition: Coalition) -> str:
        found.ask_approval()
        record_in_audit_log("mailing.approval_asked", found)
        return gettext("Asked. Send the other coordinators the address of this page.")

    return act(coalition, mailing, ask)


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

    return act(coalition, mailing, add)


@pages.get("/files/<file>")
@staff(Role.VIEWER)
def download(coalition: Coalition, mailing: str, file: str) -> ResponseReturnValue:
    """Give a file as everybody gets it."""
    with reading(coalition.id):
        found = mailing_or_raise(id_or_404(mailing)).attachment(id_or_404(file))
        return send_file(
            BytesIO(found.content),
            mimetype=found.kind,
            as_attachment=True,
            download_name=found.name,
            max_age=0,
        )


@pages.post("/files/<file>/removal")
@staff(Role.COORDINATOR)
def detach(coalition: Coalition, mailing: str, file: str) -> ResponseReturnValue:
    """Remove a file."""

    def remove(found: Mailing, _coalition: Coalition) -> str:
        found.detach(id_or_404(file), editor_id=user_id())
        record_in_audit_log("mailing.changed", found, ["attachments"])
        return gettext("Removed.")

    return act(coalition, mailing, remove)


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

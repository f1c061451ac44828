"""The pages on which one looks at all of a mailing before one says yes: to approve it, to send it."""

from collections.abc import Callable
from enum import StrEnum
from uuid import UUID

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition.sdk import (
    Coalition,
    DomainError,
    Form,
    Role,
    error_in_words,
    id_or_404,
    read_moment,
    reading,
    record_in_audit_log,
    see_other,
    sent_form,
    staff,
    transaction,
)
from coalition_email_outreach import approving, queries, schemas, starting
from coalition_email_outreach.acting import pages, refused
from coalition_email_outreach.forecast import LONGEST_DAYS
from coalition_email_outreach.models import Mailing, mailing_or_raise
from coalition_email_outreach.review import Review, review
from coalition_email_outreach.sight import GROWTH_PERCENT, Sight, locked_sight
from coalition_email_outreach.views import user_id


class Step(StrEnum):
    """What one is asked to say yes to."""

    APPROVE = "approve"
    SEND = "send"


@pages.get("/sending")
@staff(Role.COORDINATOR)
def look_before_sending(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Show what is about to be sent, to whom, and how long it takes."""
    return _looked_at(coalition, id_or_404(mailing), Step.SEND, Form())


@pages.post("/sending")
@staff(Role.COORDINATOR)
def send(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Begin to send, or start a series, as it was looked at."""

    def start(found: Mailing, coalition: Coalition, seen: Sight) -> str:
        found.must_not_be_under_way()
        starting.check(found, coalition)
        starting.start(found, seen, locked_sight(found, coalition))
        if found.is_series:
            return gettext("The series begins.")
        return gettext("It begins. You can leave this page: sending goes on by itself.")

    return _decided(coalition, id_or_404(mailing), Step.SEND, start)


@pages.post("/schedule")
@staff(Role.COORDINATOR)
def schedule(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Have it begin later, as it was looked at."""
    form = sent_form(schemas.ScheduleForm)

    def later(found: Mailing, coalition: Coalition, seen: Sight) -> str:
        found.must_not_be_under_way()
        at = read_moment(form.values["at"], coalition.time_zone, field="at").at
        starting.check(found, coalition)
        starting.schedule(found, at, form.values["clock"], seen, user_id())
        return gettext("Scheduled. Until then you can change it or take it back.")

    return _decided(coalition, id_or_404(mailing), Step.SEND, later, form)


@pages.get("/approval")
@staff(Role.COORDINATOR)
def look_before_approving(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Show what is about to be approved."""
    return _looked_at(coalition, id_or_404(mailing), Step.APPROVE, Form())


@pages.post("/approval")
@staff(Role.COORDINATOR)
def approve(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Approve what somebody else wrote, as it was looked at."""

    def yes(found: Mailing, coalition: Coalition, seen: Sight) -> str:
        starting.check(found, coalition)
        approving.approve(found, seen, locked_sight(found, coalition), user_id())
        record_in_audit_log("mailing.approved", found)
        return gettext("Approved. If somebody changes it, it has to be approved again.")

    return _decided(coalition, id_or_404(mailing), Step.APPROVE, yes)


def _decided(
    coalition: Coalition,
    mailing_id: UUID,
    step: Step,
    verb: Callable[[Mailing, Coalition, Sight], str],
    form: Form | None = None,
) -> ResponseReturnValue:
    """Do what was said yes to; whoever saw something else is asked again."""
    form = form or Form()
    if form.errors:
        return _looked_at(coalition, mailing_id, step, form, 422)
    try:
        with transaction(coalition.id):
            seen = Sight.from_text(request.form.get("seen", ""))
            found = mailing_or_raise(mailing_id)
            # As it is stored, since the page's own may be some seconds old.
            said = verb(found, queries.coalition_of(found), seen)
        flash(said, "success")
        return see_other(
            "email-outreach-acts.show", coalition=coalition.slug, mailing=mailing_id
        )
    except DomainError as error:
        form.refuse(error)
        return _looked_at(coalition, mailing_id, step, form, error.status)


def _looked_at(
    coalition: Coalition, mailing_id: UUID, step: Step, form: Form, status: int = 200
) -> ResponseReturnValue:
    with reading(coalition.id):
        mailing = mailing_or_raise(mailing_id)
        try:
            if step is Step.SEND:
                mailing.must_not_be_under_way()
            mailing.must_be_editable()
            shown = review(mailing, coalition)
        except DomainError as error:
            problem = error
        else:
            return _page(coalition, mailing, step, form, shown), status
    form.refuse(problem)
    headline = {
        Step.SEND: gettext("It cannot be sent as it is:"),
        Step.APPROVE: gettext("It cannot be approved as it is:"),
    }
    return refused(coalition, mailing_id, form, problem.status, headline[step])


def _page(coalition: Coalition, mailing: Mailing, step: Step, form: Form, shown: Review) -> str:
    return render_template(
        "email_outreach/decide.html",
        coalition=coalition,
        mailing=mailing,
        step=step,
        form=form,
        review=shown,
        approval_problem=error_in_words(shown.approval) if shown.approval else "",
        growth_percent=GROWTH_PERCENT,
        longest_days=LONGEST_DAYS,
        had_a_hand=user_id() in approving.hands(mailing),
    )

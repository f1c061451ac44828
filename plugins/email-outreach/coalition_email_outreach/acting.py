"""One mailing's page, and how something is done to a mailing there."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, render_template
from flask.typing import ResponseReturnValue

from coalition.sdk import (
    Coalition,
    DomainError,
    Form,
    Role,
    error_in_words,
    id_or_404,
    may_change,
    reading,
    see_other,
    staff,
    transaction,
)
from coalition_email_outreach import (
    approving,
    audience,
    checking,
    pacing,
    queries,
    subjects,
    troubles,
    waiting,
)
from coalition_email_outreach.models import Mailing, mailing_or_raise
from coalition_email_outreach.recipients import RecipientState
from coalition_email_outreach.sight import sight_now
from coalition_email_outreach.views import user_id

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
        reached = queries.progress(found.id)
        figures = make_response(
            render_template(
                "email_outreach/_progress.html",
                coalition=coalition,
                mailing=found,
                progress=reached,
                pace=waiting.sentence(found, coalition, reached.waiting),
                server=pacing.server_in_trouble(),
                say_trouble=troubles.in_words,
                may_change=may_change(coalition),
            )
        )
    if found.is_editable:  # it could not begin: the page has to say why and what to do
        figures.headers["HX-Refresh"] = "true"
    return figures


def act(
    coalition: Coalition,
    mailing: str,
    verb: Verb,
    form: Form | None = None,
    *,
    lock: bool = True,
) -> ResponseReturnValue:
    """Do something to a mailing and say what came of it, or show its page with the reason.

    Args:
        lock: whether nobody else may do something to it meanwhile; else `verb` sees to that.
    """
    form, mailing_id = form or Form(), id_or_404(mailing)
    if not form.errors:
        try:
            with transaction(coalition.id):
                said = verb(mailing_or_raise(mailing_id, lock=lock), coalition)
            flash(said, "success")
            return see_other(
                "email-outreach-acts.show", coalition=coalition.slug, mailing=mailing_id
            )
        except DomainError as error:
            form.refuse(error)
            return refused(coalition, mailing_id, form, error.status)
    return refused(coalition, mailing_id, form, 422)


def refused(
    coalition: Coalition, mailing_id: UUID, form: Form, status: int, headline: str = ""
) -> ResponseReturnValue:
    """Show a mailing's page with the reason why nothing was done."""
    with reading(coalition.id):
        return _page(coalition, mailing_or_raise(mailing_id), form, headline), status


def _page(coalition: Coalition, mailing: Mailing, form: Form, headline: str = "") -> str:
    under_way = queries.is_under_way(mailing)
    shown: dict[str, Any] = _before(mailing, coalition) if mailing.is_editable else {}
    if under_way:
        shown["deeds"] = queries.deeds(mailing)
        shown["bounce_reasons"] = queries.reasons(mailing.id, RecipientState.BOUNCED)
        shown["delay_reasons"] = queries.delay_reasons(mailing.id)
        shown["responses"] = subjects.responses(mailing) if mailing.tests_subjects else None
    reached = queries.progress(mailing.id)
    return render_template(
        "email_outreach/show.html",
        coalition=coalition,
        mailing=mailing,
        form=form,
        headline=headline,
        progress=reached,
        pace=waiting.sentence(mailing, coalition, reached.waiting),
        words=queries.in_words(mailing),
        limit=approving.limit(),
        approver=approving.approver_name(mailing),
        may_change=may_change(coalition),
        say_error=error_in_words,
        server=pacing.server_in_trouble(),
        say_trouble=troubles.in_words,
        **shown,
    )


def _before(mailing: Mailing, coalition: Coalition) -> dict[str, Any]:
    """Return what the page says as long as something can be changed."""
    shown: dict[str, Any] = {"audience": None, "problem": ""}
    shown["had_a_hand"] = user_id() in approving.hands(mailing)
    try:
        audience.asked_for(
            mailing
        )  # of a series nobody is counted, but its segment may be gone
        now = sight_now(mailing, coalition)
        shown["audience"] = now.people
        shown["approval_problem"] = approving.problem(mailing, now)
        shown["approval_missing"] = approving.missing(mailing, now)
        shown["problem"] = " ".join(checking.problems(mailing, coalition))
    except DomainError as error:
        shown["problem"] = error_in_words(error)
    return shown

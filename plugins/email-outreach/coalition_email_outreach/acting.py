"""One mailing's page, and how something is done to a mailing there."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template
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
    editing,
    queries,
    subjects,
    waiting,
)
from coalition_email_outreach.models import Mailing, mailing_or_raise
from coalition_email_outreach.recipients import RecipientState
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
        return render_template(
            "email_outreach/_progress.html",
            coalition=coalition,
            mailing=found,
            progress=reached,
            pace=waiting.sentence(found, coalition, reached.waiting),
            may_change=may_change(coalition),
        )


def act(
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
            return refused(coalition, mailing_id, form, error.status)
    return refused(coalition, mailing_id, form, 422)


def refused(
    coalition: Coalition, mailing_id: UUID, form: Form, status: int
) -> ResponseReturnValue:
    """Show a mailing's page with the reason why nothing was done."""
    with reading(coalition.id):
        return _page(coalition, mailing_or_raise(mailing_id), form), status


def _page(coalition: Coalition, mailing: Mailing, form: Form) -> str:
    under_way = queries.is_under_way(mailing)
    shown: dict[str, Any] = _before(mailing, coalition) if mailing.is_editable else {}
    if under_way:
        shown["deeds"] = queries.deeds(mailing)
        shown["bounce_reasons"] = queries.reasons(mailing.id, RecipientState.BOUNCED)
        shown["responses"] = subjects.responses(mailing) if mailing.tests_subjects else None
    reached = queries.progress(mailing.id)
    return render_template(
        "email_outreach/show.html",
        coalition=coalition,
        mailing=mailing,
        form=form,
        progress=reached,
        pace=waiting.sentence(mailing, coalition, reached.waiting),
        words=queries.in_words(mailing),
        limit=approving.limit(),
        may_change=may_change(coalition),
        say_error=error_in_words,
        **shown,
    )


def _before(mailing: Mailing, coalition: Coalition) -> dict[str, Any]:
    """Return what the page says as long as something can be changed."""
    shown: dict[str, Any] = {"audience": None, "without_zone": 0, "problem": ""}
    shown["had_a_hand"] = user_id() in approving.hands(mailing)
    try:
        zones = {} if mailing.is_series else audience.zones(mailing)
        people = sum(zones.values())
        shown["audience"], shown["without_zone"] = people, zones.get(None, 0)
        shown["approval_problem"] = approving.problem(mailing, coalition, people)
        shown["approval_missing"] = approving.missing(mailing, coalition, people)
        shown["problem"] = editing.checked(mailing, coalition).problem
    except DomainError as error:
        shown["problem"] = error_in_words(error)
    return shown

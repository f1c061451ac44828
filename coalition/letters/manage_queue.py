"""The queue: signatures that wait for a coordinator, and those not confirmed by mail yet."""

from uuid import UUID

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition import db, web
from coalition.accounts import access
from coalition.coalitions.models import Coalition
from coalition.errors import DomainError
from coalition.letters import review
from coalition.letters.manage_schemas import MAX_QUERY_CHARS, NewOrganization, Rejection
from coalition.organizations.duplicates import may_mean

pages = Blueprint(
    "letters_queue",
    __name__,
    url_prefix="/manage/<coalition>/queue",
    template_folder="templates",
)


@pages.get("/")
@access.staff(access.Role.COORDINATOR)
def queue(coalition: Coalition) -> ResponseReturnValue:
    """Show what waits, the oldest first, with whom it may come from."""
    after = request.args.get("after", "")
    with db.reading(coalition.id):
        waiting = review.waiting(web.id_or_404(after) if after else None)
        return render_template(
            "letters/manage/queue.html",
            coalition=coalition,
            cases=review.cases(waiting),
            next_after=waiting[-1].id if len(waiting) == review.PAGE else None,
            unconfirmed=review.unconfirmed(None),
            age_of=review.age_of,
        )


@pages.get("/<signature>")
@access.staff(access.Role.COORDINATOR)
def case(coalition: Coalition, signature: str) -> ResponseReturnValue:
    """Show one signature that waits, and search the directory for whom it comes from."""
    with db.reading(coalition.id):
        return _case_page(coalition, web.id_or_404(signature), web.Form())


@pages.post("/<signature>/approval")
@access.staff(access.Role.COORDINATOR)
def approve(coalition: Coalition, signature: str) -> ResponseReturnValue:
    """Accept a signature, as an organization of the directory or as a new one."""
    signature_id = web.id_or_404(signature)
    existing = request.form.get("organization", "")
    form = web.form(NewOrganization)
    if not existing and form.errors:
        with db.reading(coalition.id):
            return _case_page(coalition, signature_id, form), 422
    try:
        with db.transaction(coalition.id):
            found = review.locked_signature(signature_id)
            if existing:
                organization = review.locked_organization(web.id_or_404(existing))
                found.approve(organization)
            else:
                organization = review.approve_as_new(found, **form.values)
    except DomainError as error:
        form.refuse(error)
        with db.reading(coalition.id):
            return _case_page(coalition, signature_id, form), error.status
    flash(
        gettext("“%(name)s” is under the letter and counts now.", name=organization.name),
        "success",
    )
    return web.see_other("letters_queue.queue", coalition=coalition.slug)


@pages.post("/<signature>/rejection")
@access.staff(access.Role.COORDINATOR)
def reject(coalition: Coalition, signature: str) -> ResponseReturnValue:
    """Refuse a signature, with a reason for the coalition's own records."""
    signature_id = web.id_or_404(signature)
    form = web.form(Rejection)
    if form.errors:
        with db.reading(coalition.id):
            return _case_page(coalition, signature_id, form), 422
    with db.transaction(coalition.id):
        review.locked_signature(signature_id).reject(form.values["reason"])
    flash(gettext("The signature was refused. It does not count and is not listed."), "success")
    return web.see_other("letters_queue.queue", coalition=coalition.slug)


@pages.post("/<signature>/link")
@access.staff(access.Role.COORDINATOR)
def send_link(coalition: Coalition, signature: str) -> ResponseReturnValue:
    """Send the confirmation link again to somebody who has not answered."""
    with db.transaction(coalition.id):
        review.send_link_again(review.locked_signature(web.id_or_404(signature)))
    flash(
        gettext(
            "The link is on its way, unless that mailbox got several mails from us today already."
        ),
        "success",
    )
    return web.see_other("letters_queue.queue", coalition=coalition.slug)


def _case_page(coalition: Coalition, signature_id: UUID, form: web.Form) -> str:
    query = request.args.get("q", "")[:MAX_QUERY_CHARS]
    signature = review.signature_or_404(signature_id)
    found = may_mean(query, limit=20) if query.strip() else []
    return render_template(
        "letters/manage/case.html",
        coalition=coalition,
        case=review.cases([signature])[0],
        query=query,
        found=found,
        organizations=review.organizations_by_id({each.id for each in found}),
        form=form,
    )

"""Check-in on a phone: what the code at the door opens. No account, no cookie."""

import secrets

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition import attempts, db, web
from coalition.actions import links, queries
from coalition.actions.check_ins import CheckIn
from coalition.actions.errors import CheckInClosed
from coalition.actions.links import CheckInCode
from coalition.actions.schemas import CheckInForm
from coalition.actions.views import updates_wording
from coalition.clock import now
from coalition.coalitions.models import Coalition
from coalition.errors import NotFound
from coalition.letters.errors import LinkBroken

HOUSEHOLDS = 10  # a hall full of people is one network address

pages = Blueprint("check_ins", __name__, template_folder="templates")


@pages.get("/c/<coalition>/check-in/<token>")
def show(coalition: str, token: str) -> ResponseReturnValue:
    """Show the form, with a random key of its own: sent twice, it is one entry."""
    here, code = web.visited_coalition(coalition), links.read_check_in_token(token)
    return _page(here, token, code, web.Form(), 200)


@pages.post("/c/<coalition>/check-in/<token>")
def enter(coalition: str, token: str) -> ResponseReturnValue:
    """Note that somebody came. The answer does not tell whether an address is known."""
    here, code = web.visited_coalition(coalition), links.read_check_in_token(token)
    attempts.count_attempt(request.remote_addr, households=HOUSEHOLDS)
    form = web.form(CheckInForm)
    if form.errors:
        return _page(here, token, code, form, 422)
    values = dict(form.values)
    key, wants_updates = values.pop("key"), values.pop("updates")
    try:
        with db.transaction(here.id):
            found = _found(code)
            found.check_open(code.serial, now())
            found.enter(
                key,
                **values,
                updates_wording=updates_wording(here) if wants_updates else None,
                language=web.language(),
            )
    except CheckInClosed as error:
        form.refuse(error)
        return _page(here, token, code, form, error.status)
    return web.see_other(
        "check_ins.entered", coalition=here.slug, token=token, lang=web.language()
    )


@pages.get("/c/<coalition>/check-in/<token>/done")
def entered(coalition: str, token: str) -> ResponseReturnValue:
    """Thank, and offer to check in somebody else with this phone."""
    here, code = web.visited_coalition(coalition), links.read_check_in_token(token)
    with db.reading(here.id):
        found = _found(code)
        return render_template(
            "actions/checked_in.html",
            coalition=here,
            check_in=found,
            title=title_of(found),
            token=token,
            next_ones=queries.open_to_everybody()[:3],
        )


def title_of(check_in: CheckIn) -> str:
    """Return what people come to, in the page's language."""
    if check_in.action is not None:
        return check_in.action.text_in(web.language()).title
    meeting = check_in.meeting
    if meeting is None:
        return gettext("Meeting")
    return " · ".join(filter(None, (meeting.title, meeting.body.name)))


def _found(code: CheckInCode) -> CheckIn:
    """Find the check-in in the open scope.

    Raises:
        LinkBroken: it is not this coalition's, or was removed.
    """
    try:
        return queries.check_in_or_404(code.check_in_id)
    except NotFound as error:
        raise LinkBroken from error


def _page(
    here: Coalition, token: str, code: CheckInCode, form: web.Form, status: int
) -> ResponseReturnValue:
    with db.reading(here.id):
        found = _found(code)
        shown = {"coalition": here, "check_in": found, "title": title_of(found)}
        try:
            found.check_open(code.serial, now())
        except CheckInClosed as error:
            page = render_template(
                "actions/check_in_closed.html", **shown, sentence=web.say(error)
            )
            return page, error.status
        page = render_template(
            "actions/check_in.html",
            **shown,
            token=token,
            form=form,
            key=form.written.get("key") or secrets.token_urlsafe(16),
            is_another=request.args.get("another") == "yes",
            updates_wording=updates_wording(here),
        )
        return page, status

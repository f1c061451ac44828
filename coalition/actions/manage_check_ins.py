"""The coordinator's side of check-in: codes to print, the live list, adding by hand."""

import segno
from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition import db, web
from coalition.accounts import access
from coalition.actions import links, queries
from coalition.actions.check_in_views import title_of
from coalition.actions.check_ins import CheckIn
from coalition.actions.manage_schemas import ArrivalForm
from coalition.clock import now
from coalition.coalitions.models import Coalition
from coalition.decisions.meetings import Meeting, MeetingStatus
from coalition.decisions.queries import upcoming_meetings
from coalition.errors import NotFound

pages = Blueprint(
    "check_ins_manage",
    __name__,
    url_prefix="/manage/<coalition>/check-ins",
    template_folder="templates",
)


@pages.get("/")
@access.staff(access.Role.VIEWER)
def index(coalition: Coalition) -> ResponseReturnValue:
    """List the check-ins, and the meetings that one can be opened for."""
    with db.reading(coalition.id):
        return _index(coalition, web.Form())


@pages.post("/meetings/<meeting>")
@access.staff(access.Role.COORDINATOR)
def add_for_meeting(coalition: Coalition, meeting: str) -> ResponseReturnValue:
    """Make a code for a meeting, or go to the one that it has."""
    meeting_id, form = web.id_or_404(meeting), web.Form()
    with web.showing_refusals(form), db.transaction(coalition.id) as session:
        found = session.get(Meeting, meeting_id)
        if found is None:
            raise NotFound
        check_in = CheckIn.for_meeting(found)
    return _made(coalition, form, None if form.errors else check_in)


@pages.post("/actions/<slug>")
@access.staff(access.Role.COORDINATOR)
def add_for_action(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Make a code for an action, or go to the one that it has."""
    form = web.Form()
    with web.showing_refusals(form), db.transaction(coalition.id):
        check_in = CheckIn.for_action(queries.action_or_raise(slug))
    return _made(coalition, form, None if form.errors else check_in)


@pages.get("/<check_in>/")
@access.staff(access.Role.VIEWER)
def show(coalition: Coalition, check_in: str) -> ResponseReturnValue:
    """Show who came, kept current by itself, and the form to add somebody."""
    with db.reading(coalition.id):
        return _page(coalition, check_in, web.Form())


@pages.get("/<check_in>/list")
@access.staff(access.Role.VIEWER)
def live_list(coalition: Coalition, check_in: str) -> ResponseReturnValue:
    """Give the list alone, for the page that keeps itself current."""
    with db.reading(coalition.id):
        found = queries.check_in_or_404(web.id_or_404(check_in))
        return render_template("actions/manage/_arrivals.html", **_shown(coalition, found))


@pages.get("/<check_in>/poster")
@access.staff(access.Role.VIEWER)
def poster(coalition: Coalition, check_in: str) -> ResponseReturnValue:
    """Show the code on a page to print and hang at the door."""
    with db.reading(coalition.id):
        found = queries.check_in_or_404(web.id_or_404(check_in))
        url = _url(coalition, found)
        return render_template(
            "actions/manage/poster.html",
            coalition=coalition,
            check_in=found,
            title=title_of(found),
            url=url,
            code=segno.make(url, error="m").svg_data_uri(scale=8, border=4),
        )


@pages.post("/<check_in>/entries")
@access.staff(access.Role.COORDINATOR)
def add_entry(coalition: Coalition, check_in: str) -> ResponseReturnValue:
    """Note that somebody without a phone came."""
    form, check_in_id = web.form(ArrivalForm), web.id_or_404(check_in)
    if form.errors:
        with db.reading(coalition.id):
            return _page(coalition, check_in, form), 422
    with db.transaction(coalition.id):
        queries.check_in_or_404(check_in_id).add_by_hand(**form.values)
    flash(gettext("Added."), "success")
    return web.see_other("check_ins_manage.show", coalition=coalition.slug, check_in=check_in)


@pages.post("/<check_in>/entries/<entry>/removal")
@access.staff(access.Role.COORDINATOR)
def remove_entry(coalition: Coalition, check_in: str, entry: str) -> ResponseReturnValue:
    """Strike an entry out that is not true."""
    _change_entry(coalition, check_in, entry, "reject")
    return web.see_other("check_ins_manage.show", coalition=coalition.slug, check_in=check_in)


@pages.post("/<check_in>/entries/<entry>/speech")
@access.staff(access.Role.COORDINATOR)
def note_speaking(coalition: Coalition, check_in: str, entry: str) -> ResponseReturnValue:
    """Note that somebody who came spoke."""
    _change_entry(coalition, check_in, entry, "speech")
    return web.see_other("check_ins_manage.show", coalition=coalition.slug, check_in=check_in)


@pages.post("/<check_in>/entries/<entry>/confirmation")
@access.staff(access.Role.COORDINATOR)
def confirm_entry(coalition: Coalition, check_in: str, entry: str) -> ResponseReturnValue:
    """Say that it is true; who gave an address becomes a person that the coalition knows."""
    _change_entry(coalition, check_in, entry, "confirm")
    return web.see_other("check_ins_manage.show", coalition=coalition.slug, check_in=check_in)


@pages.post("/<check_in>/renewal")
@access.staff(access.Role.COORDINATOR)
def renew(coalition: Coalition, check_in: str) -> ResponseReturnValue:
    """Make a new code; those given out before open nothing any more."""
    with db.transaction(coalition.id):
        queries.check_in_or_404(web.id_or_404(check_in)).renew()
    flash(gettext("There is a new code. Print it anew: the old one does not work."), "success")
    return web.see_other("check_ins_manage.show", coalition=coalition.slug, check_in=check_in)


@pages.post("/<check_in>/revocation")
@access.staff(access.Role.COORDINATOR)
def revoke(coalition: Coalition, check_in: str) -> ResponseReturnValue:
    """End the check-in now."""
    with db.transaction(coalition.id):
        queries.check_in_or_404(web.id_or_404(check_in)).revoke()
    flash(gettext("The code does not work any more."), "success")
    return web.see_other("check_ins_manage.show", coalition=coalition.slug, check_in=check_in)


def _change_entry(coalition: Coalition, check_in: str, entry: str, what: str) -> None:
    check_in_id, entry_id = web.id_or_404(check_in), web.id_or_404(entry)
    with db.transaction(coalition.id):
        found = queries.participation_or_404(entry_id)
        if found.check_in_id != check_in_id:
            raise NotFound
        match what:
            case "reject":
                found.reject()
            case "speech":
                found.note_speaking(spoke=not found.spoke)
            case "confirm":
                found.confirm()


def _url(coalition: Coalition, check_in: CheckIn) -> str:
    token = links.check_in_token(check_in.id, check_in.serial)
    return web.absolute_url("check_ins.show", coalition=coalition.slug, token=token)


def _made(
    coalition: Coalition, form: web.Form, check_in: CheckIn | None
) -> ResponseReturnValue:
    if check_in is None:
        with db.reading(coalition.id):
            return _index(coalition, form), 422
    return web.see_other(
        "check_ins_manage.show", coalition=coalition.slug, check_in=check_in.id
    )


def _index(coalition: Coalition, form: web.Form) -> str:
    found = queries.check_ins()
    taken = {each.meeting_id for each in found}
    meetings = [
        each
        for each in upcoming_meetings()
        if each.id not in taken and each.status != MeetingStatus.CANCELLED
    ]
    return render_template(
        "actions/manage/check_ins.html",
        coalition=coalition,
        check_ins=[(each, title_of(each)) for each in found],
        counts=queries.count_entries([each.id for each in found]),
        meetings=meetings,
        may_change=access.may_change(coalition),
        form=form,
    )


def _page(coalition: Coalition, check_in: str, form: web.Form) -> str:
    found = queries.check_in_or_404(web.id_or_404(check_in))
    return render_template(
        "actions/manage/check_in.html",
        **_shown(coalition, found),
        url=_url(coalition, found),
        form=form,
    )


def _shown(coalition: Coalition, check_in: CheckIn) -> dict[str, object]:
    entries = queries.entries_of(check_in.id)
    at, opens, closes = now(), check_in.opens_at, check_in.closes_at
    return {
        "coalition": coalition,
        "check_in": check_in,
        "title": title_of(check_in),
        "entries": entries,
        "speakers": sum(each.will_speak for each in entries),
        "is_open": bool(
            opens and closes and opens <= at < closes and check_in.revoked_at is None
        ),
        "may_change": access.may_change(coalition),
    }

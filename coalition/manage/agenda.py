"""An item of a meeting's agenda: its number, what became of it, its outcome and motions."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition import db, web
from coalition.accounts import access
from coalition.campaigns.queries import campaigns
from coalition.coalitions.models import Coalition
from coalition.decisions import queries
from coalition.decisions.meetings import AgendaItem, ItemOutcome
from coalition.decisions.removed_meetings import remove_item
from coalition.decisions.schemas import ContinueForm, ItemForm, MotionForm, OutcomeForm
from coalition.decisions.votes import Motion
from coalition.errors import N_, InvalidInput, NotFound
from coalition.manage import forms
from coalition.manage.meetings import (
    back_to,
    campaign_or_refuse,
    meeting_or_404,
)
from coalition.manage.meetings import page as meeting_page

pages = Blueprint(
    "manage_agenda",
    __name__,
    url_prefix="/manage/<coalition>/meetings/<meeting>/items",
    template_folder="templates",
)


@pages.post("/")
@access.staff(access.Role.COORDINATOR)
def add(coalition: Coalition, meeting: str) -> ResponseReturnValue:
    """Put an item on the agenda."""
    meeting_id = web.id_or_404(meeting)
    form = web.form(ItemForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            found = meeting_or_404(meeting_id)
            values = {**form.values, "campaign": campaign_or_refuse(form.values["campaign"])}
            found.add_item(**values)
    if form.errors:
        return meeting_page(coalition, meeting_id, adding=form), 422
    return back_to(coalition, meeting_id, gettext("The item was added."))


@pages.get("/<item>")
@access.staff(access.Role.VIEWER)
def show(coalition: Coalition, meeting: str, item: str) -> ResponseReturnValue:
    """Show an item with all that can be done with it."""
    return _page(coalition, meeting, item)


@pages.post("/<item>")
@access.staff(access.Role.COORDINATOR)
def change(coalition: Coalition, meeting: str, item: str) -> ResponseReturnValue:
    """Store what was written about an item, its number included."""
    form = web.form(ItemForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            found = item_or_404(meeting, item)
            values = {**form.values, "campaign": campaign_or_refuse(form.values["campaign"])}
            found.renumber(values.pop("number"))
            found.describe(**values)
    if form.errors:
        return _page(coalition, meeting, item, editing=form), 422
    return back_to(coalition, web.id_or_404(meeting), gettext("Saved."))


@pages.post("/<item>/place")
@access.staff(access.Role.COORDINATOR)
def move(coalition: Coalition, meeting: str, item: str) -> ResponseReturnValue:
    """Move an item one place up or down on the agenda."""
    with db.transaction(coalition.id):
        found = item_or_404(meeting, item)
        up = request.form.get("to") == "up"
        meeting_or_404(found.meeting_id).move_item(found, by=-1 if up else 1)
    return web.see_other(
        "manage_meetings.show", coalition=coalition.slug, meeting=meeting, _anchor="agenda"
    )


@pages.post("/<item>/continuation")
@access.staff(access.Role.COORDINATOR)
def continue_to(coalition: Coalition, meeting: str, item: str) -> ResponseReturnValue:
    """Put an item off to a later meeting."""
    form = web.form(ContinueForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            found = item_or_404(meeting, item)
            target = queries.meeting_by_id(form.values["meeting"])
            if target is None:
                raise InvalidInput(field="meeting", reason=N_("There is no such meeting."))
            there = found.continue_to(target).meeting_id
    if form.errors:
        return _page(coalition, meeting, item, continuing=form), 422
    return back_to(coalition, there, gettext("The item was put off to this meeting."))


@pages.post("/<item>/removal")
@access.staff(access.Role.COORDINATOR)
def remove(coalition: Coalition, meeting: str, item: str) -> ResponseReturnValue:
    """Remove an item that was added by mistake."""
    form = web.Form()
    with forms.showing_refusals(form), db.transaction(coalition.id):
        remove_item(item_or_404(meeting, item))
    if form.errors:
        return _page(coalition, meeting, item, removing=form), 409
    return back_to(coalition, web.id_or_404(meeting), gettext("The item was removed."))


@pages.post("/<item>/withdrawal")
@access.staff(access.Role.COORDINATOR)
def withdraw(coalition: Coalition, meeting: str, item: str) -> ResponseReturnValue:
    """Note that an item was taken off the agenda."""
    with db.transaction(coalition.id):
        found = item_or_404(meeting, item)
        found.withdraw()
    return back_to(coalition, found.meeting_id, gettext("The item is withdrawn."))


@pages.post("/<item>/outcome")
@access.staff(access.Role.COORDINATOR)
def record_outcome(coalition: Coalition, meeting: str, item: str) -> ResponseReturnValue:
    """Write down how the body ended an item, or that this is not known."""
    form = web.form(OutcomeForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            found = item_or_404(meeting, item)
            outcome = form.values["outcome"]
            if outcome is None:
                found.forget_outcome()
            else:
                found.record_outcome(
                    outcome, note=form.values["outcome_note"], on=form.values["outcome_on"]
                )
    if form.errors:
        return _page(coalition, meeting, item, ending=form), 422
    return back_to(coalition, found.meeting_id, gettext("The outcome is stored."))


@pages.post("/<item>/motions")
@access.staff(access.Role.COORDINATOR)
def add_motion(coalition: Coalition, meeting: str, item: str) -> ResponseReturnValue:
    """Write down a motion, and go on to its vote."""
    form = web.form(MotionForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            motion = Motion.put(
                item_or_404(meeting, item),
                form.values["text"],
                our_position=form.values["our_position"],
            )
    if form.errors:
        return _page(coalition, meeting, item, moving=form), 422
    flash(gettext("The motion was added. Now record the vote, when it is known."), "success")
    return web.see_other("manage_votes.show", coalition=coalition.slug, motion=motion.id)


def item_or_404(meeting: str, item: str) -> AgendaItem:
    """Return an item of a meeting of the coalition.

    Raises:
        NotFound: that meeting has none with this id.
    """
    found = queries.item_by_id(web.id_or_404(item))
    if found is None or found.meeting_id != web.id_or_404(meeting):
        raise NotFound
    return found


def _page(
    coalition: Coalition,
    meeting: str,
    item: str,
    *,
    editing: web.Form | None = None,
    ending: web.Form | None = None,
    continuing: web.Form | None = None,
    moving: web.Form | None = None,
    removing: web.Form | None = None,
) -> str:
    with db.reading(coalition.id):
        here = meeting_or_404(web.id_or_404(meeting))
        found = item_or_404(meeting, item)
        return render_template(
            "manage/meetings/item.html",
            coalition=coalition,
            meeting=here,
            item=found,
            continued=queries.continued_items(here).get(found.id),
            later=queries.meetings_after(here),
            campaigns=campaigns(),
            outcomes=list(ItemOutcome),
            editing=editing or forms.filled(ItemForm, found, campaign=found.campaign_id),
            ending=ending or forms.filled(OutcomeForm, found),
            continuing=continuing or web.Form(),
            moving=moving or web.Form(),
            removing=removing or web.Form(),
            may_change=forms.may_change(coalition),
        )

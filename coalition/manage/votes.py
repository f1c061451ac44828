"""A motion, and how each member voted on it."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition import audit, db, web
from coalition.accounts import access
from coalition.coalitions.models import Coalition
from coalition.decisions import queries
from coalition.decisions.models import Officeholder
from coalition.decisions.schemas import MotionForm, VoteForm
from coalition.decisions.votes import Motion, MotionResult, VoteChoice
from coalition.errors import N_, InvalidInput, NotFound
from coalition.manage import forms

_CHOICES = frozenset(each.value for each in VoteChoice)

pages = Blueprint(
    "manage_votes",
    __name__,
    url_prefix="/manage/<coalition>/meetings/motions/<motion>",
    template_folder="templates",
)


@pages.get("")
@access.staff(access.Role.VIEWER)
def show(coalition: Coalition, motion: str) -> ResponseReturnValue:
    """Show a motion with the votes of the members, to be recorded or corrected."""
    return _page(coalition, motion)


@pages.post("")
@access.staff(access.Role.COORDINATOR)
def change(coalition: Coalition, motion: str) -> ResponseReturnValue:
    """Correct the text of a motion, or what the coalition wants of it."""
    form = web.form(MotionForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            motion_or_404(motion).describe(
                form.values["text"], our_position=form.values["our_position"]
            )
    if form.errors:
        return _page(coalition, motion, editing=form), 422
    return _back(coalition, motion, gettext("Saved."))


@pages.post("/votes")
@access.staff(access.Role.COORDINATOR)
def record(coalition: Coalition, motion: str) -> ResponseReturnValue:
    """Write down how members voted, or only how many did; all at once."""
    form = web.form(VoteForm)
    choices = _choices(request.form)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            _record(motion_or_404(motion), choices, form.values)
    if form.errors:
        return _page(coalition, motion, voting=form, choices=choices), 422
    return _back(coalition, motion, gettext("The vote is stored."))


@pages.post("/votes/removal")
@access.staff(access.Role.COORDINATOR)
def forget(coalition: Coalition, motion: str) -> ResponseReturnValue:
    """Take back a vote that was recorded by mistake."""
    with db.transaction(coalition.id):
        motion_or_404(motion).forget_votes()
    return _back(coalition, motion, gettext("The vote was taken back."))


@pages.post("/removal")
@access.staff(access.Role.COORDINATOR)
def remove(coalition: Coalition, motion: str) -> ResponseReturnValue:
    """Remove a motion with its votes."""
    with db.transaction(coalition.id) as session:
        found = motion_or_404(motion)
        item_id, meeting_id = found.agenda_item_id, found.item.meeting_id
        audit.record("motion.removed", found)
        session.delete(found)
    flash(gettext("The motion was removed."), "success")
    return web.see_other(
        "manage_agenda.show", coalition=coalition.slug, meeting=meeting_id, item=item_id
    )


def motion_or_404(motion: str) -> Motion:
    """Return a motion of the coalition.

    Raises:
        NotFound: it has none with this id.
    """
    found = queries.motion_by_id(web.id_or_404(motion))
    if found is None:
        raise NotFound
    return found


def _record(
    motion: Motion, choices: Mapping[UUID, VoteChoice], values: Mapping[str, Any]
) -> None:
    on, result, yes = values["voted_on"], values["result"], values["yes_count"]
    if yes is None or choices:
        if yes is not None:
            raise InvalidInput(
                field="yes_count",
                reason=N_("Say how each voted or write numbers only, not both."),
            )
        motion.record_votes(choices, on=on, result=result)
    else:
        motion.record_counts(yes, values["no_count"], on=on, result=result)


def _choices(sent: Mapping[str, str]) -> dict[UUID, VoteChoice]:
    """Return what was chosen in the grid; members whose vote is not known are left out."""
    found = {}
    for name, value in sent.items():
        if name.startswith("vote-") and value in _CHOICES:
            found[web.id_or_404(name.removeprefix("vote-"))] = VoteChoice(value)
    return found


def _members(motion: Motion, on: date | None) -> list[Officeholder]:
    """Return who sat in the body, and who else has a vote on record."""
    first, last = (on, on) if on else motion.item.meeting.days
    members = motion.item.meeting.body.members_between(first, last)
    return members + [
        vote.officeholder for vote in motion.votes if vote.officeholder not in members
    ]


def _filled(motion: Motion) -> web.Form:
    written = {
        "voted_on": forms.in_form(motion.voted_on),
        "yes_count": forms.in_form(motion.yes_count),
        "no_count": forms.in_form(motion.no_count),
        "result": forms.in_form(motion.result) if motion.is_set_by_hand else "",
    }
    return web.Form(written=written)


def _back(coalition: Coalition, motion: str, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return web.see_other("manage_votes.show", coalition=coalition.slug, motion=motion)


def _page(
    coalition: Coalition,
    motion: str,
    *,
    editing: web.Form | None = None,
    voting: web.Form | None = None,
    choices: Mapping[UUID, VoteChoice] | None = None,
) -> str:
    with db.reading(coalition.id):
        found = motion_or_404(motion)
        meeting = queries.meeting_by_id(found.item.meeting_id)
        if choices is None:
            choices = {vote.officeholder_id: vote.choice for vote in found.votes}
        on = voting.values.get("voted_on") if voting else found.voted_on
        return render_template(
            "manage/meetings/motion.html",
            coalition=coalition,
            motion=found,
            meeting=meeting,
            members=_members(found, on),
            choices=choices,
            offered=list(VoteChoice),
            results=list(MotionResult),
            editing=editing or forms.filled(MotionForm, found),
            voting=voting or _filled(found),
            may_change=forms.may_change(coalition),
        )

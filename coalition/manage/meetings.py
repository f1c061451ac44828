"""The meetings that a coalition follows: when and where they are, whether they take place."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition import db, localtime, panels, web
from coalition.accounts import access
from coalition.campaigns.models import Campaign
from coalition.campaigns.queries import campaigns
from coalition.clock import now
from coalition.coalitions.models import Coalition
from coalition.decisions import queries
from coalition.decisions.meetings import Meeting, MeetingFacts, Precision
from coalition.decisions.removed_meetings import remove_meeting
from coalition.decisions.schemas import CancelForm, MeetingForm, NewMeetingForm
from coalition.errors import N_, InvalidInput, NotFound
from coalition.localtime import Turn, time_zones, turn_of
from coalition.manage import forms

pages = Blueprint(
    "manage_meetings",
    __name__,
    url_prefix="/manage/<coalition>/meetings",
    template_folder="templates",
)


@pages.get("/")
@access.staff(access.Role.VIEWER)
def index(coalition: Coalition) -> ResponseReturnValue:
    """List the meetings to come, or with `?when=past` those before; one body's or campaign's."""
    is_past = forms.asked("when") == "past"
    body_id, campaign_id = _asked_id("body"), _asked_id("campaign")
    page = max(_asked_number("page"), 1)
    with db.reading(coalition.id):
        if is_past:
            found = queries.past_meetings(
                body_id=body_id,
                campaign_id=campaign_id,
                limit=queries.PAGE + 1,
                offset=(page - 1) * queries.PAGE,
            )
        else:
            found = queries.upcoming_meetings(
                body_id=body_id, campaign_id=campaign_id, limit=queries.ALL_COMING
            )
        return render_template(
            "manage/meetings/index.html",
            coalition=coalition,
            meetings=found[: queries.PAGE] if is_past else found,
            is_past=is_past,
            page=page,
            has_more=is_past and len(found) > queries.PAGE,
            body_id=body_id,
            campaign_id=campaign_id,
            bodies=queries.followed_bodies(),
            campaigns=campaigns(),
            may_change=forms.may_change(coalition),
        )


@pages.get("/new")
@access.staff(access.Role.COORDINATOR)
def new(coalition: Coalition) -> ResponseReturnValue:
    """Show the form for a meeting to follow."""
    written = {"body": forms.asked("body"), "campaign": forms.asked("campaign")}
    return _form_page(coalition, None, web.Form(written=written))


@pages.post("/new")
@access.staff(access.Role.COORDINATOR)
def add(coalition: Coalition) -> ResponseReturnValue:
    """Follow a meeting; its agenda may begin with an item about a campaign."""
    form = web.form(NewMeetingForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            body = queries.body_by_id(form.values["body"])
            if body is None:
                raise InvalidInput(field="body", reason=N_("There is no such body."))
            zone = form.values["time_zone"] or body.area.time_zone
            campaign = campaign_or_refuse(form.values["campaign"])
            meeting = Meeting.schedule(
                body,
                **_when(form.values, zone),
                facts=_facts(form.values, zone),
                only_once=True,
            )
            if form.values["subject"]:
                meeting.add_item(form.values["subject"], campaign=campaign)
    if form.errors:
        return _form_page(coalition, None, form), 422
    return back_to(coalition, meeting.id, gettext("You follow this meeting now."))


@pages.get("/<meeting>")
@access.staff(access.Role.VIEWER)
def show(coalition: Coalition, meeting: str) -> ResponseReturnValue:
    """Show a meeting with its agenda."""
    return page(coalition, web.id_or_404(meeting))


@pages.get("/<meeting>/edit")
@access.staff(access.Role.COORDINATOR)
def edit(coalition: Coalition, meeting: str) -> ResponseReturnValue:
    """Show the form of a meeting, filled in."""
    return _form_page(coalition, web.id_or_404(meeting), None)


@pages.post("/<meeting>/edit")
@access.staff(access.Role.COORDINATOR)
def change(coalition: Coalition, meeting: str) -> ResponseReturnValue:
    """Store what was written about a meeting; calendars learn of another time or place."""
    meeting_id = web.id_or_404(meeting)
    form = web.form(MeetingForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            found = meeting_or_404(meeting_id)
            zone = form.values["time_zone"] or found.body.area.time_zone
            found.reschedule(**_when(form.values, zone))
            found.describe(_facts(form.values, zone))
    if form.errors:
        return _form_page(coalition, meeting_id, form), 422
    return back_to(coalition, meeting_id, gettext("Saved."))


@pages.post("/<meeting>/confirmation")
@access.staff(access.Role.COORDINATOR)
def confirm(coalition: Coalition, meeting: str) -> ResponseReturnValue:
    """Note that it takes place."""
    meeting_id = web.id_or_404(meeting)
    with db.transaction(coalition.id):
        meeting_or_404(meeting_id).confirm()
    return back_to(coalition, meeting_id, gettext("The meeting is confirmed."))


@pages.post("/<meeting>/cancellation")
@access.staff(access.Role.COORDINATOR)
def cancel(coalition: Coalition, meeting: str) -> ResponseReturnValue:
    """Note that it does not take place, and why."""
    meeting_id = web.id_or_404(meeting)
    form = web.form(CancelForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            meeting_or_404(meeting_id).cancel(form.values["reason"])
    if form.errors:
        return page(coalition, meeting_id, cancelling=form), 422
    return back_to(coalition, meeting_id, gettext("The meeting is cancelled."))


@pages.post("/<meeting>/holding")
@access.staff(access.Role.COORDINATOR)
def hold(coalition: Coalition, meeting: str) -> ResponseReturnValue:
    """Note that it took place."""
    meeting_id = web.id_or_404(meeting)
    with db.transaction(coalition.id):
        meeting_or_404(meeting_id).hold()
    return back_to(coalition, meeting_id, gettext("Noted: the meeting took place."))


@pages.post("/<meeting>/removal")
@access.staff(access.Role.COORDINATOR)
def remove(coalition: Coalition, meeting: str) -> ResponseReturnValue:
    """Remove a meeting that was added by mistake."""
    meeting_id, form = web.id_or_404(meeting), web.Form()
    with forms.showing_refusals(form), db.transaction(coalition.id):
        remove_meeting(meeting_or_404(meeting_id))
    if form.errors:
        return page(coalition, meeting_id, removing=form), 409
    flash(gettext("The meeting was removed. Calendars are told that it is off."), "success")
    return web.see_other("manage_meetings.index", coalition=coalition.slug)


def meeting_or_404(meeting_id: UUID) -> Meeting:
    """Return a meeting of the coalition with its agenda.

    Raises:
        NotFound: it has none with this id.
    """
    found = queries.meeting_by_id(meeting_id)
    if found is None:
        raise NotFound
    return found


def campaign_or_refuse(campaign_id: UUID | None) -> Campaign | None:
    """Return the campaign that was chosen, if one was.

    Raises:
        InvalidInput: the coalition has none with this id.
    """
    if campaign_id is None:
        return None
    found = db.session.get(Campaign, campaign_id)
    if found is None:
        raise InvalidInput(field="campaign", reason=N_("There is no such campaign."))
    return found


def page(
    coalition: Coalition,
    meeting_id: UUID,
    *,
    adding: web.Form | None = None,
    cancelling: web.Form | None = None,
    removing: web.Form | None = None,
) -> str:
    """Return a meeting's page, with forms as they were sent if they were refused."""
    with db.reading(coalition.id):
        found = meeting_or_404(meeting_id)
        return render_template(
            "manage/meetings/show.html",
            coalition=coalition,
            meeting=found,
            continued=queries.continued_items(found),
            panels=panels.shown_at(panels.MEETING, coalition=coalition, meeting=found),
            campaigns=campaigns(),
            adding=adding or web.Form(),
            cancelling=cancelling or web.Form(),
            removing=removing or web.Form(),
            may_change=forms.may_change(coalition),
        )


def back_to(coalition: Coalition, meeting_id: UUID, said: str) -> ResponseReturnValue:
    """Say what was done and go to the meeting's page."""
    flash(said, "success")
    return web.see_other("manage_meetings.show", coalition=coalition.slug, meeting=meeting_id)


def _when(values: dict[str, Any], zone: str) -> dict[str, Any]:
    return {
        "day": values["day"],
        "at": values["time"],
        "precision": values["precision"],
        "time_zone": zone,
        "turn": values["turn"],
    }


def _facts(values: dict[str, Any], zone: str) -> MeetingFacts:
    day, at = values["comments_day"], values["comments_time"]
    closes_at = None
    if day and at:
        # Of a deadline that comes twice, the first: nobody is late who keeps it.
        closes_at = localtime.moment(day, at, zone, turn=Turn.FIRST, field="comments_time")
    return MeetingFacts(
        own_comment_closes_at=closes_at,
        **{
            name: values[name]
            for name in (
                "title", "duration_min", "place", "address", "remote_url", "agenda_url",
                "minutes_url", "note",
            )
        },
    )  # fmt: skip


def _form_page(coalition: Coalition, meeting_id: UUID | None, form: web.Form | None) -> str:
    with db.reading(coalition.id):
        meeting = meeting_or_404(meeting_id) if meeting_id else None
        if form is None:
            assert meeting is not None
            form = _filled(meeting)
        return render_template(
            "manage/meetings/form.html",
            coalition=coalition,
            meeting=meeting,
            form=form,
            bodies=queries.bodies() if meeting is None else [],
            campaigns=campaigns() if meeting is None else [],
            time_zones=time_zones(),
            today=now().date(),
        )


def _filled(meeting: Meeting) -> web.Form:
    local, deadline = meeting.local_start, meeting.own_comment_closes_at
    closes = deadline and deadline.astimezone(local.tzinfo)
    return forms.filled(
        MeetingForm,
        meeting,
        day=local.date(),
        time=f"{local:%H:%M}" if meeting.precision == Precision.TIME else "",
        turn=turn_of(meeting.starts_at, meeting.time_zone),
        comments_day=closes.date() if closes else None,
        comments_time=f"{closes:%H:%M}" if closes else "",
    )


def _asked_id(name: str) -> UUID | None:
    asked = request.args.get(name)
    return web.id_or_404(asked) if asked else None


def _asked_number(name: str) -> int:
    asked = request.args.get(name, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1

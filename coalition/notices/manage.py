"""The coordinator's page of a campaign's meeting clock: what is sent when, to how many, and the log."""

from uuid import UUID

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from coalition import audit, config, db, web
from coalition.accounts import access
from coalition.campaigns.models import Campaign, campaign_by_slug
from coalition.coalitions.models import Coalition
from coalition.errors import NotFound
from coalition.notices import previewing, queries, settling
from coalition.notices.facts import NoticeKind
from coalition.notices.models import MeetingClock, UnsettledChange
from coalition.notices.receipts import NoticeState
from coalition.notices.schedule import (
    DAY_MIN,
    DEADLINE_LEADS,
    HOUR_MIN,
    MEETING_LEADS,
)
from coalition.notices.schemas import ClockForm

pages = Blueprint(
    "meeting_clock",
    __name__,
    url_prefix="/manage/<coalition>/campaigns/<campaign>/clock",
    template_folder="templates",
)


@pages.get("/")
@access.staff(access.Role.VIEWER)
def show(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Show what will be sent when, to how many people, and what was sent."""
    return _page(coalition, campaign, web.Form())


@pages.post("/")
@access.staff(access.Role.COORDINATOR)
def set_clock(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Start or stop the clock, and choose the reminders."""
    form = web.form(ClockForm)
    if form.errors:
        return _page(coalition, campaign, form), 422
    with db.transaction(coalition.id):
        MeetingClock.of(_campaign_or_404(campaign)).set(**form.values)
    flash(gettext("Saved."), "success")
    return _to(coalition, campaign)


@pages.post("/changes/<uuid:change>/telling")
@access.staff(access.Role.COORDINATOR)
def tell_now(coalition: Coalition, campaign: str, change: UUID) -> ResponseReturnValue:
    """Tell people of a change without waiting for it to settle."""
    with db.transaction(coalition.id):
        found = queries.change_of(_campaign_or_404(campaign).id, change)
        notice = settling.settle(found)
    said = (
        gettext("The mails are on their way.")
        if notice
        else gettext("There is nothing to tell.")
    )
    flash(said, "success")
    return _to(coalition, campaign)


@pages.post("/changes/<uuid:change>/silence")
@access.staff(access.Role.COORDINATOR)
def keep_quiet(coalition: Coalition, campaign: str, change: UUID) -> ResponseReturnValue:
    """Tell nobody of a change."""
    with db.transaction(coalition.id):
        found = queries.change_of(_campaign_or_404(campaign).id, change)
        settling.keep_quiet(found)
    flash(gettext("Nobody is told of this change."), "success")
    return _to(coalition, campaign)


@pages.post("/notices/<uuid:notice>/end")
@access.staff(access.Role.COORDINATOR)
def end_notice(coalition: Coalition, campaign: str, notice: UUID) -> ResponseReturnValue:
    """Write to nobody else because of a notice that is being sent."""
    with db.transaction(coalition.id):
        found = queries.notice_of(_campaign_or_404(campaign).id, notice)
        found.end(NoticeState.STOPPED)
        audit.record("notice.ended", found, ["state"])
    flash(gettext("Stopped. Mails that were queued already may still arrive."), "success")
    return _to(coalition, campaign)


@pages.get("/preview")
@access.staff(access.Role.VIEWER)
def preview(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    """Show a mail as people would get it now: of a waiting change, or of a kind about a meeting."""
    language = request.args.get("language", coalition.language)
    if language not in config.current().languages:
        raise NotFound
    with db.reading(coalition.id):
        found = _campaign_or_404(campaign)
        if "change" in request.args:
            change = db.session.get(UnsettledChange, web.id_or_404(request.args["change"]))
            if change is None or change.campaign_id != found.id:
                raise NotFound
            text = previewing.mail_of_change(coalition, change, language)
        else:
            meeting = queries.meeting_of(
                found.id, web.id_or_404(request.args.get("meeting", ""))
            )
            text = previewing.mail(coalition, found, meeting, _asked_kind(), language)
        return render_template(
            "notices/preview.html",
            coalition=coalition,
            campaign=found,
            text=text,
            language=language,
            kinds=previewing.SHOWN_KINDS,
            asked={
                key: request.args[key]
                for key in ("change", "meeting", "kind")
                if key in request.args
            },
        )


def lead_in_words(lead_min: int, kind: NoticeKind) -> str:
    """Return “7 days before the meeting” or “3 hours before comments close”."""
    days, hours = lead_min // DAY_MIN, lead_min // HOUR_MIN
    whole_days = lead_min % DAY_MIN == 0
    if kind == NoticeKind.DEADLINE:
        if whole_days:
            return ngettext(
                "%(num)d day before comments close", "%(num)d days before comments close", days
            )
        return ngettext(
            "%(num)d hour before comments close", "%(num)d hours before comments close", hours
        )
    if whole_days:
        return ngettext(
            "%(num)d day before the meeting", "%(num)d days before the meeting", days
        )
    return ngettext(
        "%(num)d hour before the meeting", "%(num)d hours before the meeting", hours
    )


def _asked_kind() -> NoticeKind:
    asked = request.args.get("kind", NoticeKind.AGENDA.value)
    for kind in previewing.SHOWN_KINDS:
        if kind.value == asked:
            return kind
    raise NotFound


def _campaign_or_404(slug: str) -> Campaign:
    found = campaign_by_slug(slug)
    if found is None:
        raise NotFound
    return found


def _to(coalition: Coalition, campaign: str) -> ResponseReturnValue:
    return web.see_other("meeting_clock.show", coalition=coalition.slug, campaign=campaign)


def _page(coalition: Coalition, slug: str, form: web.Form) -> str:
    with db.reading(coalition.id):
        campaign = _campaign_or_404(slug)
        clock = MeetingClock.of(campaign)
        told = queries.notices_of(campaign.id)
        return render_template(
            "notices/clock.html",
            coalition=coalition,
            campaign=campaign,
            clock=clock,
            runs=clock.is_on and clock.runs,
            form=form,
            outlooks=previewing.outlooks(clock, campaign, told),
            waiting=previewing.waiting(campaign) if clock.is_on else [],
            told=told,
            meeting_leads=MEETING_LEADS,
            deadline_leads=DEADLINE_LEADS,
            may_change=access.may_change(coalition),
        )


pages.add_app_template_filter(lead_in_words, "lead_in_words")

"""The administrator's pages: coalitions, plugins, and what went wrong in the background."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select, func, select

from coalition import audit, db, jobs, outbox, plugins, web
from coalition.accounts import access
from coalition.clock import now
from coalition.coalitions.queries import coalitions_page
from coalition.coalitions.schemas import NewCoalitionForm
from coalition.errors import NotFound
from coalition.fields import time_zones
from coalition.mail.models import MailMessage, MessageState
from coalition.manage import forms
from coalition.manage.founding import found_with_coordinator
from coalition.plugins import PluginInstallation

SHOWN = 100  # deliveries or jobs that were given up
COUNTED_UP_TO = 10_000  # messages; beyond that “10,000+” says enough

pages = Blueprint("installation", __name__, url_prefix="/admin", template_folder="templates")


@dataclass(frozen=True)
class Backlog:
    """What waits in the background, each counted up to `COUNTED_UP_TO`."""

    facts: int
    deliveries: int
    jobs: int
    mail_by_state: dict[str, int]
    oldest_mail_at: datetime | None


@pages.get("/")
@access.administrator
def overview() -> ResponseReturnValue:
    """Show whether anything is stuck."""
    with db.platform_transaction():
        return render_template(
            "manage/installation/overview.html",
            backlog=_backlog(),
            deliveries=outbox.given_up(1),
            jobs=jobs.failed(1),
            plugins=[each for each in plugins.registry().plugins.values() if each.problem],
            now=now(),
        )


@pages.get("/coalitions/")
@access.administrator
def coalitions() -> ResponseReturnValue:
    """List the coalitions by address."""
    with db.reading():
        page, next_after = coalitions_page(forms.asked("after"))
        return render_template(
            "manage/installation/coalitions.html", coalitions=page, next_after=next_after
        )


@pages.get("/coalitions/new")
@access.administrator
def new_coalition() -> ResponseReturnValue:
    """Show the form to found a coalition."""
    beginning = {"language": "en", "time_zone": "America/Los_Angeles"}
    return _new_page(web.Form(written=beginning))


@pages.post("/coalitions/new")
@access.administrator
def found_coalition() -> ResponseReturnValue:
    """Found a coalition and invite its first coordinator."""
    form = web.form(NewCoalitionForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction():
            coordinator = form.values.pop("coordinator")
            made = found_with_coordinator(coordinator=coordinator, **form.values)
    if form.errors:
        return _new_page(form), 422
    web.forget_coalitions()
    flash(gettext("%(name)s was founded.", name=made.name), "success")
    return web.see_other("installation.coalitions")


@pages.get("/plugins/")
@access.administrator
def list_plugins() -> ResponseReturnValue:
    """List what is installed, with hooks, tables and problems."""
    with db.reading():
        return render_template(
            "manage/installation/plugins.html",
            plugins=list(plugins.registry().plugins.values()),
            is_on=plugins.is_on_everywhere,
        )


@pages.post("/plugins/<plugin>/switch")
@access.administrator
def switch_plugin(plugin: str) -> ResponseReturnValue:
    """Switch a plugin on or off for the whole installation; all coalitions are told."""
    if plugin not in plugins.registry().plugins:
        raise NotFound
    on = request.form.get("on") == "yes"
    with db.platform_transaction() as session:
        plugins.switch(plugin, on=on)
        row = session.scalars(select(PluginInstallation).filter_by(plugin=plugin)).one()
        audit.record("plugin.switched_on" if on else "plugin.switched_off", row, [plugin])
    plugins.forget_switches()
    said = gettext("%(name)s is on.") if on else gettext("%(name)s is off.")
    flash(said % {"name": plugin}, "success")
    return web.see_other("installation.list_plugins")


@pages.get("/queues/")
@access.administrator
def work() -> ResponseReturnValue:
    """Show the deliveries and jobs that were given up, with their errors."""
    with db.platform_transaction():
        deliveries, given_up = outbox.given_up(SHOWN + 1), jobs.failed(SHOWN + 1)
        return render_template(
            "manage/installation/work.html",
            deliveries=deliveries[:SHOWN],
            jobs=given_up[:SHOWN],
            more_deliveries=len(deliveries) > SHOWN,
            more_jobs=len(given_up) > SHOWN,
        )


@pages.post("/queues/deliveries/<subscriber>/attempts")
@access.administrator
def retry_deliveries(subscriber: str) -> ResponseReturnValue:
    """Tell a subscriber again what it failed at for good."""
    with db.platform_transaction():
        waiting = outbox.given_up(1, subscriber_name=subscriber)
        if not waiting:
            raise NotFound
        outbox.retry_given_up(subscriber)
        audit.record("outbox.retried", waiting[0], [subscriber])
    flash(gettext("It is tried again now."), "success")
    return web.see_other("installation.work")


@pages.post("/queues/jobs/<job>/attempts")
@access.administrator
def retry_job(job: str) -> ResponseReturnValue:
    """Run a job again that was given up."""
    job_id = web.id_or_404(job)
    with db.platform_transaction() as session:
        found = session.get(jobs.Job, job_id)
        if found is None:
            raise NotFound
        jobs.retry_failed(job_id)
        audit.record("job.retried", found)
    flash(gettext("It is tried again now."), "success")
    return web.see_other("installation.work")


def _backlog() -> Backlog:
    states = {}
    for state in (MessageState.QUEUED, MessageState.FAILED, MessageState.REFUSED):
        states[state.value] = _count(select(MailMessage.id).filter_by(state=state))
    oldest = select(func.min(MailMessage.created_at)).filter_by(state=MessageState.QUEUED)
    return Backlog(
        facts=_count(select(outbox.OutboxEvent.id)),
        deliveries=_count(select(outbox.Delivery.id)),
        jobs=_count(select(jobs.Job.id)),
        mail_by_state=states,
        oldest_mail_at=db.session.scalar(oldest),
    )


def _count(ids: Select[UUID]) -> int:
    some = ids.limit(COUNTED_UP_TO).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def _new_page(form: web.Form) -> str:
    with db.reading():
        return render_template(
            "manage/installation/new_coalition.html",
            form=form,
            time_zones=sorted(time_zones()),
        )

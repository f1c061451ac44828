"""Tasks: mine, everybody's, done; new ones in one click from what they are about."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from coalition import audit, db, panels, web
from coalition.accounts import access
from coalition.accounts.queries import team
from coalition.actions import queries
from coalition.actions.follow_ups import ABOUT, FollowUp, add_follow_up
from coalition.actions.manage_schemas import TaskForm, id_of
from coalition.coalitions.models import Coalition
from coalition.errors import NotFound

DUE_IN = timedelta(days=7)  # of a task made in one click
pages = Blueprint(
    "tasks", __name__, url_prefix="/manage/<coalition>/tasks", template_folder="templates"
)


@pages.get("/")
@access.staff(access.Role.VIEWER)
def index(coalition: Coalition) -> ResponseReturnValue:
    """List what is to do: mine at first; `?whose=all` everybody's, `?done=yes` what is done."""
    whose, done = request.args.get("whose", "mine"), request.args.get("done") == "yes"
    me = access.user()
    with db.reading(coalition.id):
        return render_template(
            "actions/manage/tasks.html",
            coalition=coalition,
            tasks=queries.tasks(owner_id=me.id if me and whose == "mine" else None, done=done),
            whose=whose,
            done=done,
            today=coalition.today(),
            may_change=access.may_change(coalition),
        )


@pages.get("/new")
@access.staff(access.Role.COORDINATOR)
def new(coalition: Coalition) -> ResponseReturnValue:
    """Show the form for a new task; what it is about may stand in the address."""
    me = access.user()
    written = {name: request.args.get(name, "") for name in ABOUT}
    due = coalition.today() + DUE_IN
    written |= {"owner_id": str(me.id) if me else "", "due_on": due.isoformat()}
    return _page(coalition, None, web.Form(written=written))


@pages.post("/new")
@access.staff(access.Role.COORDINATOR)
def add(coalition: Coalition) -> ResponseReturnValue:
    """Add a task."""
    form = web.form(TaskForm)
    if not form.errors:
        with web.showing_refusals(form), db.transaction(coalition.id):
            values = dict(form.values)
            about = {name: id_of(values.pop(name), name) for name in ABOUT}
            owner_id = id_of(values.pop("owner_id"), "owner_id")
            add_follow_up(**values, owner_id=owner_id, about=about)
    if form.errors:
        return _page(coalition, None, form), 422
    flash(gettext("The task was added."), "success")
    me = access.user()
    whose = "mine" if me and owner_id == me.id else "all"  # where it can be seen
    return web.see_other("tasks.index", coalition=coalition.slug, whose=whose)


@pages.post("/about/<kind>/<subject>")
@access.staff(access.Role.COORDINATOR)
def add_about(coalition: Coalition, kind: str, subject: str) -> ResponseReturnValue:
    """Make a task for oneself about something in one click, due in a week, and open it."""
    subject_id, me = web.id_or_404(subject), access.user()
    known = ABOUT.get(f"{kind}_id")
    if known is None or me is None:
        raise NotFound
    with db.transaction(coalition.id) as session:
        if session.get(known, subject_id) is None:
            raise NotFound
        task = add_follow_up(
            _title_for(kind),
            owner_id=me.id,
            due_on=coalition.today() + DUE_IN,
            about={f"{kind}_id": subject_id},
        )
    flash(gettext("There is a task for you, due in a week. Say here what is to do."), "success")
    return web.see_other("tasks.edit", coalition=coalition.slug, task=task.id)


@pages.get("/<task>/edit")
@access.staff(access.Role.COORDINATOR)
def edit(coalition: Coalition, task: str) -> ResponseReturnValue:
    """Show a task's form, filled in."""
    return _page(coalition, web.id_or_404(task), None)


@pages.post("/<task>/edit")
@access.staff(access.Role.COORDINATOR)
def change(coalition: Coalition, task: str) -> ResponseReturnValue:
    """Store what was written about a task."""
    form, task_id = web.form(TaskForm), web.id_or_404(task)
    if not form.errors:
        with web.showing_refusals(form), db.transaction(coalition.id):
            found = queries.follow_up_or_404(task_id)
            found.give_to(id_of(form.values["owner_id"], "owner_id"))
            for name in ("title", "details", "due_on"):
                setattr(found, name, form.values[name])
            audit.record("follow_up.changed", found)
    if form.errors:
        return _page(coalition, task_id, form), 422
    flash(gettext("Saved."), "success")
    return web.see_other("tasks.index", coalition=coalition.slug)


@pages.post("/<task>/done")
@access.staff(access.Role.COORDINATOR)
def finish(coalition: Coalition, task: str) -> ResponseReturnValue:
    """Note that a task was done."""
    with db.transaction(coalition.id):
        queries.follow_up_or_404(web.id_or_404(task)).finish()
    flash(gettext("Done."), "success")
    return web.see_other("tasks.index", coalition=coalition.slug)


@pages.post("/<task>/reopening")
@access.staff(access.Role.COORDINATOR)
def reopen(coalition: Coalition, task: str) -> ResponseReturnValue:
    """Note that a task is not done after all."""
    with db.transaction(coalition.id):
        queries.follow_up_or_404(web.id_or_404(task)).reopen()
    return web.see_other("tasks.index", coalition=coalition.slug)


def my_tasks(coalition: Coalition) -> Markup | None:
    """Show the tasks of who is signed in, on the page At a glance."""
    me = access.user()
    found = queries.tasks(owner_id=me.id) if me else ()
    if not found:
        return None
    return Markup(  # noqa: S704  the template escapes
        render_template(
            "actions/manage/_my_tasks.html",
            coalition=coalition,
            tasks=found[:10],
            more=max(len(found) - 10, 0),
            today=coalition.today(),
            may_change=access.may_change(coalition),
        )
    )


panels.fill(panels.GLANCE, "tasks", my_tasks)


def _title_for(kind: str) -> str:
    """Return words to begin with; no name of a person, which would stand here unsealed."""
    if kind == "meeting":
        return gettext("Follow up after the meeting")
    return gettext("Follow up")


def _page(coalition: Coalition, task_id: UUID | None, form: web.Form | None) -> str:
    with db.reading(coalition.id):
        task: FollowUp | None = queries.follow_up_or_404(task_id) if task_id else None
        if form is None and task is not None:
            written = {name: getattr(task, name) for name in TaskForm().load_fields}
            form = web.Form(
                written={k: "" if v is None else str(v) for k, v in written.items()}
            )
        members = team(coalition.id)
        return render_template(
            "actions/manage/task.html",
            coalition=coalition,
            task=task,
            form=form,
            about=ABOUT,
            subject=_subject(form),
            owners=[(each.user.id, each.user.name or each.user.email) for each in members],
        )


def _subject(form: web.Form | None) -> list[tuple[str, Any]]:
    """Return what the task of a form is about, with the kind of each."""
    found = []
    for name, kind in ABOUT.items():
        text = (form.written.get(name) if form else "") or ""
        try:
            row = db.session.get(kind, UUID(text)) if text else None
        except ValueError:
            row = None
        if row is not None:
            found.append((name.removesuffix("_id"), row))
    return found

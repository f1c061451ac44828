"""The coordinator's editor of an action."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from coalition import db, web
from coalition.accounts import access
from coalition.actions import editing, queries
from coalition.actions.editing import ActionValues, TextValues, members_of
from coalition.actions.manage import editable_or_raise
from coalition.actions.manage_schemas import ActionForm, action_values, texts_of
from coalition.actions.models import Action, ActionKind, Addressee, Audience
from coalition.areas.models import Area
from coalition.campaigns.queries import campaigns
from coalition.coalitions.models import Coalition
from coalition.coalitions.queries import NAMES_OFFERED, member_ids
from coalition.decisions.meetings import AgendaItem, Meeting
from coalition.decisions.models import DecisionBody, Officeholder
from coalition.decisions.queries import upcoming_meetings
from coalition.decisions.votes import Position
from coalition.languages import WRITTEN, own_name
from coalition.letters.moments import Moment, form_text
from coalition.localtime import time_zones
from coalition.organizations.models import Organization
from coalition.segments.models import Segment, segments

BODIES_OFFERED = 500
AREAS_OFFERED = 500

pages = Blueprint(
    "actions_editing",
    __name__,
    url_prefix="/manage/<coalition>/actions",
    template_folder="templates",
)


@dataclass(frozen=True)
class Choices:
    """What the editor offers to choose from."""

    campaigns: list[tuple[str, str]]
    meetings: list[Meeting]
    items: list[AgendaItem]
    bodies: list[DecisionBody]
    areas: list[Area]
    organizations: list[Organization]
    officeholders: list[Officeholder]
    segments: Sequence[Segment]


@pages.get("/new")
@access.staff(access.Role.COORDINATOR)
def new(coalition: Coalition) -> ResponseReturnValue:
    """Show an empty editor; campaign, meeting and item may stand in the address."""
    asked = {
        name: request.args.get(name, "")
        for name in ("campaign_id", "meeting_id", "agenda_item_id", "kind")
    }
    written = {**asked, "time_zone": coalition.time_zone, "language": coalition.language}
    return _page(
        coalition, None, web.Form(written=written), [TextValues(coalition.language, "")]
    )


@pages.post("/new")
@access.staff(access.Role.COORDINATOR)
def create(coalition: Coalition) -> ResponseReturnValue:
    """Store a new action as a draft, or show the editor again with one more language."""
    form, texts = _sent()
    if "add_text" in request.form:
        return _page(coalition, None, form, _with_one_more(texts))
    moved = None
    if not form.errors:
        with web.showing_refusals(form), db.transaction(coalition.id):
            values, moved = action_values(form.values)
            action = editing.create(values)
    if form.errors:
        return _page(coalition, None, form, texts), 422
    return _saved(coalition, action.slug, moved)


@pages.get("/<slug>/edit")
@access.staff(access.Role.COORDINATOR)
def edit(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Show the editor, filled in."""
    with db.reading(coalition.id):
        action = queries.action_or_raise(slug)
        values = editing.values_of(action)
    return _page(coalition, slug, web.Form(written=_written(values)), list(values.texts))


@pages.post("/<slug>/edit")
@access.staff(access.Role.COORDINATOR)
def change(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Store what was written, or show the editor again with one more language."""
    form, texts = _sent()
    if "add_text" in request.form:
        return _page(coalition, slug, form, _with_one_more(texts))
    moved, new_slug = None, slug
    if not form.errors:
        with web.showing_refusals(form), db.transaction(coalition.id):
            values, moved = action_values(form.values)
            action = editable_or_raise(slug)
            editing.change(action, values)
            new_slug = action.slug
    if form.errors:
        return _page(coalition, slug, form, texts), 422
    return _saved(coalition, new_slug, moved)


def _sent() -> tuple[web.Form, list[TextValues]]:
    form = web.form(ActionForm)
    raw = {
        name: request.form.getlist(name)
        for name in ActionForm().load_fields
        if name.startswith("text_")
    }
    texts = texts_of({**(form.values or raw), "remove_text": []})
    language = form.written.get("language") or "en"
    return form, texts or [TextValues(str(language), "")]


def _with_one_more(texts: list[TextValues]) -> list[TextValues]:
    language = request.form.get("new_language", "")
    known = {text.language for text in texts}
    if language in WRITTEN and language not in known:
        return [*texts, TextValues(language, "")]
    return texts


def _written(values: ActionValues) -> Mapping[str, Any]:
    stored = {
        name: "" if value is None else str(value)
        for name, value in vars(values).items()
        if name not in ("texts", "asked_ids", "target_ids", "closes_at")
    }
    return {
        **stored,
        "closes_at": form_text(values.closes_at, values.time_zone),
        "asked": [str(each) for each in values.asked_ids],
        "targets": [str(each) for each in values.target_ids],
    }


def _saved(coalition: Coalition, slug: str, moved: Moment | None) -> ResponseReturnValue:
    if moved is not None:
        flash(
            gettext(
                "On that night the clocks are set forward, so the deadline is %(time)s.",
                time=moved.local.strftime("%H:%M"),
            ),
            "info",
        )
    flash(gettext("Saved."), "success")
    return web.see_other("actions_manage.show", coalition=coalition.slug, slug=slug)


def _page(
    coalition: Coalition, slug: str | None, form: web.Form, texts: list[TextValues]
) -> str:
    with db.reading(coalition.id):
        action = queries.action_or_raise(slug) if slug else None
        return render_template(
            "actions/manage/edit.html",
            coalition=coalition,
            action=action,
            form=form,
            texts=texts,
            language_names={code: own_name(code) for code in WRITTEN},
            zones=time_zones(),
            choices=_choices(action),
            kinds=list(ActionKind),
            audiences=list(Audience),
            addressees=list(Addressee),
            positions=list(Position),
        )


def _choices(action: Action | None) -> Choices:
    meetings = list(upcoming_meetings())
    if action is not None and action.meeting is not None and action.meeting not in meetings:
        meetings.insert(0, action.meeting)
    items = select(AgendaItem).where(AgendaItem.meeting_id.in_([each.id for each in meetings]))
    members = select(Organization).where(Organization.id.in_(member_ids()))
    return Choices(
        campaigns=[(str(each.id), each.title) for each in campaigns()],
        meetings=meetings,
        items=list(
            db.session.scalars(items.order_by(AgendaItem.meeting_id, AgendaItem.position))
        ),
        bodies=list(
            db.session.scalars(
                select(DecisionBody).order_by(DecisionBody.name).limit(BODIES_OFFERED)
            )
        ),
        areas=list(
            db.session.scalars(
                select(Area).order_by(Area.region, Area.name).limit(AREAS_OFFERED)
            )
        ),
        organizations=list(
            db.session.scalars(members.order_by(Organization.sort_key).limit(NAMES_OFFERED))
        ),
        officeholders=members_of(action) if action else [],
        segments=segments(),
    )

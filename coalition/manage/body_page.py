"""One public body: how it hears the public, its seats and who holds them."""

from uuid import UUID

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition import db, web
from coalition.accounts import access
from coalition.clock import now
from coalition.coalitions.models import Coalition
from coalition.decisions import queries
from coalition.decisions.models import DecisionBody, Officeholder, Post
from coalition.decisions.removing import remove_officeholder, remove_post
from coalition.decisions.schemas import SeatForm, SeatNameForm, TermForm, closing_rule
from coalition.errors import NotFound
from coalition.localtime import time_zone
from coalition.manage import forms
from coalition.manage.bodies import body_or_404, kept_or_403, may_keep, note

pages = Blueprint(
    "manage_body",
    __name__,
    url_prefix="/manage/<coalition>/bodies/<body>",
    template_folder="templates",
)


@pages.get("")
@access.staff(access.Role.VIEWER)
def show(coalition: Coalition, body: str) -> ResponseReturnValue:
    """Show a body with its members of today and its next meetings."""
    return _page(coalition, web.id_or_404(body), web.Form())


@pages.post("/posts")
@access.staff(access.Role.COORDINATOR)
def add_post(coalition: Coalition, body: str) -> ResponseReturnValue:
    """Add a seat, with who holds it if that was written."""
    body_id = web.id_or_404(body)
    form = web.form(SeatForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            post = kept_or_403(coalition, body_id).add_post(form.values["label"])
            if form.values["holder"]:
                post.seat(
                    form.values["holder"],
                    starts_on=form.values["starts_on"],
                    ends_on=form.values["ends_on"],
                )
    if form.errors:
        return _page(coalition, body_id, form), 422
    return _back(coalition, body_id, gettext("The seat was added."))


@pages.get("/posts/<post>")
@access.staff(access.Role.COORDINATOR)
def post(coalition: Coalition, body: str, post: str) -> ResponseReturnValue:
    """Show a seat with all who held it."""
    return _post_page(coalition, body, post, web.Form())


@pages.post("/posts/<post>/name")
@access.staff(access.Role.COORDINATOR)
def rename_post(coalition: Coalition, body: str, post: str) -> ResponseReturnValue:
    """Change what a seat is called."""
    form = web.form(SeatNameForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            _post(coalition, body, post).rename(form.values["label"])
    if form.errors:
        return _post_page(coalition, body, post, form), 422
    return _to_post(coalition, body, post, gettext("Saved."))


@pages.post("/posts/<post>/removal")
@access.staff(access.Role.COORDINATOR)
def remove_seat(coalition: Coalition, body: str, post: str) -> ResponseReturnValue:
    """Remove a seat whose holders nobody has votes of."""
    with db.platform_transaction():
        found = _post(coalition, body, post)
        remove_post(found)
        note(coalition, "post.removed", found)
    return _back(coalition, web.id_or_404(body), gettext("The seat was removed."))


@pages.post("/posts/<post>/holders")
@access.staff(access.Role.COORDINATOR)
def seat(coalition: Coalition, body: str, post: str) -> ResponseReturnValue:
    """Write down who holds a seat, and when."""
    form = web.form(TermForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            _post(coalition, body, post).seat(
                form.values["holder"],
                starts_on=form.values["starts_on"],
                ends_on=form.values["ends_on"],
            )
    if form.errors:
        return _post_page(coalition, body, post, form), 422
    return _to_post(coalition, body, post, gettext("Saved."))


@pages.get("/posts/<post>/holders/<holder>")
@access.staff(access.Role.COORDINATOR)
def holder(coalition: Coalition, body: str, post: str, holder: str) -> ResponseReturnValue:
    """Show the form of somebody's term, filled in."""
    return _holder_page(coalition, body, post, holder, None)


@pages.post("/posts/<post>/holders/<holder>")
@access.staff(access.Role.COORDINATOR)
def change_holder(
    coalition: Coalition, body: str, post: str, holder: str
) -> ResponseReturnValue:
    """Correct a name or a term."""
    form = web.form(TermForm)
    if not form.errors:
        with forms.showing_refusals(form), db.transaction(coalition.id):
            found = _holder(_post(coalition, body, post), holder)
            found.change(
                form.values["holder"],
                starts_on=form.values["starts_on"],
                ends_on=form.values["ends_on"],
            )
    if form.errors:
        return _holder_page(coalition, body, post, holder, form), 422
    return _to_post(coalition, body, post, gettext("Saved."))


@pages.post("/posts/<post>/holders/<holder>/removal")
@access.staff(access.Role.COORDINATOR)
def remove_holder(
    coalition: Coalition, body: str, post: str, holder: str
) -> ResponseReturnValue:
    """Remove somebody of whom nobody has votes."""
    with db.platform_transaction():
        found = _holder(_post(coalition, body, post), holder)
        remove_officeholder(found)
        note(coalition, "officeholder.removed", found)
    return _to_post(coalition, body, post, gettext("The name was removed."))


def _post(coalition: Coalition, body: str, post: str) -> Post:
    return _own_post(kept_or_403(coalition, web.id_or_404(body)), post)


def _own_post(body: DecisionBody, post: str) -> Post:
    post_id = web.id_or_404(post)
    for each in body.posts:
        if each.id == post_id:
            return each
    raise NotFound


def _holder(post: Post, holder: str) -> Officeholder:
    holder_id = web.id_or_404(holder)
    for each in post.officeholders:
        if each.id == holder_id:
            return each
    raise NotFound


def _back(coalition: Coalition, body_id: UUID, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return web.see_other("manage_body.show", coalition=coalition.slug, body=body_id)


def _to_post(coalition: Coalition, body: str, post: str, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return web.see_other("manage_body.post", coalition=coalition.slug, body=body, post=post)


def _page(coalition: Coalition, body_id: UUID, form: web.Form) -> str:
    with db.reading(coalition.id):
        body = body_or_404(body_id)
        today = now().astimezone(time_zone(body.area.time_zone)).date()
        return render_template(
            "manage/bodies/show.html",
            coalition=coalition,
            body=body,
            today=today,
            closes=closing_rule(body.comment_closes_min),
            meetings=queries.upcoming_meetings(body_id=body.id, limit=10),
            form=form,
            may_keep=may_keep(coalition, body),
            may_change=forms.may_change(coalition),
        )


def _post_page(coalition: Coalition, body: str, post: str, form: web.Form) -> str:
    with db.reading(coalition.id):
        found = _post(coalition, body, post)
        return render_template(
            "manage/bodies/post.html",
            coalition=coalition,
            body=found.body,
            post=found,
            form=form,
        )


def _holder_page(
    coalition: Coalition, body: str, post: str, holder: str, form: web.Form | None
) -> str:
    with db.reading(coalition.id):
        found_post = _post(coalition, body, post)
        found = _holder(found_post, holder)
        return render_template(
            "manage/bodies/holder.html",
            coalition=coalition,
            body=found_post.body,
            post=found_post,
            holder=found,
            form=form or forms.filled(TermForm, found, holder=found.name),
        )

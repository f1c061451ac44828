"""Pasting a list of names: read it, review every name, and only then store it."""

from collections.abc import Mapping

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from coalition import db, web
from coalition.accounts import access
from coalition.coalitions.models import Coalition
from coalition.errors import DomainError
from coalition.letters import paste_plan, paste_storing, queries, review
from coalition.letters.editing import locked_letter
from coalition.letters.manage_schemas import Paste, PasteReviewForm
from coalition.letters.paste_plan import Plan
from coalition.letters.pasting import MAX_PASTE_BYTES, MAX_PASTE_LINES, PastedList, parse
from coalition.letters.review import Directory

pages = Blueprint(
    "letters_paste",
    __name__,
    url_prefix="/manage/<coalition>/letters/<slug>/paste",
    template_folder="templates",
)


@pages.get("/")
@access.staff(access.Role.COORDINATOR)
def paste(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Show the field to paste a list into."""
    with db.reading(coalition.id):
        return _paste_page(coalition, slug, web.Form())


@pages.post("/")
@access.staff(access.Role.COORDINATOR)
def read(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Read a pasted list and show what storing it would do. Nothing is stored."""
    form, status = web.form(Paste), 422
    text = form.values.get("names", "")
    try:
        pasted = parse(text)
        pasted.require_names()
    except DomainError as error:
        form.errors.setdefault("names", web.say(error))
        status = error.status
    if form.errors:
        with db.reading(coalition.id):
            return _paste_page(coalition, slug, form), status
    plan, _ = _planned(coalition, slug, pasted, None)
    written = {"packed": paste_plan.pack(text), "evidence": form.values["evidence"]}
    return _review_page(coalition, slug, plan, web.Form(written=written), {})


@pages.post("/review")
@access.staff(access.Role.COORDINATOR)
def store(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Store what was reviewed, or show the review again: other sections, choices missing."""
    form = web.form(PasteReviewForm)
    pasted = parse(paste_plan.unpack(form.written.get("packed", "")))
    sections = {int(place) for place in form.written.get("section", ()) if place.isdecimal()}
    plan, directory = _planned(coalition, slug, pasted, sections)
    choices = _choices()
    if "store" not in request.form:
        form.errors.clear()
        return _review_page(coalition, slug, plan, form, choices)
    if form.errors:
        return _review_page(coalition, slug, plan, form, choices), 422
    evidence = form.values["evidence"]
    try:
        with db.transaction(coalition.id):
            if plan.digest != form.values["digest"]:
                raise paste_storing.DirectoryChanged
            letter = locked_letter(slug)
            stored = paste_storing.store(letter, plan, directory, choices, evidence=evidence)
    except DomainError as error:
        form.refuse(error)
        plan, _ = _planned(coalition, slug, pasted, sections)
        return _review_page(coalition, slug, plan, form, choices), error.status
    _say_stored(stored)
    return web.see_other("letters_manage.letter", coalition=coalition.slug, slug=slug)


def _planned(
    coalition: Coalition, slug: str, pasted: PastedList, sections: set[int] | None
) -> tuple[Plan, Directory]:
    """Read what is known, then compare outside any transaction: that may take many seconds."""
    with db.reading(coalition.id):
        letter = queries.letter_or_raise(slug)
        takeable = paste_plan.takeable_sections(letter, pasted)
        known = paste_plan.under_letter(letter)
        directory = review.directory()
    chosen = paste_plan.default_sections(takeable, pasted) if sections is None else sections
    plan = paste_plan.make_plan(pasted, directory, known, takeable=takeable, chosen=chosen)
    return plan, directory


def _choices() -> dict[int, str]:
    """Read who is meant by each undecided row: `choice-17` is an id, "new" or "leave_out"."""
    return {
        int(number): value
        for name, value in request.form.items()
        if (number := name.removeprefix("choice-")) != name and number.isdecimal() and value
    }


def _paste_page(coalition: Coalition, slug: str, form: web.Form) -> str:
    return render_template(
        "letters/manage/paste.html",
        coalition=coalition,
        letter=queries.letter_or_raise(slug),
        form=form,
        max_lines=MAX_PASTE_LINES,
        max_bytes=MAX_PASTE_BYTES,
    )


def _review_page(
    coalition: Coalition, slug: str, plan: Plan, form: web.Form, choices: Mapping[int, str]
) -> str:
    numbered = plan.numbered
    to_choose = [each for each in numbered if paste_plan.needs_choice(each[1])]
    asked = {number for number, _ in to_choose}
    shown = [each for each in numbered if each[0] not in asked]
    added = [
        (number, row)
        for number, row in shown
        if not row.already_there and row.same_as_line is None
    ]
    with db.reading(coalition.id):
        return render_template(
            "letters/manage/paste_review.html",
            coalition=coalition,
            letter=queries.letter_or_raise(slug),
            plan=plan,
            to_choose=to_choose,
            undecided=set(paste_plan.undecided(plan, choices)) if form.errors else set(),
            added=added,
            there=[row for _, row in shown if row.already_there and row.same_as_line is None],
            doubles=[row for _, row in shown if row.same_as_line is not None],
            may_choose=paste_plan.may_choose,
            form=form,
            choices=choices,
        )


def _say_stored(stored: paste_storing.Stored) -> None:
    if stored.organizations:
        organizations = ngettext(
            "%(num)d organization was added to the letter.",
            "%(num)d organizations were added to the letter.",
            stored.organizations,
        )
        new = ngettext(
            "%(num)d of them is new in the directory.",
            "%(num)d of them are new in the directory.",
            stored.of_them_new,
        )
        flash(f"{organizations} {new}", "success")
    if stored.people:
        flash(
            ngettext(
                "%(num)d person was added to the letter.",
                "%(num)d people were added to the letter.",
                stored.people,
            ),
            "success",
        )
    if not (stored.organizations or stored.people):
        flash(gettext("Nothing was added: everybody was there already."), "info")

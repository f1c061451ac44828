"""The coordinator's pages of segments: a list, one with its sentence and count, the editor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition import db, web
from coalition.accounts import access
from coalition.coalitions.models import Coalition
from coalition.errors import DomainError, NotFound
from coalition.organizations.models import Organization
from coalition.people.models import Person
from coalition.segments import editor
from coalition.segments.conditions import Subject, known
from coalition.segments.models import EVERYBODY, Segment, segment_by_slug, segments
from coalition.segments.schemas import ROOT, SegmentForm, SubjectForm, check_question

pages = Blueprint(
    "manage_segments",
    __name__,
    url_prefix="/manage/<coalition>/segments",
    template_folder="templates",
)


@dataclass(frozen=True)
class Result:
    """What a question comes to: its sentence, how many, some of them; or why it cannot be asked."""

    words: str
    count: int | None = None
    sample: Sequence[Person | Organization] = ()
    problem: str | None = None


@pages.get("/")
@access.staff(access.Role.VIEWER)
def index(coalition: Coalition) -> ResponseReturnValue:
    """List the segments by name, each in words."""
    with db.reading(coalition.id):
        listed = [
            (each, each.in_words(), web.say(problem) if (problem := each.problem()) else None)
            for each in segments()
        ]
        return render_template(
            "segments/index.html",
            coalition=coalition,
            segments=listed,
            may_change=access.may_change(coalition),
        )


@pages.get("/new")
@access.staff(access.Role.COORDINATOR)
def new(coalition: Coalition) -> ResponseReturnValue:
    """Show the editor for a new question about people, or about organizations."""
    asked = request.args.get("about", "")
    subject = Subject(asked) if asked in set(Subject) else Subject.PEOPLE
    with db.reading(coalition.id):
        return _editor(coalition, None, subject, EVERYBODY, web.Form())


@pages.post("/new")
@access.staff(access.Role.COORDINATOR)
def add(coalition: Coalition) -> ResponseReturnValue:
    """Save a question, or show the editor again after one of its buttons."""
    subject = web.form(SubjectForm).values.get("subject", Subject.PEOPLE)
    return _written(coalition, None, subject)


@pages.post("/preview")
@access.staff(access.Role.COORDINATOR)
def preview(coalition: Coalition) -> ResponseReturnValue:
    """Show what the question in the editor comes to, while it is being written."""
    subject = web.form(SubjectForm).values.get("subject", Subject.PEOPLE)
    with db.reading(coalition.id):
        return render_template(
            "segments/_result.html",
            coalition=coalition,
            subject=subject,
            result=_result_of(editor.read(request.form), subject),
        )


@pages.get("/<segment>")
@access.staff(access.Role.VIEWER)
def show(coalition: Coalition, segment: str) -> ResponseReturnValue:
    """Show a segment: in words, how many now, some of them."""
    with db.reading(coalition.id):
        found = _segment_or_404(segment)
        return render_template(
            "segments/show.html",
            coalition=coalition,
            segment=found,
            subject=found.subject,
            result=_result(found),
            may_change=access.may_change(coalition),
        )


@pages.get("/<segment>/edit")
@access.staff(access.Role.COORDINATOR)
def edit(coalition: Coalition, segment: str) -> ResponseReturnValue:
    """Show the editor, filled in."""
    with db.reading(coalition.id):
        found = _segment_or_404(segment)
        form = web.Form(written={"name": found.name})
        return _editor(coalition, found, found.subject, found.question, form)


@pages.post("/<segment>/edit")
@access.staff(access.Role.COORDINATOR)
def change(coalition: Coalition, segment: str) -> ResponseReturnValue:
    """Save the question as it is now, or show the editor again after one of its buttons."""
    with db.reading(coalition.id):
        found = _segment_or_404(segment)
    return _written(coalition, found.slug, found.subject)


@pages.get("/<segment>/removal")
@access.staff(access.Role.COORDINATOR)
def ask_removal(coalition: Coalition, segment: str) -> ResponseReturnValue:
    """Ask whether the segment shall really be removed."""
    with db.reading(coalition.id):
        return render_template(
            "segments/removal.html", coalition=coalition, segment=_segment_or_404(segment)
        )


@pages.post("/<segment>/removal")
@access.staff(access.Role.COORDINATOR)
def remove(coalition: Coalition, segment: str) -> ResponseReturnValue:
    """Remove a segment; the people in it stay."""
    try:
        with db.transaction(coalition.id):
            found = _segment_or_404(segment)
            name = found.name
            found.remove()
    except NotFound:
        raise
    except DomainError as error:
        flash(web.say(error), "error")
        return web.see_other("manage_segments.show", coalition=coalition.slug, segment=segment)
    flash(gettext("The segment “%(name)s” was removed.", name=name), "success")
    return web.see_other("manage_segments.index", coalition=coalition.slug)


def _written(coalition: Coalition, slug: str | None, subject: Subject) -> ResponseReturnValue:
    """Answer a sent editor: its buttons change the question, “save” stores it."""
    question = editor.read(request.form)
    if "do" in request.form:
        editor.press(question, request.form["do"], request.form)
        with db.reading(coalition.id):
            found = _segment_or_404(slug) if slug else None
            form = web.Form(written={"name": request.form.get("name", "")})
            return _editor(coalition, found, subject, question, form)
    form = web.form(SegmentForm)
    with db.reading(coalition.id):
        checked = check_question(question, subject)
    form.errors.update(checked.errors)
    if not form.errors:
        try:
            with db.transaction(coalition.id):
                saved = _save(slug, form.values["name"], subject, checked.question)
        except NotFound:
            raise
        except DomainError as error:
            form.refuse(error)
    if form.errors:
        with db.reading(coalition.id):
            shown = _segment_or_404(slug) if slug else None
            return _editor(coalition, shown, subject, question, form), 422
    flash(gettext("Saved."), "success")
    return web.see_other("manage_segments.show", coalition=coalition.slug, segment=saved.slug)


def _save(slug: str | None, name: str, subject: Subject, question: dict[str, Any]) -> Segment:
    if slug is None:
        return Segment.save(name=name, subject=subject, question=question)
    found = _segment_or_404(slug)
    found.change(name=name, question=question)
    return found


def _segment_or_404(slug: str) -> Segment:
    found = segment_by_slug(slug)
    if found is None:
        raise NotFound
    return found


def _result(segment: Segment) -> Result:
    problem = segment.problem()
    if problem is not None:
        return Result(segment.in_words(), problem=web.say(problem))
    count = segment.count()
    return Result(segment.in_words(), count, segment.sample(among=count))


def _result_of(question: dict[str, Any], subject: Subject) -> Result:
    """Ask what stands in the editor; what is not filled in yet is said, not refused."""
    checked = check_question(question, subject)
    if checked.errors:
        whole = (
            sentence
            for place, sentence in checked.errors.items()
            if place in ("", ROOT) or place.rpartition(".")[2].isdecimal()
        )
        unfinished = gettext("Fill in each condition to see how many there are.")
        return Result("", problem=next(whole, unfinished))
    return _result(Segment.asking(checked.question, subject=subject))


def _editor(
    coalition: Coalition,
    segment: Segment | None,
    subject: Subject,
    question: dict[str, Any],
    form: web.Form,
) -> str:
    return render_template(
        "segments/form.html",
        coalition=coalition,
        segment=segment,
        subject=subject,
        form=form,
        root=editor.rows(question, subject),
        labels=_labels(question, subject),
        conditions=known(subject),
        result=_result_of(question, subject),
    )


def _labels(question: dict[str, Any], subject: Subject) -> dict[str, str]:
    """Return how the fields of the editor are called, for the list of errors."""
    labels = {"name": gettext("Name"), ROOT: gettext("Question")}
    waiting = [editor.rows(question, subject)]
    while waiting:
        row = waiting.pop()
        waiting += row.rows
        labels[row.path] = gettext(row.condition.label) if row.condition else gettext("Group")
        for each in row.inputs:
            labels[each.name] = gettext(each.parameter.label)
    return labels

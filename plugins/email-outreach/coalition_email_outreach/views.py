"""The coordinators' pages where mailings are listed, written and tried."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, flash, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition.sdk import (
    Coalition,
    DomainError,
    Form,
    Role,
    error_in_words,
    framed_mail,
    holding_frame,
    id_or_404,
    may_change,
    one_line,
    reading,
    record_in_audit_log,
    see_other,
    sent_form,
    session,
    signed_in_user,
    staff,
    transaction,
)
from coalition_email_outreach import checking, editing, previewing, queries, readers
from coalition_email_outreach.models import Mailing, mailing_or_raise
from coalition_email_outreach.schemas import CheckForm, MailingForm

pages = Blueprint(
    "email-outreach",
    __name__,
    url_prefix="/manage/<coalition>/mailings",
    template_folder="templates",
)


@pages.get("/")
@staff(Role.VIEWER)
def index(coalition: Coalition) -> ResponseReturnValue:
    """List mailings and series, the newest first."""
    with reading(coalition.id):
        found = queries.listed()
        return render_template(
            "email_outreach/index.html",
            coalition=coalition,
            mailings=[each for each in found if not each.mailing.is_series],
            series=[each for each in found if each.mailing.is_series],
            may_change=may_change(coalition),
        )


@pages.get("/new")
@staff(Role.COORDINATOR)
def new(coalition: Coalition) -> ResponseReturnValue:
    """Show an empty editor."""
    with reading(coalition.id):
        editor = editing.new_editor(coalition, is_series="series" in request.args)
        return _editor_page(coalition, editor)


@pages.post("/new")
@staff(Role.COORDINATOR)
def add(coalition: Coalition) -> ResponseReturnValue:
    """Store a new mailing as a draft, or show the editor again with one more language."""
    return _written(coalition, None)


@pages.get("/<mailing>/edit")
@staff(Role.COORDINATOR)
def edit(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Show the editor, filled in."""
    with reading(coalition.id):
        found = mailing_or_raise(id_or_404(mailing))
        found.must_be_editable()
        return _editor_page(coalition, editing.editor_of(found))


@pages.post("/<mailing>/edit")
@staff(Role.COORDINATOR)
def change(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Store what was written, or show the editor again with one more language."""
    return _written(coalition, id_or_404(mailing))


@pages.post("/check")
@staff(Role.COORDINATOR)
def check(coalition: Coalition) -> ResponseReturnValue:
    """Say what is wrong with the text in the editor and how people would read it, for htmx."""
    with reading(coalition.id):
        form, found = sent_form(CheckForm), None
        if not form.errors:
            with session.no_autoflush:
                mailing = editing.unsaved(coalition, editing.values_of(form))
                found = checking.checked(mailing, coalition)
        return render_template(
            "email_outreach/_checked.html",
            coalition=coalition,
            form=form,
            checked=found,
            fields=editing.field_help(form),
        )


@pages.post("/about")
@staff(Role.COORDINATOR)
def about(coalition: Coalition) -> ResponseReturnValue:
    """Return the fields that say what a series is about, for htmx."""
    with reading(coalition.id):
        form = sent_form(CheckForm)
        return render_template(
            "email_outreach/_about.html",
            coalition=coalition,
            editor=editing.editor_from(form),
            narrowed_by=editing.narrowed_by(form.written.get("trigger")),
        )


@pages.get("/<mailing>/preview")
@staff(Role.VIEWER)
def preview(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Show what some of the recipients get: as HTML on a phone and a desk, and as plain text."""
    with reading(coalition.id):
        found = mailing_or_raise(id_or_404(mailing))
        chosen = previewing.asked(found, request.args)
        search, namesakes = one_line(request.args.get("search", ""))[:100], []
        if "@" in search and not may_change(coalition):
            search = ""  # who may not see addresses may not try them either
        try:
            if search:
                namesakes = readers.recipients_called(found, search)
                if len(namesakes) == 1:
                    chosen = replace(chosen, person_id=namesakes[0].person_id)
            shown = previewing.preview(found, coalition, chosen)
        except DomainError as error:
            flash(error_in_words(error), "error")
            return see_other(
                "email-outreach-acts.show", coalition=coalition.slug, mailing=found.id
            )
        page = make_response(
            render_template(
                "email_outreach/preview.html",
                coalition=coalition,
                mailing=found,
                chosen=chosen,
                shown=shown,
                search=search,
                namesakes=namesakes,
                may_change=may_change(coalition),
            )
        )
    return holding_frame(page)


@pages.get("/<mailing>/preview.html")
@staff(Role.VIEWER)
def preview_frame(coalition: Coalition, mailing: str) -> ResponseReturnValue:
    """Return the mail itself, for the frame of the preview."""
    with reading(coalition.id):
        found = mailing_or_raise(id_or_404(mailing))
        chosen = previewing.asked(found, request.args)
        frame = make_response(previewing.preview(found, coalition, chosen).html)
    return framed_mail(frame)


def user_id() -> UUID | None:
    """Return who is signed in."""
    user = signed_in_user()
    return user.id if user else None


def _written(coalition: Coalition, mailing_id: UUID | None) -> ResponseReturnValue:
    """Answer a sent editor."""
    with reading(coalition.id):
        form = sent_form(MailingForm)
    if "save" not in request.form:
        return _more_rows(coalition, form, mailing_id)
    if form.errors:
        return _again(coalition, form, mailing_id)
    try:
        with transaction(coalition.id):
            stored = _store(coalition, form, mailing_id)
    except DomainError as error:
        form.refuse(error)
        return _again(coalition, form, mailing_id, error.status)
    flash(gettext("Stored. Nothing is sent yet."), "success")
    return see_other("email-outreach-acts.show", coalition=coalition.slug, mailing=stored.id)


def _store(coalition: Coalition, form: Form, mailing_id: UUID | None) -> Mailing:
    values = editing.values_of(form)
    if mailing_id is not None:
        stored = mailing_or_raise(mailing_id, lock=True)
        revision = form.values["revision"]
        changed = stored.edit(values, revision=revision, editor_id=user_id())
        if changed:
            record_in_audit_log("mailing.changed", stored, changed)
    else:
        stored = Mailing.draft(values, author_id=user_id())
        record_in_audit_log("mailing.added", stored)
    session.flush()
    for problem in checking.problems(stored, coalition):
        flash(problem, "error")
    return stored


def _more_rows(
    coalition: Coalition, form: Form, mailing_id: UUID | None
) -> ResponseReturnValue:
    """Show the editor again, with one more language or without one."""
    with reading(coalition.id):
        form.written = {**form.written, "remove_text": request.form.getlist("remove_text")}
        form.errors.clear()
        editor = editing.editor_from(form)
        added = request.form.get("new_language", "")
        known = {row.language for row in editor.texts}
        if "add_text" in request.form and added in editor.languages and added not in known:
            editor.texts.append(editing.TextRow(added))
        editor.mailing = mailing_or_raise(mailing_id) if mailing_id else None
        return _editor_page(coalition, editor)


def _again(
    coalition: Coalition, form: Form, mailing_id: UUID | None, status: int = 422
) -> ResponseReturnValue:
    with reading(coalition.id):
        editor = editing.editor_from(form)
        editor.mailing = mailing_or_raise(mailing_id) if mailing_id else None
        return _editor_page(coalition, editor), status


def _editor_page(coalition: Coalition, editor: editing.Editor) -> str:
    return render_template(
        "email_outreach/form.html",
        coalition=coalition,
        editor=editor,
        fields=editing.field_help(editor.form),
        narrowed_by=editing.narrowed_by(editor.form.written.get("trigger")),
    )

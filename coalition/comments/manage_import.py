"""Importing a list: read it, look at what was understood, and only then store it; undo it."""

import os
from dataclasses import replace

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition import db, web
from coalition.accounts import access
from coalition.coalitions.models import Coalition
from coalition.comments import ledgers, list_review, queries, schemas, sentences
from coalition.comments.errors import UnknownItem
from coalition.comments.imports import ImportState
from coalition.comments.list_files import (
    ENCODINGS,
    MAX_BODY_BYTES,
    MAX_FILE_BYTES,
    as_text_file,
    decode,
    guess_encoding,
    pack,
    refuse_large,
    unpack,
)
from coalition.comments.list_reading import MAX_COLUMNS, MAX_COMMENTS, Problem, Reading
from coalition.comments.list_review import Review
from coalition.comments.list_words import Role
from coalition.comments.models import CommentPosition
from coalition.errors import DomainError

DELIMITERS = {
    "comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "caret": "^", "tilde": "~", "none": "",
}  # fmt: skip

_PLACES = frozenset(map(str, range(MAX_COLUMNS)))

pages = Blueprint(
    "comments_import",
    __name__,
    url_prefix="/manage/<coalition>/comments/<item>/imports",
    template_folder="templates",
)


@pages.url_value_preprocessor
def allow_large_lists(_endpoint: str | None, values: dict[str, str] | None) -> None:
    """Let those who may import send more than the other pages take.

    This runs before the form is read, and so before the CSRF token in it is looked at.
    """
    if access.user() and access.may_change(web.public_coalition((values or {})["coalition"])):
        request.max_content_length = request.max_form_memory_size = MAX_BODY_BYTES


@pages.get("/new")
@access.staff(access.Role.COORDINATOR)
def new(coalition: Coalition, item: str) -> ResponseReturnValue:
    """Show the form for a list: a file, or lines to paste."""
    return _new_page(coalition, item, web.Form())


@pages.post("/new")
@access.staff(access.Role.COORDINATOR)
def read(coalition: Coalition, item: str) -> ResponseReturnValue:
    """Read a list and show what was understood. Nothing is stored."""
    form = web.form(schemas.ListForm)
    if form.errors:
        return _new_page(coalition, item, form), 422
    quotes = not form.values["no_quotes"]
    try:
        raw = as_text_file(_sent(form))
        reading = list_review.guess(raw, quotes=quotes)
    except DomainError as error:
        form.refuse(error)
        form.written = {**form.written, "pasted": ""}
        return _new_page(coalition, item, form), error.status
    back = web.Form(written={"source": form.values["source"].value})
    return _review_page(coalition, item, raw, reading, back)


@pages.post("/review")
@access.staff(access.Role.COORDINATOR)
def store(coalition: Coalition, item: str) -> ResponseReturnValue:
    """Store what was looked at, or show it again: other columns, another encoding."""
    form = web.form(schemas.ListReviewForm)
    try:
        raw = unpack(form.written.get("packed", ""))
        reading = _reading(raw, form)
    except DomainError as error:
        form.refuse(error)
        return _new_page(coalition, item, form), error.status
    if "store" not in request.form:
        form.errors.clear()
    if "store" not in request.form or form.errors:
        status = 422 if form.errors else 200
        return _review_page(coalition, item, raw, reading, form), status
    try:
        with db.transaction(coalition.id):
            taken = ledgers.import_list(
                ledgers.ledger_of(web.id_or_404(item)),
                raw,
                reading,
                source=form.values["source"],
                origin=form.values["origin"],
                published_on=form.values["published_on"],
            )
    except DomainError as error:
        form.refuse(error)
        return _review_page(coalition, item, raw, reading, form), error.status
    flash(
        gettext("The list is being read. It counts as soon as all of it is there."), "success"
    )
    return web.see_other(
        "comments_import.show", coalition=coalition.slug, item=item, wanted=taken.id
    )


@pages.get("/<wanted>")
@access.staff(access.Role.VIEWER)
def show(coalition: Coalition, item: str, wanted: str) -> ResponseReturnValue:
    """Show how far an import is and what came of it."""
    item_id, import_id = web.id_or_404(item), web.id_or_404(wanted)
    with db.reading(coalition.id):
        ledger = queries.ledger_of_item(item_id)
        if ledger is None:
            raise UnknownItem
        taken = ledgers.import_or_raise(ledger, import_id, locked=False)
        return render_template(
            "comments/manage/import.html",
            coalition=coalition,
            item=queries.item_or_raise(item_id),
            taken=taken,
            is_moving=taken.state in (ImportState.READING, ImportState.UNDOING),
        )


@pages.post("/<wanted>/undoing")
@access.staff(access.Role.COORDINATOR)
def undo(coalition: Coalition, item: str, wanted: str) -> ResponseReturnValue:
    """Take a whole list back."""
    item_id, import_id = web.id_or_404(item), web.id_or_404(wanted)
    try:
        with db.transaction(coalition.id):
            ledger = ledgers.ledger_of(item_id)
            ledgers.undo_import(ledgers.import_or_raise(ledger, import_id, locked=True))
    except DomainError as error:
        if error.status == 404:
            raise
        flash(web.say(error), "error")
    else:
        flash(
            gettext("The import was undone: none of its comments counts any more."), "success"
        )
    return web.see_other("comments_manage.show", coalition=coalition.slug, item=item)


def _sent(form: web.Form) -> bytes:
    """Return the file that was sent, or else the pasted lines."""
    file = request.files.get("file")
    if file is not None and file.filename:
        with file.stream as sent:
            refuse_large(sent.seek(0, os.SEEK_END))
            sent.seek(0)
            return sent.read()
    return str(form.written.get("pasted", "")).encode("utf-8", "replace")


def _reading(raw: bytes, form: web.Form) -> Reading:
    """Return how the list is to be read now; columns are guessed anew if they became others."""
    sent = form.written
    encoding = sent.get("encoding", "")
    if encoding not in ENCODINGS:
        encoding = guess_encoding(raw)[0]
    delimiter = DELIMITERS.get(sent.get("delimiter", ""), ",")
    quotes = not form.values.get("no_quotes", bool(sent.get("no_quotes")))
    plain = Reading(encoding=encoding, delimiter=delimiter, quotes=quotes)
    if request.form.get("read_as") != _read_as(plain):
        return list_review.guess_columns(decode(raw, encoding), plain)
    return replace(
        plain,
        header=bool(sent.get("header")),
        roles=_roles(),
        positions=_positions(),
        otherwise=form.values.get("otherwise", CommentPosition.UNKNOWN),
        day_first=bool(sent.get("day_first")),
        leave_out=bool(sent.get("leave_out")),
        named=bool(sent.get("named")),
    )


def _read_as(reading: Reading) -> str:
    return f"{reading.encoding} {reading.delimiter!r} {reading.quotes}"


def _roles() -> tuple[Role, ...]:
    sent = {
        int(number): value
        for name, value in request.form.items()
        if (number := name.removeprefix("column-")) in _PLACES
    }
    known = {role.value for role in Role}
    return tuple(
        Role(sent[place]) if sent[place] in known else Role.IGNORED for place in sorted(sent)
    )


def _positions() -> dict[str, CommentPosition]:
    known = {position.value for position in CommentPosition}
    return {
        word: CommentPosition(value)
        for name, value in request.form.items()
        if (word := name.removeprefix("position-")) != name and value in known
    }


def _new_page(coalition: Coalition, item: str, form: web.Form) -> str:
    with db.reading(coalition.id):
        return render_template(
            "comments/manage/import_new.html",
            coalition=coalition,
            item=queries.item_or_raise(web.id_or_404(item)),
            form=form,
            max_comments=MAX_COMMENTS,
            max_megabytes=MAX_FILE_BYTES // (1024 * 1024),
        )


def _review_page(
    coalition: Coalition, item: str, raw: bytes, reading: Reading, form: web.Form
) -> str:
    found = _reviewed(raw, reading, form)
    with db.reading(coalition.id):
        item_id = web.id_or_404(item)
        ledger = queries.ledger_of_item(item_id)
        return render_template(
            "comments/manage/import_review.html",
            coalition=coalition,
            item=queries.item_or_raise(item_id),
            earlier=[
                each
                for each in (queries.imports(ledger) if ledger else [])
                if each.state == ImportState.DONE and each.source == form.written.get("source")
            ],
            form=form,
            found=found,
            reading=reading,
            packed=pack(raw),
            read_as=_read_as(reading),
            is_certain=guess_encoding(raw)[1],
            both_ways=found is not None and list_review.may_be_read_both_ways(found),
            encodings_offered=[(name, gettext(words)) for name, words in ENCODINGS.items()],
            problems=[(each.line, _said(each)) for each in found.problems] if found else [],
            delimiter=next(
                name for name, each in DELIMITERS.items() if each == reading.delimiter
            ),
            roles=list(Role),
            positions=[
                (each.value, sentences.position_label(each)) for each in CommentPosition
            ],
        )


def _said(problem: Problem) -> str:
    """Return what is wrong with a line; its `reason` names a column in our words."""
    values = {
        name: gettext(str(value)) if name == "reason" else value
        for name, value in problem.values.items()
    }
    sentence = gettext(problem.reason)
    return sentence % values if values else sentence


def _reviewed(raw: bytes, reading: Reading, form: web.Form) -> Review | None:
    try:
        return list_review.review(decode(raw, reading.encoding), reading)
    except DomainError as error:
        form.refuse(error)
        return None

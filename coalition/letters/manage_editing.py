"""The coordinator's editor of a letter, with a preview that shows what the public will see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from markupsafe import Markup
from sqlalchemy import select

from coalition import db, languages, markdown, web
from coalition.accounts import access
from coalition.campaigns.models import Campaign
from coalition.coalitions.models import Coalition
from coalition.errors import DomainError
from coalition.letters import editing, queries
from coalition.letters.manage_schemas import LetterForm, letter_values
from coalition.letters.models import (
    ApprovalRule,
    Letter,
    LetterKind,
    LetterState,
    ListOrder,
    Signatories,
)
from coalition.letters.moments import FORM_FORMAT, Moment, form_text
from coalition.localtime import time_zones
from coalition.web import Form

SPARE_TARGETS = 3  # empty rows, so that nobody needs JavaScript to add one

pages = Blueprint(
    "letters_editing",
    __name__,
    url_prefix="/manage/<coalition>/letters",
    template_folder="templates",
)


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A row of the editor for somebody addressed."""

    name: str = ""
    office: str = ""
    body: str = ""
    position: str = ""


@dataclass(frozen=True, slots=True)
class TextRow:
    """A row of the editor for one language."""

    language: str
    title: str = ""
    body: str = ""


@dataclass
class Editor:
    """What the editor's page shows: texts as they stand in its fields."""

    fields: Mapping[str, Any]
    texts: list[TextRow]
    targets: list[TargetRow]
    errors: dict[str, str] = field(default_factory=dict)
    letter: Letter | None = None
    preview: str = ""


@pages.get("/new")
@access.staff(access.Role.COORDINATOR)
def new(coalition: Coalition) -> ResponseReturnValue:
    """Show an empty editor."""
    fields = {
        "time_zone": coalition.time_zone,
        "language": coalition.language,
        "kind": LetterKind.SIGN_ON_LETTER.value,
        "signatories": Signatories.BOTH.value,
        "list_order": ListOrder.ALPHABETICAL.value,
        "approval": ApprovalRule.UNPROVEN.value,
        "campaign_id": request.args.get("campaign", ""),
    }
    editor = Editor(fields, [TextRow(coalition.language)], [TargetRow()] * SPARE_TARGETS)
    with db.reading(coalition.id):
        return _page(coalition, editor)


@pages.post("/new")
@access.staff(access.Role.COORDINATOR)
def create(coalition: Coalition) -> ResponseReturnValue:
    """Store a new letter as a draft, or show the editor again: preview, more rows, errors."""
    form = web.form(LetterForm)
    if "save" not in request.form:
        return _shown_again(coalition, form, None)
    if form.errors:
        return _refused(coalition, form, None, 422)
    try:
        values, moved = letter_values(form)
        with db.transaction(coalition.id):
            letter = editing.create(values)
    except DomainError as error:
        form.refuse(error)
        return _refused(coalition, form, None, error.status)
    flash(gettext("The draft is stored. Nobody sees it until you open it."), "success")
    _say_moved(moved)
    return web.see_other("letters_manage.letter", coalition=coalition.slug, slug=letter.slug)


@pages.get("/<slug>/edit")
@access.staff(access.Role.COORDINATOR)
def edit(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Show a letter in the editor."""
    with db.reading(coalition.id):
        return _page(coalition, _editor_of(queries.letter_or_raise(slug)))


@pages.post("/<slug>/edit")
@access.staff(access.Role.COORDINATOR)
def change(coalition: Coalition, slug: str) -> ResponseReturnValue:
    """Store what was changed, or show the editor again: preview, more rows, errors."""
    form = web.form(LetterForm)
    if "save" not in request.form:
        return _shown_again(coalition, form, slug)
    if form.errors:
        return _refused(coalition, form, slug, 422)
    try:
        values, moved = letter_values(form)
        with db.transaction(coalition.id):
            letter = editing.locked_letter(slug)
            changed = editing.change(
                letter,
                values,
                revision=form.values["revision"],
                signed_text_too=form.values["signed_text_too"],
            )
    except DomainError as error:
        form.refuse(error)
        return _refused(coalition, form, slug, error.status)
    flash(gettext("Stored.") if changed else gettext("Nothing was changed."), "success")
    _say_moved(moved)
    return web.see_other("letters_manage.letter", coalition=coalition.slug, slug=letter.slug)


@pages.post("/preview")
@access.staff(access.Role.COORDINATOR)
def preview(coalition: Coalition) -> ResponseReturnValue:
    """Render what is in the editor as the public page would, for htmx while one writes."""
    form = web.form(LetterForm)
    return render_template("letters/manage/_preview.html", **_preview_of(coalition, form))


def _shown_again(coalition: Coalition, form: Form, slug: str | None) -> ResponseReturnValue:
    """Show the editor with what was written, and with the rows or the preview asked for."""
    editor = _editor_from(form.written)
    if "add_target" in request.form:
        editor.targets += [TargetRow()] * SPARE_TARGETS
    added = request.form.get("new_language", "")
    known = {row.language for row in editor.texts}
    if "add_text" in request.form and added in languages.WRITTEN and added not in known:
        editor.texts.append(TextRow(added))
    with db.reading(coalition.id):
        editor.letter = queries.letter_or_raise(slug) if slug else None
        if "preview" in request.form:
            rendered = render_template(
                "letters/manage/_preview.html", **_preview_of(coalition, form)
            )
            editor.preview = Markup(rendered)  # noqa: S704  our template escaped it
        return _page(coalition, editor)


def _refused(
    coalition: Coalition, form: Form, slug: str | None, status: int
) -> ResponseReturnValue:
    editor = _editor_from(form.written)
    editor.errors = form.errors
    with db.reading(coalition.id):
        editor.letter = queries.letter_or_raise(slug) if slug else None
        return _page(coalition, editor), status


def _page(coalition: Coalition, editor: Editor) -> str:
    letter = editor.letter
    return render_template(
        "letters/manage/edit.html",
        coalition=coalition,
        letter=letter,
        editor=editor,
        form=web.Form(errors=editor.errors, written=editor.fields),
        is_signed=letter is not None and editing.is_signed(letter.id),
        is_draft=letter is None or letter.state == LetterState.DRAFT,
        campaign_options=[("", gettext("none")), *_campaigns()],
        zone_options=[(zone, zone.replace("_", " ")) for zone in time_zones()],
        language_names=languages.names_in(get_locale()),
    )


def _campaigns() -> list[tuple[str, str]]:
    found = db.session.execute(select(Campaign.id, Campaign.title).order_by(Campaign.title))
    return [(str(id_), title) for id_, title in found]


def _editor_of(letter: Letter) -> Editor:
    fields = {
        "slug": letter.slug,
        "kind": letter.kind.value,
        "campaign_id": str(letter.campaign_id or ""),
        "language": letter.language,
        "signatories": letter.signatories.value,
        "list_order": letter.list_order.value,
        "approval": letter.approval.value,
        "goal": "" if letter.goal is None else str(letter.goal),
        "dated_on": letter.dated_on.isoformat() if letter.dated_on else "",
        "opens_at": form_text(letter.opens_at, letter.time_zone),
        "closes_at": form_text(letter.closes_at, letter.time_zone),
        "time_zone": letter.time_zone,
        "revision": editing.revision_of(letter),
    }
    texts = [TextRow(text.language, text.title, text.body) for text in letter.texts]
    targets = [
        TargetRow(each.name, each.office, each.body, str(place))
        for place, each in enumerate(letter.targets, start=1)
    ]
    spare = [TargetRow()] * SPARE_TARGETS
    return Editor(fields, texts or [TextRow(letter.language)], targets + spare, letter=letter)


def _editor_from(written: Mapping[str, Any]) -> Editor:
    """Return the editor as it was sent, less the rows that were ticked for removal."""
    removed = set(written.get("remove_text", ()))
    texts = [row for row in _rows(TextRow, written, "text") if row.language not in removed]
    gone = set(written.get("remove_target", ()))
    targets = [
        row
        for number, row in enumerate(_rows(TargetRow, written, "target"))
        if str(number) not in gone
    ]
    return Editor(written, texts, targets)


def _rows(kind: type[Any], written: Mapping[str, Any], prefix: str) -> list[Any]:
    names = tuple(kind.__dataclass_fields__)
    columns = [written.get(f"{prefix}_{name}", []) for name in names]
    return [kind(**dict(zip(names, row, strict=True))) for row in zip(*columns, strict=False)]


def _preview_of(coalition: Coalition, form: Form) -> dict[str, Any]:
    """Return what the preview shows; what is too long for a letter is cut off."""
    editor = _editor_from(form.written)
    texts = [
        (row, markdown.to_html(row.body[: markdown.MAX_MARKDOWN_CHARS])) for row in editor.texts
    ]
    return {
        "coalition": coalition,
        "texts": texts,
        "targets": [row for row in editor.targets if row.name],
        "dated_on": form.values.get("dated_on"),
    }


def _say_moved(moved: list[Moment]) -> None:
    for moment in moved:
        sentence = gettext(
            "The clocks skip the time that you wrote. It was moved forward to %(time)s.",
            time=moment.local.strftime(FORM_FORMAT).replace("T", " "),
        )
        flash(sentence, "warning")

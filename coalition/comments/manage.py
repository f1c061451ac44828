"""The coordinator's pages about the ledger of an item: figures, rules, texts, single comments."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from marshmallow import Schema
from sqlalchemy import select

from coalition import db, languages, markdown, web
from coalition.accounts import access
from coalition.coalitions.models import Coalition
from coalition.comments import figures, ledgers, queries, schemas, sentences
from coalition.comments.counting import waiting_to_be_measured
from coalition.comments.models import (
    ADAPTED_FROM,
    TEMPLATE_FROM,
    CommentChannel,
    CommentPosition,
    CommentSource,
)
from coalition.decisions.meetings import AgendaItem
from coalition.errors import DomainError
from coalition.letters.models import Letter

LETTERS_OFFERED = 50

pages = Blueprint(
    "comments_manage",
    __name__,
    url_prefix="/manage/<coalition>/comments",
    template_folder="templates",
)


@pages.get("/")
@access.staff(access.Role.VIEWER)
def index(coalition: Coalition) -> ResponseReturnValue:
    """List the items of the meetings, each with what is known of its comments."""
    with db.reading(coalition.id):
        return render_template(
            "comments/manage/index.html",
            coalition=coalition,
            items=[
                (item, ledger, figures.figures(ledger) if ledger else None)
                for item, ledger in queries.items_with_ledgers()
            ],
            words=sentences,
        )


@pages.get("/<item>/")
@access.staff(access.Role.VIEWER)
def show(coalition: Coalition, item: str) -> ResponseReturnValue:
    """Show the figures of an item, both counts side by side, and what can be done."""
    item_id = web.id_or_404(item)
    with db.reading(coalition.id):
        found = queries.item_or_raise(item_id)
        ledger = queries.ledger_of_item(item_id)
        return render_template(
            "comments/manage/show.html",
            coalition=coalition,
            item=found,
            ledger=ledger,
            found=figures.figures(ledger) if ledger else None,
            both=figures.reconciliation(ledger) if ledger else None,
            count=figures.latest_count(ledger) if ledger else None,
            ours=figures.figures_of(ledger, CommentSource.OURS) if ledger else None,
            imports=queries.imports(ledger) if ledger else [],
            measuring=waiting_to_be_measured(ledger) if ledger else 0,
            words=sentences,
        )


@pages.get("/<item>/rules")
@access.staff(access.Role.COORDINATOR)
def rules(coalition: Coalition, item: str) -> ResponseReturnValue:
    """Show the rules by which comments are counted and told apart."""
    return _form_page(coalition, item, "rules", _stored_rules(coalition, item))


@pages.post("/<item>/rules")
@access.staff(access.Role.COORDINATOR)
def change_rules(coalition: Coalition, item: str) -> ResponseReturnValue:
    """Change the rules; the figures follow at once."""
    return _stored(coalition, item, "rules", schemas.Rules)


@pages.get("/<item>/texts/new")
@access.staff(access.Role.COORDINATOR)
def new_text(coalition: Coalition, item: str) -> ResponseReturnValue:
    """Show the form for a text of ours, filled with a letter's if one is named."""
    return _form_page(coalition, item, "text", _letters_text(coalition))


@pages.post("/<item>/texts/new")
@access.staff(access.Role.COORDINATOR)
def add_text(coalition: Coalition, item: str) -> ResponseReturnValue:
    """Compare the comments with one more text of ours."""
    return _stored(coalition, item, "text", schemas.OwnText)


@pages.post("/<item>/texts/<text>/removal")
@access.staff(access.Role.COORDINATOR)
def remove_text(coalition: Coalition, item: str, text: str) -> ResponseReturnValue:
    """Compare the comments no more with a text."""
    item_id, text_id = web.id_or_404(item), web.id_or_404(text)

    with db.transaction(coalition.id):
        ledgers.remove_text(ledgers.ledger_of(item_id), text_id)

    flash(gettext("The text was removed. The comments are being compared anew."), "success")
    return _to(coalition, item)


@pages.get("/<item>/new")
@access.staff(access.Role.COORDINATOR)
def new_comment(coalition: Coalition, item: str) -> ResponseReturnValue:
    """Show the form for a single comment of ours."""
    return _form_page(coalition, item, "comment", web.Form())


@pages.post("/<item>/new")
@access.staff(access.Role.COORDINATOR)
def add_comment(coalition: Coalition, item: str) -> ResponseReturnValue:
    """Put down a comment that somebody of ours made."""
    return _stored(coalition, item, "comment", schemas.Comment)


@pages.get("/<item>/count")
@access.staff(access.Role.COORDINATOR)
def new_count(coalition: Coalition, item: str) -> ResponseReturnValue:
    """Show the form for the clerk's numbers, where no list is published."""
    return _form_page(coalition, item, "count", web.Form())


@pages.post("/<item>/count")
@access.staff(access.Role.COORDINATOR)
def add_count(coalition: Coalition, item: str) -> ResponseReturnValue:
    """Note the clerk's numbers."""
    return _stored(coalition, item, "count", schemas.Count)


def _stored(
    coalition: Coalition, item: str, kind: str, schema: type[Schema]
) -> ResponseReturnValue:
    """Read one of the forms, do what it asks, and go back to the item."""
    form, item_id = web.form(schema), web.id_or_404(item)
    if form.errors:
        return _form_page(coalition, item, kind, form), 422
    try:
        with db.transaction(coalition.id):
            _do(kind, item_id, form.values)
    except DomainError as error:
        if error.status == 404:
            raise
        form.refuse(error)
        return _form_page(coalition, item, kind, form), error.status
    flash(gettext("Stored."), "success")
    return _to(coalition, item)


def _do(kind: str, item_id: UUID, values: dict[str, Any]) -> None:
    match kind:
        case "rules":
            ledgers.ledger_of(item_id).change_rules(**values)
        case "text":
            ledgers.add_text(ledgers.ledger_of(item_id), **values)
        case "comment":
            ledgers.record_comment(item_id, **values)
        case "count":
            ledgers.ledger_of(item_id).record_count(**values)


def _to(coalition: Coalition, item: str) -> ResponseReturnValue:
    return web.see_other("comments_manage.show", coalition=coalition.slug, item=item)


def _form_page(coalition: Coalition, item: str, kind: str, form: web.Form) -> str:
    with db.reading(coalition.id):
        found = queries.item_or_raise(web.id_or_404(item))
        return render_template(
            f"comments/manage/{kind}.html",
            coalition=coalition,
            item=found,
            form=form,
            letters=_letters_of(found) if kind == "text" else [],
            positions=[
                (each.value, sentences.position_label(each)) for each in CommentPosition
            ],
            channels=[(each.value, sentences.channel_label(each)) for each in CommentChannel],
            language_names=languages.names_in(get_locale()),
        )


def _stored_rules(coalition: Coalition, item: str) -> web.Form:
    with db.reading(coalition.id):
        ledger = queries.ledger_of_item(web.id_or_404(item))
    written = {
        "our_position": ledger.our_position.value if ledger else CommentPosition.OPPOSE.value,
        "template_from": ledger.template_from if ledger else TEMPLATE_FROM,
        "adapted_from": ledger.adapted_from if ledger else ADAPTED_FROM,
        "note": ledger.note if ledger else "",
        "is_published": "yes" if ledger and ledger.is_published else "",
    }
    return web.Form(written=written)


def _letters_of(item: AgendaItem) -> list[Letter]:
    """Return the letters whose text people may have used: the campaign's, or else all."""
    statement = select(Letter).order_by(Letter.id.desc()).limit(LETTERS_OFFERED)
    if item.campaign_id is not None:
        statement = statement.where(Letter.campaign_id == item.campaign_id)
    return list(db.session.scalars(statement))


def _letters_text(coalition: Coalition) -> web.Form:
    wanted, language = request.args.get("letter"), request.args.get("language", "")
    if not wanted:
        return web.Form()
    with db.reading(coalition.id):
        letter = db.session.get(Letter, web.id_or_404(wanted))
        if letter is None or not letter.texts:
            return web.Form()
        text = letter.text_in(language)
    return web.Form(
        written={
            "title": text.title,
            "language": text.language,
            "body": markdown.to_text(text.body),
        }
    )

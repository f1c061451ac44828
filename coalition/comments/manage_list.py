"""The comments themselves, for coordinators: search by kind, what the clerk misses, removal."""

from collections.abc import Iterator
from enum import StrEnum
from functools import partial
from typing import TypeVar
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select

from coalition import audit, db, web
from coalition.accounts import access
from coalition.coalitions.models import Coalition
from coalition.comments import ledgers, queries, sentences
from coalition.comments.counting import counted
from coalition.comments.errors import UnknownItem
from coalition.comments.figures import wording_column
from coalition.comments.models import (
    CommentChannel,
    CommentLedger,
    CommentPosition,
    CommentSource,
    PublicComment,
)
from coalition.comments.schemas import Comment
from coalition.comments.wording import Wording, wording
from coalition.letters.exporting import Cell, csv_rows

AT_ONCE = 50

Kind = TypeVar("Kind", bound=StrEnum)

pages = Blueprint(
    "comments_list",
    __name__,
    url_prefix="/manage/<coalition>/comments/<item>",
    template_folder="templates",
)


@pages.get("/list")
@access.staff(access.Role.COORDINATOR)
def index(coalition: Coalition, item: str) -> ResponseReturnValue:
    """Show comments with names and texts; that somebody looked is noted."""
    item_id = web.id_or_404(item)
    source, position = _asked("source", CommentSource), _asked("position", CommentPosition)
    worded, only = _asked("wording", Wording), request.args.get("only", "")
    after = request.args.get("after")
    with db.transaction(coalition.id):
        ledger = _ledger(item_id)
        statement = ledger.comments.select().where(counted()).order_by(PublicComment.id)
        if source:
            statement = statement.where(PublicComment.source == source)
        if position:
            statement = statement.where(PublicComment.position == position)
        if worded:
            statement = statement.where(wording_column(ledger) == worded.value)
        if after:
            statement = statement.where(PublicComment.id > web.id_or_404(after))
        found = list(db.session.scalars(_only(statement, only).limit(AT_ONCE + 1)))
        audit.record("comments.viewed", ledger)
        return render_template(
            "comments/manage/list.html",
            coalition=coalition,
            item=queries.item_or_raise(item_id),
            ledger=ledger,
            comments=found[:AT_ONCE],
            next_after=found[AT_ONCE - 1].id if len(found) > AT_ONCE else None,
            wanted={"source": source, "position": position, "wording": worded, "only": only},
            words=sentences,
            wording_of=partial(_wording, ledger),
            sources_offered=[("clerk", gettext("Clerk's list")), ("ours", gettext("Ours"))],
            positions_offered=[(x.value, sentences.position_label(x)) for x in CommentPosition],
            wordings_offered=[(x.value, sentences.wording_label(x)) for x in Wording],
        )


@pages.post("/missing")
@access.staff(access.Role.COORDINATOR)
def missing(coalition: Coalition, item: str) -> ResponseReturnValue:
    """Give the list of our comments that the clerk does not have, to be sent to the clerk."""
    item_id = web.id_or_404(item)
    with db.transaction(coalition.id):
        ledger = _ledger(item_id)
        rows = list(_rows(ledger))
        audit.record("comments.missing_exported", ledger, [f"rows: {len(rows)}"])
    header = (
        gettext("Name"), gettext("Organization"), gettext("City"), gettext("Received"),
        gettext("Way"), gettext("Position"), gettext("Comment"),
    )  # fmt: skip
    answer = Response(b"".join(csv_rows(header, rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=missing-comments.csv"
    return answer


@pages.post("/list/<comment>/removal")
@access.staff(access.Role.COORDINATOR)
def remove(coalition: Coalition, item: str, comment: str) -> ResponseReturnValue:
    """Remove a comment of ours that was put down by mistake."""
    item_id, comment_id = web.id_or_404(item), web.id_or_404(comment)

    with db.transaction(coalition.id):
        ledgers.remove_comment(_ledger(item_id), comment_id)

    flash(gettext("The comment was removed."), "success")
    return web.see_other("comments_list.index", coalition=coalition.slug, item=item)


@pages.get("/list/<comment>/correction")
@access.staff(access.Role.COORDINATOR)
def correct(coalition: Coalition, item: str, comment: str) -> ResponseReturnValue:
    """Show one comment in a form; that somebody looked is noted."""
    return _correction_page(coalition, web.id_or_404(item), web.id_or_404(comment), None)


@pages.post("/list/<comment>/correction")
@access.staff(access.Role.COORDINATOR)
def store_correction(coalition: Coalition, item: str, comment: str) -> ResponseReturnValue:
    """Correct a comment that was read wrongly."""
    item_id, comment_id, form = web.id_or_404(item), web.id_or_404(comment), web.form(Comment)
    if form.errors:
        return _correction_page(coalition, item_id, comment_id, form), 422
    with db.transaction(coalition.id):
        ledgers.correct_comment(_ledger(item_id), comment_id, **form.values)
    flash(gettext("The comment was corrected."), "success")
    return web.see_other("comments_list.index", coalition=coalition.slug, item=item)


def _correction_page(
    coalition: Coalition, item_id: UUID, comment_id: UUID, form: web.Form | None
) -> str:
    with db.transaction(coalition.id):
        ledger = _ledger(item_id)
        found = ledgers.comment_or_raise(ledger, comment_id)
        audit.record("comments.viewed", ledger)
        return render_template(
            "comments/manage/correction.html",
            coalition=coalition,
            item=queries.item_or_raise(item_id),
            comment=found,
            form=form or web.filled(Comment, found),
            positions=[(x.value, sentences.position_label(x)) for x in CommentPosition],
            channels=[(x.value, sentences.channel_label(x)) for x in CommentChannel],
        )


def _wording(ledger: CommentLedger, comment: PublicComment) -> Wording:
    """Return whose words a comment uses, by the ledger's thresholds."""
    return wording(
        comment.similarity,
        template_from=ledger.template_from,
        adapted_from=ledger.adapted_from,
    )


def _ledger(item_id: UUID) -> CommentLedger:
    ledger = queries.ledger_of_item(item_id)
    if ledger is None:
        raise UnknownItem
    return ledger


def _only(statement: Select[PublicComment], only: str) -> Select[PublicComment]:
    match only:
        case "duplicates":
            return statement.where(PublicComment.duplicate_of_id.is_not(None))
        case "unmatched":
            return statement.where(
                PublicComment.match_id.is_(None), PublicComment.duplicate_of_id.is_(None)
            )
    return statement


def _asked(name: str, kind: type[Kind]) -> Kind | None:
    try:
        return kind(request.args.get(name, ""))
    except ValueError:
        return None


def _rows(ledger: CommentLedger) -> Iterator[tuple[Cell, ...]]:
    for each in db.session.scalars(queries.missed_by_the_clerk(ledger)):
        yield (
            each.author or "",
            each.organization,
            each.city,
            each.received_on,
            sentences.channel_label(each.channel),
            sentences.position_label(each.position),
            each.text or "",
        )

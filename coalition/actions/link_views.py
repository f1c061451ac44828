"""What the links in mails open: confirming what one reported, seeing it, taking it back.

Mail scanners open every link, so a GET changes nothing here: a person presses a button.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from coalition import attempts, audit, db, web
from coalition.actions import links, mails, queries, sharing
from coalition.actions.errors import ActionClosed, ParticipationGone
from coalition.actions.participations import ENDED, Participation, ParticipationState
from coalition.actions.schemas import ConfirmationForm
from coalition.coalitions.models import Coalition
from coalition.errors import DomainError
from coalition.letters.errors import LinkBroken, LinkExpired

pages = Blueprint(
    "participations", __name__, url_prefix="/participations", template_folder="templates"
)


@dataclass(frozen=True)
class _Linked:
    """What a link leads to."""

    coalition: Coalition
    participation: Participation


@pages.get("/confirmations/<token>")
def confirmation(token: str) -> ResponseReturnValue:
    """Show what is about to be confirmed."""
    try:
        ids = links.read_confirmation_token(token)
    except LinkExpired as error:
        return render_template("actions/expired.html", token=token, error=error), error.status
    with db.reading(ids[0]):
        linked = _linked(ids)
        found = linked.participation
        if found.state in ENDED:
            return _refused(linked, ParticipationGone())
        if found.confirmed_at is not None:
            return _to(ids)
        if found.action is not None and found.state == ParticipationState.PENDING:
            try:
                found.action.check_open()
            except ActionClosed as error:
                return _refused(linked, error)
        return _page("actions/confirmation.html", linked, token=token, form=web.Form())


@pages.post("/confirmations/<token>")
def confirm(token: str) -> ResponseReturnValue:
    """Confirm a report, corrected if need be; doing it twice changes nothing."""
    try:
        ids = links.read_confirmation_token(token)
    except LinkExpired as error:
        return render_template("actions/expired.html", token=token, error=error), error.status
    form = web.form(ConfirmationForm) if "name" in request.form else web.Form()
    if form.errors:
        with db.reading(ids[0]):
            return _page("actions/confirmation.html", _linked(ids), token=token, form=form), 422
    try:
        with db.transaction(ids[0]), _as_participant(ids[1]):
            found = _linked(ids).participation
            found.confirm_mailbox(**form.values)
            sharing.code_of(found.person_id)
    except (ActionClosed, ParticipationGone) as error:
        with db.reading(ids[0]):
            return _refused(_linked(ids), error)
    return _to(ids, done="yes")


@pages.post("/confirmations/<token>/renewal")
def renew(token: str) -> ResponseReturnValue:
    """Send a new confirmation link to the mailbox that the old one went to."""
    ids = links.read_expired_token(token)
    attempts.count_attempt(request.remote_addr)
    with db.transaction(ids[0]):
        linked = _linked(ids)
        if linked.participation.state == ParticipationState.PENDING:
            mails.write_confirmation(linked.coalition, linked.participation)
    return render_template("actions/renewed.html", coalition=linked.coalition)


@pages.get("/<token>")
def manage(token: str) -> ResponseReturnValue:
    """Show what somebody reported, ways to pass it on, and how to take it back."""
    ids = links.read_manage_token(token)
    with db.reading(ids[0]):
        linked = _linked(ids)
        action = linked.participation.action
        campaign_id = action.campaign_id if action else None
        next_ones = queries.open_to_everybody(campaign_id) if campaign_id else []
        return _page(
            "actions/own.html",
            linked,
            token=token,
            is_new=request.args.get("done") == "yes",
            next_ones=[each for each in next_ones if action is None or each.id != action.id],
            **sharing.ways(linked.coalition, linked.participation),
        )


@pages.get("/<token>/withdrawal")
def ask_withdrawal(token: str) -> ResponseReturnValue:
    """Ask whether it shall really be taken back."""
    ids = links.read_manage_token(token)
    with db.reading(ids[0]):
        return _page("actions/withdrawal.html", _linked(ids), token=token)


@pages.post("/<token>/withdrawal")
def withdraw(token: str) -> ResponseReturnValue:
    """Take a report back; doing it twice changes nothing."""
    ids = links.read_manage_token(token)
    with db.transaction(ids[0]), _as_participant(ids[1]):
        _linked(ids).participation.withdraw()
    return _to(ids)


def _to(ids: tuple[UUID, UUID], **more: str) -> Response:
    token = links.manage_token(*ids)
    return web.see_other("participations.manage", token=token, lang=web.language(), **more)


def _linked(ids: tuple[UUID, UUID]) -> _Linked:
    """Find what a link leads to in the open scope.

    Raises:
        LinkBroken: it was erased.
    """
    participation = db.session.scalar(select(Participation).filter_by(id=ids[1]))
    coalition = db.session.get(Coalition, ids[0])
    if participation is None or coalition is None:
        raise LinkBroken
    g.coalition_language = participation.language
    return _Linked(coalition, participation)


@contextmanager
def _as_participant(participation_id: UUID) -> Iterator[None]:
    origin = f"web {g.get('request_id', '')}".strip()
    with audit.acting(audit.Actor("participant", participation_id, origin)):
        yield


def _page(template: str, linked: _Linked, **more: object) -> str:
    action = linked.participation.action
    return render_template(
        template,
        coalition=linked.coalition,
        participation=linked.participation,
        action=action,
        text=action.text_in(web.language()) if action else None,
        **more,
    )


def _refused(linked: _Linked, error: DomainError) -> ResponseReturnValue:
    return _page("actions/refused.html", linked, sentence=web.say(error)), error.status

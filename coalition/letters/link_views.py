"""What the links in mails open: confirming a signature, changing how it is listed, taking it back.

Mail scanners open every link, so a GET changes nothing here: a person presses a button.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from coalition import attempts, audit, db, web
from coalition.calendars import links as calendar_links
from coalition.clock import now
from coalition.coalitions.models import Coalition
from coalition.consents.links import preferences_token
from coalition.errors import DomainError
from coalition.letters import links, listing, mails, public_letters, sharing
from coalition.letters.errors import LinkBroken, LinkExpired, SignatureGone, SigningClosed
from coalition.letters.models import Letter
from coalition.letters.schemas import ConfirmationForm, ListingForm
from coalition.letters.signatures import Signature, SignatureState

pages = Blueprint("signatures", __name__, template_folder="templates")


@dataclass(frozen=True)
class _Linked:
    """What a link leads to."""

    coalition: Coalition
    letter: Letter
    signature: Signature


@pages.get("/confirmations/<token>")
def confirmation(token: str) -> ResponseReturnValue:
    """Show what is about to be confirmed."""
    try:
        ids = links.read_confirmation_token(token)
    except LinkExpired as error:
        return render_template("letters/expired.html", token=token, error=error), error.status
    with db.reading(ids[0]):
        linked = _linked(ids)
        if linked.signature.state in (SignatureState.CONFIRMED, SignatureState.APPROVED):
            return _to("signatures.thanks", links.thanks_token(*ids))
        if linked.signature.state != SignatureState.PENDING:
            return _gone(linked)
        try:
            linked.letter.check_open(linked.signature.kind, now())
        except DomainError as error:
            return _too_late(linked, error)
        return _page("letters/confirmation.html", linked, token=token, form=web.Form())


@pages.post("/confirmations/<token>")
def confirm(token: str) -> ResponseReturnValue:
    """Confirm a signature, corrected if need be; doing it twice changes nothing.

    The form may have been filled in by somebody else, so only the mailbox's owner has the last
    word on the name.
    """
    try:
        ids = links.read_confirmation_token(token)
    except LinkExpired as error:
        return render_template("letters/expired.html", token=token, error=error), error.status
    form = web.form(ConfirmationForm) if "given_name" in request.form else web.Form()
    if form.errors:
        with db.reading(ids[0]):
            return _page("letters/confirmation.html", _linked(ids), token=token, form=form), 422
    try:
        with db.transaction(ids[0]), _as_signatory(ids[1]):
            signature = _linked(ids, lock=True).signature
            if form.values:
                signature.correct(**form.values)
            signature.confirm()
    except (SignatureGone, SigningClosed) as error:
        with db.reading(ids[0]):
            linked = _linked(ids)
            gone = isinstance(error, SignatureGone)
            return _gone(linked) if gone else _too_late(linked, error)
    return _to("signatures.thanks", links.thanks_token(*ids))


@pages.post("/confirmations/<token>/renewal")
def renew(token: str) -> ResponseReturnValue:
    """Send a new confirmation link to the mailbox that the old one went to."""
    ids = links.read_expired_token(token)
    attempts.count_attempt(request.remote_addr)
    with db.transaction(ids[0]):
        linked = _linked(ids)
        if linked.signature.state == SignatureState.PENDING:
            mails.write_confirmation(linked.coalition, linked.letter, linked.signature)
    return web.see_other(
        "letters.signed",
        coalition=linked.coalition.slug,
        letter=linked.letter.slug,
        lang=web.language(),
    )


@pages.get("/thanks/<token>")
def thanks(token: str) -> ResponseReturnValue:
    """Thank, say what happens next, and invite to pass the letter on."""
    ids = links.read_thanks_token(token)
    with db.reading(ids[0]):
        linked = _linked(ids)
        if linked.signature.state not in (SignatureState.CONFIRMED, SignatureState.APPROVED):
            return _gone(linked)
        sections = public_letters.sections_of(linked.letter, "thanks")
        share = sharing.ways_to_share(linked.coalition, linked.letter)
        return _page("letters/thanks.html", linked, sections=sections, share=share)


@pages.get("/signatures/<token>")
def manage(token: str) -> ResponseReturnValue:
    """Show how a signature stands and how it is listed."""
    ids = links.read_manage_token(token)
    with db.reading(ids[0]):
        return _manage_page(_linked(ids), token, web.Form())


@pages.post("/signatures/<token>")
def relist(token: str) -> ResponseReturnValue:
    """Change whether and under which name a signature is listed."""
    ids = links.read_manage_token(token)
    form, status = web.form(ListingForm), 422
    if not form.errors:
        try:
            with db.transaction(ids[0]), _as_signatory(ids[1]):
                listing.relist(_linked(ids, lock=True).signature, **form.values)
            return _to("signatures.manage", token, changed="yes")
        except DomainError as error:
            form.refuse(error)
            status = error.status
    with db.reading(ids[0]):
        return _manage_page(_linked(ids), token, form), status


@pages.post("/signatures/<token>/calendar")
def calendar(token: str) -> ResponseReturnValue:
    """Lead to the signatory's own calendar, which is made if there is none yet."""
    ids = links.read_manage_token(token)
    with db.transaction(ids[0]):
        person = _linked(ids).signature.person
        if person is None:  # never confirmed, or erased
            raise LinkBroken
        url = calendar_links.page_url(person)
    return redirect(f"{url}?lang={web.language()}", code=303)


@pages.get("/signatures/<token>/withdrawal")
def ask_withdrawal(token: str) -> ResponseReturnValue:
    """Ask whether the name shall really be taken back."""
    ids = links.read_manage_token(token)
    with db.reading(ids[0]):
        linked = _linked(ids)
        if linked.signature.state in (SignatureState.WITHDRAWN, SignatureState.REJECTED):
            return _to("signatures.manage", token)
        return _page("letters/withdrawal.html", linked, token=token)


@pages.post("/signatures/<token>/withdrawal")
def withdraw(token: str) -> ResponseReturnValue:
    """Take a name back; doing it twice changes nothing."""
    ids = links.read_manage_token(token)
    with db.transaction(ids[0]), _as_signatory(ids[1]):
        _linked(ids, lock=True).signature.withdraw()
    return _to("signatures.manage", token)


def _to(endpoint: str, token: str, **more: str) -> Response:
    return web.see_other(endpoint, token=token, lang=web.language(), **more)


def _linked(ids: tuple[UUID, UUID], *, lock: bool = False) -> _Linked:
    """Find what a link leads to in the open scope.

    Raises:
        LinkBroken: the signature was erased.
    """
    statement = select(Signature).filter_by(id=ids[1])
    if lock:
        statement = statement.with_for_update(of=Signature)
    signature = db.session.scalar(statement)
    coalition = db.session.get(Coalition, ids[0])
    letter = db.session.get(Letter, signature.letter_id) if signature else None
    if signature is None or letter is None or coalition is None:
        raise LinkBroken
    g.coalition_language = signature.language
    return _Linked(coalition, letter, signature)


@contextmanager
def _as_signatory(signature_id: UUID) -> Iterator[None]:
    origin = f"web {g.get('request_id', '')}".strip()
    with audit.acting(audit.Actor("signatory", signature_id, origin)):
        yield


def _page(template: str, linked: _Linked, **more: object) -> str:
    return render_template(
        template,
        coalition=linked.coalition,
        letter=linked.letter,
        signature=linked.signature,
        text=linked.letter.text_in(web.language()),
        **more,
    )


def _manage_page(linked: _Linked, token: str, form: web.Form) -> str:
    person_id = linked.signature.person_id
    return _page(
        "letters/manage_signature.html",
        linked,
        token=token,
        form=form,
        preferences_token=preferences_token(linked.coalition.id, person_id)
        if person_id
        else None,
    )


def _gone(linked: _Linked) -> ResponseReturnValue:
    return _page(
        "letters/gone.html", linked, may_sign=linked.letter.accepts_signatures(now())
    ), 410


def _too_late(linked: _Linked, error: DomainError) -> ResponseReturnValue:
    return _page("letters/too_late.html", linked, sentence=web.say(error)), error.status

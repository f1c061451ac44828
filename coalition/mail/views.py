"""The demonstration's mailbox: a page where all mail lands that would otherwise be sent."""

import re
from uuid import UUID

from flask import Blueprint, abort, make_response, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape
from sqlalchemy import select

from coalition import config, db, headers
from coalition.mail.models import MailboxMessage

SHOWN = 100  # messages, the newest ones
_ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]]")  # "(https://…)." ends at "…"

pages = Blueprint("mailbox", __name__, url_prefix="/mailbox", template_folder="templates")


@pages.before_request
def only_in_demonstration() -> None:
    """Hide the page where mail goes to a server."""
    if not config.current().is_demo_mail:
        abort(404)


@pages.get("/")
def index() -> ResponseReturnValue:
    """List the messages, newest first."""
    newest = select(MailboxMessage).order_by(
        MailboxMessage.arrived_at.desc(), MailboxMessage.id.desc()
    )
    with db.reading() as session:
        found = session.scalars(newest.limit(SHOWN)).all()
        return render_template("mail/mailbox.html", messages=found, shown=SHOWN)


@pages.get("/<uuid:message>")
def show(message: UUID) -> ResponseReturnValue:
    """Show one message as text, its links clickable, and as HTML, as a mail program would."""
    with db.reading() as session:
        found = session.get(MailboxMessage, message) or abort(404)
        text = with_links(found.text)
        page = make_response(render_template("mail/message.html", message=found, text=text))
    return headers.holding_frame(page)


@pages.get("/<uuid:message>.html")
def frame(message: UUID) -> ResponseReturnValue:
    """Return the HTML of a message, for the frame on its page."""
    with db.reading() as session:
        found = session.get(MailboxMessage, message) or abort(404)
        return headers.framed_mail(make_response(found.html or abort(404)))


def with_links(text: str) -> Markup:
    """Return plain text as HTML in which the web addresses are links."""
    parts, end = [], 0
    for match in _ADDRESS.finditer(text):
        url = escape(match[0])
        parts += [
            escape(text[end : match.start()]),
            Markup('<a href="{0}">{0}</a>').format(url),
        ]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])

"""What a person's page says about the mailings that they got."""

from flask import render_template
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import func, select

from coalition.sdk import Coalition, Panel, Person, session
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.recipients import Recipient

SHOWN = 50  # mails, the newest ones


def mails_of(person: Person) -> Panel | None:
    """Answer “did you write to me?”: which mailing, when, and what became of it."""
    at = func.coalesce(Recipient.sent_at, Recipient.due_at, Mailing.started_at)
    found = session.execute(
        select(Mailing, Recipient.state, Recipient.sent_at, Recipient.reason)
        .join(Mailing, Mailing.id == Recipient.mailing_id)
        .where(Recipient.person_id == person.id)
        .order_by(at.desc().nulls_last(), Recipient.id)
        .limit(SHOWN)
    ).all()
    if not found:
        return None
    coalition = session.get_one(Coalition, person.coalition_id)
    html = render_template(
        "email_outreach/_of_person.html", coalition=coalition, mails=found, shown=SHOWN
    )
    return Panel(gettext("Mails they got"), Markup(html))  # noqa: S704  our own template

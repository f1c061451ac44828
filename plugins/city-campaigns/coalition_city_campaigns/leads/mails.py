"""What we write to somebody who wants to challenge a contract.

The first mail goes to an address that nobody has confirmed: it repeats nothing that was typed
into the form.
"""

from datetime import timedelta

from flask import render_template
from flask_babel import force_locale, gettext

from coalition.sdk import Coalition, absolute_url, queue_mail, sign_link
from coalition_city_campaigns.leads.models import Lead

CONFIRM_FOR = timedelta(days=7)
CONFIRM = "city-campaigns-confirm-lead"
OWN = "city-campaigns-own-lead"
PURPOSE = "confirmation"  # an answer to what the mailbox's owner did


def write_confirmation(coalition: Coalition, lead: Lead) -> None:
    """Ask the owner of the mailbox to confirm; whom we know already gets the link to their own."""
    with force_locale(lead.language):
        is_known = lead.confirmed_at is not None
        token = sign_link(OWN if is_known else CONFIRM, coalition.id, lead.id)
        endpoint = (
            "city-campaigns-links.own" if is_known else "city-campaigns-links.confirmation"
        )
        subject = gettext("Please confirm: your city")
        if is_known:
            subject = gettext("You have written to us already")
        words = {
            "coalition": coalition,
            "is_known": is_known,
            "days": CONFIRM_FOR.days,
            "url": absolute_url(endpoint, token=token, lang=lead.language),
        }
        queue_mail(
            coalition_id=coalition.id,
            purpose=PURPOSE,
            to=lead.email,
            subject=subject,
            text=render_template("city_campaigns/leads/mail.txt", **words),
            sender_name=coalition.name,
            reply_to=coalition.reply_to,
        )


def write_thanks(coalition: Coalition, lead: Lead) -> None:
    """Thank, say what happens next, and give the link to what is stored."""
    with force_locale(lead.language):
        token = sign_link(OWN, coalition.id, lead.id)
        words = {
            "coalition": coalition,
            "url": absolute_url("city-campaigns-links.own", token=token, lang=lead.language),
        }
        queue_mail(
            coalition_id=coalition.id,
            purpose=PURPOSE,
            to=lead.email,
            subject=gettext("Thank you: somebody will be in touch"),
            text=render_template("city_campaigns/leads/thanks.txt", **words),
            sender_name=coalition.name,
            reply_to=coalition.reply_to,
        )

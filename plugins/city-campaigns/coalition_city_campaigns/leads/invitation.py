"""The form for other cities, offered where people have just seen what is at stake in one."""

from flask import render_template
from flask_babel import gettext
from markupsafe import Markup

from coalition.sdk import Coalition, Letter, LetterKind, Panel, session, settings
from coalition_city_campaigns.settings import PLUGIN


def city_form(letter: Letter) -> Panel | None:
    """Return the section that asks who signs a petition for their own city."""
    if letter.kind != LetterKind.PETITION or not settings(PLUGIN)["takes_leads"]:
        return None
    coalition = session.get_one(Coalition, letter.coalition_id)
    made = render_template("city_campaigns/leads/_invitation.html", coalition=coalition)
    html = Markup(made)  # noqa: S704  a template escaped it
    return Panel(gettext("Want to challenge a contract in your city?"), html)

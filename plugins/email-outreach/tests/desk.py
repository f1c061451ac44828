"""A coordinator at their desk: short ways to do in tests what they do on the pages."""

import re

from coalition_email_outreach.models import Mailing
from coalition_email_outreach.recipients import Bell
from sqlalchemy import select

from coalition.sdk import now, reading, session, transaction

from .conftest import let_begin

LIST = "/manage/night-buses/mailings/"
FORM = {
    "save": "yes",
    "name": "News",
    "purpose": "coalition_updates",
    "language": "en",
    "revision": "1",
    "text_language": "en",
    "text_subject": "News, {{given_name|friend}}",
    "text_subject_b": "",
    "text_body": "Dear {{given_name|friend}}, **the buses** stay.",
}


def stored(coalition) -> Mailing:
    """Return the newest mailing, with its texts."""
    session.remove()
    with reading(coalition.id):
        return session.scalars(select(Mailing).order_by(Mailing.id.desc())).first()


def make_begin(coalition) -> None:
    """Let the time of a scheduled mailing come."""
    mailing_id = stored(coalition).id
    with transaction(coalition.id):
        session.get_one(Mailing, mailing_id).send_at = now()
        session.get_one(Bell, mailing_id).due_at = now()


def written(coordinator, coalition, **values: object) -> str:
    """Write a mailing as a coordinator does; return its page's address."""
    answer = coordinator.post(f"{LIST}new", data=FORM | values)
    assert answer.status_code == 303, re.findall(r"error.*", answer.text)[:5]
    return f"{LIST}{stored(coalition).id}/"


def change(coordinator, coalition, **values: object) -> None:
    """Change the newest mailing as a coordinator does."""
    mailing = stored(coalition)
    revision = {"revision": str(mailing.revision)}
    answer = coordinator.post(f"{LIST}{mailing.id}/edit", data=FORM | revision | values)
    assert answer.status_code == 303


def seen_on(page: str) -> str:
    """Return what the button of a page says that was seen, or nothing if there is no button."""
    found = re.search(r'name="seen" value="([^"]*)"', page)
    return found[1] if found else ""


def decide(browser, here: str, step: str):
    """Look at the page before a step, then press its button; return the answer."""
    seen = seen_on(browser.get(here + step).text)
    return browser.post(here + step, data={"seen": seen})


def schedule(browser, here: str, at: str = "2099-01-01T10:00", **more: str):
    """Look at what is sent, then have it sent later; return the answer."""
    seen = seen_on(browser.get(f"{here}sending").text)
    return browser.post(f"{here}schedule", data={"at": at, "seen": seen, **more})


def send_now(browser, here: str):
    """Look at what is sent, then send it, and let a worker begin it."""
    answer = decide(browser, here, "sending")
    let_begin()
    return answer

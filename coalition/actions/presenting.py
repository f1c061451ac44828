"""What the public page of an action shows beside its text: to whom, by when, how it is sent."""

from dataclasses import dataclass
from urllib.parse import quote

from flask_babel import force_locale, gettext

from coalition.actions.editing import addressed_by
from coalition.actions.models import Action, ActionKind, ActionText, Addressee
from coalition.actions.queries import Tally
from coalition.decisions.models import DecisionBody, Officeholder
from coalition.letters.public_letters import day
from coalition.small_groups import SMALLEST_GROUP

MAX_MAILTO_CHARS = 1_800  # of the whole address; some mail programs cut longer ones
_WRITTEN = (ActionKind.COMMENT, ActionKind.WRITE)


@dataclass(frozen=True)
class Way:
    """How something reaches those whom it is for: `mailto` opens the visitor's mail program."""

    body: DecisionBody | None
    people: list[Officeholder]
    email: str | None
    url: str | None
    phone: str
    mailto: str
    is_template_in_mail: bool


def way_of(action: Action, text: ActionText) -> Way:
    """Return how to do it."""
    body = action.body
    to_clerk = body if body and action.addressee == Addressee.CLERK else None
    email = action.email or (to_clerk.comment_email if to_clerk else None)
    url = action.url or (to_clerk.comment_url if to_clerk else None)
    mailto, whole = "", False
    if email and action.kind in _WRITTEN:
        mailto, whole = _mailto(email, subject_of(action, text), text.template)
    return Way(body, addressed_by(action), email, url, action.phone, mailto, whole)


def subject_of(action: Action, text: ActionText) -> str:
    """Return the subject of the mail: as written, else the item with its number and file."""
    if text.subject:
        return text.subject
    if action.item is None or action.meeting is None:
        return text.title
    item, meeting = action.item, action.meeting
    with force_locale("en"):  # clerks file by it
        parts = [
            gettext("Public comment"),
            day(meeting.starts_at, meeting.time_zone),
            gettext("item %(number)s", number=item.number) if item.number else "",
            item.docket,
        ]
    return ", ".join(part for part in parts if part) + f": {item.subject}"


def shown_number(found: Tally) -> int | None:
    """Return how many did it, or `None` while there are so few that they could be known."""
    return found.done if found.done >= SMALLEST_GROUP else None


def _mailto(email: str, subject: str, template: str) -> tuple[str, bool]:
    begin = f"mailto:{quote(email, safe='@')}?subject={quote(subject)}"
    whole = f"{begin}&body={quote(template.replace(chr(10), chr(13) + chr(10)))}"
    if template and len(whole) <= MAX_MAILTO_CHARS:
        return whole, True
    return begin, False

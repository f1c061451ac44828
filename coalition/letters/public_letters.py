"""What the public pages show of letters: published ones only, listed names only."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from babel.dates import format_datetime
from flask_babel import format_date, get_locale, gettext
from sqlalchemy import select

from coalition import db, plugins
from coalition.clock import now
from coalition.coalitions.models import Coalition
from coalition.errors import NotFound
from coalition.letters import queries
from coalition.letters.documents import count_sentence
from coalition.letters.errors import UnknownLetter
from coalition.letters.models import Letter, LetterState, ListOrder, Signatories, letter_by_slug
from coalition.letters.queries import ListedOrganization, ListedPerson, Place
from coalition.localtime import time_zone

PEOPLE_AT_ONCE = 500
MAX_PLACE_CHARS = 2_000
OVER_SHOWN = 50  # letters that are closed or delivered, on a coalition's page


@dataclass(frozen=True)
class ShownCount:
    """How many signed, in a sentence, with the rule by which they were counted and when."""

    organizations: int
    people: int
    sentence: str
    rule: str
    as_of: datetime

    @property
    def total(self) -> int:
        """All signatures that count."""
        return self.organizations + self.people

    def to_json(self) -> dict[str, str | int]:
        """Return it for programs."""
        return {
            "organizations": self.organizations,
            "people": self.people,
            "total": self.total,
            "sentence": self.sentence,
            "rule": self.rule,
            "as_of": self.as_of.isoformat(timespec="seconds"),
        }


def published_letter(slug: str) -> Letter:
    """Return the current coalition's letter with this address.

    Raises:
        UnknownLetter: there is none that the public may see.
    """
    letter = letter_by_slug(slug)
    if letter is None or letter.state == LetterState.DRAFT or not letter.texts:
        raise UnknownLetter
    return letter


def letters_of_coalition() -> tuple[Sequence[Letter], Sequence[Letter]]:
    """Return the letters that can be signed now or soon, and the latest of those that are over."""
    published = (
        select(Letter)
        .where(Letter.state != LetterState.DRAFT)
        .order_by(Letter.closes_at.asc().nulls_last(), Letter.id.desc())
    )
    found = [each for each in db.session.scalars(published) if each.texts]
    at = now()
    over = [each for each in found if each.state != LetterState.OPEN or _is_past(each, at)]
    open_now = [each for each in found if each not in over]
    over.sort(key=_ended_at, reverse=True)
    return open_now, over[:OVER_SHOWN]


def sample_coalitions() -> Sequence[Coalition]:
    """Return the coalitions that came with the demonstration."""
    samples = select(Coalition).filter_by(is_sample=True).order_by(Coalition.created_at.desc())
    return db.session.scalars(samples).all()


def count_of(letter: Letter) -> ShownCount | None:
    """Return how many have signed, or `None` if no plugin counts."""
    counted = plugins.ask_first("coalition_letter_count", letter=letter)
    if counted is None:
        return None
    sentence = count_sentence(counted.organizations, counted.people)
    if counted.total == 0:
        sentence = gettext("Nobody has signed yet")
    rule = gettext(counted.rule) if counted.rule else ""
    return ShownCount(counted.organizations, counted.people, sentence, rule, now())


def organizations(letter: Letter) -> list[ListedOrganization]:
    """Return the organizations that agreed to be listed."""
    if letter.signatories == Signatories.PEOPLE:
        return []
    return queries.listed_organizations(letter)


def people_page(letter: Letter, after: str = "") -> tuple[list[ListedPerson], str | None]:
    """Return a page of the people who agreed to be listed, and where the next page begins.

    Raises:
        NotFound: `after` is no place in this list.
    """
    place = _read_place(letter, after) if after else None
    found = queries.listed_people(letter, place, PEOPLE_AT_ONCE + 1)
    shown = found[:PEOPLE_AT_ONCE]
    more = _write_place(shown[-1].place) if len(found) > PEOPLE_AT_ONCE else None
    return shown, more


def local_moment(at: datetime | None, zone: str) -> str:
    """Write a moment as it is on the clocks of `zone`, which is named."""
    if at is None:
        return ""
    pattern = "d MMMM y, HH:mm (zzzz)" if _language() == "es" else "MMMM d, y, h:mm a (zzzz)"
    return format_datetime(at, pattern, tzinfo=time_zone(zone), locale=get_locale() or "en")


def day(on: date | datetime | None, zone: str | None = None) -> str:
    """Write a day in full; of a moment, the day that it is in `zone`."""
    if isinstance(on, datetime) and zone is not None:
        on = on.astimezone(time_zone(zone)).date()
    return format_date(on, "long") if on is not None else ""


def _language() -> str:
    locale = get_locale()
    return locale.language if locale else "en"


def _is_past(letter: Letter, at: datetime) -> bool:
    return letter.closes_at is not None and letter.closes_at <= at


def _ended_at(letter: Letter) -> datetime:
    return letter.delivered_at or letter.closed_at or letter.closes_at or letter.created_at


def _write_place(place: Place) -> str:
    return base64.urlsafe_b64encode(json.dumps([place[0], place[1].hex]).encode()).decode()


def _read_place(letter: Letter, text: str) -> Place:
    if len(text) > MAX_PLACE_CHARS:
        raise NotFound
    try:
        value: Any = json.loads(base64.urlsafe_b64decode(text.encode()))
        key, signature_id = value
        place = (str(key), UUID(signature_id))
        if letter.list_order == ListOrder.SIGNED:
            datetime.fromisoformat(place[0])
        place[0].encode("ascii")
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise NotFound from None
    if not place[0].isprintable():  # sort keys are plain text; others would trip the database
        raise NotFound
    return place

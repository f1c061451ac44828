"""What the values of conditions are picked from: the coalition's letters, organizations, tags …"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import format_date, get_locale, gettext
from sqlalchemy import or_, select

from coalition import config, db
from coalition.coalitions.models import Coalition, CoalitionMembership
from coalition.consents import purposes
from coalition.errors import N_
from coalition.languages import name_here
from coalition.letters.models import Letter, LetterState
from coalition.organizations.models import Membership, Organization
from coalition.people import custom_fields
from coalition.people.models import Tag
from coalition.segments.conditions import Parameter

MAX_OFFERED = 500  # letters, organizations

Options = Sequence[tuple[str, str]]


def letters() -> Options:
    """Offer the letters that were published, the newest first."""
    published = select(Letter).where(Letter.state != LetterState.DRAFT)
    newest = published.order_by(Letter.id.desc()).limit(MAX_OFFERED)
    return [(str(each.id), _title(each)) for each in db.session.scalars(newest)]


def letter_named(value: str) -> str | None:
    """Return the title of a letter in the page's language."""
    found = db.session.scalar(select(Letter).filter_by(id=UUID(value)))
    return _title(found) if found else None


def organizations() -> Options:
    """Offer the organizations that the coalition has something to do with, by name."""
    known = select(Organization).where(
        or_(
            Organization.id.in_(select(CoalitionMembership.organization_id)),
            Organization.id.in_(select(Membership.organization_id)),
        )
    )
    ordered = known.order_by(Organization.sort_key, Organization.id).limit(MAX_OFFERED)
    return [(str(each.id), each.name) for each in db.session.scalars(ordered)]


def organization_named(value: str) -> str | None:
    """Return the name of an organization."""
    found = db.session.get(Organization, UUID(value))
    return found.name if found else None


def tags() -> Options:
    """Offer the tags by name."""
    return [
        (str(each.id), each.name) for each in db.session.scalars(select(Tag).order_by(Tag.name))
    ]


def fields() -> Options:
    """Offer the fields that the coalition added to its people."""
    return [(each.key, each.label) for each in custom_fields.custom_fields()]


def consent_purposes() -> Options:
    """Offer the purposes that people can agree to."""
    return [(each.name, gettext(each.label)) for each in purposes.known()]


def languages() -> Options:
    """Offer the languages that mail is written in."""
    return [(code, name_here(code)) for code in config.current().languages]


def start_of(day: str) -> datetime:
    """Return when a day, written "2026-11-24", begins where the coalition works."""
    here = db.session.get(Coalition, db.current_coalition_id())
    zone = ZoneInfo(here.time_zone) if here else UTC
    return datetime.combine(date.fromisoformat(day), time(), tzinfo=zone)


def day_in_words(day: str) -> str:
    """Write a stored day in the page's language."""
    return format_date(date.fromisoformat(day), "long")


def _title(letter: Letter) -> str:
    locale = get_locale()
    return (
        letter.text_in(locale.language if locale else "en").title
        if letter.texts
        else letter.slug
    )


LETTER = Parameter(name="letter", label=N_("Letter"), options=letters, named=letter_named)
ORGANIZATION = Parameter(
    name="organization",
    label=N_("Organization"),
    options=organizations,
    named=organization_named,
)

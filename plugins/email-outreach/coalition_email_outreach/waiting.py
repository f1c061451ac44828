"""Why a mailing waits and until when, or how fast it goes: one sentence for its page."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from flask_babel import get_locale, gettext, ngettext
from sqlalchemy import select

from coalition.sdk import Coalition, Person, domain_of, may_change, now, session
from coalition_email_outreach import audience, pacing, subjects
from coalition_email_outreach.admitting import OF_DOMAIN
from coalition_email_outreach.forecast import LONGEST_DAYS, Forecast, forecast
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.limits import limits
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.quiet import QUIET, quiet_hours
from coalition_email_outreach.recipients import Recipient, RecipientState
from coalition_email_outreach.zones import zone_of


def sentence(mailing: Mailing, coalition: Coalition, waiting: int) -> str:
    """Say why a mailing waits, or how fast it goes; nothing if it has nothing to do.

    Args:
        waiting: how many recipients' turn is still to come.
    """
    if mailing.status != MailingStatus.SENDING or not waiting:
        return ""
    if pacing.blocked_until(pacing.SERVER) is not None:
        return ""  # the page says what the mail server has against us; see `troubles`
    following = _following(mailing)
    if following is None:
        return _of_the_test(mailing, coalition)
    if following.due_at > now():
        return _why_later(following, mailing, coalition)
    if (morning := _morning(coalition, zone_of(following.region))) is not None:
        return _quiet_until(morning, following, coalition)
    return _speed(coalition, waiting)


def _following(mailing: Mailing) -> Any:
    """Return the row of the recipient whose turn comes next."""
    return session.execute(
        select(
            Recipient.due_at,
            Recipient.reason,
            Recipient.attempts,
            Recipient.person_id,
            Person.region,
        )
        .outerjoin(Person, Person.id == Recipient.person_id)
        .where(
            Recipient.mailing_id == mailing.id,
            Recipient.state == RecipientState.QUEUED,
            Recipient.due_at.is_not(None),
        )
        .order_by(Recipient.due_at)
        .limit(1)
    ).one_or_none()


def _of_the_test(mailing: Mailing, coalition: Coalition) -> str:
    if not mailing.tests_subjects or mailing.winner:
        return ""
    return gettext(
        "The rest waits until %(at)s for the better subject.",
        at=_at(subjects.decides_at(mailing), coalition),
    )


def _why_later(following: Any, mailing: Mailing, coalition: Coalition) -> str:
    at, reason = _at(following.due_at, coalition), following.reason or ""
    if reason.startswith(QUIET):
        return _quiet_until(following.due_at, following, coalition)
    if reason == OF_DOMAIN and (said := _of_domain(following, mailing, coalition)):
        return said
    if following.attempts:
        return gettext(
            "What a mail server did not take yet is tried again, next at %(at)s.", at=at
        )
    return gettext("The next message leaves at %(at)s.", at=at)


def _quiet_until(morning: datetime, following: Any, coalition: Coalition) -> str:
    at = _at(morning, coalition)
    if (zone_of(following.region) or coalition.time_zone) == coalition.time_zone:
        return gettext("Waits until %(at)s: quiet hours.", at=at)
    return gettext("Waits until %(at)s: quiet hours where the next recipients live.", at=at)


def _of_domain(following: Any, mailing: Mailing, coalition: Coalition) -> str:
    """Name the mail domain that the next has to wait for, by opening that one address."""
    if not may_change(coalition):
        return ""  # who may not see addresses may not see whose mail they are at either
    domains = [domain_of(box.address) for box in audience.boxes(mailing, [following.person_id])]
    if not domains:
        return ""
    until = pacing.blocked_until(pacing.domain_key(domains[0]))
    if until is not None:
        return gettext(
            "%(domain)s asked us to go slower: it goes on at %(at)s.",
            domain=domains[0],
            at=_at(max(until, following.due_at), coalition),
        )
    most = limits(coalition).domain
    if most is None:
        return ""
    return gettext(
        "%(num)s messages an hour at most go to %(domain)s; the next leaves at %(at)s.",
        num=round(most),
        domain=domains[0],
        at=_at(following.due_at, coalition),
    )


def _speed(coalition: Coalition, waiting: int) -> str:
    found = limits(coalition)
    cast = forecast({coalition.time_zone: waiting}, coalition, now())
    if found.per_hour is None:
        return gettext("It goes out as fast as the mail server takes it.")
    if found.day is not None and not pacing.whole(found.day.left):
        return gettext(
            "Warm-up: all messages of today have left; it goes on at %(at)s, %(end)s.",
            at=_at(_tomorrow(coalition), coalition),
            end=_end(cast, coalition),
        )
    if found.day is not None and found.per_hour == found.day.per_hour:
        return ngettext(
            "Warm-up: %(num)s message today, %(left)s still to leave; %(end)s.",
            "Warm-up: %(num)s messages today, %(left)s still to leave; %(end)s.",
            found.day.amount,
            left=int(found.day.left),
            end=_end(cast, coalition),
        )
    return ngettext(
        "%(num)s an hour at most: %(end)s.",
        "%(num)s an hour at most: %(end)s.",
        round(found.per_hour),
        end=_end(cast, coalition),
    )


def _morning(
    coalition: Coalition, zone: str | None = None, at: datetime | None = None
) -> datetime | None:
    hours = quiet_hours(coalition)
    return hours.until(at or now(), zone) if hours else None


def _tomorrow(coalition: Coalition) -> datetime:
    """Return when one may write again on the next day."""
    local = now().astimezone(ZoneInfo(coalition.time_zone))
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
    return _morning(coalition, at=midnight) or midnight


def _end(cast: Forecast, coalition: Coalition) -> str:
    if cast.ends_at is None:
        return gettext("it takes more than %(days)s days", days=LONGEST_DAYS)
    return gettext("through at about %(at)s", at=_at(cast.ends_at, coalition))


def _at(moment: datetime, coalition: Coalition) -> str:
    """Write a moment as it is on the coalition's clock, with the day if it is not today."""
    zone = ZoneInfo(coalition.time_zone)
    local = moment.astimezone(zone)
    form = "HH:mm" if local.date() == now().astimezone(zone).date() else "EEE d MMM, HH:mm"
    return str(format_datetime(local, form, tzinfo=None, locale=get_locale()))

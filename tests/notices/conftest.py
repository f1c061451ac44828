"""A city with a council, a campaign whose clock runs, and people who agreed to be written to."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from sqlalchemy import delete, select

from coalition import background, db, outbox  # noqa: F401  the subscriber is known
from coalition.campaigns.models import Campaign, CampaignStatus
from coalition.consents.models import Consent, ConsentSource
from coalition.consents.purposes import UPDATES
from coalition.decisions.meetings import AgendaItem, Meeting
from coalition.jobs import Job, _resolve
from coalition.mail.models import MailMessage
from coalition.notices import jobs
from coalition.notices.models import MeetingClock
from coalition.notices.schedule import DAY_MIN, HOUR_MIN
from coalition.people.models import Person
from coalition.testing import make_body, make_meeting, make_person

NOW = datetime(2026, 10, 15, 19, tzinfo=UTC)  # noon in Los Angeles, before the clocks go back


@pytest.fixture(autouse=True)
def clock():
    """Hold the time still; `clock.shift(seconds)` lets it pass."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def coalition(coalition):
    """Give a coalition, "Night Buses", that a transaction which fails does not empty."""
    db.session.expunge_all()
    return coalition


@pytest.fixture
def campaign(coalition) -> Campaign:
    """Give a campaign whose clock runs: 7 days, 1 day, 3 hours; 1 day before comments close."""
    with db.transaction(coalition.id) as session:
        made = Campaign(
            slug="alpr",
            title="Stop the cameras",
            status=CampaignStatus.ACTIVE,
            is_published=True,
        )
        session.add(made)
        session.flush()
        set_clock(made)
    return made


def set_clock(
    campaign, *, is_on=True, meeting=(7 * DAY_MIN, DAY_MIN, 3 * HOUR_MIN), deadline=(DAY_MIN,)
):
    MeetingClock.of(campaign).set(is_on=is_on, meeting_leads=meeting, deadline_leads=deadline)


@pytest.fixture
def body(coalition):
    return make_body(coalition, place="City Hall", comment_email="clerk@example.gov", seats=())


@pytest.fixture
def meeting(coalition, body):
    """Give a meeting on Tuesday, 10 November 2026, 5 p.m.: after the clocks went back."""
    return make_meeting(coalition, body, date(2026, 11, 10), time(17))


@pytest.fixture
def item(coalition, campaign, meeting):
    """Give the campaign's item, which has no number yet."""
    return add_item(coalition, meeting, campaign)


def add_item(coalition, meeting, campaign, number="") -> AgendaItem:
    with db.transaction(coalition.id) as session:
        found = session.get_one(Meeting, meeting.id)
        return found.add_item(
            "License plate readers", number=number, campaign=session.merge(campaign)
        )


def change(row, do: Callable):
    """Let a verb change a row in a transaction of its own."""
    with db.transaction(row.coalition_id) as session:
        return do(session.get_one(type(row), row.id))


def number(item, printed="A-1"):
    change(item, lambda found: found.renumber(printed))


def make_resident(
    coalition, name="ada", *, city="Riverton", region="CA", agrees=True, **values
) -> Person:
    """Add somebody who lives there and was asked whether they may be written to."""
    person = make_person(coalition, f"{name}@example.org", name.title())
    with db.transaction(coalition.id) as session:
        found = session.get_one(Person, person.id)
        for key, value in {"city": city, "region": region, **values}.items():
            setattr(found, key, value)
        answer(found, given=agrees)
    return found


def answer(person, *, given):
    Consent.note(
        person.id,
        UPDATES,
        given=given,
        wording="May they write to you?",
        source=ConsentSource.IMPORT,
    )


@pytest.fixture
def pass_hours(app, clock) -> Callable[[int], None]:
    """Give a function that looks once an hour for reminders, when nothing else happens."""

    def do(hours: int) -> None:
        with app.app_context():
            for _ in range(hours):
                clock.shift(3600)
                jobs.remind_due()
                work()

    return do


@pytest.fixture
def look(app, clock) -> Callable[..., None]:
    """Give a function that lets time pass and then does what scheduler and worker would."""

    def do(**passed) -> None:
        hear()
        clock.shift(timedelta(**passed))
        with app.app_context():
            jobs.settle_due()
            jobs.remind_due()
            work()

    return do


def hear() -> None:
    """Hand out the facts."""
    outbox.fan_out()
    outbox.deliver("notices.wait_to_settle")


def work() -> None:
    """Run the jobs that are owed."""
    while owed := take_jobs():
        for function, arguments in owed:
            _resolve(function)(*arguments)


def take_jobs() -> list[tuple[str, list]]:
    with db.platform_transaction() as session:
        found = list(session.execute(select(Job.function, Job.arguments).order_by(Job.id)))
        session.execute(delete(Job))
    return [tuple(each) for each in found]


@pytest.fixture
def sent(database, coalition) -> Callable[[], list[dict]]:
    """Give a function that returns the mails queued since it was asked last, oldest first."""
    seen = set()

    def read() -> list[dict]:
        with db.platform_transaction() as session:
            found = session.scalars(select(MailMessage).order_by(MailMessage.id)).all()
            new = [each for each in found if each.id not in seen]
            seen.update(each.id for each in new)
            with db.narrowed(coalition.id):
                return [json.loads(each.take()) for each in new]

    return read

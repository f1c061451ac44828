"""How fast mail leaves: what limits, hours and the answers of servers do to a mailing."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from coalition_email_outreach import claiming, limits, pacing, resting
from coalition_email_outreach.lifecycle import Clock, MailingStatus
from coalition_email_outreach.models import mailing_or_raise
from coalition_email_outreach.recipients import Bell, Pace, Recipient
from sqlalchemy import select, text, update
from uuid_utils.compat import uuid7

from coalition.sdk import now, reading, session, transaction
from coalition.testing import choose_plugin_settings

from .conftest import begin, make_due, make_mailing, send, states

pytestmark = pytest.mark.usefixtures("at_any_hour")


@pytest.fixture
def patient(monkeypatch) -> None:
    """Let nobody look once a minute whether a limit was changed: each look costs a real second."""
    monkeypatch.setattr(resting, "LONGEST_REST_S", 24 * 3600)


def rests_s(mailing) -> float:
    """Return for how many seconds nobody looks at a mailing."""
    with reading():
        return (session.get_one(Bell, mailing.id).due_at - now()).total_seconds()


def departures(mailing, begins_at: datetime | None = None) -> list[datetime]:
    """Let time pass until a mailing is sent; return when each message left."""
    at, left = begins_at or now(), list[datetime]()
    while states(mailing).keys() - {"sent"}:
        with time_machine.travel(at, tick=False):
            left += [at] * send()
            with reading():
                bell = session.get(Bell, mailing.id)
                at = max(at + timedelta(seconds=1), bell.due_at) if bell else at
    return left


def by_hour(moments: list[datetime]) -> list[int]:
    """Return how many are in each hour after the first."""
    counted = Counter((each - moments[0]) // timedelta(hours=1) for each in moments)
    return [counted[hour] for hour in range(max(counted) + 1)]


def fill_from_now_on(coalition) -> None:
    """Let a coalition's limit pile up room."""
    with transaction():
        pacing.filled({pacing.coalition_key(coalition.id): pacing.Flow(3600)})


def strikes_of(domain: str) -> int:
    with reading():
        wanted = select(Pace.strikes).filter_by(key=pacing.domain_key(domain))
        return session.scalar(wanted) or 0


def end_pauses() -> None:
    with transaction():
        session.execute(update(Pace).values(blocked_until=None))


def tried(mailing) -> list[Recipient]:
    """Return those whom the server deferred."""
    session.remove()
    with reading(mailing.coalition_id):
        asked = select(Recipient).filter_by(mailing_id=mailing.id, state="queued")
        return [each for each in session.scalars(asked) if each.attempts]


class TestNotNow:
    """What a server's “not now” means for the others at that mail domain."""

    @pytest.fixture
    def mailing(self, app, coalition, people):
        people(8, domain="big.example")
        made = make_mailing(coalition)
        begin(made)
        return made

    @pytest.mark.parametrize(
        "answer",
        ["452 4.2.2 over quota", "450 4.2.0 greylisted", "450 4.2.1 too much mail for it"],
    )
    def test_of_one_mailbox_holds_up_no_other(self, mailing, sink, answer):
        sink.answer(rcpt={"p0@big.example": answer, "p1@big.example": answer})

        send()

        assert states(mailing) == {"sent": 6, "queued": 2}
        assert strikes_of("big.example") == 0

    def test_of_all_mailboxes_asks_each_of_them_once(self, mailing, sink):
        sink.answer(rcpt={"big.example": "450 4.2.0 greylisted"})

        send()

        assert len(tried(mailing)) == 8

    @pytest.mark.parametrize(
        "answer", ["451 4.3.2 we are being mended", "451 4.7.500 too many", "450 4.4.2 lost"]
    )
    def test_of_the_server_holds_up_the_domain_at_once(self, mailing, people, sink, answer):
        sink.answer(rcpt={"big.example": answer})

        send()

        assert states(mailing) == {"queued": 8}
        assert len(tried(mailing)) == 1
        session.remove()
        with reading(mailing.coalition_id):
            due = session.scalars(select(Recipient.due_at)).all()
        assert all(each > now() + timedelta(seconds=20) for each in due)

    @pytest.mark.parametrize("answer", ["450 4.7.1 not so fast, or greylisted", "451 later"])
    def test_of_unclear_kind_holds_up_the_domain_after_a_few(self, mailing, sink, answer):
        sink.answer(rcpt={"big.example": answer})

        send()

        assert len(tried(mailing)) == 3
        assert strikes_of("big.example") == 3

    def test_of_unclear_kind_for_two_of_many_is_theirs(self, mailing, sink):
        answer = "451 4.7.1 try again later"
        sink.answer(rcpt={"p2@big.example": answer, "p3@big.example": answer})

        send()

        assert states(mailing) == {"sent": 6, "queued": 2}

    def test_adds_up_from_batch_to_batch(self, mailing, sink, monkeypatch):
        monkeypatch.setattr(claiming, "BATCH", 1)
        sink.answer(rcpt={"big.example": "451 4.7.1 try again later"})

        send()

        assert len(tried(mailing)) == 3
        assert states(mailing) == {"queued": 8}

    def test_pauses_twice_as_long_each_time_and_ends_when_it_takes_mail(self, mailing, sink):
        sink.answer(rcpt={"big.example": "451 4.3.2 later"})
        for doubled in (1, 2, 4):
            send()
            with reading():
                key = pacing.domain_key("big.example")
                until = session.scalar(select(Pace.blocked_until).filter_by(key=key))
            assert 20 * doubled < (until - now()).total_seconds() <= 36 * doubled
            end_pauses()
            make_due(mailing)

        sink.answer()
        send()
        assert states(mailing) == {"sent": 8}
        assert strikes_of("big.example") == 4


class TestLimit:
    def test_of_the_coalition_is_kept(self, app, coalition, people, sink):
        choose_plugin_settings(
            coalition, "email-outreach", per_hour=60, quiet_from=3, quiet_until=3
        )
        people(20)
        mailing = make_mailing(coalition)
        begin(mailing)

        send()

        assert 1 <= len(sink.recipients) <= 12  # one in a minute, however slow the machine
        assert rests_s(mailing) > 30  # and nobody looks each second whether there is one

    def test_is_kept_however_the_database_finds_the_next(self, app, coalition, people, sink):
        people(20)
        mailing = make_mailing(coalition)
        begin(mailing)
        asked = {"claim": uuid7(), "mailing": mailing.id, "now": now(), "lease": 60, "most": 1}

        with transaction(coalition.id):
            for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material", "memoize"):
                session.execute(text(f"SET LOCAL enable_{way} = off"))
            taken = session.execute(claiming._CLAIM, asked).all()

        assert len(taken) == 1

    def test_of_a_mail_domain_is_used_up_and_kept(
        self, app, coalition, people, sink, change_settings, patient
    ):
        change_settings(COALITION_MAILING_PER_DOMAIN_PER_HOUR="8")
        people(18, domain="big.example")
        people(1, domain="small.example")
        mailing = make_mailing(coalition)
        begin(mailing)

        hours = by_hour(departures(mailing))

        assert sink.recipients.index("p0@small.example") < 3  # it does not wait for the others
        assert sorted(sink.recipients) == sorted(
            [f"p{n}@big.example" for n in range(18)] + ["p0@small.example"]
        )
        assert len(hours) == 3
        assert max(hours) <= 10

    def test_of_a_mail_domain_leaves_the_others_their_room(
        self, app, coalition, people, sink, change_settings, patient
    ):
        choose_plugin_settings(
            coalition, "email-outreach", per_hour=600, quiet_from=3, quiet_until=3
        )
        change_settings(COALITION_MAILING_PER_DOMAIN_PER_HOUR="10")
        people(12, domain="big.example")
        people(12, domain="small.example", first=40)
        mailing = make_mailing(coalition)
        begin(mailing)

        hours = by_hour(departures(mailing))

        assert len(sink.recipients) == 24
        assert len(hours) <= 2
        assert max(hours) <= 22

    def test_is_not_used_up_by_a_mailing_that_has_nobody_to_write_to(
        self, app, coalition, people, sink
    ):
        choose_plugin_settings(
            coalition, "email-outreach", per_hour=3600, quiet_from=3, quiet_until=3
        )
        people(30)
        idle, other = make_mailing(coalition), make_mailing(coalition)
        for mailing in (idle, other):
            begin(mailing)
        with transaction(coalition.id):
            theirs = update(Recipient).filter_by(mailing_id=idle.id)
            session.execute(theirs.values(due_at=now() + timedelta(hours=3)))
        fill_from_now_on(coalition)
        with time_machine.travel(now() + timedelta(hours=1)):
            send()

        assert states(other) == {"sent": 30}

    def test_that_is_used_up_does_not_keep_a_mailing_from_ending(
        self, app, coalition, people, sink
    ):
        choose_plugin_settings(
            coalition, "email-outreach", per_hour=1, quiet_from=3, quiet_until=3
        )
        people(1)
        mailing = make_mailing(coalition)
        begin(mailing)

        send()

        with reading(coalition.id):
            assert mailing_or_raise(mailing.id).status == MailingStatus.SENT

    def test_is_given_back_by_messages_that_were_not_tried(self, app, coalition, people, sink):
        choose_plugin_settings(
            coalition, "email-outreach", per_hour=3600, quiet_from=3, quiet_until=3
        )
        people(30)
        mailing = make_mailing(coalition)
        begin(mailing)
        sink.answer(rcpt={"example.org": "451 4.3.2 later"})
        fill_from_now_on(coalition)
        with time_machine.travel(now() + timedelta(hours=1), tick=False):
            send()

            with reading():
                left, _ = pacing.room(
                    {pacing.coalition_key(coalition.id): pacing.Flow(3600)}, 250
                )

        assert left == 59  # of the minute's worth that had piled up, one was tried


class TestWarmUp:
    """So many messages on the first day, so many on the second, and then as many as there are."""

    LOS_ANGELES = ZoneInfo("America/Los_Angeles")
    FIRST = date(2026, 12, 1)

    @pytest.fixture
    def plan(self, at_any_hour, coalition, change_settings, monkeypatch):
        monkeypatch.setattr(limits, "WARM_UP", (5, 9))
        monkeypatch.setattr(resting, "LONGEST_REST_S", 1200)
        change_settings(COALITION_MAILING_WARM_UP_FROM=str(self.FIRST))
        choose_plugin_settings(
            coalition, "email-outreach", quiet_from=21, quiet_until=8, approval_above=0
        )

    def days(self, mailing, hour: int) -> list[list[float]]:
        """Begin at an hour of the first day; return at which hours of each day messages left."""
        at = datetime.combine(self.FIRST, time(hour), self.LOS_ANGELES)
        with time_machine.travel(at, tick=False):
            begin(mailing)
        left = [each.astimezone(self.LOS_ANGELES) for each in departures(mailing, at)]
        return [
            [each.hour + each.minute / 60 for each in left if each.date() == day]
            for day in sorted({each.date() for each in left})
        ]

    def test_is_that_of_each_day_in_the_hours_in_which_one_may_write(
        self, app, coalition, people, sink, plan
    ):
        people(20)

        first, second, third = self.days(make_mailing(coalition), hour=6)

        assert [len(first), len(second), len(third)] == [5, 9, 6]
        assert sum(each < 14.5 for each in first) in (2, 3)  # the middle of its hours
        assert sum(each < 14.5 for each in second) in (4, 5, 6)
        assert all(8 <= each < 8.2 for each in third)

    def test_is_all_of_that_day_also_if_it_begins_late(
        self, app, coalition, people, sink, plan
    ):
        people(6)

        first, second = self.days(make_mailing(coalition), hour=19)

        assert [len(first), len(second)] == [5, 1]

    def test_is_one_for_all_coalitions(self, app, coalition, people, sink, plan):
        people(3)
        with time_machine.travel(datetime(2026, 12, 1, 20, tzinfo=UTC)), reading(coalition.id):
            first = limits.limits(coalition).of_all(coalition.id)
            second = limits.limits(coalition).of_all(uuid7())

        assert first.keys() & second.keys() == {"installation", "warm-up:2026-12-01"}

    def test_has_the_days_of_the_plan(self, change_settings):
        change_settings(COALITION_MAILING_WARM_UP_FROM=str(self.FIRST))

        assert limits.warm_up(self.FIRST) == 200
        assert limits.warm_up(self.FIRST + timedelta(days=9)) == 100_000
        assert limits.warm_up(self.FIRST + timedelta(days=10)) is None


class TestQuietHours:
    """From nine in the evening until eight in the morning, where each recipient lives."""

    LOS_ANGELES = ZoneInfo("America/Los_Angeles")

    @pytest.fixture(autouse=True)
    def _from_nine_until_eight(self, at_any_hour, coalition):
        choose_plugin_settings(
            coalition, "email-outreach", quiet_from=21, quiet_until=8, approval_above=0
        )

    @pytest.fixture
    def mailing(self, app, coalition, people):
        regions = ["CA", "ny", "HI", None]
        for person, region in zip(people(4), regions, strict=True):
            with transaction(coalition.id):
                session.merge(person).region = region
        return make_mailing(coalition)

    def at(self, hour: int):
        """Travel to an hour of a Tuesday in Los Angeles."""
        day = datetime(2026, 12, 1, hour, tzinfo=self.LOS_ANGELES)
        return time_machine.travel(day)

    def test_are_those_of_where_each_recipient_lives(self, mailing, sink):
        with self.at(6):  # nine in New York, four in Honolulu
            begin(mailing)
            send()
            assert sink.recipients == ["p1@example.org"]

        with self.at(8):
            send()
            assert sorted(sink.recipients[1:]) == ["p0@example.org", "p3@example.org"]

        with self.at(9):
            send()
            assert states(mailing) == {"sent": 3, "queued": 1}

        with self.at(10):  # eight in Honolulu
            send()
            assert sink.recipients[3:] == ["p2@example.org"]

    def test_begin_for_those_in_the_east_first(self, mailing, sink):
        with self.at(20):
            begin(mailing)
            send()

        assert sorted(sink.recipients) == [f"p{n}@example.org" for n in (0, 2, 3)]

    def test_hold_for_a_time_on_the_recipients_clock_too(self, mailing, coalition, sink):
        nine = datetime(2026, 12, 1, 9, tzinfo=self.LOS_ANGELES)
        with transaction(coalition.id):
            found = session.merge(mailing)
            found.clock, found.send_at = Clock.RECIPIENT, nine
        with self.at(6):
            begin(mailing)
            send()

        assert sink.recipients == ["p1@example.org"]

    def test_that_are_changed_hold_in_a_minute(self, mailing, coalition, sink):
        with self.at(23):
            begin(mailing)
            send()
            assert sink.recipients == []
            assert 30 < rests_s(mailing) <= resting.LONGEST_REST_S

        choose_plugin_settings(coalition, "email-outreach", quiet_from=3, quiet_until=3)
        with time_machine.travel(datetime(2026, 12, 1, 23, 2, tzinfo=self.LOS_ANGELES)):
            send()
        assert states(mailing) == {"sent": 4}

    def test_leave_the_limit_to_those_who_may_be_written_to(self, mailing, coalition, sink):
        choose_plugin_settings(
            coalition, "email-outreach", quiet_from=21, quiet_until=8, per_hour=10
        )
        with self.at(6):
            begin(mailing)
            send()

        assert sink.recipients == ["p1@example.org"]

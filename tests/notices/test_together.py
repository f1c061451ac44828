"""Two campaigns with items at one meeting: people get one mail of both, never one for each."""

import threading
from datetime import date, time

import pytest
from sqlalchemy import func, select

from coalition import db
from coalition.campaigns.models import Campaign, CampaignStatus
from coalition.clock import now
from coalition.notices import telling
from coalition.notices.models import UnsettledChange
from coalition.notices.receipts import Notice, NoticeReceipt, NoticeState
from coalition.notices.schedule import DAY_MIN
from coalition.people.models import Person
from tests.notices.conftest import (
    add_item,
    change,
    hear,
    make_resident,
    number,
    set_clock,
    take_jobs,
)


@pytest.fixture
def drones(coalition) -> Campaign:
    """Give a second campaign whose clock runs."""
    with db.transaction(coalition.id) as session:
        made = Campaign(
            slug="drones", title="No drones", status=CampaignStatus.ACTIVE, is_published=True
        )
        session.add(made)
        session.flush()
        set_clock(made)
    return made


@pytest.fixture
def second(coalition, drones, meeting):
    """Give the second campaign's item of the same meeting."""
    return add_item(coalition, meeting, drones)


@pytest.fixture
def told(coalition, item, second, look, sent):
    """Tell a resident of both items."""
    make_resident(coalition)
    number(item, "A-1")
    number(second, "A-2")
    look(minutes=11)
    sent()
    return item, second


def notices(coalition):
    with db.reading(coalition.id) as session:
        return session.scalars(select(Notice).order_by(Notice.id)).all()


class TestOneMail:
    def test_tells_of_both_items(self, coalition, item, second, look, sent):
        make_resident(coalition)
        make_resident(coalition, "beto", language="es")
        number(item, "A-1")
        number(second, "A-2")

        look(minutes=11)

        by_address = {each["to"]: each for each in sent()}
        assert set(by_address) == {"ada@example.org", "beto@example.org"}
        mail = by_address["ada@example.org"]
        assert (
            "“Stop the cameras” and “No drones”, campaigns of Night Buses, are" in mail["text"]
        )
        assert "A-1" in mail["text"]
        assert "A-2" in mail["text"]
        assert "items A-1, A-2" in mail["subject"]
        assert (
            "«Stop the cameras» y «No drones», campañas de"
            in by_address["beto@example.org"]["text"]
        )
        assert [(each.state, each.told_count) for each in notices(coalition)] == [
            (NoticeState.TOLD, 2),
            (NoticeState.TOLD, 2),
        ]

    def test_waits_for_what_the_other_campaign_has_to_say(
        self, coalition, item, second, look, sent
    ):
        make_resident(coalition)
        number(item, "A-1")
        look(minutes=6)
        number(second, "A-2")

        look(minutes=6)
        assert sent() == []
        look(minutes=5)

        assert len(sent()) == 1

    def test_tells_of_another_time(self, told, meeting, look, sent):
        change(meeting, lambda found: found.reschedule(date(2026, 11, 17), time(17)))

        look(minutes=11)

        (mail,) = sent()
        assert "the meeting on “Stop the cameras” and “No drones” is different" in mail["text"]
        assert mail["text"].count("Another time. It was:") == 1

    def test_says_whose_number_is_another(self, told, look, sent):
        number(told[0], "B-1")
        number(told[1], "B-2")

        look(minutes=11)

        (mail,) = sent()
        assert "Stop the cameras: Another number. It was: item A-1" in mail["text"]
        assert "No drones: Another number. It was: item A-2" in mail["text"]

    def test_reminds_of_both(self, coalition, told, pass_hours, sent):
        pass_hours(24 * 26)

        subjects = [each["subject"] for each in sent()]

        assert len(subjects) == 2  # a week before, and a day
        assert all("A-1, A-2" in each for each in subjects)

    def test_reminds_apart_where_the_campaigns_chose_other_times(
        self, coalition, drones, told, pass_hours, sent
    ):
        with db.transaction(coalition.id) as session:
            set_clock(session.merge(drones), meeting=(3 * DAY_MIN,), deadline=())

        pass_hours(24 * 26)

        mails = sent()
        assert len(mails) == 3
        assert sum("No drones" in each["text"] for each in mails) == 1

    def test_tells_each_only_of_what_they_were_told(
        self, coalition, item, second, meeting, look, sent
    ):
        ada = make_resident(coalition)
        number(item, "A-1")
        look(minutes=11)
        with db.transaction(coalition.id) as session:
            session.get_one(Person, ada.id).city = "Elsewhere"
        make_resident(coalition, "beto")
        number(second, "A-2")
        look(minutes=11)
        sent()
        change(meeting, lambda found: found.cancel("No quorum."))

        look(minutes=11)

        about = {each["to"]: each["text"] for each in sent()}
        assert set(about) == {"ada@example.org", "beto@example.org"}
        assert "“Stop the cameras”" in about["ada@example.org"]
        assert "No drones" not in about["ada@example.org"]
        assert "“No drones”" in about["beto@example.org"]
        assert "Stop the cameras" not in about["beto@example.org"]


class TestTwoWorkers:
    def test_write_once_to_everybody(
        self, app, coalition, item, second, clock, sent, monkeypatch
    ):
        monkeypatch.setattr(telling, "BATCH", 4)
        crowd = [f"person{n}@example.org" for n in range(11)]
        for n in range(11):
            make_resident(coalition, f"person{n}")
        number(item, "A-1")
        number(second, "A-2")
        hear()
        clock.shift(700)
        from coalition.notices import jobs

        jobs.settle_due()
        owed = take_jobs()
        assert len(owed) == 2
        failed = []

        def run(arguments):
            try:
                with app.app_context():
                    telling.tell(*arguments)
            except Exception as error:  # a lock that the other one holds
                failed.append(error)
            finally:
                db.session.remove()

        workers = [threading.Thread(target=run, args=(each[1],)) for each in owed * 2]
        for each in workers:
            each.start()
        for each in workers:
            each.join()

        assert failed == []
        assert sorted(each["to"] for each in sent()) == sorted(crowd)
        with db.reading(coalition.id) as session:
            assert session.scalar(select(func.count()).select_from(NoticeReceipt)) == 22


def test_changes_of_one_meeting_rest_together(coalition, item, second, clock):
    hear()
    number(item)
    hear()
    clock.shift(300)
    number(second, "A-2")
    hear()

    with db.reading(coalition.id) as session:
        rests = set(session.scalars(select(UnsettledChange.settles_at)))
    assert len(rests) == 1
    assert rests.pop() > now()

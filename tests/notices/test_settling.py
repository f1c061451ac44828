"""What people are told of a meeting, and that they are told it once."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select

from coalition import db
from coalition.areas.models import Area, AreaKind
from coalition.campaigns.models import Campaign, CampaignStatus
from coalition.clock import now
from coalition.decisions.meetings import Meeting, MeetingFacts, Precision
from coalition.notices.models import UnsettledChange
from coalition.notices.receipts import Notice, NoticeReceipt
from coalition.people.models import Person
from coalition.testing import make_coalition, make_meeting, make_person
from tests.notices.conftest import (
    add_item,
    answer,
    change,
    hear,
    make_resident,
    number,
    set_clock,
)


def notices(coalition) -> list[Notice]:
    with db.reading(coalition.id) as session:
        return list(session.scalars(select(Notice).order_by(Notice.id)))


def facts_of(meeting, **values) -> MeetingFacts:
    return MeetingFacts(**{"place": meeting.place, "address": meeting.address, **values})


class TestAgenda:
    def test_is_told_once_ten_minutes_after_the_number_is_known(
        self, coalition, item, look, sent
    ):
        make_resident(coalition)
        number(item)

        look(minutes=9)
        early = sent()
        look(minutes=2)
        mails = sent()
        look(minutes=60)

        assert early == []
        assert [each["to"] for each in mails] == ["ada@example.org"]
        assert sent() == []

    def test_says_when_where_which_item_and_how_to_be_heard(
        self, coalition, body, item, look, sent
    ):
        make_resident(coalition)
        number(item)
        look(minutes=11)

        (mail,) = sent()

        assert mail["subject"] == ("On the agenda: City Council: item A-1, November 10, 2026")
        for said in (
            "When: Tuesday, November 10, 2026, 5:00 PM (Pacific Standard Time)",
            "Where: City Hall",
            "On the agenda: A-1: License plate readers",
            "Write to clerk@example.gov.",
            "live in Riverton, CA, and agreed that Night Buses may write to you",
            "http://localhost/calendars/",
            "http://localhost/preferences/",
        ):
            assert said in mail["text"], said
        assert mail["html"].startswith("<!doctype html>")

    def test_is_in_the_language_of_each(self, coalition, item, look, sent):
        make_resident(coalition, "ada", language="en")
        make_resident(coalition, "berta", language="es")
        make_resident(coalition, "chi", language="zh")
        number(item)
        look(minutes=11)

        pages = {each["to"][0]: each["text"] for each in sent()}

        assert "lang=es" in pages["b"]
        assert "lang=en" in pages["a"]
        assert "lang=en" in pages["c"]
        assert "martes, 10 de noviembre de 2026, 17:00" in pages["b"].lower()

    def test_is_told_to_nobody_else(self, coalition, item, look, sent):
        make_resident(coalition, "elsewhere", city="Laketown")
        make_resident(coalition, "otherstate", region="NV")
        make_resident(coalition, "silent", agrees=False)
        make_person(coalition, "neverasked@example.org")
        changed = make_resident(coalition, "changed")
        with db.transaction(coalition.id) as session:
            answer(session.get_one(Person, changed.id), given=False)
        other = make_coalition("trams", "Trams")
        make_resident(other, "theirs")
        number(item)

        look(minutes=11)

        assert sent() == []

    def test_is_told_to_who_came_back(self, coalition, item, look, sent, clock):
        ada = make_resident(coalition, agrees=False)
        clock.shift(1)
        with db.transaction(coalition.id) as session:
            answer(session.get_one(Person, ada.id), given=True)
        number(item)

        look(minutes=11)

        assert len(sent()) == 1

    def test_is_one_mail_however_often_the_item_moves_within_minutes(
        self, coalition, item, look, sent
    ):
        make_resident(coalition)
        number(item, "A-1")
        look(minutes=5)
        number(item, "A-2")
        look(minutes=6)
        number(item, "A-3")
        look(minutes=9)
        early = sent()

        look(minutes=2)

        (mail,) = sent()
        assert early == []
        assert "On the agenda: A-3: License plate readers" in mail["text"]
        assert "A-1" not in mail["text"]

    def test_waits_an_hour_at_most(self, coalition, item, look, sent):
        make_resident(coalition)
        for minute in range(13):
            number(item, f"A-{minute}")
            look(minutes=5)

        assert len(sent()) == 1

    def test_is_told_of_two_items_in_one_mail(self, coalition, campaign, meeting, look, sent):
        make_resident(coalition)
        add_item(coalition, meeting, campaign, "A-1")
        add_item(coalition, meeting, campaign, "A-2")
        look(minutes=11)

        (mail,) = sent()

        assert "items A-1, A-2" in mail["subject"]

    def test_is_told_of_no_meeting_whose_day_nobody_knows(
        self, coalition, body, campaign, look, sent
    ):
        make_resident(coalition)
        month = make_meeting(coalition, body, date(2026, 11, 1), precision=Precision.MONTH)
        add_item(coalition, month, campaign, "A-1")

        for _ in range(60):
            look(days=1)

        assert sent() == []

    def test_is_told_of_no_meeting_that_is_over(self, coalition, body, campaign, look, sent):
        make_resident(coalition)
        add_item(coalition, make_meeting(coalition, body, date(2018, 3, 13)), campaign, "A-1")

        look(minutes=11)

        assert sent() == []

    @pytest.mark.parametrize("status", ["paused", "won", "lost", "ended"])
    def test_is_told_by_no_campaign_that_is_not_under_way(
        self, coalition, campaign, item, look, sent, status
    ):
        make_resident(coalition)
        change(campaign, lambda found: setattr(found, "status", CampaignStatus(status)))
        number(item)

        look(minutes=11)

        assert sent() == []

    def test_is_told_when_the_clock_is_started_afterwards(
        self, coalition, campaign, item, look, sent
    ):
        make_resident(coalition)
        change(campaign, lambda found: set_clock(found, is_on=False))
        number(item)
        look(minutes=30)
        silent = sent()

        change(campaign, set_clock)
        look(minutes=11)

        assert silent == []
        assert len(sent()) == 1

    def test_of_a_county_is_told_in_the_campaigns_city(self, coalition, campaign, look, sent):
        with db.transaction() as session:
            county = Area.add("Blue", "CA", kind=AreaKind.COUNTY)
        with db.transaction(coalition.id) as session:
            from coalition.decisions.models import DecisionBody

            board = DecisionBody.add(session.merge(county), "Board of Supervisors")
            session.get_one(Campaign, campaign.id).area_id = Area.add("Riverton", "CA").id
        make_resident(coalition)
        add_item(coalition, make_meeting(coalition, board, date(2026, 11, 10)), campaign, "7")

        look(minutes=11)

        assert len(sent()) == 1


class TestChange:
    @pytest.fixture
    def told(self, coalition, item, look, sent):
        """Let Ada be told that the item is A-1."""
        make_resident(coalition)
        number(item)
        look(minutes=11)
        assert len(sent()) == 1
        return item

    def test_of_the_number_is_told_once_more(self, told, look, sent):
        number(told, "B-4")
        look(minutes=11)
        look(minutes=60)

        (mail,) = sent()
        assert mail["subject"] == "Changed: City Council: item B-4, November 10, 2026"
        assert "Another number. It was: item A-1" in mail["text"]

    def test_there_and_back_again_is_told_to_nobody(self, told, look, sent):
        number(told, "B-4")
        look(minutes=4)
        number(told, "A-1")
        look(minutes=20)

        assert sent() == []

    def test_of_the_time_is_told_by_the_clocks_of_both_days(self, told, meeting, look, sent):
        # The clocks go back on the first of November 2026.
        change(meeting, lambda found: found.reschedule(date(2026, 10, 31), time(17)))
        look(minutes=11)

        (mail,) = sent()
        assert (
            "When: Saturday, October 31, 2026, 5:00 PM (Pacific Daylight Time)" in mail["text"]
        )
        assert (
            "Another time. It was: Tuesday, November 10, 2026, 5:00 PM (Pacific Standard Time)"
            in mail["text"]
        )

    def test_of_the_place_is_told(self, told, meeting, look, sent):
        change(meeting, lambda found: found.describe(facts_of(found, place="Library")))
        look(minutes=11)

        (mail,) = sent()
        assert "Another place. It was: City Hall" in mail["text"]
        assert "Where: Library" in mail["text"]

    def test_of_a_link_to_the_minutes_or_a_note_is_told_to_nobody(
        self, told, meeting, look, sent
    ):
        change(meeting, lambda found: found.describe(facts_of(found, note="Bring water")))
        change(meeting, lambda found: found.confirm())
        look(minutes=11)

        assert sent() == []

    def test_to_another_month_without_a_day_is_told_to_who_would_go_in_vain(
        self, told, meeting, look, sent
    ):
        change(
            meeting,
            lambda found: found.reschedule(date(2026, 12, 1), precision=Precision.MONTH),
        )
        look(minutes=11)
        look(days=40)

        (mail,) = sent()
        assert "When: December 2026" in mail["text"]

    def test_reaches_also_who_moved_away_since(self, coalition, told, look, sent):
        with db.transaction(coalition.id) as session:
            session.scalars(select(Person)).one().city = "Laketown"
        number(told, "B-4")
        look(minutes=11)

        assert len(sent()) == 1

    def test_is_not_told_to_who_asked_not_to_be(self, coalition, told, look, sent, clock):
        clock.shift(1)
        with db.transaction(coalition.id) as session:
            answer(session.scalars(select(Person)).one(), given=False)
        number(told, "B-4")
        look(minutes=11)

        assert sent() == []


class TestEnd:
    @pytest.fixture
    def told(self, coalition, item, look, sent):
        make_resident(coalition)
        number(item)
        look(minutes=11)
        sent()
        make_resident(coalition, "later")  # was not told that it takes place
        return item

    def test_by_cancelling_is_told_once_to_those_who_knew(self, told, meeting, look, sent):
        change(meeting, lambda found: found.cancel("No quorum."))
        look(minutes=11)
        for _ in range(30):
            look(days=1)

        (mail,) = sent()
        assert mail["to"] == "ada@example.org"
        assert mail["subject"].startswith("Cancelled: City Council")
        assert "No quorum." in mail["text"]

    def test_by_cancelling_after_all_not_is_told_as_a_change(self, told, meeting, look, sent):
        change(meeting, lambda found: found.cancel("No quorum."))
        look(minutes=11)
        sent()
        change(meeting, lambda found: found.confirm())
        look(minutes=11)

        assert {each["to"] for each in sent()} == {"ada@example.org", "later@example.org"}

    def test_by_cancelling_what_nobody_knew_of_is_told_to_nobody(
        self, coalition, item, meeting, look, sent
    ):
        make_resident(coalition)
        change(meeting, lambda found: found.cancel("No quorum."))
        look(minutes=11)

        assert sent() == []

    def test_by_putting_off_names_the_new_day_and_tells_of_its_number_later(
        self, coalition, body, told, look, sent
    ):
        later = make_meeting(coalition, body, date(2026, 11, 24), time(18))
        new = change(
            told,
            lambda found: found.continue_to(db.session.get_one(Meeting, later.id)),
        )
        look(minutes=11)
        (mail,) = sent()
        assert mail["subject"] == "Put off: City Council, November 10, 2026"
        assert "When: Tuesday, November 24, 2026, 6:00 PM" in mail["text"]

        number(new, "C-2")
        look(minutes=11)

        mails = sent()
        assert {each["to"] for each in mails} == {"ada@example.org", "later@example.org"}
        assert mails[0]["subject"].startswith("On the agenda: City Council: item C-2")

    def test_by_putting_off_with_a_number_at_once_is_one_mail(
        self, coalition, body, told, look, sent
    ):
        later = make_meeting(coalition, body, date(2026, 11, 24), time(18))
        new = change(
            told, lambda found: found.continue_to(db.session.get_one(Meeting, later.id))
        )
        number(new, "C-2")
        look(minutes=11)
        look(minutes=60)

        (mail,) = sent()
        assert "On the agenda: C-2" in mail["text"]

    def test_of_the_new_day_is_told_when_it_moves_too(self, coalition, body, told, look, sent):
        later = make_meeting(coalition, body, date(2026, 11, 24), time(18))
        change(told, lambda found: found.continue_to(db.session.get_one(Meeting, later.id)))
        look(minutes=11)
        sent()
        change(later, lambda found: found.reschedule(date(2026, 12, 1), time(18)))
        look(minutes=11)

        assert "ada@example.org" in {each["to"] for each in sent()}

    def test_by_withdrawing_is_told(self, told, look, sent):
        change(told, lambda found: found.withdraw())
        look(minutes=11)

        (mail,) = sent()
        assert mail["subject"].startswith("Off the agenda: City Council")


class TestReceipts:
    def test_are_one_for_each_person_and_notice(self, coalition, item, look, sent):
        for name in ("ada", "berta", "cleo"):
            make_resident(coalition, name)
        number(item)
        look(minutes=11)

        with db.reading(coalition.id) as session:
            count = session.scalar(select(func.count()).select_from(NoticeReceipt))
        (notice,) = notices(coalition)
        assert (count, notice.told_count, notice.state) == (3, 3, "told")

    def test_are_forgotten_a_month_after_the_meeting_while_the_count_stays(
        self, coalition, item, look, sent, clock
    ):
        from coalition.notices import jobs

        make_resident(coalition)
        number(item)
        look(minutes=11)
        clock.shift(timedelta(days=57))
        jobs.forget_receipts()

        with db.reading(coalition.id) as session:
            assert session.scalar(select(func.count()).select_from(NoticeReceipt)) == 0
        assert notices(coalition)[0].told_count == 1

    def test_go_with_the_person(self, coalition, item, look, sent):
        ada = make_resident(coalition)
        number(item)
        look(minutes=11)

        with db.transaction(coalition.id) as session:
            session.delete(session.get_one(Person, ada.id))

        with db.reading(coalition.id) as session:
            assert session.scalar(select(func.count()).select_from(NoticeReceipt)) == 0


class TestWaiting:
    def test_is_kept_for_each_campaign_of_the_meeting(self, coalition, item, meeting):
        hear()
        with db.transaction(coalition.id) as session:
            session.execute(UnsettledChange.__table__.delete())
        number(item)
        hear()

        with db.reading(coalition.id) as session:
            (waiting,) = session.scalars(select(UnsettledChange)).all()
        assert waiting.settles_at == now() + timedelta(minutes=10)

    def test_begins_for_the_meeting_that_an_item_leaves_too(self, coalition, body, item):
        later = make_meeting(coalition, body, date(2026, 11, 24), time(18))
        change(item, lambda found: found.continue_to(db.session.get_one(Meeting, later.id)))
        hear()

        with db.reading(coalition.id) as session:
            waiting = set(session.scalars(select(UnsettledChange.meeting_id)))
        assert waiting == {item.meeting_id, later.id}

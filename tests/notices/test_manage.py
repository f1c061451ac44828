"""The coordinator's page of a campaign's meeting clock."""

import pytest
from sqlalchemy import select

from coalition import db
from coalition.audit import AuditEntry
from coalition.notices.models import MeetingClock, UnsettledChange
from coalition.notices.receipts import Notice
from coalition.testing import make_coalition, make_user, sign_in
from tests.notices.conftest import (
    change,
    hear,
    make_resident,
    number,
    set_clock,
    take_jobs,
    work,
)

CLOCK = "/manage/night-buses/campaigns/alpr/clock/"


@pytest.fixture
def coordinator(client, coalition, app, monkeypatch):
    """Give the browser of a coordinator."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    return sign_in(client, make_user("rosa@example.org", coalition, "coordinator"))


@pytest.fixture
def viewer(app, coalition):
    return sign_in(app.test_client(), make_user("vic@example.org", coalition, "viewer"))


def waiting(coalition) -> UnsettledChange | None:
    with db.reading(coalition.id) as session:
        return session.scalar(select(UnsettledChange))


class TestShow:
    def test_says_what_is_sent_when_by_the_clocks_of_the_place(
        self, coordinator, coalition, item
    ):
        make_resident(coalition)
        make_resident(coalition, "elsewhere", city="Laketown")

        page = coordinator.get(CLOCK).text

        assert "1 person in Riverton, CA would be told." in page
        for moment in (
            "3 Nov 2026, 17:00 PST",
            "9 Nov 2026, 17:00 PST",
            "10 Nov 2026, 14:00 PST",
        ):
            assert moment in page

    def test_names_nobody(self, coordinator, coalition, item, look):
        make_resident(coalition)
        number(item)
        look(minutes=11)

        page = coordinator.get(CLOCK).text

        assert "ada" not in page.lower()
        assert "<td>1</td>" in page

    def test_says_that_the_clock_stands_still(self, coordinator, campaign):
        change(campaign, lambda found: set_clock(found, is_on=False))

        assert "The clock stands still: nobody is written to." in coordinator.get(CLOCK).text

    def test_shows_what_waits_with_its_mail(self, coordinator, coalition, item):
        make_resident(coalition)
        number(item)
        hear()

        page = coordinator.get(CLOCK).text

        assert "About to be told" in page
        assert "15 Oct 2026, 12:10 PDT" in page
        found = waiting(coalition)
        mail = coordinator.get(f"{CLOCK}preview?change={found.id}").text
        assert "On the agenda: City Council: item A-1" in mail

    def test_is_shown_to_a_viewer_without_buttons(self, viewer, coalition, item):
        number(item)
        hear()

        page = viewer.get(CLOCK).text

        assert "About to be told" in page
        assert "Send now" not in page
        assert viewer.post(CLOCK).status_code in (400, 403)

    def test_is_not_there_for_another_coalition(self, app, coalition, campaign):
        stranger = sign_in(
            app.test_client(), make_user("t@example.net", make_coalition("trams", "Trams"))
        )

        assert stranger.get(CLOCK).status_code == 404

    def test_is_reached_from_the_campaign(self, coordinator, campaign):
        assert CLOCK in coordinator.get("/manage/night-buses/campaigns/alpr").text


class TestSetClock:
    def test_stores_what_was_chosen_and_notes_it(self, coordinator, coalition, campaign):
        answer = coordinator.post(
            CLOCK, data={"is_on": "yes", "meeting_leads": ["1440", "60"], "deadline_leads": []}
        )

        assert answer.status_code == 303
        with db.reading(coalition.id) as session:
            clock = session.scalars(select(MeetingClock)).one()
            actions = session.scalars(select(AuditEntry.action)).all()
        assert (clock.is_on, clock.meeting_leads_min, clock.deadline_leads_min) == (
            True, [1440, 60], [],
        )  # fmt: skip
        assert "meeting_clock.set" in actions

    def test_switches_off(self, coordinator, coalition, campaign):
        coordinator.post(CLOCK, data={"meeting_leads": ["1440"]})

        with db.reading(coalition.id) as session:
            assert not session.scalars(select(MeetingClock)).one().is_on

    def test_refuses_a_time_that_is_not_offered(self, coordinator, campaign):
        answer = coordinator.post(CLOCK, data={"is_on": "yes", "meeting_leads": ["7"]})

        assert answer.status_code == 422
        assert "Choose one of the values offered." in answer.text


class TestTellNow:
    def test_does_not_wait(self, app, coordinator, coalition, item, sent):
        make_resident(coalition)
        number(item)
        hear()
        found = waiting(coalition)

        coordinator.post(f"{CLOCK}changes/{found.id}/telling")
        with app.app_context():
            work()

        assert len(sent()) == 1
        assert waiting(coalition) is None
        assert coordinator.post(f"{CLOCK}changes/{found.id}/telling").status_code == 404


class TestKeepQuiet:
    def test_tells_nobody_of_this_but_of_the_next_change(
        self, coordinator, coalition, item, look, sent
    ):
        make_resident(coalition)
        number(item)
        hear()
        coordinator.post(f"{CLOCK}changes/{waiting(coalition).id}/silence")
        look(minutes=30)
        quiet = sent()
        number(item, "B-2")
        look(minutes=11)

        assert quiet == []
        assert len(sent()) == 1


class TestEndNotice:
    def test_writes_to_nobody_else(self, app, coordinator, coalition, item, sent):
        make_resident(coalition)
        number(item)
        hear()
        coordinator.post(f"{CLOCK}changes/{waiting(coalition).id}/telling")
        with db.reading(coalition.id) as session:
            notice = session.scalars(select(Notice)).one()

        coordinator.post(f"{CLOCK}notices/{notice.id}/end")
        with app.app_context():
            work()

        assert sent() == []
        assert take_jobs() == []


class TestPreview:
    @pytest.mark.parametrize("kind", ["agenda", "reminder", "deadline", "cancelled"])
    @pytest.mark.parametrize("language", ["en", "es"])
    def test_shows_each_mail_in_each_language(self, coordinator, item, kind, language):
        answer = coordinator.get(
            f"{CLOCK}preview?meeting={item.meeting_id}&kind={kind}&language={language}"
        )

        assert answer.status_code == 200
        assert f'<article lang="{language}">' in answer.text
        assert "Stop the cameras" in answer.text

    @pytest.mark.parametrize(
        "query",
        ["", "meeting=x", "meeting=00000000-0000-7000-8000-000000000001", "change=x"],
    )
    def test_of_nothing_is_not_found(self, coordinator, item, query):
        assert coordinator.get(f"{CLOCK}preview?{query}").status_code == 404

    def test_of_an_unknown_kind_or_language_is_not_found(self, coordinator, item):
        url = f"{CLOCK}preview?meeting={item.meeting_id}"

        assert coordinator.get(f"{url}&kind=spam").status_code == 404
        assert coordinator.get(f"{url}&language=xx").status_code == 404

    def test_sends_and_stores_nothing(self, coordinator, coalition, item, sent):
        make_resident(coalition)
        coordinator.get(f"{CLOCK}preview?meeting={item.meeting_id}")

        with db.reading(coalition.id) as session:
            assert session.scalar(select(Notice)) is None
        assert sent() == []

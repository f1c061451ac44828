"""The approval of a second coordinator: who may give it, what it covers, when it has to be again."""

from datetime import timedelta
from io import BytesIO

import pytest
from coalition_email_outreach import series, triggers
from coalition_email_outreach.contents import Attachment
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import Mailing
from sqlalchemy import select, update

from coalition.sdk import (
    Coalition,
    Letter,
    Person,
    Segment,
    SegmentSubject,
    User,
    now,
    reading,
    session,
    transaction,
)
from coalition.testing import (
    choose_plugin_settings,
    make_letter,
    make_user,
    sign_in,
)

from .conftest import agree, in_app, make_mailing, send, states
from .desk import (
    LIST,
    change,
    decide,
    make_begin,
    schedule,
    seen_on,
    send_now,
    stored,
    written,
)

pytestmark = pytest.mark.usefixtures("no_csrf", "at_any_hour")
IN_BURBANK = {"match": "all", "of": [{"is": "city", "city": "Burbank"}]}
EVERYBODY = {"match": "all", "of": []}


@pytest.fixture(autouse=True)
def limit(coalition, at_any_hour) -> None:
    choose_plugin_settings(
        coalition, "email-outreach", approval_above=2, quiet_from=3, quiet_until=3
    )


@pytest.fixture
def third(app, coalition):
    return sign_in(app.test_client(), make_user("third@example.org", coalition))


@pytest.fixture
def burbank(coalition, people) -> list[Person]:
    """Ten people in Burbank, and one elsewhere."""
    made = people(11)
    with transaction(coalition.id):
        for person in made[:10]:
            session.merge(person).city = "Burbank"
    return made


@pytest.fixture
def segment(coalition, burbank) -> Segment:
    with transaction(coalition.id):
        return Segment.save(name="Burbank", subject=SegmentSubject.PEOPLE, question=IN_BURBANK)


@pytest.fixture
def here(coordinator, coalition, segment) -> str:
    return written(coordinator, coalition, segment=str(segment.id))


def join(coalition, count: int) -> None:
    """Let more people of Burbank agree to be written to."""
    with transaction(coalition.id):
        for number in range(count):
            person = Person.remember(email=f"new{number}@example.org", given_name="New")
            person.city = "Burbank"
            agree(person)


def ask_otherwise(browser, segment: Segment, name: str = "Everybody") -> None:
    """Change a segment's question on its page, to everybody."""
    answer = browser.post(
        f"/manage/night-buses/segments/{segment.slug}/edit",
        data={"name": name, "subject": "people", "match": "all"},
    )
    assert answer.status_code == 303


def asks(coalition, segment: Segment, question) -> None:
    """Change a segment's question, by nobody who could be named."""
    with transaction(coalition.id):
        found = session.get_one(Segment, segment.id)
        found.change(name=found.name, question=question)


def the_file(coalition) -> Attachment:
    """Return the only file."""
    with reading(coalition.id):
        return session.scalars(select(Attachment)).one()


class TestNeed:
    def test_is_there_above_the_coalitions_number(self, here, coordinator, coalition):
        page = coordinator.get(f"{here}sending").text
        answer = send_now(coordinator, here)

        assert "Above 2 your coalition wants a second coordinator" in page
        assert seen_on(page) == ""
        assert answer.status_code == 409
        assert states(stored(coalition)) == {}

    def test_is_judged_when_it_is_sent_and_not_when_it_was_looked_at(
        self, here, coordinator, coalition
    ):
        choose_plugin_settings(coalition, "email-outreach", approval_above=0)
        seen = seen_on(coordinator.get(f"{here}sending").text)
        choose_plugin_settings(coalition, "email-outreach", approval_above=2)

        answer = coordinator.post(f"{here}sending", data={"seen": seen})

        assert answer.status_code == 409
        assert "Above 2 your coalition wants a second coordinator" in answer.text
        assert stored(coalition).status == MailingStatus.DRAFT
        assert states(stored(coalition)) == {}

    def test_is_not_there_below_it(self, coordinator, coalition, people):
        people(2)
        here = written(coordinator, coalition)

        assert send_now(coordinator, here).status_code == 303
        assert states(stored(coalition)) == {"queued": 2}

    def test_holds_a_scheduled_mailing_whose_audience_grew_above_it(
        self, coordinator, coalition, people, sink, mailbox
    ):
        people(2)
        here = written(coordinator, coalition)
        schedule(coordinator, here)
        join(coalition, 1)
        make_begin(coalition)
        send()

        assert stored(coalition).status == MailingStatus.DRAFT
        assert "a second coordinator has to approve it" in coordinator.get(here).text
        assert sink.mailed == []


class TestWho:
    def test_is_nobody_who_wrote_it(self, here, coordinator, second):
        page = coordinator.get(f"{here}approval").text
        seen = seen_on(second.get(f"{here}approval").text)
        answer = coordinator.post(f"{here}approval", data={"seen": seen})

        assert "Somebody else has to approve it" in page
        assert answer.status_code == 409
        assert "somebody else has to approve" in answer.text

    def test_is_somebody_else(self, here, coordinator, second, coalition):
        coordinator.post(f"{here}approval-request")
        assert "waits for the approval" in second.get(here).text
        assert "Waits for approval" in coordinator.get(LIST).text

        assert decide(second, here, "approval").status_code == 303
        assert "Waits for approval" not in coordinator.get(LIST).text
        assert "second@example.org approved it on" in coordinator.get(here).text
        assert "waits for the approval" not in second.get(here).text
        assert "10 people would have got it then" in coordinator.get(here).text

        assert send_now(coordinator, here).status_code == 303
        assert states(stored(coalition)) == {"queued": 10}

    def test_is_asked_by_mail_and_at_a_glance(
        self, here, coordinator, second, coalition, mailbox
    ):
        coordinator.post(f"{here}approval-request")

        (asked,) = mailbox()
        assert asked.recipient == "second@example.org"
        assert "asks for a second pair of eyes on “News”" in asked.text
        assert f"http://localhost{here}approval" in asked.text
        waits = "“News” waits for your approval"
        assert waits in second.get("/manage/night-buses/").text
        assert waits not in coordinator.get("/manage/night-buses/").text

        decide(second, here, "approval")
        assert waits not in second.get("/manage/night-buses/").text

    def test_is_nobody_who_changed_it_before_somebody_else_did(
        self, here, coordinator, second, third, coalition
    ):
        change(second, coalition, segment="", text_body="Theirs")
        change(third, coalition, segment="", text_body="And theirs")

        for browser in (coordinator, second, third):
            assert decide(browser, here, "approval").status_code == 409
        assert stored(coalition).approved_at is None

    def test_may_have_written_what_was_approved_before(
        self, here, coordinator, second, coalition
    ):
        assert decide(second, here, "approval").status_code == 303
        change(second, coalition, segment="", text_body="Mine")

        assert decide(second, here, "approval").status_code == 409
        assert decide(coordinator, here, "approval").status_code == 303

    @pytest.mark.parametrize("act", ["files", "schedule", "unschedule", "detach", "segment"])
    def test_is_nobody_who_changed_anything_else_of_it(
        self, here, coordinator, second, third, coalition, segment, act
    ):
        choose_plugin_settings(coalition, "email-outreach", approval_above=0)
        at = {"at": "2099-01-01T10:00"}
        if act in ("files", "detach"):
            browser = second if act == "files" else coordinator
            browser.post(f"{here}files", data={"file": (BytesIO(b"hi"), "a.txt")})
        if act == "detach":
            file = the_file(coalition)
            assert second.post(f"{here}files/{file.id}/removal").status_code == 303
        if act in ("schedule", "unschedule"):
            browser = second if act == "schedule" else coordinator
            assert schedule(browser, here, **at).status_code == 303
        if act == "unschedule":
            assert second.post(f"{here}schedule/removal").status_code == 303
        if act == "segment":
            ask_otherwise(second, segment)
        choose_plugin_settings(coalition, "email-outreach", approval_above=2)

        assert decide(second, here, "approval").status_code == 409
        assert decide(third, here, "approval").status_code == 303

    def test_is_nobody_who_changed_a_segment_inside_its_segment(
        self, coordinator, second, third, coalition, segment
    ):
        inside = {"match": "all", "of": [{"is": "segment", "segment": str(segment.id)}]}
        with transaction(coalition.id):
            outer = Segment.save(name="Outer", subject=SegmentSubject.PEOPLE, question=inside)
        here = written(coordinator, coalition, segment=str(outer.id))
        ask_otherwise(second, segment)

        assert decide(second, here, "approval").status_code == 409
        assert decide(third, here, "approval").status_code == 303


class TestCover:
    @pytest.fixture
    def approved(self, here, second) -> str:
        assert decide(second, here, "approval").status_code == 303
        return here

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"text_body": "Other"}, "the texts or subjects"),
            ({"text_subject": "Other"}, "the texts or subjects"),
            ({"reply_to": "else@example.org"}, "who it comes from or where answers go"),
            ({"segment": ""}, "the question that chooses the audience"),
            ({"in_doubt": "resend"}, "the rules of sending"),
        ],
    )
    def test_ends_with_a_change_of_the_mailing(
        self, approved, coordinator, coalition, segment, values, said
    ):
        change(coordinator, coalition, **({"segment": str(segment.id)} | values))

        assert f"since then somebody changed this: {said}." in coordinator.get(approved).text
        assert send_now(coordinator, approved).status_code == 409
        assert states(stored(coalition)) == {}

    def test_ends_with_another_file(self, approved, coordinator, coalition):
        coordinator.post(f"{approved}files", data={"file": (BytesIO(b"hi"), "a.txt")})

        assert "somebody changed this: the files." in coordinator.get(approved).text
        assert send_now(coordinator, approved).status_code == 409

    def test_ends_with_another_name_of_the_sender(self, approved, coordinator, coalition):
        with transaction() as current:
            current.execute(update(Coalition).values(name="Somebody Else"))

        refused = send_now(coordinator, approved)

        assert refused.status_code == 409
        assert states(stored(coalition)) == {}

    def test_is_not_about_the_name_that_only_coordinators_see(
        self, approved, coordinator, coalition, segment
    ):
        change(coordinator, coalition, segment=str(segment.id), name="Renamed")

        assert send_now(coordinator, approved).status_code == 303

    def test_ends_when_the_segment_asks_something_else_and_is_back_with_the_question(
        self, approved, coordinator, coalition, segment
    ):
        asks(coalition, segment, EVERYBODY)
        page = coordinator.get(approved).text
        refused = send_now(coordinator, approved)
        asks(coalition, segment, IN_BURBANK)

        assert "changed this: the question that chooses the audience." in page
        assert refused.status_code == 409
        assert send_now(coordinator, approved).status_code == 303
        assert states(stored(coalition)) == {"queued": 10}

    def test_ends_when_a_segment_inside_the_segment_asks_something_else(
        self, coordinator, second, coalition, segment
    ):
        inside = {"match": "all", "of": [{"is": "segment", "segment": str(segment.id)}]}
        with transaction(coalition.id):
            outer = Segment.save(name="Outer", subject=SegmentSubject.PEOPLE, question=inside)
        here = written(coordinator, coalition, segment=str(outer.id))
        assert decide(second, here, "approval").status_code == 303
        asks(coalition, segment, EVERYBODY)

        assert send_now(coordinator, here).status_code == 409

    def test_holds_for_a_tenth_more_people_and_no_more(
        self, approved, coordinator, second, coalition
    ):
        join(coalition, 2)
        page = coordinator.get(approved).text
        refused = send_now(coordinator, approved)
        with transaction(coalition.id):
            session.execute(update(Person).filter_by(given_name="New").values(city="Glendale"))
        join(coalition, 1)

        assert "It was approved for 10 people, and 12 would get it now." in page
        assert "holds for up to 11" in page
        assert refused.status_code == 409
        assert send_now(coordinator, approved).status_code == 303
        assert states(stored(coalition)) == {"queued": 11}

    def test_can_be_given_again(self, approved, coordinator, third, coalition):
        join(coalition, 5)

        assert decide(third, approved, "approval").status_code == 303
        assert send_now(coordinator, approved).status_code == 303
        assert states(stored(coalition)) == {"queued": 15}


class TestNoNeed:
    def test_is_said_of_what_was_approved_and_changed_and_needs_no_approval(
        self, coordinator, second, coalition, people
    ):
        people(1)
        here = written(coordinator, coalition)
        decide(second, here, "approval")
        change(coordinator, coalition, text_body="Other")

        page = coordinator.get(here).text

        assert "It can be sent all the same" in page
        assert "has to approve it again" not in page
        assert send_now(coordinator, here).status_code == 303


class TestLooking:
    def test_shows_everything_that_is_approved(self, here, coordinator, second, coalition):
        coordinator.post(f"{here}files", data={"file": (BytesIO(b"hi there"), "a.txt")})

        page = second.get(f"{here}approval").text
        file = the_file(coalition)
        given = second.get(f"{here}files/{file.id}")

        for said in (
            "Dear {{given_name|friend}}, **the buses** stay.",
            "News, {{given_name|friend}}",
            "People who live in Burbank.",
            "10 people get it.",
            "Night Buses &lt;",
            "News and calls to act",
            "a.txt",
        ):
            assert said in page
        assert given.data == b"hi there"
        assert given.headers["Content-Disposition"].startswith("attachment")

    def test_at_what_was_changed_meanwhile_has_to_be_again(
        self, here, coordinator, second, coalition, segment
    ):
        seen = seen_on(second.get(f"{here}approval").text)
        change(coordinator, coalition, segment=str(segment.id), text_body="Fire them all")

        answer = second.post(f"{here}approval", data={"seen": seen})

        assert answer.status_code == 409
        assert "somebody looked at it and said yes, this was changed: the texts" in answer.text
        assert "Fire them all" in answer.text
        assert stored(coalition).approved_at is None
        second.post(f"{here}approval", data={"seen": seen_on(answer.text)})
        assert stored(coalition).approved_at is not None

    def test_at_an_audience_that_changed_much_meanwhile_has_to_be_again(
        self, here, second, coalition
    ):
        seen = seen_on(second.get(f"{here}approval").text)
        join(coalition, 2)

        answer = second.post(f"{here}approval", data={"seen": seen})

        assert answer.status_code == 409
        assert "saw that 10 people would get it, and now it is 12." in answer.text
        assert stored(coalition).approved_at is None

    @pytest.mark.parametrize(
        "seen", ["", "yes", "10", "9999999999999999 texts:0", "-1 texts:" + "0" * 64, "\x00"]
    )
    def test_cannot_be_left_out(self, here, second, coalition, seen):
        answer = second.post(f"{here}approval", data={"seen": seen})

        assert answer.status_code == 409
        assert stored(coalition).approved_at is None

    def test_counts_no_more_people_than_there_are(self, here, second, coalition):
        """Who writes another number into the form widens nothing."""
        seen = seen_on(second.get(f"{here}approval").text)
        assert seen.startswith("10 ")

        second.post(f"{here}approval", data={"seen": seen.replace("10 ", "11 ", 1)})

        assert stored(coalition).approved_people == 10

    def test_shows_markup_in_a_text_as_text(self, coordinator, second, coalition, people):
        people(1)
        here = written(coordinator, coalition, text_body="<script>x</script>")

        assert "<script>x" not in second.get(f"{here}approval").text


class TestSchedule:
    @pytest.fixture
    def scheduled(self, sink, here, coordinator, second, coalition) -> str:
        assert decide(second, here, "approval").status_code == 303
        answer = schedule(coordinator, here)
        assert answer.status_code == 303
        return here

    def test_begins_as_it_was_approved(self, scheduled, coalition, sink):
        make_begin(coalition)
        send()

        assert len(sink.mailed) == 10

    def test_is_held_and_told_when_the_segment_was_changed_after_the_approval(
        self, scheduled, coordinator, third, coalition, segment, sink
    ):
        asks(coalition, segment, EVERYBODY)
        make_begin(coalition)
        send()
        send()

        assert sink.mailed == []
        assert stored(coalition).status == MailingStatus.DRAFT
        assert states(stored(coalition)) == {}
        page = coordinator.get(scheduled).text
        assert "It was held: what was approved was changed since." in page
        assert "the question that chooses the audience" in page

        decide(third, scheduled, "approval")
        assert send_now(coordinator, scheduled).status_code == 303
        assert states(stored(coalition)) == {"queued": 11}

    def test_tells_each_coordinator_in_their_language(
        self, here, coordinator, second, coalition, segment, mailbox
    ):
        decide(second, here, "approval")
        schedule(coordinator, here)
        asks(coalition, segment, EVERYBODY)
        with transaction() as current:
            spanish = update(User).filter_by(email="second@example.org").values(language="es")
            current.execute(spanish)
        make_begin(coalition)
        send()

        told = {each.recipient: each for each in mailbox()}
        assert set(told) == {"coco@example.org", "second@example.org"}
        english, spanish = told["coco@example.org"], told["second@example.org"]
        assert "the question that chooses the audience" in english.text
        assert f"http://localhost{here}" in english.text
        assert "la pregunta que elige" in spanish.text
        assert english.subject == "Held: News"

    def test_is_held_when_too_many_joined(self, scheduled, coordinator, coalition, sink):
        join(coalition, 2)
        make_begin(coalition)
        send()

        assert sink.mailed == []
        assert stored(coalition).status == MailingStatus.DRAFT
        page = coordinator.get(scheduled).text
        assert "It was held: it would go to many more people than were approved." in page

    def test_may_be_set_by_whoever_asked_for_the_approval(
        self, scheduled, coordinator, coalition, sink
    ):
        """When it is sent is not what was approved, so a new time changes nothing about that."""
        coordinator.post(f"{scheduled}schedule/removal")
        schedule(coordinator, scheduled, "2098-01-01T10:00")
        make_begin(coalition)
        send()

        assert len(sink.mailed) == 10


class TestSeries:
    @pytest.fixture
    def running(self, coordinator, second, coalition, segment) -> str:
        here = written(
            coordinator, coalition, segment=str(segment.id), trigger=triggers.CLOSING,
            delay_hours="24",
        )  # fmt: skip
        assert send_now(coordinator, here).status_code == 409
        assert decide(second, here, "approval").status_code == 303
        assert send_now(coordinator, here).status_code == 303
        return here

    def close_soon(self, coalition) -> Letter:
        return make_letter(coalition, closes_at=now() + timedelta(hours=20))

    def test_goes_on_as_it_was_approved_however_many_join(self, running, coalition):
        join(coalition, 9)
        self.close_soon(coalition)
        series.enroll_due(str(coalition.id))

        assert states(stored(coalition)) == {"queued": 19}

    def test_is_paused_and_told_when_its_segment_asks_something_else(
        self, running, coordinator, third, app, coalition, segment, mailbox
    ):
        asks(coalition, segment, EVERYBODY)
        self.close_soon(coalition)
        with in_app():
            for _ in range(2):
                series.enroll_due(str(coalition.id))

        assert states(stored(coalition)) == {}
        assert stored(coalition).status == MailingStatus.PAUSED
        told = [each for each in mailbox() if each.recipient == "coco@example.org"]
        assert len(told) == 1
        assert "The series “News” was paused." in told[0].text
        assert "It was held" in coordinator.get(running).text

        assert coordinator.post(f"{running}resumption").status_code == 409
        assert decide(third, running, "approval").status_code == 303
        assert coordinator.post(f"{running}resumption").status_code == 303
        series.enroll_due(str(coalition.id))
        assert states(stored(coalition)) == {"queued": 11}

    def test_that_was_changed_while_it_was_paused_is_approved_again(
        self, running, coordinator, second, third, coalition, segment
    ):
        coordinator.post(f"{running}pause")
        change(
            coordinator, coalition, segment=str(segment.id), trigger=triggers.CLOSING,
            delay_hours="24", text_body="Other",
        )  # fmt: skip

        refused = coordinator.post(f"{running}resumption")
        assert refused.status_code == 409
        assert "somebody changed this: the texts or subjects" in refused.text

        assert decide(coordinator, running, "approval").status_code == 409
        assert decide(second, running, "approval").status_code == 303
        assert coordinator.post(f"{running}resumption").status_code == 303


class TestBefore:
    def test_the_approval_of_a_mailing_that_was_never_seen_covers_nothing(
        self, coordinator, coalition, burbank
    ):
        made = make_mailing(coalition)
        with transaction(coalition.id):
            session.execute(update(Mailing).values(approved_at=now()))

        assert send_now(coordinator, f"{LIST}{made.id}/").status_code == 409

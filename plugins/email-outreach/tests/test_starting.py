"""From “send” to the first message: a worker writes down who gets it, and nobody waits for that."""

import threading
from collections.abc import Callable

import pytest
from coalition_email_outreach import samples, starting
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import mailing_or_raise
from coalition_email_outreach.recipients import Bell
from sqlalchemy import select, update

from coalition.sdk import (
    Coalition,
    Person,
    Segment,
    SegmentSubject,
    reading,
    session,
    transaction,
)
from coalition.testing import choose_plugin_settings, make_letter

from .conftest import agree, in_app, let_begin, send, states
from .desk import FORM, change, decide, make_begin, schedule, seen_on, send_now, stored, written

pytestmark = pytest.mark.usefixtures("no_csrf", "at_any_hour")
IN_BURBANK = {"match": "all", "of": [{"is": "city", "city": "Burbank"}]}
EVERYBODY = {"match": "all", "of": []}


@pytest.fixture
def segment(coalition, people) -> Segment:
    """Ten people in Burbank, and two elsewhere."""
    made = people(12)
    with transaction(coalition.id):
        for person in made[:10]:
            session.merge(person).city = "Burbank"
        return Segment.save(name="Burbank", subject=SegmentSubject.PEOPLE, question=IN_BURBANK)


@pytest.fixture
def here(coordinator, coalition, segment) -> str:
    return written(coordinator, coalition, segment=str(segment.id))


@pytest.fixture
def pressed(here, coordinator) -> str:
    """A mailing that somebody said “send” to, before a worker saw that."""
    assert decide(coordinator, here, "sending").status_code == 303
    return here


@pytest.fixture
def while_written(coalition) -> Callable[..., None]:
    """Give a function that does something while a worker has all recipients written down."""

    def run(meanwhile: Callable[[], object]) -> None:
        mailing_id, problems = stored(coalition).id, []

        def other() -> None:
            try:
                meanwhile()
            except BaseException as error:
                problems.append(error)
            finally:
                session.remove()

        def written_down(rows: object) -> int:
            count = write_down(rows)
            thread = threading.Thread(target=other)
            thread.start()
            thread.join(timeout=10)
            assert not thread.is_alive(), "it had to wait"
            return count

        write_down = starting._write_down
        with pytest.MonkeyPatch.context() as patch, in_app():
            patch.setattr(starting, "_write_down", written_down)
            starting.begin(mailing_id, coalition.id)
        assert problems == []

    return run


def ask_otherwise(browser, segment: Segment) -> None:
    """Change a segment's question on its page, to everybody."""
    answer = browser.post(
        f"/manage/night-buses/segments/{segment.slug}/edit",
        data={"name": "Everybody", "subject": "people", "match": "all"},
    )
    assert answer.status_code == 303


def join(coalition, count: int) -> None:
    """Let more people of Burbank agree to be written to."""
    with transaction(coalition.id):
        for number in range(count):
            person = Person.remember(email=f"new{number}@example.org", given_name="New")
            person.city = "Burbank"
            agree(person)


class TestPress:
    def test_answers_before_anybody_is_written_down(self, pressed, coordinator, coalition):
        page = coordinator.get(pressed).text

        assert stored(coalition).status == MailingStatus.STARTING
        assert states(stored(coalition)) == {}
        assert "the list of its recipients is being written" in page
        assert "Sending begins by itself" in page
        assert 'hx-trigger="every 2s"' in page
        assert "Begins" in coordinator.get("/manage/night-buses/mailings/").text

    def test_is_followed_by_messages_without_any_further_press(self, sink, pressed, coalition):
        send()

        assert len(sink.mailed) == 10
        assert stored(coalition).status == MailingStatus.SENT

    def test_speaks_spanish(self, pressed, coordinator):
        assert "se está escribiendo la lista" in coordinator.get(f"{pressed}?lang=es").text

    def test_freezes_the_text(self, pressed, coordinator, coalition):
        answer = coordinator.post(f"{pressed}edit", data=FORM | {"text_body": "Other"})

        assert answer.status_code == 409
        assert "its text and audience stay as they are" in answer.text

    def test_of_a_scheduled_mailing_begins_it_now_and_once(
        self, sink, here, coordinator, coalition
    ):
        schedule(coordinator, here)

        assert send_now(coordinator, here).status_code == 303
        send()

        assert len(sink.mailed) == 10

    def test_starts_a_series(self, coordinator, coalition, segment):
        here = written(coordinator, coalition, segment=str(segment.id), trigger="signed")
        decide(coordinator, here, "sending")
        assert "It begins in a moment" in coordinator.get(here).text

        let_begin()

        assert stored(coalition).status == MailingStatus.SENDING


class TestSamples:
    def test_go_out_to_those_who_came_with_them(self, sink, coalition):
        make_letter(coalition)
        with transaction(coalition.id):
            samples.load(coalition)  # by a command, which serves no pages
        send()

        assert len(sink.mailed) == 6


class TestHeld:
    """What changed between the press and the writing of the list."""

    def held(self, coordinator, coalition, here) -> str:
        """Let the worker look, and return what the page says of the mailing that it put back."""
        let_begin()
        assert stored(coalition).status == MailingStatus.DRAFT
        assert states(stored(coalition)) == {}
        with reading():
            assert session.scalars(select(Bell)).all() == []
        return coordinator.get(here).text

    def test_when_the_segment_asks_something_else(
        self, pressed, coordinator, second, coalition, segment, mailbox
    ):
        ask_otherwise(second, segment)

        page = self.held(coordinator, coalition, pressed)

        assert "after somebody said “send”, something of it was changed" in page
        told = {each.recipient: each for each in mailbox()}
        assert set(told) == {"coco@example.org", "second@example.org"}
        mail = told["coco@example.org"]
        assert mail.subject == "Held: News"
        assert "did not begin. Nobody got it." in mail.text
        assert "this was changed: the question that chooses the audience" in mail.text
        assert send_now(coordinator, pressed).status_code == 303
        assert states(stored(coalition)) == {"queued": 12}

    def test_when_the_coalition_has_another_name(self, pressed, coordinator, coalition):
        with transaction() as current:
            current.execute(update(Coalition).values(name="Somebody Else"))

        assert "something of it was changed" in self.held(coordinator, coalition, pressed)

    def test_when_many_joined(self, pressed, coordinator, coalition, mailbox):
        join(coalition, 2)

        page = self.held(coordinator, coalition, pressed)

        assert "many more or fewer people would have got it" in page
        assert "10 people would get it, and now it is 12" in mailbox()[0].text

    def test_not_when_one_of_ten_joined(self, pressed, coalition):
        join(coalition, 1)

        let_begin()

        assert states(stored(coalition)) == {"queued": 11}

    def test_when_everybody_left(self, pressed, coordinator, coalition):
        with transaction(coalition.id) as current:
            current.execute(update(Person).values(city="Glendale"))

        assert "It was held" in self.held(coordinator, coalition, pressed)

    def test_when_an_approval_is_wanted_since(self, pressed, coordinator, coalition):
        choose_plugin_settings(
            coalition, "email-outreach", approval_above=2, quiet_from=3, quiet_until=3
        )

        page = self.held(coordinator, coalition, pressed)

        assert "It could not begin: a second coordinator has to approve it." in page

    def test_lets_a_page_that_shows_the_progress_load_itself_anew(
        self, pressed, coordinator, coalition
    ):
        before = coordinator.get(f"{pressed}progress")
        join(coalition, 2)
        let_begin()
        after = coordinator.get(f"{pressed}progress")

        assert "HX-Refresh" not in before.headers
        assert after.headers["HX-Refresh"] == "true"


class TestWriting:
    """What a coordinator does while a worker writes a long list."""

    def test_lets_segments_be_changed_and_goes_to_those_who_were_seen(
        self, pressed, second, coalition, segment, while_written
    ):
        while_written(lambda: ask_otherwise(second, segment))

        assert states(stored(coalition)) == {"queued": 10}
        with reading(coalition.id):
            assert session.get_one(Segment, segment.id).question == EVERYBODY

    def test_asks_the_question_that_was_checked(
        self, pressed, second, coalition, segment, monkeypatch
    ):
        """Also if it is changed in the moment between."""
        made = starting._rows

        def rows(*asked: object) -> object:
            thread = threading.Thread(target=lambda: ask_otherwise(second, segment))
            thread.start()
            thread.join()
            return made(*asked)

        monkeypatch.setattr(starting, "_rows", rows)
        let_begin()

        assert states(stored(coalition)) == {"queued": 10}

    def test_is_taken_back_at_once_and_nobody_gets_it(
        self, sink, pressed, coordinator, coalition, while_written
    ):
        def take_back() -> None:
            assert coordinator.post(f"{pressed}schedule/removal").status_code == 303

        while_written(take_back)
        send()

        assert stored(coalition).status == MailingStatus.DRAFT
        assert states(stored(coalition)) == {}
        assert sink.mailed == []

    def test_of_what_was_taken_back_and_sent_anew_is_done_again(
        self, sink, pressed, coordinator, coalition, while_written
    ):
        def other_text() -> None:
            coordinator.post(f"{pressed}schedule/removal")
            change(coordinator, coalition, segment="", text_subject="Other")
            assert decide(coordinator, pressed, "sending").status_code == 303

        while_written(other_text)
        assert states(stored(coalition)) == {}
        send()

        assert len(sink.mailed) == 12
        assert {str(each["Subject"]) for each in sink.messages()} == {"Other"}

    def test_is_left_to_the_worker_that_does_it(
        self, sink, pressed, coalition, while_written, monkeypatch
    ):
        monkeypatch.setattr(starting, "LOOK_AGAIN_S", 0)
        mailing_id = stored(coalition).id

        def another_worker() -> None:
            with in_app(), transaction(coalition.id):
                assert starting.write_down(mailing_id) == 0

        while_written(another_worker)
        assert states(stored(coalition)) == {"queued": 10}
        send()

        assert sorted(sink.copies.values()) == [1] * 10

    def test_that_died_is_done_again(self, sink, pressed, coalition, monkeypatch):
        write_down = starting._write_down

        def die(rows: object) -> int:
            write_down(rows)
            raise KeyboardInterrupt

        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(starting, "_write_down", die)
            let_begin()
        session.remove()
        assert states(stored(coalition)) == {}
        send()

        assert len(sink.mailed) == 10

    def test_of_a_scheduled_mailing_lets_it_be_taken_back_too(
        self, sink, here, coordinator, coalition, while_written
    ):
        schedule(coordinator, here)
        make_begin(coalition)
        mailing_id = stored(coalition).id
        with transaction(coalition.id):
            starting.start_if_due(mailing_or_raise(mailing_id, lock=True))

        while_written(lambda: coordinator.post(f"{here}schedule/removal"))
        send()

        assert sink.mailed == []
        assert seen_on(coordinator.get(f"{here}sending").text)

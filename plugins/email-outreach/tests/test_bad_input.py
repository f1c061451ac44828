"""What goes in wrong, or changes at the wrong moment: each has an answer that a user sees."""

import html
import mailbox
import re

import pytest
from coalition_email_outreach import inbox
from coalition_email_outreach.contents import MailingText
from sqlalchemy import select

from coalition.sdk import Person, Segment, SegmentSubject, reading, session, transaction

from . import desk
from .conftest import agree, send, states
from .desk import LIST, send_now, stored

FORM = desk.FORM | {"text_subject": "News", "text_body": "The buses stay."}
LOOPS = [
    "{% for x in range(10**9) %}buses{% endfor %}",
    "{{ config.items() }}",
    "{{ ''.__class__.__mro__ }}",
    "{{given_name}}",
    "{{{{given_name}}}}",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[x](javascript:alert(1))",
]

pytestmark = pytest.mark.usefixtures("at_any_hour", "no_csrf")


def body_of(coalition) -> str:
    """Return the text of the newest mailing."""
    session.remove()
    with reading(coalition.id):
        return session.scalars(select(MailingText).order_by(MailingText.id.desc())).first().body


def written(coordinator, coalition, **values: object) -> str:
    """Write a mailing as a coordinator does; return its page's address."""
    return desk.written(coordinator, coalition, **FORM | values)


class TestSegment:
    def test_that_changes_while_it_is_sent_changes_nothing_for_those_written_down(
        self, coordinator, coalition, people, sink
    ):
        people(4)
        with transaction(coalition.id):
            for person in session.scalars(select(Person)):
                person.city = "Burbank"
            segment = Segment.save(
                name="Burbank",
                subject=SegmentSubject.PEOPLE,
                question={"match": "all", "of": [{"is": "city", "city": "Burbank"}]},
            )
        here = written(coordinator, coalition, segment=str(segment.id))
        send_now(coordinator, here)
        coordinator.post(f"{here}pause")

        with transaction(coalition.id):
            for person in session.scalars(select(Person)):
                person.city = "Long Beach"
            joined = Person.remember(email="new@example.org", given_name="New")
            joined.city = "Burbank"
            agree(joined)
            session.merge(segment).remove()
        coordinator.post(f"{here}resumption")
        send()

        assert sorted(sink.recipients) == [f"p{n}@example.org" for n in range(4)]
        assert states(stored(coalition)) == {"sent": 4}
        assert "a segment that was removed" in coordinator.get(here).text


class TestMailing:
    @pytest.mark.parametrize("status", ["sending", "paused", "sent", "stopped"])
    def test_that_is_under_way_or_done_can_be_changed_by_nothing(
        self, coordinator, coalition, people, sink, status
    ):
        people(1)
        here = written(coordinator, coalition)
        send_now(coordinator, here)
        for step in {"paused": ["pause"], "stopped": ["stop"]}.get(status, []):
            coordinator.post(f"{here}{step}")
        if status == "sent":
            send()
            send()
        tomorrow = {"at": "2099-12-31T10:00", "clock": "coalition"}
        changed = FORM | {"text_body": "Something else.", "revision": "2"}

        answers = {
            what: coordinator.post(f"{here}{what}", data=values)
            for what, values in {
                "edit": changed,
                "sending": {},
                "schedule": tomorrow,
                "schedule/removal": {},
                "approval": {},
                "approval-request": {},
                "removal": {},
            }.items()
        }

        assert {what: answer.status_code for what, answer in answers.items()} == dict.fromkeys(
            answers, 409
        )
        if status == "paused":
            coordinator.post(f"{here}resumption")
        send()
        assert body_of(coalition) == "The buses stay."
        assert [each.get_body(("plain",)).get_content()[:15] for each in sink.messages()] == (
            [] if status == "stopped" else ["The buses stay."]
        )


class TestAddress:
    def test_that_is_there_in_several_spellings_gets_one_message(
        self, coordinator, coalition, sink
    ):
        with transaction(coalition.id):
            for address in ("Ada@Example.org", "ada@example.org", " ada+buses@EXAMPLE.ORG "):
                agree(Person.remember(email=address, given_name="Ada"))
        here = written(coordinator, coalition)

        assert "1 person would get it now" in coordinator.get(here).text
        send_now(coordinator, here)
        send()

        assert [each.casefold() for each in sink.recipients] == ["ada@example.org"]

    @pytest.mark.parametrize("nonsense", ["nobody", "a@b", "a@b.example\r\nRCPT TO:<x@y.z>"])
    def test_that_is_nonsense_is_refused_as_where_to_answer(
        self, coordinator, coalition, nonsense
    ):
        answer = coordinator.post(f"{LIST}new", data=FORM | {"reply_to": nonsense})

        assert answer.status_code == 422
        assert "not an e-mail address" in answer.text
        assert stored(coalition) is None


class TestBounce:
    def test_for_an_unknown_token_changes_no_figure(
        self, coordinator, coalition, people, sink, change_settings, tmp_path
    ):
        people(1)
        here = written(coordinator, coalition)
        send_now(coordinator, here)
        send()
        token = re.search(r"\+(.+)@", sink.accepted[0]["from"])[1]
        box = mailbox.Maildir(tmp_path / "box", create=True)
        for forged in ("a" * len(token), token[:-6] + "aaaaaa", ""):
            box.add(
                f"From: MAILER-DAEMON@mx.example\nTo: bounces+{forged}@coalition.example\n"
                "MIME-Version: 1.0\n"
                "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
                "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
                "Final-Recipient: rfc822; p0@example.org\nAction: failed\nStatus: 5.1.1\n\n--b--\n"
            )
        change_settings(COALITION_RETURNS_URL=f"maildir:{tmp_path / 'box'}")

        inbox.read_returns()

        assert states(stored(coalition)) == {"sent": 1}
        assert "came back" not in coordinator.get(f"{here}progress").text
        written(coordinator, coalition)
        assert (
            "1 person would get it now"
            in coordinator.get(f"{here.rsplit('/', 2)[0]}/{stored(coalition).id}/").text
        )


class TestHeader:
    def test_cannot_be_slipped_in_by_a_name_or_a_subject(self, coordinator, coalition, sink):
        with transaction(coalition.id):
            evil = "Ada\r\nBcc: all@example.org\r\n\r\nBuy"
            agree(Person.remember(email="ada@example.org", given_name=evil))
        here = written(
            coordinator,
            coalition,
            name="News\r\nX-Evil: 1",
            text_subject="News\r\nBcc: x@y.example\r\n\r\n{{given_name}}",
        )
        send_now(coordinator, here)
        send()

        [message] = sink.messages()
        assert sink.recipients == ["ada@example.org"]
        assert message["Bcc"] is None
        assert message["X-Evil"] is None
        assert len(message.get_all("Subject")) == 1
        assert "The buses stay." in message.get_body(("plain",)).get_content()


class TestText:
    @pytest.mark.parametrize("evil", LOOPS)
    def test_of_a_name_is_only_read(self, coordinator, coalition, sink, evil):
        with transaction(coalition.id):
            agree(Person.remember(email="ada@example.org", given_name=evil))
        here = written(coordinator, coalition, text_body="Dear {{given_name}}, the buses stay.")
        preview = coordinator.get(f"{here}preview")
        send_now(coordinator, here)
        send()

        [message] = sink.messages()
        page = message.get_body(("html",)).get_content()
        assert f"Dear {evil}, the buses stay." in message.get_body(("plain",)).get_content()
        assert f"Dear {html.escape(evil)}, the buses stay." in page
        assert preview.status_code == 200
        assert "<script>alert" not in preview.text

    @pytest.mark.parametrize("evil", [LOOPS[0], *LOOPS[5:]])
    def test_that_computes_elsewhere_is_only_words(
        self, coordinator, coalition, people, sink, evil
    ):
        people(1)
        here = written(coordinator, coalition, text_body=f"So: {evil} end.")
        send_now(coordinator, here)
        send()

        [message] = sink.messages()
        page = message.get_body(("html",)).get_content()
        words = message.get_body(("plain",)).get_content()
        assert words.startswith("So: ")
        assert ("{% for x in range(10**9) %}buses" in words) == (evil == LOOPS[0])
        assert not re.search(r"<script|<img|href=.javascript", page)

    @pytest.mark.parametrize("evil", LOOPS[1:3])
    def test_that_asks_for_what_there_is_not_is_refused_with_what_there_is(
        self, coordinator, coalition, people, evil
    ):
        people(1)
        here = written(coordinator, coalition, text_body=evil)

        answer = coordinator.post(f"{here}sending")

        assert answer.status_code == 422
        assert "There is no field" in answer.text
        assert "given_name" in answer.text

    def test_of_any_length_gets_an_answer(self, coordinator, coalition):
        too_long = coordinator.post(f"{LIST}new", data=FORM | {"text_body": "{{" * 30_000})
        written(coordinator, coalition, text_body="{{" * 20_000)

        assert too_long.status_code == 422
        assert body_of(coalition) == "{{" * 20_000

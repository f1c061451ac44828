"""Mail to a real SMTP server on this machine."""

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import func, select, update

from coalition import config, db
from coalition.addresses import NotAnAddress
from coalition.clock import now
from coalition.consents.models import SuppressionReason
from coalition.consents.suppressing import suppression_of
from coalition.mail import door, return_paths, sending
from coalition.mail.models import MailMessage, MailQuota, MessageState
from coalition.mail.transports import Envelope as Handed
from coalition.mail.transports import compose
from coalition.testing import make_coalition


class Sink:
    """Takes mail, and answers as it is told to."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.recipient_answers: list[str] = []
        self.data_answers: list[str] = []

    async def handle_RCPT(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        answer = self.recipient_answers.pop(0) if self.recipient_answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.data_answers.pop(0) if self.data_answers else "250 OK"
        if answer.startswith("250"):
            self.envelopes.append(envelope)
        return answer

    @property
    def messages(self) -> list[EmailMessage]:
        return [
            message_from_bytes(each.content, policy=policy.default) for each in self.envelopes
        ]


@pytest.fixture
def sink(database, change_settings) -> Iterator[Sink]:
    """Give a mail server that the product sends to."""
    taker = Sink()
    controller = Controller(taker, hostname="127.0.0.1", port=free_port())
    controller.start()
    change_settings(
        COALITION_MAIL_URL=f"smtp://127.0.0.1:{controller.port}",
        COALITION_MAIL_FROM="letters@coalition.example",
    )
    yield taker
    controller.stop()


@pytest.fixture
def refuse() -> Iterator[Callable[[door.Check], None]]:
    """Give a function that adds a check for the length of the test."""
    before = list(door._checks)
    yield door.refuse_when
    door._checks[:] = before


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def queue(coalition=None, **values: str) -> None:
    coalition_id = coalition.id if coalition else None
    with db.transaction(coalition_id):
        door.queue(
            coalition_id=coalition_id,
            **{
                "purpose": "confirmation",
                "to": "ada@example.org",
                "subject": "Confirm your signature",
                "text": "Please confirm.",
            }
            | values,
        )


def messages() -> list[MailMessage]:
    db.session.remove()
    with db.platform_transaction() as session:
        return list(session.scalars(select(MailMessage).order_by(MailMessage.created_at)))


def make_due() -> None:
    with db.platform_transaction() as session:
        session.execute(update(MailMessage).values(next_attempt_at=func.now()))


class TestReturnPath:
    @pytest.fixture(autouse=True)
    def bounces(self, sink, change_settings):
        change_settings(COALITION_BOUNCE_ADDRESS="bounces@coalition.example")

    def test_says_which_message_came_back(self, coalition, sink):
        queue(coalition)
        sending.send_due()

        token = return_paths.token_in(sink.envelopes[0].mail_from)
        told = return_paths.read_token(token)
        assert told == return_paths.Told(coalition.id, messages()[0].id)
        assert sink.envelopes[0].mail_from.endswith("@coalition.example")
        assert sink.messages[0]["From"].addresses[0].addr_spec == "letters@coalition.example"

    def test_is_the_sender_of_mail_that_is_no_coalitions(self, database, sink):
        queue()
        sending.send_due()

        assert sink.envelopes[0].mail_from == "letters@coalition.example"


class TestServersRefusal:
    @pytest.mark.parametrize(
        ("answer", "stops"),
        [
            ("550 5.1.1 no such user", True),
            ("550 5.2.1 mailbox disabled", True),
            ("550 5.1.8 bad sender", False),
            ("550 5.7.1 we do not like you", False),
            ("552 5.3.4 too large", False),
        ],
    )
    def test_of_a_mailbox_that_is_gone_stops_all_mail_to_it(
        self, coalition, sink, answer, stops
    ):
        sink.recipient_answers = [answer]
        queue(coalition)

        sending.send_due()

        with db.reading(coalition.id):
            found = suppression_of(coalition.id, "ada@example.org")
        assert found == (SuppressionReason.BOUNCE if stops else None)
        assert messages()[0].state == MessageState.FAILED


class TestSend:
    def test_hands_a_message_over_once(self, coalition, sink):
        queue(
            coalition,
            subject="Confirmá tu firma ✍",
            text="Hola, Ádá.",
            html="<p>Hola, <b>Ádá</b>.</p>",
            sender_name="Night Buses, Los Ángeles",
            reply_to="organizers@example.org",
        )

        sent = sending.send_due(), sending.send_due()

        assert sent == (1, 0)
        [message] = sink.messages
        [envelope] = sink.envelopes
        assert envelope.mail_from == "letters@coalition.example"
        assert envelope.rcpt_tos == ["ada@example.org"]
        assert message["To"] == "ada@example.org"
        assert message["Subject"] == "Confirmá tu firma ✍"
        assert message["From"].addresses[0].display_name == "Night Buses, Los Ángeles"
        assert message["From"].addresses[0].addr_spec == "letters@coalition.example"
        assert message["Reply-To"] == "organizers@example.org"
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Date"].datetime is not None
        assert message["Message-ID"] == f"<{messages()[0].id.hex}@coalition.example>"
        assert message.get_body(("plain",)).get_content().strip() == "Hola, Ádá."
        assert "<b>Ádá</b>" in message.get_body(("html",)).get_content()

    def test_says_where_one_click_ends_such_mail(self, coalition, sink):
        url = "https://coalition.example/unsubscribe/" + "x" * 180  # tokens are long
        queue(coalition, list_unsubscribe=url)

        sending.send_due()

        [envelope] = sink.envelopes
        assert f"\r\nList-Unsubscribe: <{url}>\r\n".encode() in envelope.content
        [message] = sink.messages
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    def test_names_no_such_place_where_there_is_none(self, coalition, sink):
        queue(coalition)

        sending.send_due()

        assert sink.messages[0]["List-Unsubscribe"] is None

    def test_wipes_what_is_done_with(self, coalition, sink):
        queue(coalition)
        assert messages()[0].sealed is not None

        sending.send_due()

        [done] = messages()
        assert done.state == MessageState.SENT
        assert done.sealed is None
        assert done.sent_at is not None

    def test_hands_many_over_one_connection(self, coalition, sink):
        for number in range(20):
            queue(coalition, to=f"p{number}@example.org")

        sending.send_due()

        recipients = [each.rcpt_tos for each in sink.envelopes]
        assert sorted(recipients) == sorted([f"p{number}@example.org"] for number in range(20))

    def test_keeps_a_message_until_the_transaction_is_committed(self, coalition, sink):
        with pytest.raises(ZeroDivisionError), db.transaction(coalition.id):
            door.queue(
                coalition_id=coalition.id,
                purpose="confirmation",
                to="ada@example.org",
                subject="x",
                text="x",
            )
            raise ZeroDivisionError

        assert sending.send_due() == 0
        assert sink.envelopes == []


class TestFailure:
    @pytest.mark.parametrize("stage", ["recipient_answers", "data_answers"])
    def test_for_now_is_tried_again_later(self, coalition, sink, stage):
        getattr(sink, stage).append("451 try later")
        queue(coalition)

        assert sending.send_due() == 0
        [waiting] = messages()
        assert waiting.state == MessageState.QUEUED
        assert waiting.next_attempt_at > now() + timedelta(seconds=30)
        assert "ada@" not in waiting.reason

        make_due()
        assert sending.send_due() == 1
        assert len(sink.envelopes) == 1

    @pytest.mark.parametrize("stage", ["recipient_answers", "data_answers"])
    def test_for_good_is_not_tried_again(self, coalition, sink, stage):
        getattr(sink, stage).append("550 no such mailbox ada@example.org")
        queue(coalition)
        queue(coalition, to="grace@example.org")

        sending.send_due()
        make_due()
        sending.send_due()

        first, second = messages()
        assert (first.state, first.reason) == (
            MessageState.FAILED,
            "the mail server answered 550",
        )
        assert first.sealed is None
        assert second.state == MessageState.SENT  # it did not hold up the next
        assert len(sink.envelopes) == 1

    def test_to_reach_the_server_is_tried_again(self, coalition, sink, change_settings):
        queue(coalition)
        change_settings(COALITION_MAIL_URL=f"smtp://127.0.0.1:{free_port()}")

        assert sending.send_due() == 0

        [waiting] = messages()
        assert waiting.state == MessageState.QUEUED
        assert waiting.reason.startswith("Unreachable")
        assert waiting.attempts == 1

    def test_is_given_up_after_eight_tries(self, coalition, sink, change_settings):
        queue(coalition)
        change_settings(COALITION_MAIL_URL=f"smtp://127.0.0.1:{free_port()}")

        for _ in range(sending.MAX_ATTEMPTS):
            make_due()
            sending.send_due()

        [given_up] = messages()
        assert given_up.state == MessageState.FAILED
        assert given_up.sealed is None

    def test_of_the_address_in_the_settings_says_so(self, database, change_settings):
        queue()
        change_settings(COALITION_MAIL_URL="carrier-pigeon://roof")

        with pytest.raises(config.ConfigError, match="COALITION_MAIL_URL"):
            sending.send_due()


class TestRefusal:
    def test_of_a_check_stops_a_message_for_good(self, coalition, sink, refuse):
        refuse(
            lambda _coalition, address, purpose, _organization: (
                f"no {purpose}" if "ada" in address else None
            )
        )
        queue(coalition)
        queue(coalition, to="grace@example.org")

        sending.send_due()

        assert [(each.state, each.reason) for each in messages()] == [
            (MessageState.REFUSED, "no confirmation"),
            (MessageState.SENT, None),
        ]
        assert [each.rcpt_tos for each in sink.envelopes] == [["grace@example.org"]]

    def test_by_a_check_that_raises_means_not_sent(self, coalition, sink, refuse):
        def break_down(*_asked: object) -> str | None:
            raise ValueError

        refuse(break_down)
        queue(coalition)

        sending.send_due()

        assert messages()[0].state == MessageState.QUEUED
        assert sink.envelopes == []


class TestQueue:
    def test_sends_five_messages_a_day_to_one_mailbox(self, coalition, sink):
        for spelling in ("ada@example.org", "ADA@example.org", "ada+x@example.org") * 4:
            queue(coalition, to=spelling)
        queue(coalition, to="grace@example.org")

        sending.send_due()

        assert len(sink.envelopes) == door.MAX_PER_MAILBOX_AND_DAY + 1
        later = [each for each in messages() if each.state == MessageState.QUEUED]
        assert len(later) == door.MAX_PER_MAILBOX_AND_DAY  # and what was over that is dropped
        assert all(each.next_attempt_at > now() + timedelta(hours=23) for each in later)

    def test_counts_the_mail_of_all_coalitions_together(self, coalition, sink):
        other = make_coalition("parks", "Parks")
        for _ in range(4):
            queue(coalition)
            queue(other)

        sending.send_due()

        assert len(sink.envelopes) == door.MAX_PER_MAILBOX_AND_DAY

    def test_begins_anew_on_the_next_day(self, coalition, sink):
        for _ in range(door.MAX_PER_MAILBOX_AND_DAY):
            queue(coalition)

        with time_machine.travel(now() + timedelta(days=1), tick=False):
            queue(coalition)
            assert messages()[-1].next_attempt_at <= now()

    @pytest.mark.parametrize(
        "wrong",
        ["ada@example.org, eve@example.org", "ada@example.org\nBcc: eve@example.org", "ada"],
    )
    def test_refuses_what_is_not_one_address(self, coalition, wrong):
        with pytest.raises(NotAnAddress):
            queue(coalition, to=wrong)

        assert messages() == []

    def test_keeps_no_address_in_clear(self, coalition):
        queue(coalition, to="canary@example.org")

        [stored] = messages()
        assert b"canary" not in stored.sealed
        with db.platform_transaction() as session:
            assert "canary" not in session.scalars(select(MailQuota.address_hash)).one()


class TestHeaders:
    @pytest.mark.parametrize(
        ("field", "header"), [("subject", "Subject"), ("sender_name", "From")]
    )
    @pytest.mark.parametrize(
        "evil",
        [
            "Hi\r\nBcc: eve@example.org",
            "Hi\nBcc: eve@example.org",
            "Hi\x0bBcc\x00",
            "Hi\u2028x",
        ],
    )
    def test_cannot_be_smuggled_in(self, coalition, sink, field, header, evil):
        queue(coalition, **{field: evil})

        sending.send_due()

        [message] = sink.messages
        [envelope] = sink.envelopes
        assert message["Bcc"] is None
        assert message[header].startswith(("Hi", '"Hi'))
        assert envelope.rcpt_tos == ["ada@example.org"]

    def test_with_a_line_break_are_refused_by_the_composer(self, database):
        handed = Handed(
            message_id="1",
            to="ada@example.org",
            subject="Hi\nBcc: eve@example.org",
            text="",
            html=None,
            sender_name="",
            reply_to=None,
        )

        with pytest.raises(ValueError):
            compose(handed)

    def test_name_the_sender_and_not_somebody_else(self, coalition, sink):
        queue(coalition, sender_name="president@example.org <eve@example.org>")

        sending.send_due()

        [message] = sink.messages
        assert [each.addr_spec for each in message["From"].addresses] == [
            "letters@coalition.example"
        ]


class TestForgetOld:
    def test_deletes_what_was_done_a_week_ago(self, coalition, sink):
        queue(coalition)
        sending.send_due()
        queue(coalition, to="grace@example.org")
        with db.platform_transaction() as session:
            session.execute(update(MailMessage).values(created_at=now() - timedelta(days=8)))

        sending.forget_old()

        assert [each.state for each in messages()] == [MessageState.QUEUED]

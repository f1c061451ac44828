"""What Exim, Postfix, Microsoft's and other servers really send back, word for word."""

import smtplib
import socket
from collections.abc import Iterator

import pytest
from coalition_email_outreach import inbox, returns, settling
from coalition_email_outreach.faults import Fault, fault_of
from coalition_email_outreach.journal import Outcome, Verdict

from coalition.sdk import SuppressionReason, reading, suppression_of, transaction

from .conftest import begin, make_mailing, send, states

pytestmark = pytest.mark.usefixtures("at_any_hour")

# Exim 4.96. Its status is 5.0.0 whatever it was told.
EXIM = """\
X-Failed-Recipients: p0@example.org
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@exim.example>
To: {to}
Content-Type: multipart/report; report-type=delivery-status; boundary=17958-eximdsn-948
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender

--17958-eximdsn-948
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

--17958-eximdsn-948
Content-type: message/delivery-status

Reporting-MTA: dns; exim.example

Action: failed
Final-Recipient: rfc822;p0@example.org
Status: 5.0.0
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; {words}

--17958-eximdsn-948
Content-type: text/rfc822-headers

Message-ID: <1@coalition.example>

--17958-eximdsn-948--
"""
# As providers send it to the address that was registered with them, not to our return path.
ARF = """\
From: feedback@provider.example
To: abuse@coalition.example
Subject: FW: News
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an email abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <{path}>

--b
Content-Type: message/rfc822

Return-Path: <{path}>
Message-ID: <x@coalition.example>
Subject: News

--b--
"""


@pytest.fixture
def sent(app, coalition, people, sink):
    """Give a mailing that was sent to three people, and their return paths."""
    people(3)
    mailing = make_mailing(coalition)
    begin(mailing)
    send()
    return mailing, {each["to"]: each["from"] for each in sink.accepted}


def suppressed(mailing, address: str = "p0@example.org") -> SuppressionReason | None:
    with reading(mailing.coalition_id):
        return suppression_of(mailing.coalition_id, address)


class TestBounce:
    @pytest.mark.parametrize(
        ("words", "stops"),
        [
            ("550 5.1.1 The email account that you tried to reach does not exist.", True),
            ("550 sorry, no mailbox here by that name. (#5.1.1)", True),
            ("550 No such user here", True),
            ("550 5.2.1 The email account that you tried to reach is inactive", True),
            ("550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", True),
            ("552 5.2.2 <p0@example.org> Quota exceeded (mailbox for user is full)", False),
            ("550 5.7.1 Our system has detected that this message is likely spam", False),
            ("554 rejected as spam", False),
            ("550 5.7.26 Unauthenticated email is not accepted by DMARC policy", False),
            ("550 5.1.8 Sender address rejected: Domain not found", False),
            ("552 5.3.4 Message size exceeds fixed limit", False),
        ],
    )
    def test_of_exim_is_judged_by_what_the_far_server_said(self, sent, words, stops):
        mailing, paths = sent
        raw = EXIM.format(to=paths["p0@example.org"], words=words).encode()

        assert returns.handle(returns.read(raw)) == "bounce"

        assert states(mailing) == {"bounced": 1, "sent": 2}
        assert suppressed(mailing) == (SuppressionReason.BOUNCE if stops else None)


class TestFault:
    @pytest.mark.parametrize(
        ("reason", "fault"),
        [
            ("550 5.1.1", Fault.GONE),
            ("550", Fault.GONE),
            ("5.4.4", Fault.GONE),
            ("5.0.0", Fault.GONE),
            ("450 4.1.1", Fault.NOW),
            ("5.2.2", Fault.NOW),
            ("554", Fault.NOW),
            ("4.4.1", Fault.NOW),
            ("an error of ours", Fault.NOW),
            ("550 5.1.8", Fault.OURS),
            ("552 5.3.4", Fault.OURS),
            ("554 5.7.1", Fault.OURS),
            ("450 4.7.1", Fault.OURS),
            ("550 5.6.0", Fault.OURS),
        ],
    )
    def test_is_read_from_the_codes(self, reason, fault):
        assert fault_of(reason) == fault

    @pytest.mark.parametrize("reason", ["550 5.1.8", "552 5.3.4", "550 5.7.1"])
    def test_of_ours_is_never_held_against_an_address(self, sent, reason):
        mailing, paths = sent
        told = returns.read(f"To: {paths['p0@example.org']}\n\n".encode()).told

        for _ in range(5):
            with transaction(mailing.coalition_id):
                final = {told.message_id: Outcome(Verdict.BOUNCED, reason)}
                settling._note_bounces(mailing.coalition_id, final)

        assert suppressed(mailing) is None


class TestComplaint:
    def test_that_goes_to_an_address_of_its_own_stops_the_mail_too(self, sent):
        mailing, paths = sent
        raw = ARF.format(path=paths["p0@example.org"]).encode()

        assert returns.handle(returns.read(raw)) == "complaint"

        assert suppressed(mailing) == SuppressionReason.COMPLAINT

    def test_with_a_token_that_is_not_ours_changes_nothing(self, sent):
        mailing, _ = sent
        forged = "bounces+" + "a" * 42 + "@coalition.example"

        assert returns.handle(returns.read(ARF.format(path=forged).encode())) == "unknown"

        assert states(mailing) == {"sent": 3}


@pytest.fixture
def lmtp() -> Iterator[int]:
    """Run the server for returned mail, and give its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = inbox.lmtp_server(f"lmtp://127.0.0.1:{port}")
    server.start()
    yield port
    server.stop()


def answers_to(port: int, paths: list[str], text: bytes) -> list[int]:
    """Give a message for several at once, as Postfix does; return the answer for each."""
    with smtplib.LMTP("127.0.0.1", port, timeout=10) as client:
        client.ehlo()
        client.mail("")
        for path in paths:
            client.rcpt(path)
        client.putcmd("data")
        client.getreply()
        client.send(text + b"\r\n.\r\n")
        return [client.getreply()[0] for _ in paths]


class TestLmtp:
    TEXT = b"From: x@y.example\r\nAuto-Submitted: auto-replied\r\n\r\nI am away."

    def test_answers_for_each_recipient(self, sent, lmtp):
        _, paths = sent

        assert answers_to(lmtp, [*paths.values(), "stranger@coalition.example"], self.TEXT) == (
            [250] * 4
        )

    def test_has_only_that_one_come_again_that_could_not_be_noted(
        self, sent, lmtp, monkeypatch
    ):
        _, paths = sent
        first = next(iter(paths.values()))
        read = returns.read

        def full(raw: bytes, *, recipient: str) -> returns.Returned:
            if recipient == first:
                raise OSError("no space left")
            return read(raw, recipient=recipient)

        monkeypatch.setattr(returns, "read", full)

        assert answers_to(lmtp, [*paths.values()], self.TEXT) == [451, 250, 250]

    def test_takes_a_bounce_with_a_long_message_in_it(self, sent, lmtp):
        mailing, paths = sent
        path = paths["p0@example.org"]
        bounce = EXIM.format(to=path, words="550 5.1.1 gone").replace("\n", "\r\n").encode()
        long = bounce + b"a line of an attachment\r\n" * 200_000

        assert answers_to(lmtp, [path], long) == [250]

        assert states(mailing) == {"bounced": 1, "sent": 2}

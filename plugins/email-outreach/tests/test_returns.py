"""What comes back, by each way, and what it changes."""

import mailbox
import smtplib
import socket
from email.message import EmailMessage
from pathlib import Path

import pytest
from coalition_email_outreach import inbox, returns
from coalition_email_outreach.recipients import Recipient
from coalition_email_outreach.returns import ReturnKind
from sqlalchemy import select

from coalition.sdk import (
    SuppressionReason,
    mail_token_in,
    mail_token_of,
    read_mail_token,
    reading,
    session,
    suppression_of,
    transaction,
    write_signing_reminder,
)
from coalition.testing import (
    application,
    make_coalition,
    make_letter,
    make_signature,
    work_through,
)

from .conftest import begin, make_mailing, send, states

pytestmark = pytest.mark.usefixtures("at_any_hour")

DSN = """\
From: mailer-daemon@mx.example
To: {to}
Subject: Undelivered mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not arrive.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; p0@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} no such user

--b--
"""
ARF = """\
From: feedback@provider.example
To: {to}
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is a complaint.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1.0
Version: 1

--b
Content-Type: message/rfc822

Message-ID: <x@coalition.example>
Subject: News

--b--
"""


@pytest.fixture
def sent(app, coalition, people, sink):
    """Give a mailing that was sent to one person, and the return path of that message."""
    people(1)
    mailing = make_mailing(coalition)
    begin(mailing)
    send()
    return mailing, sink.accepted[0]["from"], sink.accepted[0]["id"]


def recipient(mailing) -> Recipient:
    session.remove()
    with reading(mailing.coalition_id):
        return session.scalars(select(Recipient).filter_by(mailing_id=mailing.id)).one()


def suppressed(mailing) -> SuppressionReason | None:
    with reading(mailing.coalition_id):
        return suppression_of(mailing.coalition_id, "p0@example.org")


def handle(text: str) -> str:
    return returns.handle(returns.read(text.encode()))


class TestBounce:
    def test_of_a_dead_mailbox_stops_all_mail_to_it(self, sent):
        mailing, path, _ = sent

        assert handle(DSN.format(to=path, action="failed", status="5.1.1")) == "bounce"

        assert states(mailing) == {"bounced": 1}
        assert recipient(mailing).reason == "5.1.1"
        assert suppressed(mailing) == SuppressionReason.BOUNCE

    @pytest.mark.parametrize("status", ["4.2.2", "5.2.2", "5.7.1"])
    def test_of_a_full_mailbox_or_of_our_text_does_not(self, sent, status):
        mailing, path, _ = sent

        handle(DSN.format(to=path, action="failed", status=status))

        assert states(mailing) == {"bounced": 1}
        assert suppressed(mailing) is None

    def test_that_is_only_a_delay_changes_nothing(self, sent):
        mailing, path, _ = sent

        assert handle(DSN.format(to=path, action="delayed", status="4.4.1")) == "delayed"
        assert states(mailing) == {"sent": 1}

    def test_that_says_delivered_is_noted(self, sent):
        mailing, path, _ = sent

        handle(DSN.format(to=path, action="delivered", status="2.0.0"))

        assert states(mailing) == {"delivered": 1}

    @pytest.mark.parametrize(
        "to",
        [
            "bounces+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@coalition.example",
            "bounces@coalition.example",
            "bounces+@coalition.example",
            "bounces+ñ@coalition.example",
            "",
        ],
    )
    def test_for_an_unknown_token_is_counted_and_ignored(self, sent, to):
        mailing, _, _ = sent

        assert handle(DSN.format(to=to, action="failed", status="5.1.1")) == "unknown"

        assert states(mailing) == {"sent": 1}
        assert suppressed(mailing) is None

    def test_that_names_our_message_id_alone_is_ignored(self, sent):
        mailing, _, message_id = sent
        forged = DSN.format(to="x@y.example", action="failed", status="5.1.1")

        assert (
            handle(forged.replace("no such user", f"\nMessage-ID: <{message_id}>")) == "unknown"
        )
        assert states(mailing) == {"sent": 1}

    @pytest.mark.parametrize("at", range(0, 40, 7))
    def test_with_a_changed_token_is_a_forgery(self, sent, at):
        _, path, _ = sent
        token = mail_token_in(path)
        changed = token[:at] + ("a" if token[at] != "a" else "b") + token[at + 1 :]

        assert read_mail_token(changed) is None

    @pytest.mark.parametrize(
        "raw", [b"", b"\xff\xfe\x00", b"Content-Type: multipart/x\n\n", b"a" * 9999]
    )
    def test_that_cannot_be_read_breaks_nothing(self, app, coalition, raw):
        assert returns.handle(returns.read(raw)) == "unknown"

    def test_is_known_after_the_secret_key_was_replaced(self, sent, change_environment):
        mailing, path, _ = sent

        change_environment(SECRET_KEY="another one altogether")

        assert handle(DSN.format(to=path, action="failed", status="5.1.1")) == "bounce"
        assert states(mailing) == {"bounced": 1}

    def test_signed_for_another_coalition_is_a_forgery(self, sent):
        mailing, path, _ = sent
        stranger = make_coalition("trams", "Tram Friends")
        ours = mail_token_in(path)
        theirs = mail_token_of(stranger.id, read_mail_token(ours).message_id)

        for forged in (theirs, ours[:32] + theirs[32:]):
            to = f"bounces+{forged}@coalition.example"
            assert handle(DSN.format(to=to, action="failed", status="5.1.1")) == "unknown"
        assert states(mailing) == {"sent": 1}

    def test_beside_a_forged_address_is_still_found(self, sent):
        mailing, path, _ = sent
        forged = "bounces+" + "a" * 42 + "@coalition.example"

        handle(DSN.format(to=f"{forged}, {path}", action="failed", status="5.1.1"))

        assert states(mailing) == {"bounced": 1}

    @pytest.mark.parametrize(
        ("text", "reason"),
        [(DSN, SuppressionReason.BOUNCE), (ARF, SuppressionReason.COMPLAINT)],
    )
    def test_of_a_reminder_to_confirm_stops_all_mail_too(
        self, app, coalition, sink, text, reason
    ):
        letter = make_letter(coalition)
        signature = make_signature(letter, "Ada Byron", state="pending", email="p0@example.org")
        with application().test_request_context(), transaction(coalition.id):
            write_signing_reminder(coalition, letter, session.merge(signature))
        work_through()
        [accepted] = sink.accepted

        handle(text.format(to=accepted["from"], action="failed", status="5.1.1"))

        with reading(coalition.id):
            assert suppression_of(coalition.id, "p0@example.org") == reason

    def test_in_the_words_of_an_old_server_is_understood(self, sent):
        mailing, path, _ = sent
        text = (
            "From: MAILER-DAEMON@old.example\n"
            f"To: {path}\nSubject: failure notice\n\n"
            "Hi. This is the qmail-send program at old.example.\n"
            "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
            "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
            "<p0@example.org>:\nSorry, no mailbox here by that name.\n"
        )

        assert handle(text) == "bounce"
        assert suppressed(mailing) == SuppressionReason.BOUNCE


class TestComplaint:
    def test_stops_all_mail_at_once(self, sent):
        mailing, path, _ = sent

        assert handle(ARF.format(to=path)) == "complaint"

        assert states(mailing) == {"complained": 1}
        assert suppressed(mailing) == SuppressionReason.COMPLAINT


class TestAnswer:
    def test_of_a_program_is_no_bounce(self, sent):
        mailing, path, _ = sent
        text = f"From: p0@example.org\nTo: {path}\nAuto-Submitted: auto-replied\n\nI am away."

        assert handle(text) == "auto_reply"

        assert recipient(mailing).auto_replied_at is not None
        assert states(mailing) == {"sent": 1}

    def test_of_a_person_is_counted(self, sent):
        mailing, _, message_id = sent
        text = f"From: p0@example.org\nTo: news@coalition.example\nIn-Reply-To: <{message_id}>\n\nYes!"

        assert handle(text) == "reply"
        assert recipient(mailing).replied_at is not None


class TestMaildir:
    def test_is_read_and_emptied_of_what_is_done_with(
        self, sent, change_settings, tmp_path: Path
    ):
        mailing, path, message_id = sent
        box = mailbox.Maildir(tmp_path / "box", create=True)
        box.add(DSN.format(to=path, action="failed", status="5.1.1").encode())
        box.add(f"In-Reply-To: <{message_id}>\n\nWhere do I sign?".encode())
        box.add(b"Subject: hello\n\nFrom a stranger.")
        change_settings(COALITION_RETURNS_URL=f"maildir:{tmp_path / 'box'}")

        inbox.read_returns()
        inbox.read_returns()

        assert states(mailing) == {"bounced": 1}
        left = mailbox.Maildir(tmp_path / "box")
        assert sorted(each.get_payload().strip() for each in left) == [
            "From a stranger.",
            "Where do I sign?",
        ]  # people's mail stays for people
        assert all("S" in each.get_flags() for each in left)

    def test_that_is_not_there_is_said(self, app, coalition, change_settings, tmp_path):
        change_settings(COALITION_RETURNS_URL=f"maildir:{tmp_path / 'nowhere'}")
        inbox.read_returns()

    def test_is_read_by_the_worker_by_itself(self, sent, change_settings, tmp_path):
        mailing, path, _ = sent
        box = mailbox.Maildir(tmp_path / "box", create=True)
        box.add(ARF.format(to=path).encode())
        change_settings(COALITION_RETURNS_URL=f"maildir:{tmp_path / 'box'}")

        from coalition_email_outreach.plugin import coalition_periodic

        [task] = [each for each in coalition_periodic() if each.name.endswith("returns")]
        task.function()
        work_through()

        assert states(mailing) == {"complained": 1}


class TestLmtp:
    def test_takes_what_a_mail_server_gives(self, sent):
        mailing, path, _ = sent
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = inbox.lmtp_server(f"lmtp://127.0.0.1:{port}")
        server.start()
        try:
            message = EmailMessage()
            message.set_content("x")
            raw = DSN.format(to="hidden", action="failed", status="5.1.1")
            with smtplib.LMTP("127.0.0.1", port) as client:
                client.sendmail("", [path], raw)
        finally:
            server.stop()

        assert states(mailing) == {"bounced": 1}


class TestImap:
    def test_is_read_over_a_server(self, sent, monkeypatch, change_settings):
        mailing, path, _ = sent
        stored: list[tuple[str, ...]] = []
        raw = DSN.format(to=path, action="failed", status="5.1.1").encode()

        class Server:
            capabilities = ()

            def __init__(self, host, port, **_more):
                assert (host, port) == ("mail.example", 993)

            def __enter__(self):
                return self

            def __exit__(self, *_error):
                stored.append(("logout",))

            def login(self, user, password):
                assert (user, password) == ("bounces", "p@ss")

            def select(self, folder):
                assert folder == '"Returned mail"'  # a name may have spaces
                return "OK", [b"1"]

            def uid(self, command, *words):
                stored.append((command, *words))
                if command == "SEARCH":
                    return "OK", [b"7"]
                flags = b"2 (FLAGS (\\Seen))"  # of another message, changed by somebody else
                return "OK", [flags, (b"7 (BODY[] {9}", raw), b")"]

            def expunge(self):
                stored.append(("expunge",))

        monkeypatch.setattr(inbox.imaplib, "IMAP4_SSL", Server)
        change_settings(
            COALITION_RETURNS_URL="imaps://bounces:p%40ss@mail.example/Returned%20mail"
        )

        inbox.read_returns()

        assert states(mailing) == {"bounced": 1}
        assert ("STORE", "7", "+FLAGS", r"(\Seen \Deleted)") in stored
        assert ReturnKind.BOUNCE == "bounce"

    def test_gives_no_password_to_a_server_without_encryption(
        self,
        sent,
        monkeypatch,
        change_settings,
    ):
        class Server:
            capabilities = ("IMAP4REV1",)

            def __init__(self, *_address, **_more):
                pass

            def __enter__(self):
                return self

            def __exit__(self, *_error):
                pass

            def starttls(self, _context):
                raise ConnectionError("TLS not supported by server")

        monkeypatch.setattr(inbox.imaplib, "IMAP4", Server)
        change_settings(COALITION_RETURNS_URL="imap://bounces:p%40ss@mail.example/Returned")

        with pytest.raises(ConnectionError):
            inbox.read_returns()

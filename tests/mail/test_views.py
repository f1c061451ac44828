"""The demonstration's mailbox page."""

from dataclasses import replace

from sqlalchemy import select

from coalition import config, db
from coalition.mail import views
from coalition.mail.models import MailboxMessage
from coalition.mail.transports import Envelope, MailboxPage
from coalition.testing import make_letter
from tests.letters.test_views import ADA, LETTER


class TestMailbox:
    def test_says_that_there_is_nothing_yet(self, client, database):
        assert "No mail yet" in client.get("/mailbox/").text

    def test_lists_mail_and_shows_it_with_links(self, client, coalition, mailbox):
        make_letter(coalition)
        client.post(f"{LETTER}/signatures", data=ADA)
        (message,) = mailbox()

        listed = client.get("/mailbox/").text
        shown = client.get(f"/mailbox/{message.id}").text

        assert "ada@example.org" in listed
        assert "nothing is really sent" in listed
        assert f'href="/mailbox/{message.id}?lang=en"' in listed
        assert '<a href="http://localhost/confirmations/' in shown

    def test_shows_a_mail_as_its_reader_sees_it(self, client, coalition, mailbox):
        make_letter(coalition)
        client.post(f"{LETTER}/signatures", data=ADA)
        (message,) = mailbox()

        page = client.get(f"/mailbox/{message.id}")
        frame = client.get(f"/mailbox/{message.id}.html")

        assert f'src="/mailbox/{message.id}.html"' in page.text
        assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
        assert frame.text.startswith("<!doctype html>")
        assert "sandbox" in frame.headers["Content-Security-Policy"]
        assert "Auto-Submitted: auto-generated" in page.text
        assert "Unsubscribe" not in page.text  # who signs has to be told what to do next

    def test_has_the_button_of_mail_programs(self, client, database):
        mail = Envelope(
            message_id="m", to="ada@example.org", subject="News", text="News", html=None,
            sender_name="Us", reply_to=None, list_unsubscribe="https://x.example/u/token",
        )  # fmt: skip
        MailboxPage().send(mail)
        with db.reading() as session:
            (found,) = session.scalars(select(MailboxMessage))

        page = client.get(f"/mailbox/{found.id}").text

        assert 'action="https://x.example/u/token"' in page
        assert 'name="List-Unsubscribe" value="One-Click"' in page

    def test_is_not_there_where_mail_is_really_sent(self, client, database, monkeypatch):
        real = replace(config.current(), mail_url="smtp://mail.example.org")
        monkeypatch.setattr(config, "current", lambda: real)

        assert client.get("/mailbox/").status_code == 404

    def test_escapes_what_others_wrote(self):
        shown = views.with_links('<b>hi</b> http://x.example/?a=1&b="2" bye')

        assert shown == (
            "&lt;b&gt;hi&lt;/b&gt; "
            '<a href="http://x.example/?a=1&amp;b=">http://x.example/?a=1&amp;b=</a>'
            "&#34;2&#34; bye"
        )

    def test_leaves_the_end_of_a_sentence_out_of_a_link(self):
        assert views.with_links("(see https://x.example/a).") == (
            '(see <a href="https://x.example/a">https://x.example/a</a>).'
        )

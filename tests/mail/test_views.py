"""The demonstration's mailbox page."""

from dataclasses import replace

from coalition import config
from coalition.mail import views
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
        assert "&lt;!doctype html&gt;" in shown

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

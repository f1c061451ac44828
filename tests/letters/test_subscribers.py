"""Which mail a signatory gets, in which language, and which they do not get."""

import pytest
from sqlalchemy import select

from coalition import db
from coalition.clock import now
from coalition.consents.models import SuppressionReason
from coalition.consents.suppressing import suppress
from coalition.letters.models import Letter
from coalition.letters.signatures import Signature
from coalition.mail.models import MailMessage, MessageState
from coalition.testing import make_letter, make_organization, make_signature
from tests.letters.test_link_views import link_in
from tests.letters.test_views import ADA, CIVICS, LETTER


@pytest.fixture
def letter(coalition):
    return make_letter(coalition)


def subjects(mailbox) -> list[str]:
    return [each.subject for each in mailbox()]


class TestWriteToSignatory:
    def test_repeats_the_link_to_who_has_not_confirmed(self, client, letter, mailbox):
        client.post(f"{LETTER}/signatures", data=ADA)
        mailbox()
        client.post(f"{LETTER}/signatures", data=ADA)

        assert subjects(mailbox) == ["Please confirm: Keep the night buses"] * 2

    def test_tells_who_has_confirmed_that_nothing_changes(self, client, letter, mailbox):
        make_signature(letter, "Ada Lovelace", email="ada@example.org")

        client.post(f"{LETTER}/signatures", data=ADA)

        (mail,) = mailbox()
        assert mail.subject == "You have signed already: Keep the night buses"
        assert link_in(mail).startswith("/signatures/")

    def test_writes_nothing_to_who_was_rejected(self, client, letter, mailbox):
        make_signature(
            letter,
            "Ada Lovelace",
            email="ada@example.org",
            state="rejected",
            confirmed_at=now(),
        )

        client.post(f"{LETTER}/signatures", data=ADA)

        assert subjects(mailbox) == []

    def test_asks_nobody_to_confirm_under_a_letter_that_has_closed(
        self, client, coalition, letter, mailbox
    ):
        client.post(f"{LETTER}/signatures", data=ADA)
        with db.transaction(coalition.id) as session:
            session.get_one(Letter, letter.id).close()

        assert mailbox() == []

    def test_tells_an_organization_that_it_was_approved(
        self, client, coalition, letter, mailbox
    ):
        client.post(f"{LETTER}/signatures", data=CIVICS)
        client.post(link_in(mailbox()[-1]))
        organization = make_organization("Example Civics")
        db.session.remove()
        with db.transaction(coalition.id) as session:
            session.scalars(select(Signature)).one().approve(organization)

        last = mailbox()[-1]

        assert last.subject == "Your signature counts: Keep the night buses"
        assert "It is listed as “Example Civics”." in last.text

    def test_writes_in_the_language_of_the_signatory(self, client, letter, mailbox):
        client.post(f"{LETTER}/signatures?lang=es", data=ADA)

        (mail,) = mailbox()
        assert mail.subject.startswith("Confirme, por favor")
        assert "lang=es" in link_in(mail)
        assert '<html lang="es">' in mail.html

    def test_leads_to_the_letter_in_that_language_too(self, client, letter, mailbox):
        client.post(f"{LETTER}/signatures?lang=es", data=ADA)
        client.post(link_in(mailbox()[-1]))

        assert f"{LETTER}?lang=es" in mailbox()[-1].text

    def test_puts_the_link_on_a_line_of_its_own_and_says_what_silence_means(
        self, client, letter, mailbox
    ):
        client.post(f"{LETTER}/signatures", data=ADA)

        (mail,) = mailbox()
        lines = mail.text.splitlines()
        assert any(line == "http://localhost" + link_in(mail) for line in lines)
        assert "If it was not you, do nothing" in mail.text
        assert link_in(mail) in mail.html.replace("&amp;", "&")

    def test_carries_no_words_of_a_stranger_to_an_unconfirmed_address(
        self, client, letter, mailbox
    ):
        spam = {**CIVICS, "given_name": "Buy pills at", "family_name": "http://spam.example"}
        client.post(
            f"{LETTER}/signatures", data={**spam, "organization_name": "Spam http://s.example"}
        )

        (mail,) = mailbox()
        assert "pam" not in mail.text + mail.subject + (mail.html or "")


class TestSuppression:
    @pytest.mark.parametrize(
        ("reason", "arrives"),
        [
            (SuppressionReason.BOUNCE, False),
            (SuppressionReason.COMPLAINT, False),
            (SuppressionReason.MANUAL, False),
            (SuppressionReason.UNSUBSCRIBE, True),  # from news; the link was asked for just now
        ],
    )
    def test_decides_about_the_confirmation(
        self, client, coalition, letter, mailbox, reason, arrives
    ):
        with db.transaction(coalition.id):
            suppress(coalition.id, "ada@example.org", reason)

        answer = client.post(f"{LETTER}/signatures", data=ADA)

        assert answer.status_code == 303
        assert bool(mailbox()) is arrives
        with db.platform_transaction() as session:
            message = session.scalars(select(MailMessage)).one()
        wanted = MessageState.SENT if arrives else MessageState.REFUSED
        assert message.state == wanted

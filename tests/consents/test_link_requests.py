"""Tests of asking for a new link to one's preferences."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from coalition import attempts, db
from coalition.clock import now
from coalition.consents import link_requests
from coalition.consents.models import LinkRequest, SuppressionReason
from coalition.consents.suppressing import suppress
from coalition.jobs import Job
from coalition.mail.models import MailMessage
from coalition.people.models import Person
from coalition.testing import make_coalition, make_person

ADA = "ada@example.org"
FORM = "/preferences/link"


@pytest.fixture(autouse=True)
def no_tries(monkeypatch):
    monkeypatch.setattr(attempts, "_tries", {})


@pytest.fixture
def ada(coalition):
    return make_person(coalition, ADA)


def ask(client, address=ADA, **values):
    return client.post(FORM, data={"email": address, **values})


def waiting():
    with db.platform_transaction() as session:
        return session.scalar(select(func.count()).select_from(LinkRequest))


class TestForm:
    @pytest.mark.parametrize("path", ["/preferences/x", "/unsubscribe/x"])
    def test_is_linked_from_the_page_of_a_link_that_does_not_work(
        self, client, coalition, path
    ):
        answer = client.get(path)

        assert answer.status_code == 404
        assert f'href="{FORM}?lang=en"' in answer.text
        assert 'name="email"' in client.get(FORM).text

    def test_sets_no_cookie_and_speaks_spanish(self, client, coalition):
        page = client.get(f"{FORM}?lang=es")

        assert "Set-Cookie" not in page.headers
        assert '<html lang="es">' in page.text

    @pytest.mark.parametrize(
        "address",
        ["", " ", "ada", "a@b", "ada@example.org\r\nBcc: x@y.org", "x" * 400, "\x00@a.org"],
    )
    def test_says_what_is_wrong_with_what_is_no_address(self, client, coalition, address):
        answer = ask(client, address)

        assert answer.status_code == 422
        assert 'id="error-email"' in answer.text
        assert waiting() == 0

    def test_lacking_the_field_is_an_error_too(self, client, coalition):
        assert client.post(FORM).status_code == 422


class TestAsk:
    def test_sends_a_link_that_opens_the_preferences(self, client, ada, run_jobs, mailbox):
        ask(client)
        run_jobs()

        [mail] = mailbox()
        assert mail.recipient == ADA
        assert "Night Buses" in mail.subject
        link = re.search(r"http://localhost(/preferences/\S+)", mail.text)
        assert "Night Buses may write to me" in client.get(link[1]).text
        assert waiting() == 0

    def test_sends_one_for_each_coalition_that_knows_the_address(
        self, client, ada, run_jobs, mailbox
    ):
        make_person(make_coalition("trams", "Tram Friends"), ADA)
        make_coalition("parks", "Parks")

        ask(client, "ADA@example.org ")
        run_jobs()

        assert {re.search("Tram|Night|Park", each.subject)[0] for each in mailbox()} == {
            "Tram", "Night",
        }  # fmt: skip

    def test_answers_alike_and_does_alike_for_an_address_that_nobody_knows(
        self, client, ada, run_jobs, mailbox
    ):
        known = ask(client)
        unknown = ask(client, "nobody@example.org")

        assert known.status_code == unknown.status_code == 303
        assert known.headers["Location"] == unknown.headers["Location"]
        assert known.text == unknown.text
        with db.platform_transaction() as session:
            jobs = session.scalars(select(Job.function)).all()
            mails = session.scalar(select(func.count()).select_from(MailMessage))
        assert len(jobs) == 2  # what tells them apart is done later, by somebody else
        assert len(set(jobs)) == 1
        assert mails == 0
        run_jobs()
        assert [each.recipient for each in mailbox()] == [ADA]
        assert waiting() == 0

    def test_repeats_nothing_that_somebody_typed_and_hides_the_address(self, client, ada):
        ask(client)

        with db.platform_transaction() as session:
            kept = session.scalar(select(LinkRequest.address_wrapped))
            arguments = session.scalar(select(Job.arguments))
        assert b"ada" not in kept
        assert "ada" not in str(arguments)
        assert "ada" not in client.get(f"{FORM}/sent").text

    def test_writes_in_the_persons_language_else_in_that_of_the_page(
        self, client, coalition, ada, run_jobs, mailbox
    ):
        make_person(coalition, "bea@example.org")
        with db.transaction(coalition.id) as session:
            session.execute(update(Person).filter_by(id=ada.id).values(language="es"))

        ask(client)
        client.post(f"{FORM}?lang=es", data={"email": "bea@example.org"})
        ask(client, "bea@example.org")
        run_jobs()

        begins = {(each.recipient, each.text[:4]) for each in mailbox()}
        assert begins == {
            (ADA, "Hola"), ("bea@example.org", "Hola"), ("bea@example.org", "Hell"),
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("reason", "mails"),
        [
            (SuppressionReason.UNSUBSCRIBE, 1),  # they ask for it
            (SuppressionReason.BOUNCE, 0),
            (SuppressionReason.COMPLAINT, 0),
            (SuppressionReason.MANUAL, 0),
        ],
    )
    def test_asks_why_an_address_gets_no_mail(
        self, client, coalition, ada, run_jobs, mailbox, reason, mails
    ):
        with db.transaction(coalition.id):
            suppress(coalition.id, ADA, reason)

        assert ask(client).status_code == 303
        run_jobs()

        assert len(mailbox()) == mails

    def test_sends_nothing_to_who_was_erased_meanwhile(
        self, client, coalition, ada, run_jobs, mailbox
    ):
        ask(client)
        with db.transaction(coalition.id) as session:
            session.delete(session.get(Person, ada.id))
        run_jobs()

        assert mailbox() == []
        assert waiting() == 0

    def test_is_limited_for_one_network(self, client, ada, change_settings):
        change_settings(COALITION_SIGNING_ATTEMPTS_PER_HOUR="2")

        answers = [ask(client), ask(client, "nobody@example.org"), ask(client)]

        assert [each.status_code for each in answers] == [303, 303, 429]
        assert "too many attempts" in answers[-1].text
        assert waiting() == 2

    def test_cannot_flood_a_mailbox(self, client, ada, run_jobs, mailbox):
        for _ in range(8):
            ask(client)
        run_jobs()

        assert len(mailbox()) == 5  # the rest waits for tomorrow or is dropped

    def test_is_forgotten_if_it_could_not_be_answered(self, client, ada):
        ask(client)
        link_requests.forget_old()
        assert waiting() == 1

        with db.platform_transaction() as session:
            old = now() - timedelta(days=2)
            session.execute(update(LinkRequest).values(asked_at=old))
        link_requests.forget_old()

        assert waiting() == 0

"""Tests of the mail's door: nobody gets what they did not agree to, whoever sends it."""

import subprocess
import sys

import pytest
from sqlalchemy import select

from coalition import db
from coalition.consents.models import Consent, ConsentSource
from coalition.consents.preferences import end_all_mail
from coalition.consents.purposes import UPDATES
from coalition.mail import door
from coalition.mail.models import MailMessage
from coalition.people.models import Person
from coalition.testing import make_organization, make_person

ADA = "ada@example.org"


def queue(coalition, purpose=UPDATES, **values):
    with db.transaction(coalition.id):
        door.queue(
            coalition_id=coalition.id,
            purpose=purpose,
            to=ADA,
            subject="News",
            text="We won.",
            **values,
        )


def agree(person, organization=None):
    with db.transaction(person.coalition_id):
        Consent.note(
            person.id,
            UPDATES,
            given=True,
            wording="You may write to me.",
            source=ConsentSource.PREFERENCES,
            organization_id=organization.id if organization else None,
        )


def reasons():
    with db.platform_transaction() as session:
        return list(session.scalars(select(MailMessage.reason).order_by(MailMessage.id)))


@pytest.fixture
def ada(coalition):
    return make_person(coalition, ADA)


class TestRefusal:
    def test_of_mail_to_whom_did_not_agree(self, coalition, ada, mailbox):
        queue(coalition)

        assert mailbox() == []
        assert reasons() == ["no consent: coalition_updates"]

    def test_of_mail_to_whom_nobody_knows(self, coalition, mailbox):
        queue(coalition)

        assert mailbox() == []

    def test_of_mail_for_a_member_group_to_whom_agreed_to_another(
        self, coalition, ada, mailbox
    ):
        riders, walkers = make_organization("Riders United"), make_organization("Walkers")
        agree(ada, riders)

        queue(coalition, organization_id=walkers.id)
        queue(coalition)
        assert mailbox() == []

        queue(coalition, organization_id=riders.id)
        assert [each.subject for each in mailbox()] == ["News"]

    def test_holds_for_a_message_that_was_queued_before(self, app, coalition, ada, mailbox):
        agree(ada)
        queue(coalition)
        with app.test_request_context(), db.transaction(coalition.id) as session:
            end_all_mail(coalition, session.get(Person, ada.id))

        assert mailbox() == []
        assert reasons() == ["suppressed: unsubscribe"]

    def test_of_mail_for_a_purpose_that_nobody_knows(self, coalition, ada, mailbox):
        agree(ada)

        queue(coalition, purpose="of-a-plugin-that-was-removed")

        assert mailbox() == []
        assert reasons() == ["unknown purpose: of-a-plugin-that-was-removed"]

    def test_knows_all_service_mails_of_the_core_in_a_worker(self):
        """A worker that had not heard of one would send no confirmation."""
        known = "import coalition.background; from coalition.consents import purposes; "
        asked = "print(*sorted(purposes._service_mails))"
        told = subprocess.run(
            [sys.executable, "-c", known + asked], capture_output=True, text=True, check=True
        )

        assert told.stdout.split() == [
            "confirmation",
            "participation",
            "preferences",
            "reminder",
            "signature",
        ]

    def test_spares_service_mails_to_what_somebody_did(self, coalition, ada, mailbox):
        queue(coalition, purpose="confirmation")

        assert len(mailbox()) == 1

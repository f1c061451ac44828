"""Tests of the page about addresses that get no mail."""

import pytest
from sqlalchemy import select

from coalition import db
from coalition.audit import AuditEntry
from coalition.consents.models import SuppressionReason
from coalition.consents.suppressing import suppress, suppression_of
from coalition.testing import make_person

PAGE = "/manage/night-buses/suppressions/"
ADA = "ada@example.org"


def reason(coalition):
    with db.reading(coalition.id):
        return suppression_of(coalition.id, ADA)


def stop(coalition, why):
    with db.transaction(coalition.id):
        suppress(coalition.id, ADA, why)


class TestAdd:
    def test_stops_mail_and_names_nobody(self, coordinator, coalition):
        answer = coordinator.post(PAGE, data={"email": " Ada@example.org "})

        assert answer.status_code == 303
        assert reason(coalition) == SuppressionReason.MANUAL
        assert "ada@" not in coordinator.get(PAGE).text.lower()
        with db.reading(coalition.id) as session:
            [entry] = session.scalars(select(AuditEntry))
        assert (entry.action, entry.subject_id) == ("address.suppressed", coalition.id)

    @pytest.mark.parametrize("written", ["", "no address"])
    def test_says_what_is_wrong(self, coordinator, coalition, written):
        answer = coordinator.post(PAGE, data={"email": written})

        assert answer.status_code == 422
        assert "Nothing was stored" in answer.text

    def test_is_for_coordinators_of_this_coalition(self, viewer, stranger, coalition):
        assert viewer.get(PAGE).status_code == 403
        assert viewer.post(PAGE, data={"email": ADA}).status_code == 403
        assert stranger.post(PAGE, data={"email": ADA}).status_code == 404
        assert reason(coalition) is None


class TestLift:
    def test_lets_mail_go_there_again(self, coordinator, coalition):
        stop(coalition, SuppressionReason.BOUNCE)

        answer = coordinator.post(PAGE + "lifting", data={"email": ADA})

        assert answer.status_code == 303
        assert reason(coalition) is None

    @pytest.mark.parametrize(
        ("why", "said"),
        [
            (SuppressionReason.UNSUBSCRIBE, "Only they can change that"),
            (None, "Mail to this address is not stopped."),
        ],
    )
    def test_says_why_it_cannot(self, coordinator, coalition, why, said):
        if why:
            stop(coalition, why)

        answer = coordinator.post(PAGE + "lifting", data={"email": ADA})

        assert answer.status_code == 422
        assert said in answer.text
        assert reason(coalition) == why


class TestPerson:
    def test_shows_at_the_address_why_no_mail_goes_there(self, coordinator, coalition):
        ada = make_person(coalition, ADA)
        stop(coalition, SuppressionReason.COMPLAINT)

        page = coordinator.get(f"/manage/night-buses/people/{ada.id}").text

        assert "no mail: reported as spam" in page

"""What becomes of a mailing whose purpose nobody knows any more: its plugin was removed."""

from contextlib import ExitStack

import pytest
from coalition_email_outreach import triggers
from coalition_email_outreach.errors import PurposeGone
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import Mailing

from coalition.sdk import Person, Purpose, reading, session, transaction
from coalition.testing import known_purpose, make_letter, work_through

from .conftest import agree, begin, make_due, make_mailing, send, states
from .test_series import confirm, make_series

RIDES = Purpose("test_rides", "Rides to meetings", "%(name)s may offer me rides.")

pytestmark = pytest.mark.usefixtures("at_any_hour")


@pytest.fixture
def plugin_there():
    """Give a function that adds the purpose of a plugin, or takes it away."""
    with ExitStack() as known:

        def turn(*, there: bool) -> None:
            known.close()
            if there:
                known.enter_context(known_purpose(RIDES))

        turn(there=True)
        yield turn


@pytest.fixture
def riders(coalition, plugin_there):
    """Three people who agreed to it, and one who did not."""
    with transaction(coalition.id):
        for number in range(4):
            person = Person.remember(
                email=f"p{number}@example.org", given_name="Ada", family_name="Byron"
            )
            if number < 3:
                agree(person, purpose=RIDES.name)


def status(mailing) -> tuple[MailingStatus, str | None]:
    with reading(mailing.coalition_id):
        found = session.get_one(Mailing, mailing.id)
        return found.status, found.problem


class TestPurposeOfAPluginThatIsGone:
    def test_reaches_nobody(self, app, coalition, riders, plugin_there, sink):
        mailing = make_mailing(coalition, purpose=RIDES.name)
        plugin_there(there=False)

        with pytest.raises(PurposeGone):
            begin(mailing)

        send()
        assert sink.mailed == []

    def test_holds_a_mailing_under_way_until_it_is_there_again(
        self, coordinator, coalition, riders, plugin_there, sink, no_csrf
    ):
        mailing = make_mailing(coalition, purpose=RIDES.name)
        begin(mailing)
        page = f"/manage/{coalition.slug}/mailings/{mailing.id}"

        plugin_there(there=False)
        send()
        assert sink.mailed == []
        assert status(mailing) == (MailingStatus.PAUSED, "purpose_gone")
        assert states(mailing) == {"queued": 3}
        assert "nobody can be written to for its purpose" in coordinator.get(f"{page}/").text
        assert coordinator.post(f"{page}/resumption").status_code == 422

        plugin_there(there=True)
        assert coordinator.post(f"{page}/resumption").status_code == 303
        send()
        assert sorted(sink.mailed) == [f"p{number}@example.org" for number in range(3)]

    def test_is_said_on_the_page_of_a_draft(self, coordinator, coalition, riders, plugin_there):
        mailing = make_mailing(coalition, purpose=RIDES.name)
        plugin_there(there=False)

        shown = coordinator.get(f"/manage/{coalition.slug}/mailings/{mailing.id}/").text

        assert "Nobody can be written to for the purpose of this mailing" in shown
        assert "would get it now" not in shown

    def test_pauses_a_series(self, app, coalition, riders, plugin_there, people, sink, mailbox):
        letter = make_letter(coalition)
        person = people(1)[0]
        made = make_series(coalition, triggers.SIGNED, purpose=RIDES.name)
        plugin_there(there=False)

        confirm(letter, "Ada Byron", person)
        work_through()
        make_due(made)
        send()

        assert sink.mailed == []
        assert status(made) == (MailingStatus.PAUSED, "purpose_gone")


def test_mail_that_answers_somebody_is_no_purpose_of_a_mailing(app, coalition, people, sink):
    """It needs no consent, so nobody may send to many under its name."""
    people(2)

    with pytest.raises(PurposeGone):
        begin(make_mailing(coalition, purpose="confirmation"))

    send()
    assert sink.mailed == []

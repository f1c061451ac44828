"""The public page of an action and “I did it”: what it shows, what it stores, what it tells."""

import html
import re

import pytest
from sqlalchemy import select

from coalition import db
from coalition.actions.events import ParticipationAdded, ParticipationRepeated
from coalition.actions.jobs import forget_unconfirmed
from coalition.actions.models import ActionKind, Addressee, Audience
from coalition.actions.participations import ParticipationState, Party
from coalition.clock import now
from coalition.consents.models import Consent, SuppressionReason
from coalition.consents.suppressing import suppress, suppression_of
from coalition.people.models import Person, person_by_email
from coalition.testing import make_action, make_organization, make_person

ACTION = "/c/night-buses/actions/send-a-comment"
ADA = {"name": "Ada Lovelace", "email": "ada@example.org", "copy": "Keep the night line!"}


@pytest.fixture
def action(coalition, meeting, item_id):
    return make_action(
        coalition,
        meeting_id=meeting.id,
        agenda_item_id=item_id,
        template="Dear members,\nkeep it.",
    )


def link_in(message):
    return re.findall(r"http://localhost(/participations/\S+)", message.text)[-1]


class TestPage:
    def test_says_what_by_when_and_how(self, client, action):
        page = html.unescape(client.get(ACTION).text)

        for shown in (
            "Send a comment",
            "<strong>buses</strong>",
            "A-1 – Night line",
            "File 24-0071",
            "2 minutes each",
            "Fill in a blue card.",
            "clerk@example.gov",
            "Dear members,",
        ):
            assert shown in page

    def test_opens_the_mail_program_with_subject_and_words(self, client, action):
        page = html.unescape(client.get(ACTION).text)

        link = re.search(r'href="(mailto:[^"]+body=[^"]*)"', page)[1]
        assert link.startswith("mailto:clerk@example.gov?subject=")
        assert "A-1" in link
        assert "24-0071" in link
        assert "Dear%20members%2C%0D%0Akeep%20it." in link

    def test_leaves_words_out_of_the_link_that_are_too_long(self, client, coalition, meeting):
        make_action(coalition, meeting_id=meeting.id, template="x" * 3000)

        page = client.get(ACTION).text

        assert "body=" not in page
        assert "too long for the link" in page

    def test_names_those_who_decide(self, client, coalition, meeting):
        make_action(coalition, meeting_id=meeting.id, addressee=Addressee.OFFICEHOLDERS)

        assert "Ben Birch, District 2" in client.get(ACTION).text

    def test_hides_drafts(self, client, coalition):
        make_action(coalition, opened=False)

        assert client.get(ACTION).status_code == 404
        assert client.post(f"{ACTION}/participations", data=ADA).status_code == 404

    def test_takes_reports_after_the_deadline_but_asks_no_more(
        self, client, coalition, action, monkeypatch
    ):
        after = action.deadline.replace(year=action.deadline.year + 1)
        monkeypatch.setattr("coalition.actions.views.now", lambda: after)

        page = client.get(ACTION).text

        assert "was over on" in page
        assert "Write the mail" not in page
        assert "Tell the coalition" in page

    def test_has_no_form_once_it_is_closed(self, client, action, changing):
        with changing(action) as found:
            found.close()

        page = client.get(ACTION).text
        assert "<form" not in page
        assert client.post(f"{ACTION}/participations", data=ADA).status_code == 409

    def test_speaks_spanish(self, client, action):
        assert 'lang="es"' in client.get(f"{ACTION}?lang=es").text

    def test_is_listed_on_the_coalitions_page_unless_only_some_are_asked(
        self, client, coalition, action
    ):
        make_action(coalition, "members", title="Bring people", audience=Audience.MEMBERS)

        for path in ("/c/night-buses/", "/c/night-buses/actions/"):
            page = client.get(path).text
            assert "Send a comment" in page
            assert "Bring people" not in page

    def test_tells_small_numbers_to_nobody(self, client, coalition, action, mailbox):
        for n in range(5):
            data = {**ADA, "email": f"ada{n}@example.org"}
            client.post(f"{ACTION}/participations", data=data)
            client.post(link_in(_last(mailbox, n)))
            shown = "5 have done it" in client.get(ACTION).text
            assert shown == (n == 4)


def _last(mailbox, n):
    """Return the mail that asks the nth visitor to confirm."""
    return next(
        each
        for each in reversed(mailbox())
        if each.recipient == f"ada{n}@example.org" and "confirmations" in each.text
    )


class TestReport:
    def test_counts_once_the_mailbox_confirms(
        self, client, coalition, action, mailbox, records
    ):
        answer = client.post(f"{ACTION}/participations", data={**ADA, "updates": "yes"})
        assert answer.status_code == 303
        assert records()[0].state == ParticipationState.PENDING
        (asked,) = mailbox()
        assert "Lovelace" not in asked.text
        assert "Keep the night line" not in asked.text

        assert "Keep the night line!" in client.get(link_in(asked)).text
        assert records()[0].state == ParticipationState.PENDING
        own = client.post(link_in(asked), data={"name": "Ada King", "copy": "Keep it all!"})

        (made,) = records()
        assert (made.state, made.name, made.copy) == (
            ParticipationState.REPORTED,
            "Ada King",
            "Keep it all!",
        )
        assert made.docket == "24-0071"
        with db.reading(coalition.id):
            assert person_by_email("ada@example.org").id == made.person_id
            (consent,) = db.session.scalars(select(Consent))
            assert "this campaign" in consent.wording
        page = client.get(own.location).text
        assert "you are counted" in page
        assert f"{ACTION}?source=p" in page
        assert mailbox()[-1].subject == "Thank you: Send a comment"

    @pytest.mark.parametrize("wants_news", [True, False])
    def test_begins_mail_again_for_who_had_ended_it_and_agrees_anew(
        self, client, coalition, action, mailbox, wants_news
    ):
        for reason in (SuppressionReason.UNSUBSCRIBE, SuppressionReason.COMPLAINT):
            with db.transaction(coalition.id):
                suppress(coalition.id, f"{reason}@example.org", reason)
            data = {**ADA, "email": f"{reason}@example.org"}
            client.post(
                f"{ACTION}/participations",
                data={**data, "updates": "yes" if wants_news else ""},
            )
        for message in mailbox():
            client.post(link_in(message))

        with db.reading(coalition.id):
            ended = suppression_of(coalition.id, "unsubscribe@example.org")
            complained = suppression_of(coalition.id, "complaint@example.org")
        assert ended == (None if wants_news else SuppressionReason.UNSUBSCRIBE)
        assert complained == SuppressionReason.COMPLAINT

    def test_answers_the_same_for_a_known_address(
        self, client, coalition, action, mailbox, recorded
    ):
        make_person(coalition, "ada@example.org", "Ada")
        first = client.post(f"{ACTION}/participations", data=ADA)
        again = client.post(f"{ACTION}/participations", data=ADA)

        assert (first.status_code, first.location) == (again.status_code, again.location)
        assert [
            type(fact)
            for fact in recorded()
            if isinstance(fact, ParticipationAdded | ParticipationRepeated)
        ] == [ParticipationAdded, ParticipationRepeated]

    def test_is_known_already_after_the_confirmation(self, client, action, mailbox, records):
        client.post(f"{ACTION}/participations", data=ADA)
        client.post(link_in(mailbox()[-1]))
        client.post(f"{ACTION}/participations", data={**ADA, "copy": "Something else"})

        assert mailbox()[-1].subject == "We know already: Send a comment"
        assert [each.copy for each in records()] == ["Keep the night line!"]

    def test_for_an_organization_proves_nothing_without_its_domain(
        self, client, action, mailbox, records, riders
    ):
        for address in ("rita@riders.example", "rita@elsewhere.example"):
            data = {**ADA, "email": address, "party": "organization"}
            data["organization_name"] = "Bus Riders Union"
            client.post(f"{ACTION}/participations", data=data)
        for message in mailbox():
            client.post(link_in(message))

        assert [each.organization_id for each in records()] == [riders.id, None]
        assert {each.party for each in records()} == {Party.ORGANIZATION}

    def test_makes_nobody_known_before_the_confirmation(self, client, coalition, action):
        client.post(f"{ACTION}/participations", data=ADA)

        with db.reading(coalition.id):
            assert db.session.scalars(select(Person)).all() == []

    def test_wants_the_organizations_name(self, client, action, records):
        answer = client.post(f"{ACTION}/participations", data={**ADA, "party": "organization"})

        assert answer.status_code == 422
        assert "Write the organization&#39;s name." in answer.text
        assert 'value="ada@example.org"' in answer.text
        assert records() == []

    def test_stores_nothing_of_programs(self, client, action, records):
        answer = client.post(f"{ACTION}/participations", data={**ADA, "fax": "1"})

        assert answer.status_code == 303
        assert records() == []

    def test_cannot_be_confirmed_after_the_action_closed(
        self, client, action, mailbox, changing, records
    ):
        client.post(f"{ACTION}/participations", data=ADA)
        link = link_in(mailbox()[-1])
        with changing(action) as found:
            found.close()

        assert client.get(link).status_code == 409
        assert client.post(link).status_code == 409
        assert records()[0].state == ParticipationState.PENDING

    def test_is_taken_back_by_its_owner(self, client, action, mailbox, records):
        client.post(f"{ACTION}/participations", data=ADA)
        client.post(link_in(mailbox()[-1]))
        own = link_in(mailbox()[-1])

        assert client.get(own.replace("?", "/withdrawal?")).status_code == 200
        assert records()[0].state == ParticipationState.REPORTED
        client.post(own.replace("?", "/withdrawal?"))

        assert records()[0].state == ParticipationState.WITHDRAWN

    def test_asks_again_with_a_new_link_when_the_old_one_is_too_old(
        self, client, action, mailbox, monkeypatch
    ):
        client.post(f"{ACTION}/participations", data=ADA)
        link = link_in(mailbox()[-1])
        monkeypatch.setattr("coalition.actions.links.CONFIRM_DAYS", -1)

        assert client.get(link).status_code == 410
        client.post(link.replace("?", "/renewal?"))

        assert len(mailbox()) == 2

    @pytest.mark.parametrize("token", ["x", "a.b.c", "%00"])
    def test_does_not_open_with_a_made_up_link(self, client, action, token):
        assert client.get(f"/participations/confirmations/{token}").status_code == 404
        assert client.get(f"/participations/{token}").status_code == 404


class TestForgetting:
    def test_drops_what_nobody_confirmed_for_a_month(self, client, action, records, changing):
        client.post(f"{ACTION}/participations", data=ADA)
        with changing(records()[0]) as found:
            found.created_at = now().replace(year=now().year - 1)

        forget_unconfirmed()

        assert records() == []


class TestSharing:
    def test_says_who_brought_somebody(self, client, coalition, mailbox, records):
        make_action(coalition, kind=ActionKind.SHARE)
        make_organization("Bus Riders")
        client.post(f"{ACTION}/participations", data=ADA)
        own = client.post(link_in(mailbox()[-1]))
        code = re.search(r"source=(p\w+)", client.get(own.location).text)[1]

        page = client.get(f"{ACTION}?source={code}").text
        assert f'name="source" value="{code}"' in page
        bob = {"name": "Bob", "email": "bob@example.org", "source": code}
        client.post(f"{ACTION}/participations", data=bob)

        assert records()[1].source_code == code

"""People ask to challenge a contract in their city; coordinators take it on."""

import re
from datetime import timedelta

import pytest
from coalition_city_campaigns.leads import jobs
from coalition_city_campaigns.leads.errors import CannotChangeLead
from coalition_city_campaigns.leads.events import LeadAdded
from coalition_city_campaigns.leads.models import Lead, LeadState
from sqlalchemy import select, text

from coalition.sdk import FollowUp, User, now, reading, session, transaction
from coalition.testing import (
    choose_plugin_settings,
    make_token,
    make_user,
    sign_in,
    switch_plugin,
)

from .conftest import another_coalition, make_lead, read

FORM = "/c/night-buses/cities/challenge"
FILLED = {
    "person_name": "Robin Asker",
    "email": "robin@example.org",
    "city": "Culver City, CA",
    "region": "",
    "technology": "plate_readers",
    "vendor": "Acme Optics",
    "known": "The council votes in May.",
    "agreed": "yes",
}
LINK = re.compile(r"http://localhost(/leads/\S+)")


def fill_in(client, **values):
    return client.post(FORM, data={**FILLED, **values})


class TestForm:
    def test_takes_a_lead_that_nobody_sees_before_it_is_confirmed(
        self, client, coalition, mailbox
    ):
        answer = fill_in(client)

        assert answer.status_code == 303
        lead = read(coalition, Lead)
        assert (lead.state, lead.place) == (LeadState.UNCONFIRMED, "Culver City, CA")
        assert [mail.recipient for mail in mailbox()] == ["robin@example.org"]

    def test_asks_which_of_several_states_is_meant(self, client, coalition):
        answer = fill_in(client, city="Springfield")

        assert answer.status_code == 422
        assert "There is a Springfield in 24 states. Choose which one you mean." in answer.text
        assert '<option value="IL">Illinois</option>' in answer.text
        assert '<option value="CA">' not in answer.text
        assert read(coalition, Lead) is None

    def test_takes_the_state_that_was_chosen(self, client, coalition):
        assert fill_in(client, city="Springfield", region="IL").status_code == 303
        assert read(coalition, Lead).place == "Springfield, IL"

    def test_knows_only_known_places(self, client, coalition):
        answer = fill_in(client, city="Culvar City, CA")

        assert answer.status_code == 422
        assert "We know no place called “Culvar City, CA”." in answer.text
        assert "<strong>Culver City, CA</strong>" in answer.text

    def test_says_that_a_postcode_is_elsewhere(self, client, coalition):
        answer = fill_in(client, postcode="90802")

        assert answer.status_code == 422
        assert "The postcode 90802 is not in Culver City, CA." in answer.text

    def test_keeps_no_postcode(self, client, coalition, database):
        assert fill_in(client, postcode="90232").status_code == 303
        with reading(coalition.id):
            row = session.execute(text("SELECT * FROM city_campaigns_leads")).one()
        assert "90232" not in str(row)

    def test_keeps_who_it_is_sealed(self, client, coalition):
        fill_in(client)
        with reading(coalition.id):
            row = str(session.execute(text("SELECT * FROM city_campaigns_leads")).one())
        assert not any(word in row for word in ("Robin", "robin@", "May"))

    def test_wants_the_agreement(self, client, coalition):
        answer = fill_in(client, agreed="")
        assert answer.status_code == 422
        assert "Without this nobody may write to you." in answer.text

    def test_answers_the_same_to_a_known_address(self, client, coalition, mailbox):
        make_lead(coalition, city="Culver City, CA", vendor="First")

        answer = fill_in(client, vendor="Second")

        assert answer.status_code == 303
        assert read(coalition, Lead).vendor == "First"
        assert "have confirmed it before" in mailbox()[-1].text

    def test_takes_nothing_from_a_program(self, client, coalition):
        assert fill_in(client, fax="1").status_code == 303
        assert read(coalition, Lead) is None

    def test_sets_no_cookie(self, client, coalition):
        assert "Set-Cookie" not in client.get(FORM).headers
        assert "Set-Cookie" not in fill_in(client).headers

    def test_asks_which_state_is_meant_where_two_are_named(self, client, coalition, mailbox):
        answer = fill_in(client, city="Springfield, IL", region="MO")

        assert answer.status_code == 422
        assert "which is in Illinois, and chose Missouri" in answer.text
        assert 'value="Springfield, IL"' in answer.text
        assert mailbox() == []

    def test_is_closed_where_the_coalition_says_so(self, client, coalition):
        choose_plugin_settings(coalition, "city-campaigns", takes_leads=False)

        assert "does not take new cities" in client.get(FORM).text
        assert fill_in(client).status_code == 409

    def test_is_not_there_where_the_plugin_is_off(self, client, coalition):
        switch_plugin(coalition, "city-campaigns", on=False)
        assert client.get(FORM).status_code == 404

    def test_speaks_spanish(self, client, coalition):
        answer = client.post(FORM + "?lang=es", data={**FILLED, "city": "Springfield"})
        assert "Hay un Springfield en 24 estados" in answer.text


class TestConfirmation:
    def test_is_a_button_not_a_link(self, client, coalition, mailbox):
        fill_in(client)
        path = LINK.search(mailbox()[0].text).group(1)

        assert client.get(path).status_code == 200
        assert read(coalition, Lead).state == LeadState.UNCONFIRMED
        client.post(path)
        assert read(coalition, Lead).state == LeadState.NEW

    def test_twice_changes_nothing(self, client, coalition, mailbox, recorded):
        fill_in(client)
        path = LINK.search(mailbox()[0].text).group(1)
        client.post(path)
        client.post(path)

        assert [type(each) for each in recorded()].count(LeadAdded) == 1

    def test_is_asked_for_and_thanked_for_in_the_language_of_the_form(
        self, client, coalition, mailbox
    ):
        client.post(f"{FORM}?lang=es", data=FILLED)
        client.post(LINK.search(mailbox()[0].text).group(1))
        client.post(f"{FORM}?lang=es", data=FILLED)

        asked, thanks, again = (mail.text for mail in mailbox())
        assert "quiere enfrentar un contrato en su ciudad junto con Night Buses" in asked
        assert "gracias: Night Buses ya sabe" in thanks
        assert "Ya lo había confirmado" in again
        for said in (asked, thanks, again):
            assert not re.search("Hello|open this page|To see|wrote", said)

    def test_shows_export_and_erases(self, client, coalition, mailbox):
        fill_in(client)
        own = client.post(LINK.search(mailbox()[0].text).group(1)).location.partition("?")[0]

        assert "Robin Asker" in client.get(own).text
        assert client.get(f"{own}/export.json").json["known"] == "The council votes in May."
        assert client.post(f"{own}/erasure").status_code == 200
        assert read(coalition, Lead) is None
        assert client.get(own).status_code == 404

    def test_wants_a_link_of_ours(self, client, coalition):
        assert client.get("/leads/nonsense").status_code == 404
        assert client.get("/leads/own/nonsense").status_code == 404


class TestVerbs:
    def test_take_start_and_close_in_order(self, coalition, lead):
        user = make_user("coco@example.org", coalition)
        with transaction(coalition.id):
            found = session.get(Lead, lead.id)
            found.take(session.get(User, user.id))
            assert (found.state, found.owner_id) == (LeadState.TAKEN, user.id)
            found.close("They signed last week.")
            assert found.state == LeadState.CLOSED
            with pytest.raises(CannotChangeLead):
                found.take(session.get(User, user.id))
            found.reopen()
            assert found.state == LeadState.TAKEN

    def test_refuse_what_was_not_confirmed(self, coalition):
        lead = make_lead(coalition, confirmed=False)
        with transaction(coalition.id), pytest.raises(CannotChangeLead):
            session.get(Lead, lead.id).close("")


class TestDesk:
    def test_shows_confirmed_leads_only(self, desk, coalition, lead):
        make_lead(coalition, city="Burbank, CA", confirmed=False)

        page = desk.get("/manage/night-buses/leads/").text

        assert "Springfield, IL" in page
        assert "Burbank" not in page

    def test_lets_a_coordinator_take_and_close(self, desk, coalition, lead):
        path = f"/manage/night-buses/leads/{lead.id}"
        assert "robin@example.org" in desk.get(path).text
        assert desk.post(f"{path}/owner").status_code == 303
        assert read(coalition, Lead).state == LeadState.TAKEN
        assert desk.post(f"{path}/closing", data={"note": "Contract ended."}).status_code == 303
        assert "Contract ended." in desk.get(path).text
        assert desk.post(f"{path}/closing", data={"note": ""}).status_code == 422
        assert desk.post(f"{path}/reopening").status_code == 303

    def test_exports_and_erases(self, desk, coalition, lead):
        path = f"/manage/night-buses/leads/{lead.id}"
        assert desk.get(f"{path}/export.json").json["email"] == "robin@example.org"
        assert desk.post(f"{path}/erasure").status_code == 303
        assert read(coalition, Lead) is None

    def test_is_for_coordinators_only(self, client, coalition, lead):
        path = f"/manage/night-buses/leads/{lead.id}"
        assert client.get(path).status_code in (302, 303)
        sign_in(client, make_user("vic@example.org", coalition, "viewer"))
        assert client.get(path).status_code == 403
        assert client.get("/manage/night-buses/leads/").status_code == 403

    def test_keeps_coalitions_apart(self, client, coalition, lead):
        other = another_coalition()
        sign_in(client, make_user("dee@example.org", other))
        assert client.get(f"/manage/day-trams/leads/{lead.id}").status_code == 404


class TestTask:
    def test_is_made_given_and_done_with_the_lead(self, desk, coalition, lead, run_jobs):
        run_jobs()
        task = read(coalition, FollowUp)
        assert task.title == "Answer the lead from Springfield, IL"
        assert task.url == f"/manage/night-buses/leads/{lead.id}"

        desk.post(f"/manage/night-buses/leads/{lead.id}/owner")
        run_jobs()
        assert read(coalition, FollowUp).owner_id is not None

        desk.post(f"/manage/night-buses/leads/{lead.id}/closing", data={"note": "x"})
        run_jobs()
        assert read(coalition, FollowUp).done_at is not None

    def test_goes_with_an_erased_lead(self, desk, coalition, lead, run_jobs):
        run_jobs()
        desk.post(f"/manage/night-buses/leads/{lead.id}/erasure")
        run_jobs()
        assert read(coalition, FollowUp) is None


class TestForgetting:
    def test_erases_what_was_never_confirmed_and_what_is_long_closed(self, coalition):
        old = make_lead(coalition, confirmed=False, city="Burbank, CA")
        young = make_lead(coalition, confirmed=False, city="Oakland, CA")
        closed = make_lead(coalition, city="Compton, CA")
        kept = make_lead(coalition, city="Fresno, CA")
        with transaction(coalition.id):
            session.get(Lead, old.id).created_at = now() - timedelta(days=31)
            session.get(Lead, closed.id).close("")
            session.get(Lead, closed.id).closed_at = now() - timedelta(days=366)
            session.get(Lead, kept.id).close("")

        jobs.forget(str(coalition.id))

        with reading(coalition.id):
            assert set(session.scalars(select(Lead.id))) == {young.id, kept.id}


class TestApi:
    def test_tells_programs_what_and_where_but_not_who(self, client, coalition, lead):
        answer = client.get(
            "/api/v1/coalitions/night-buses/leads",
            headers={"Authorization": f"Bearer {make_token(coalition, 'leads:read')}"},
        )
        assert answer.json["leads"][0]["city"] == "Springfield"
        assert "robin" not in answer.text.lower()

    def test_wants_the_scope(self, client, coalition):
        assert client.get("/api/v1/coalitions/night-buses/leads").status_code == 401

"""Tests of the administrator's pages, the audit log and founding coalitions."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from coalition import audit, db, jobs, outbox
from coalition.accounts.models import CoalitionRole, User
from coalition.clock import now
from coalition.coalitions.models import Coalition, coalition_by_slug
from coalition.commands.coalitions import coalitions
from coalition.outbox import Delivery
from coalition.testing import make_person

NEW = {"name": "Tram Friends", "slug": "trams", "language": "en", "time_zone": "UTC"}


class TestPages:
    @pytest.mark.parametrize(
        "path", ["", "coalitions/", "coalitions/new", "plugins/", "queues/", "audit"]
    )
    def test_are_for_administrators_only(self, administrator, coordinator, app, path):
        assert administrator.get(f"/admin/{path}").status_code == 200
        assert coordinator.get(f"/admin/{path}").status_code == 404
        assert app.test_client().get(f"/admin/{path}").status_code == 303


class TestFound:
    def test_invites_the_first_coordinator(self, administrator, mailbox):
        answer = administrator.post(
            "/admin/coalitions/new", data={**NEW, "coordinator": "tim@example.net"}
        )

        assert answer.status_code == 303
        assert "Tram Friends" in administrator.get("/admin/coalitions/").text
        with db.reading():
            role = db.session.scalars(
                select(CoalitionRole).join(User).where(User.email == "tim@example.net")
            ).one()
            assert role.coalition_id == coalition_by_slug("trams").id
            assert role.role == "coordinator"
        assert [message.recipient for message in mailbox()] == ["tim@example.net"]

    def test_gives_it_a_key_for_contact_data(self, administrator):
        administrator.post("/admin/coalitions/new", data=NEW)
        with db.reading():
            made = coalition_by_slug("trams")

        make_person(made, "ada@example.org", "Ada")

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("name", "", "Fill this in."),
            ("slug", "Tram Friends", "small letters"),
            ("slug", "night-buses", "Another coalition uses the address"),
            ("slug", "x" * 61, "At most 60 characters"),
            ("time_zone", "Nowhere", "Choose one of the values offered."),
            ("coordinator", "tim", "is not an e-mail address"),
        ],
    )
    def test_shows_the_form_again(self, administrator, coalition, field, value, said):
        answer = administrator.post("/admin/coalitions/new", data={**NEW, field: value})

        assert answer.status_code == 422
        assert said in answer.text
        with db.reading():
            assert db.session.scalars(select(Coalition.slug)).all() == ["night-buses"]

    def test_works_from_the_command_line(self, database):
        run = CliRunner().invoke

        founded = run(coalitions, ["found", "trams", "Tram Friends"])
        twice = run(coalitions, ["found", "trams", "Tram Friends"])
        wrong = run(coalitions, ["found", "Not A Slug", "Tram Friends"])
        listed = run(coalitions, ["list"])

        assert founded.exit_code == 0, founded.output
        assert "Another coalition uses" in twice.output
        assert "small letters" in wrong.output
        assert listed.output == "trams\tTram Friends\n"
        assert "Example:" in run(coalitions, ["found", "--help"]).output


class TestWork:
    def test_shows_and_retries_a_delivery_that_was_given_up(self, administrator, coalition):
        with db.platform_transaction() as session:
            session.add(
                Delivery(
                    coalition_id=coalition.id,
                    event_id=coalition.id,
                    subscriber="letters.mail",
                    name="letter.opened",
                    payload={},
                    attempts=8,
                    error="KeyError in handle, line 7",
                )
            )

        page = administrator.get("/admin/queues/").text
        administrator.post("/admin/queues/deliveries/letters.mail/attempts")

        assert "KeyError in handle, line 7" in page
        with db.platform_transaction() as session:
            assert outbox.given_up(9) == []
            assert session.scalars(select(Delivery)).one().next_attempt_at <= now()

    def test_shows_the_oldest_hundred_and_that_there_are_more(self, administrator):
        with db.platform_transaction() as session:
            for number in range(101):
                session.add(jobs.Job(function=f"x:y{number}", arguments=[], run_at=None))

        page = administrator.get("/admin/queues/").text

        assert page.count("<code>x:y") == 100
        assert "and more; these are the oldest." in page
        assert "given up after several tries" in administrator.get("/admin/").text

    def test_shows_and_retries_a_job_that_was_given_up(self, administrator):
        with db.platform_transaction() as session:
            job = jobs.Job(function="x:y", arguments=[], run_at=None, error="ValueError in y")
            session.add(job)

        page = administrator.get("/admin/queues/").text
        overview = administrator.get("/admin/").text
        administrator.post(f"/admin/queues/jobs/{job.id}/attempts")

        assert "ValueError in y" in page
        assert "Some work was given up" in overview
        with db.reading():
            assert jobs.failed(9) == []

    def test_answers_404_for_what_is_not_there(self, administrator, coalition):
        assert administrator.post("/admin/queues/deliveries/nobody/attempts").status_code == 404
        job = f"/admin/queues/jobs/{coalition.id}/attempts"
        assert administrator.post(job).status_code == 404


class TestAuditLog:
    def test_shows_names_of_users_and_no_addresses(self, coordinator, coalition):
        ada = make_person(coalition, "ada@example.org", "Ada")
        coordinator.get(f"/manage/night-buses/people/{ada.id}")

        page = coordinator.get("/manage/night-buses/audit").text

        assert "person.viewed" in page
        assert "Rosa" in page
        assert "ada@example.org" not in page
        assert "rosa@example.org" not in page

    def test_filters_by_action_actor_and_record(self, coordinator, coalition):
        ada = make_person(coalition, "ada@example.org", "Ada")
        bob = make_person(coalition, "bob@example.org", "Bob")
        for person in (ada, bob):
            coordinator.get(f"/manage/night-buses/people/{person.id}")
        coordinator.post(
            "/manage/night-buses/settings/fields/", data={"label": "A", "kind": "text"}
        )
        log = "/manage/night-buses/audit"

        by_action = coordinator.get(log, query_string={"action": "custom"}).text
        by_record = coordinator.get(log, query_string={"record": ada.id}).text
        by_stranger = coordinator.get(log, query_string={"actor": ada.id}).text

        assert "custom_field.added" in by_action
        assert "person.viewed" not in by_action
        assert by_record.count("person.viewed") == 1
        assert "Nothing was found." in by_stranger

    def test_goes_back_page_by_page(self, coordinator, coalition):
        with db.transaction(coalition.id):
            for number in range(120):
                audit.record(f"thing.{number:03}", coalition)

        first = coordinator.get("/manage/night-buses/audit").text
        address = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
        second = coordinator.get(address.replace("&amp;", "&")).text

        assert "thing.119" in first
        assert "thing.019" not in first
        assert "thing.019" in second
        assert "thing.000" in second

    def test_keeps_coalitions_and_the_installation_apart(
        self, coordinator, stranger, administrator, coalition, trams
    ):
        for here, action in ((coalition, "bus.done"), (trams, "tram.done")):
            with db.transaction(here.id):
                audit.record(action, here)
        with db.transaction():
            audit.record("installation.done", coalition)

        own = coordinator.get("/manage/night-buses/audit").text
        everything = administrator.get("/admin/audit").text

        assert "bus.done" in own
        assert "tram.done" not in own
        assert "installation.done" not in own
        for action in ("bus.done", "tram.done", "installation.done"):
            assert action in everything
        assert stranger.get("/manage/night-buses/audit").status_code == 404

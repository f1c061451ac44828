"""`coalition users`."""

import re

import pytest
from click.testing import CliRunner

from coalition import db, testing
from coalition.accounts.cli import users
from coalition.accounts.errors import LastOfTheirKind, UserExists, WeakPassword
from coalition.accounts.models import Role

PASSWORD = "seven green parakeets at dusk"


@pytest.fixture
def run(database):
    def command(*words: str, typed: str | None = None):
        return CliRunner().invoke(users, words, input=typed, catch_exceptions=False)

    return command


class TestAdd:
    def test_asks_for_a_password_and_makes_the_first_administrator(self, run, visitor):
        said = run("add", "--administrator", "Boss@Example.org", typed=f"{PASSWORD}\n" * 2)

        assert said.exit_code == 0
        assert PASSWORD not in said.output
        assert visitor.sign_in("boss@example.org").status_code == 302

    def test_prints_a_link_that_works_once_instead(self, run, visitor):
        said = run("add", "--administrator", "--link", "boss@example.org")

        path = re.search(r"http://localhost(/account/links/\S+)", said.output)[1]
        assert visitor.post(path, password=PASSWORD, password_again=PASSWORD).status_code == 303
        assert visitor.get(path).status_code == 410
        assert visitor.sign_in("boss@example.org").status_code == 302

    def test_reads_a_password_from_a_script(self, run, visitor):
        run("add", "--password-stdin", "a@example.org", typed=f"{PASSWORD}\n")

        assert visitor.sign_in("a@example.org").status_code == 302

    def test_refuses_a_weak_password_and_adds_nobody(self, run):
        with pytest.raises(WeakPassword):
            run("add", "a@example.org", typed="short\nshort\n")

        assert "no users yet" in run("list").output

    def test_refuses_a_second_account_for_an_address(self, run):
        run("add", "--link", "a@example.org")

        with pytest.raises(UserExists):
            run("add", "--link", "A@example.org")


class TestRole:
    def test_gives_changes_and_takes(self, run, coalition):
        run("add", "--link", "a@example.org")

        for role in ("viewer", "coordinator", "none"):
            assert run("role", "a@example.org", "night-buses", role).exit_code == 0
            assert (f"{role} in night-buses" in run("list").output) == (role != "none")

    def test_says_that_a_coalition_is_unknown(self, run):
        run("add", "--link", "a@example.org")

        said = run("role", "a@example.org", "nowhere", "viewer")

        assert said.exit_code == 1
        assert "no coalition called 'nowhere'" in said.output


class TestHelp:
    @pytest.mark.parametrize("name", sorted(users.commands))
    def test_has_an_example(self, run, name):
        assert f"Example: coalition users {name}" in run(name, "--help").output


class TestDeactivate:
    def test_ends_sessions_and_activate_lets_in_again(self, run, visitor, user):
        visitor.sign_in("ada@example.org")

        run("deactivate", "ada@example.org")

        assert visitor.get("/account/").status_code == 303
        assert visitor.sign_in("ada@example.org").status_code == 422
        run("activate", "ada@example.org")
        assert visitor.sign_in("ada@example.org").status_code == 302

    def test_keeps_the_last_administrator(self, run):
        testing.make_user("boss@example.org", role="administrator")

        with pytest.raises(LastOfTheirKind):
            run("deactivate", "boss@example.org")
        with pytest.raises(LastOfTheirKind):
            run("administrator", "--take", "boss@example.org")


class TestResetSecondFactor:
    def test_lets_the_password_alone_in_and_ends_sessions(self, run, visitor, with_code):
        testing.sign_in(visitor.client, with_code)

        run("reset-second-factor", "ada@example.org")

        assert visitor.get("/account/").status_code == 303
        assert visitor.sign_in("ada@example.org").location == "/manage/"


class TestPasswordLink:
    def test_lets_the_user_choose_a_new_one(self, run, visitor, user):
        path = re.search(
            r"http://localhost(/\S+)", run("password-link", "ada@example.org").output
        )[1]
        new = "nine blue herons at dawn"

        visitor.post(path, password=new, password_again=new)

        assert visitor.sign_in("ada@example.org", new).status_code == 302


def test_roles_are_those_of_a_coalition(run, coalition):
    run("add", "--link", "a@example.org")
    assert run("role", "a@example.org", "night-buses", "administrator").exit_code == 2
    with db.reading():
        assert db.rows("SELECT * FROM coalition_roles") == []
    assert Role.ADMINISTRATOR.covers(Role.COORDINATOR)

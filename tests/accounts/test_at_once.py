"""What must hold when several try the same thing at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from coalition import db, testing
from coalition.accounts import links, teams, throttle
from coalition.accounts.errors import LastOfTheirKind, LinkUsedUp
from coalition.accounts.links import LinkPurpose
from coalition.accounts.models import Role
from coalition.accounts.queries import count_coordinators
from coalition.accounts.second_factor import RecoveryCodes
from coalition.errors import NotFound


def all_at_once(*tries: Callable[[], object]) -> list[object]:
    """Start all at the same moment and return what each returned or raised."""
    barrier = Barrier(len(tries))

    def run(attempt: Callable[[], object]) -> object:
        barrier.wait(10)
        try:
            return attempt()
        except Exception as error:
            return error
        finally:
            db.session.remove()

    with ThreadPoolExecutor(len(tries)) as pool:
        return list(pool.map(run, tries))


def test_no_more_than_ten_passwords_are_looked_at(database):
    allowed = all_at_once(*[lambda: throttle.may_try("password", "a@example.org")] * 15)

    assert sorted(allowed) == [False] * 5 + [True] * 10


def test_a_code_is_good_for_one(with_code, codes):
    code = codes.generate_totp_password(with_code.tf_totp_secret)

    answers = all_at_once(
        *[lambda: codes.verify_totp(code, with_code.tf_totp_secret, with_code, 30)] * 8
    )

    assert answers.count(True) == 1


def test_a_recovery_code_is_good_for_one(with_code):
    recovery = RecoveryCodes(None)
    with db.transaction():
        code = recovery.create_recovery_codes(with_code)[0]

    answers = all_at_once(*[lambda: recovery.check_recovery_code(with_code, code)] * 8)

    assert answers.count(True) == 1


def test_a_link_is_good_for_one(user):
    with db.transaction():
        secret = links.make(user, LinkPurpose.SIGN_IN)

    def use() -> str:
        with db.transaction():
            return links.use(links.open_link(secret, LinkPurpose.SIGN_IN)).email

    answers = all_at_once(*[use] * 8)

    assert answers.count("ada@example.org") == 1
    assert sum(isinstance(answer, LinkUsedUp) for answer in answers) == 7


@pytest.mark.parametrize("attempt", range(3))
def test_two_coordinators_cannot_remove_each_other(coalition, attempt):
    pair = [testing.make_user(f"{n}@example.org", coalition) for n in ("one", "two")]

    def remove(user_id) -> Callable[[], str]:
        def run() -> str:
            with db.transaction(coalition.id):
                teams.take_role(coalition.id, user_id, held=Role.COORDINATOR)
            return "removed"

        return run

    answers = all_at_once(*[remove(user.id) for user in pair])

    with db.reading(coalition.id):
        assert count_coordinators(coalition.id) == 1
    assert answers.count("removed") == 1
    assert sum(isinstance(answer, (LastOfTheirKind, NotFound)) for answer in answers) == 1

"""Signing a petition by many, and choosing the plugin's settings, as people do it."""

from collections.abc import Callable

import pytest

from coalition.sdk import Letter, session, transaction
from coalition.testing import make_signature, make_user, sign_in


@pytest.fixture
def sign(run_jobs) -> Callable[..., None]:
    """Give a function that lets so many people sign and confirm, and tells the facts."""

    def signed(letter: Letter, count: int, **values: str) -> None:
        for n in range(count):
            signature = make_signature(
                letter, f"Person{n} {values.get('city', 'Nowhere')}", state="pending", **values
            )
            with transaction(letter.coalition_id):
                session.merge(signature).confirm()
        run_jobs()

    return signed


@pytest.fixture
def choose(client, coalition) -> Callable[..., None]:
    """Give a function that chooses the plugin's settings."""

    def chosen(**settings: str) -> None:
        browser = sign_in(client, make_user("coco@example.org", coalition))
        address = "/manage/night-buses/settings/plugins/petition"
        token = browser.get(address).text.split('name="csrf_token" value="')[1].split('"')[0]
        values = {"growth": "near", "networks": "private", **settings}
        answer = browser.post(address, data={"csrf_token": token, **values})
        assert answer.status_code == 303, answer.text

    return chosen

"""Tests that hold for every coordinators' address, of the core and of all plugins."""

import re

import pytest
from uuid_utils.compat import uuid7

from coalition.testing import make_user, sign_in

_PART = re.compile(r"<[^<>]*>")


def addresses(app, method):
    """Return every address below "Night Buses" in the coordinators' part, filled in."""
    start = "/manage/<coalition>/"
    return [
        "/manage/night-buses/" + _PART.sub(str(uuid7()), rule.rule.removeprefix(start))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(start) and method in rule.methods
    ]


@pytest.mark.parametrize("method", ["GET", "POST"])
class TestEveryAddress:
    def test_is_found(self, app, method):
        assert len(addresses(app, method)) > 100

    def test_sends_strangers_to_sign_in(self, app, client, coalition, without_csrf, method):
        for address in addresses(app, method):
            answer = client.open(address, method=method)

            assert answer.status_code in (303, 404), address
            assert answer.status_code == 404 or "/login" in answer.location, address

    def test_is_not_there_for_another_coalitions_coordinator(
        self, app, stranger, coalition, method
    ):
        for address in addresses(app, method):
            answer = stranger.open(address, method=method)

            assert answer.status_code == 404, address
            assert "Night Buses" not in answer.text, address


def test_lets_viewers_change_nothing(app, viewer, coalition):
    for address in addresses(app, "POST"):
        assert viewer.post(address).status_code in (403, 404), address


def test_refuses_a_form_without_its_token(app, client, coalition):
    sign_in(client, make_user("root@example.org", role="administrator"))

    for address in addresses(app, "POST"):
        answer = client.post(address, data={"name": "Forged"})

        assert answer.status_code in (400, 404), address

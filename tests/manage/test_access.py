"""Tests that hold for every page of this package, present and to come."""

import pytest
from uuid_utils.compat import uuid7

from coalition.manage.blueprints import BLUEPRINTS
from coalition.testing import make_user, sign_in

OURS = {each.name for each in BLUEPRINTS} - {"organization_logos"}
FILLED = {name: str(uuid7()) for name in (
    "person", "address", "note", "membership", "organization", "alias", "campaign", "field",
    "plugin", "subscriber", "job", "body", "post", "holder", "meeting", "item", "motion", "pledge",
    "update", "reason", "sponsor", "document", "claim", "language",
)}  # fmt: skip


def addresses(app, method):
    """Return the addresses of all our rules, filled in for "Night Buses"."""
    with app.test_request_context():
        return [
            app.url_map.bind("localhost").build(
                rule.endpoint,
                {name: {"coalition": "night-buses", **FILLED}[name] for name in rule.arguments},
                method=method,
            )
            for rule in app.url_map.iter_rules()
            if rule.endpoint.partition(".")[0] in OURS and method in rule.methods
        ]


class TestEveryPage:
    def test_is_found_by_this_test(self, app):
        assert len(addresses(app, "GET")) > 25
        assert len(addresses(app, "POST")) > 30

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_sends_strangers_to_sign_in(self, app, client, coalition, without_csrf, method):
        for address in addresses(app, method):
            answer = client.open(address, method=method)

            assert answer.status_code == 303, address
            assert "/login" in answer.location, address

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_is_not_there_for_another_coalitions_coordinator(
        self, app, stranger, coalition, method
    ):
        for address in addresses(app, method):
            answer = stranger.open(address, method=method)

            assert answer.status_code == 404, address
            assert "Night Buses" not in answer.text, address

    def test_lets_viewers_change_nothing(self, app, viewer, coalition):
        for address in addresses(app, "POST"):
            assert viewer.post(address).status_code in (403, 404), address

    def test_refuses_a_form_without_its_token(self, app, client, coalition):
        sign_in(client, make_user("rosa@example.org", role="administrator"))

        for address in addresses(app, "POST"):
            answer = client.post(address, data={"name": "Forged"})

            assert answer.status_code == 400, address

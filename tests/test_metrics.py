import pytest
from sqlalchemy import text

from coalition import db
from coalition.testing import make_letter

SIGNED_IN = {"Authorization": "Bearer measuring"}


@pytest.fixture
def with_token(client, change_settings):
    change_settings(COALITION_METRICS_TOKEN="measuring")
    return client


class TestMetrics:
    @pytest.mark.parametrize(
        "headers",
        [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic bWVhc3VyaW5n"}],
    )
    def test_are_not_there_for_who_does_not_know_the_token(self, with_token, headers):
        assert with_token.get("/metrics", headers=headers).status_code == 404

    def test_are_not_there_where_no_token_is_set(self, client, change_settings):
        change_settings(COALITION_METRICS_TOKEN=None)

        for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer None"}):
            assert client.get("/metrics", headers=headers).status_code == 404

    def test_count_requests_and_what_waits(self, with_token, coalition):
        make_letter(coalition)
        with_token.get("/healthz")

        answer = with_token.get("/metrics", headers=SIGNED_IN)

        assert answer.status_code == 200
        assert 'endpoint="healthz",method="GET",status="200"' in answer.text
        assert "coalition_outbox_waiting 1.0" in answer.text
        assert "coalition_jobs_given_up 0.0" in answer.text

    def test_show_what_was_given_up(self, with_token, coalition):
        with db.platform_transaction() as session:
            session.execute(
                text(
                    "INSERT INTO jobs (id, function, arguments, run_at, attempts)"
                    " VALUES (gen_random_uuid(), 'x:y', '[]', NULL, 5)"
                )
            )

        answer = with_token.get("/metrics", headers=SIGNED_IN)

        assert "coalition_jobs_given_up 1.0" in answer.text

    def test_name_nobody(self, with_token, coalition):
        make_letter(coalition)
        with_token.get("/c/night-buses/letters/keep-the-night-buses?who=canary")

        figures = with_token.get("/metrics", headers=SIGNED_IN).text

        for word in ("night-buses", "canary", str(coalition.id)):
            assert word not in figures

    def test_do_not_grow_with_made_up_addresses_and_methods(self, with_token):
        for number in range(50):
            with_token.get(f"/made-up-{number}")
            with_token.open("/healthz", method=f"MADEUP{number}")

        figures = with_token.get("/metrics", headers=SIGNED_IN).text

        assert "made-up" not in figures
        assert "MADEUP" not in figures

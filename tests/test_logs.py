"""Logs are lines of JSON about requests and never about people."""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator

import pytest
import structlog

from coalition import db, logs
from coalition.letters import links
from coalition.testing import make_letter

CANARY = "canary.ada@example.org"


@pytest.fixture
def logged(app, monkeypatch) -> Iterator[Callable[[], list[dict]]]:
    """Give a function that returns what was logged since, as an installation would log it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    written = io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", written)
        logs.configure("INFO")

    def read() -> list[dict]:
        lines = written.getvalue().splitlines()
        written.seek(0)
        written.truncate()
        return [json.loads(line) for line in lines]

    yield read
    root.handlers[:] = handlers
    root.setLevel(level)


class TestRequest:
    def test_is_one_line_with_its_id_and_its_rule(self, client, logged):
        answer = client.get("/healthz")

        [line] = logged()
        assert line["event"] == "request"
        assert line["request_id"] == answer.headers["X-Request-Id"]
        assert (line["method"], line["rule"], line["status"]) == ("GET", "/healthz", 200)
        assert line["ms"] >= 0

    def test_keeps_address_query_agent_and_token_out(self, client, coalition, logged):
        letter = make_letter(coalition)
        token = links.manage_token(coalition.id, letter.id)
        logged()

        for path in (f"/signatures/{token}", f"/confirmations/{token}", "/nowhere"):
            client.get(
                f"{path}?who={CANARY}",
                headers={
                    "User-Agent": "CanaryBrowser/1.0",
                    "X-Forwarded-For": "203.0.113.77",
                    "Cookie": "session=canary-cookie",
                    "Authorization": "Bearer canary-token",
                },
                environ_base={"REMOTE_ADDR": "203.0.113.78"},
            )

        said = json.dumps(logged())
        assert "request" in said
        for secret in (token, "anary", "203.0.113", "who="):
            assert secret not in said

    def test_keeps_the_form_out(self, client, coalition, logged):
        make_letter(coalition)
        logged()

        client.post(
            "/c/night-buses/letters/keep-the-night-buses/signatures",
            data={
                "kind": "person",
                "given_name": "Canary",
                "family_name": "Lovelace",
                "email": CANARY,
                "postal_code": "90077",
            },
        )

        said = json.dumps(logged())
        assert "signatures" in said  # the rule
        for secret in ("anary", "Lovelace", "90077"):
            assert secret not in said


class TestError:
    def test_is_told_by_its_kind_and_place(self, app, monkeypatch, logged):
        def fail() -> None:
            raise ValueError(f"no such person: {CANARY}")

        monkeypatch.setitem(app.view_functions, "healthz", fail)
        monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

        app.test_client().get("/healthz")

        lines = logged()
        [error] = [line for line in lines if line["event"] == "unexpected error"]
        assert error["error"] == "ValueError"
        assert any("test_logs.py" in frame and "fail" in frame for frame in error["frames"])
        assert "anary" not in json.dumps(lines)

    def test_of_the_database_does_not_quote_the_row(self, coalition, logged):
        try:
            with db.transaction(coalition.id) as session:
                session.execute(db.text("SELECT cast(:x AS int)").bindparams(x=CANARY))
        except Exception:
            structlog.get_logger("test").exception("failed")
            logging.getLogger("somebody.else").exception("failed too")

        lines = logged()
        assert [line["error"] for line in lines] == ["DataError", "DataError"]
        assert "anary" not in json.dumps(lines)


class TestHiding:
    @pytest.mark.parametrize(
        "key", ["email", "to_address", "token", "password", "client_secret", "cookie", "phone"]
    )
    def test_covers_what_somebody_logs_by_mistake(self, logged, key):
        structlog.get_logger("test").info("careless", **{key: CANARY})

        [line] = logged()
        assert line[key] == "(hidden)"


class TestLine:
    @pytest.mark.parametrize("evil", ["a\nb", "a\r\nb", "a\u2028b", "\x1b[31ma", '"}{"'])
    def test_stays_one_line(self, logged, evil):
        structlog.get_logger("test").info(evil, detail=evil)

        [line] = logged()
        assert line["detail"] == evil

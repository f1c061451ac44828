"""Answers that do not depend on any feature: errors, limits, headers, and starting at all."""

import json
import re
import subprocess
import sys

import pytest

from coalition import config
from coalition.app import create_app
from coalition.errors import InvalidInput
from coalition.testing import make_letter

LETTER = "/c/night-buses/letters/keep-the-night-buses"


class TestErrorsForPeople:
    def test_are_pages_in_their_language(self, client):
        answer = client.get("/nothing-here", headers={"Accept-Language": "es-MX,es;q=0.9"})

        assert answer.status_code == 404
        assert answer.content_type.startswith("text/html")
        assert '<html lang="es"' in answer.text
        assert "There is nothing" not in answer.text

    def test_name_a_code_to_write_to_us_about(self, client):
        answer = client.get("/nothing-here")

        assert "There is nothing at this address." in answer.text
        assert answer.headers["X-Request-Id"][:8] in answer.text

    def test_never_show_what_happened_inside(self, app, monkeypatch):
        view = broken_view(app, monkeypatch)

        answer = app.test_client().get(view)

        assert answer.status_code == 500
        assert "Nothing was stored" in answer.text
        assert "canary" not in answer.text
        assert "Traceback" not in answer.text


def broken_view(app, monkeypatch, error: Exception | None = None) -> str:
    """Let the health page fail, in place of any view; return its address."""

    def fail() -> None:
        raise error or RuntimeError("canary@example.org")

    monkeypatch.setitem(app.view_functions, "healthz", fail)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    return "/healthz"


class TestErrorsForPrograms:
    def test_are_problems_as_json(self, client):
        answer = client.get("/api/v1/nothing-here")

        assert answer.status_code == 404
        assert answer.content_type == "application/problem+json"
        problem = json.loads(answer.data)
        assert problem["status"] == 404
        assert problem["title"] == "Not Found"
        assert problem["detail"] == "There is nothing at this address."
        assert problem["code"]

    def test_name_the_field(self, app):
        with app.test_request_context("/api/v1/letters"):
            answer = app.make_response(
                app.handle_user_exception(InvalidInput(field="slug", reason="Too long."))
            )

        problem = json.loads(answer.data)
        assert answer.status_code == 422
        assert problem["errors"] == {"slug": ["Too long."]}


class TestMethods:
    @pytest.mark.parametrize("path", ["/healthz", "/readyz"])
    def test_that_are_wrong_name_the_right_ones(self, client, path):
        answer = client.delete(path)

        assert answer.status_code == 405
        assert "GET" in answer.headers["Allow"]
        assert answer.content_type.startswith("text/html")

    def test_that_are_wrong_name_the_right_ones_to_programs(self, client):
        answer = client.delete("/api/v1/openapi.json")

        assert answer.status_code == 405
        assert "GET" in answer.headers["Allow"]
        assert answer.content_type == "application/problem+json"


class TestBody:
    @pytest.mark.parametrize(
        "content_type",
        [
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json",
        ],
    )
    def test_of_ten_megabytes_is_refused_with_the_limit(self, client, coalition, content_type):
        make_letter(coalition)

        answer = client.post(
            f"{LETTER}/signatures",
            data=b"--x\r\n" + b"a=" * 5_000_000,
            content_type=content_type,
        )

        assert answer.status_code == 413
        assert "at most 2 MB" in answer.text

    def test_of_too_many_parts_is_refused(self, client, coalition):
        make_letter(coalition)

        answer = client.post(
            f"{LETTER}/signatures",
            data={f"field-{number}": "x" for number in range(1_000)},
            content_type="multipart/form-data",
        )

        assert 400 <= answer.status_code < 500


class TestUnknownAddresses:
    @pytest.mark.parametrize(
        "path",
        [
            "/c/night-buses/letters/%00",
            "/c/%F0%9F%A6%A9/",
            "/c/night-buses/letters/" + "x" * 5_000,
            "/%2e%2e/%2e%2e/etc/passwd",
            "/static/../../pyproject.toml",
            "/manage/%E2%80%AE/",
            "/confirmations/%00",
            "/signatures/'%20OR%201=1",
        ],
    )
    def test_are_answered_calmly(self, client, coalition, path):
        answer = client.get(path)

        assert 300 <= answer.status_code < 500


class TestCreateApp:
    def test_refuses_to_start_without_a_secret(self, database, change_settings, tmp_path):
        change_settings(SECRET_KEY=None, COALITION_DATA_DIR=str(tmp_path))

        with pytest.raises(config.ConfigError, match="SECRET_KEY is not set"):
            create_app()

    def test_refuses_to_start_with_doors_open(self, database, change_settings):
        change_settings(LOGIN_DISABLED="true")

        with pytest.raises(config.ConfigError, match="LOGIN_DISABLED would open every page"):
            create_app()

    def test_is_said_in_one_sentence_on_the_command_line(self, database, change_settings):
        change_settings(LOGIN_DISABLED="true")

        done = subprocess.run(
            [sys.executable, "-m", "coalition", "worker"],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "LOGIN_DISABLED would open every page" in done.stderr


class TestForwardedFor:
    def test_is_believed_only_from_trusted_proxies(self, app):
        # Nobody's address is kept, but https and the host decide about links and cookies.
        with app.test_client() as client:
            answer = client.get("/healthz", headers={"X-Forwarded-Proto": "https"})

        assert "Strict-Transport-Security" not in answer.headers


class TestRoutes:
    def test_are_nouns(self, app):
        verbs = re.compile(r"/(confirm|approve|reject|withdraw|delete|create|update|get)(/|$)")

        assert [rule.rule for rule in app.url_map.iter_rules() if verbs.search(rule.rule)] == []

    def test_keep_sequential_numbers_out_of_addresses(self, app):
        numbered = [
            rule.rule
            for rule in app.url_map.iter_rules()
            if any(
                type(each).__name__ == "IntegerConverter" for each in rule._converters.values()
            )
        ]

        assert numbered == []

"""Every answer says what a page may load, who may frame it, and what it may tell others."""

import pytest

from coalition.headers import CONTENT_SECURITY_POLICY
from coalition.testing import make_letter

EVERY_KIND = [
    "/healthz",
    "/readyz",
    "/metrics",
    "/nothing-here",
    "/api/v1/nothing-here",
    "/api/v1/openapi.json",
    "/static/coalition.css",
    "/login",
    "/manage/",
    "/c/night-buses/",
    "/c/night-buses/letters/keep-the-night-buses",
    "/confirmations/broken",
    "/signatures/broken",
]


class TestEveryAnswer:
    @pytest.mark.parametrize("path", EVERY_KIND)
    def test_carries_them(self, client, coalition, path):
        make_letter(coalition)

        with client.get(path) as answer:
            headers = answer.headers

        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["X-Request-Id"]
        assert headers["Cache-Control"]

    def test_to_https_says_to_stay_there(self, client):
        answer = client.get("/healthz", base_url="https://localhost")

        assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")

    def test_to_http_does_not(self, client):
        assert "Strict-Transport-Security" not in client.get("/healthz").headers

    def test_of_an_error_carries_them_too(self, app, monkeypatch):
        def fail() -> None:
            raise RuntimeError

        monkeypatch.setitem(app.view_functions, "healthz", fail)
        monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

        answer = app.test_client().get("/healthz")

        assert answer.status_code == 500
        assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert answer.headers["Cache-Control"] == "no-store"


class TestPolicy:
    def test_allows_no_inline_code_and_no_other_host(self):
        assert "unsafe" not in CONTENT_SECURITY_POLICY
        assert "http" not in CONTENT_SECURITY_POLICY
        assert "*" not in CONTENT_SECURITY_POLICY


class TestCookies:
    def test_are_not_set_for_the_public(self, client, coalition):
        make_letter(coalition)

        for path in EVERY_KIND:
            if path not in ("/login", "/manage/"):
                with client.get(path) as answer:
                    assert "Set-Cookie" not in answer.headers, path

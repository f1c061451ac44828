"""Fixtures of all tests, beside the product's own from `coalition.testing`."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
import pytest_socket
from playwright.sync_api import Browser, sync_playwright

from coalition import config, crypto

CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)


@pytest.fixture(autouse=True)
def stay_on_this_machine() -> Iterator[None]:
    """Refuse connections to anywhere else; the servers of the tests listen here."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    yield
    pytest_socket._remove_restrictions()


@pytest.fixture
def change_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Give a function that changes environment variables for the length of the test.

    `None` removes one. Connections that are open stay open, to the same database.
    """

    def change(**values: str | None) -> None:
        for name, value in values.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        _read_anew()

    yield change
    monkeypatch.undo()
    _read_anew()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium without a window."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed; as root, make test installs it on Debian")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield browser
        browser.close()


def _read_anew() -> None:
    config.current.cache_clear()
    crypto._wrapper.cache_clear()
    crypto.forget_keyrings()

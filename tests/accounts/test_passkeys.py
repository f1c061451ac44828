"""Passkeys, with a real browser and its virtual authenticator."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

PASSWORD = "seven green parakeets at dusk"


@pytest.fixture
def address(app) -> Iterator[str]:
    """Serve the application, and give its address."""
    server = make_server("localhost", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give a page of a browser that has a fingerprint reader, and fail on any script error."""
    page = browser.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda said: problems.append(said.text) if "Security Policy" in said.text else None,
    )
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield page
    page.close()
    assert problems == []


def give_password(page: Page, address: str) -> None:
    page.goto(f"{address}/login")
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def add_passkey(page: Page, address: str, what_for: str) -> None:
    page.goto(f"{address}/account/passkeys")
    page.get_by_label("Its name").fill("my laptop")
    page.get_by_label(what_for).check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("status")).to_contain_text("my laptop")


def sign_out(page: Page, address: str) -> None:
    page.goto(f"{address}/account/")
    page.locator("details.menu > summary").last.click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_passkey_replaces_password_and_code(page, address, user, coalition):
    give_password(page, address)
    add_passkey(page, address, "Sign in with the passkey alone")
    sign_out(page, address)

    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/manage/**")
    page.goto(f"{address}/manage/{coalition.slug}/team/")

    expect(page.get_by_role("heading", name="Team")).to_be_visible()


def test_a_password_alone_does_not_do_for_who_has_a_passkey(page, address, user, coalition):
    give_password(page, address)
    add_passkey(page, address, "Sign in with the passkey alone")
    sign_out(page, address)

    give_password(page, address)
    page.goto(f"{address}/manage/{coalition.slug}/team/")
    expect(page.get_by_role("heading", name="Confirm with a passkey")).to_be_visible()
    page.get_by_role("button", name="Use the passkey").click()

    expect(page.get_by_role("heading", name="Team")).to_be_visible()


def test_a_passkey_is_the_second_step_after_the_password(page, address, user):
    give_password(page, address)
    add_passkey(page, address, "A second step after the password")
    sign_out(page, address)

    give_password(page, address)
    expect(page.get_by_role("heading", name="Sign in with a passkey")).to_be_visible()
    page.get_by_role("button", name="Use the passkey").click()
    page.wait_for_url("**/manage/**")
    page.goto(f"{address}/account/")

    expect(page.get_by_role("cell", name="password + passkey")).to_be_visible()


def test_a_removed_passkey_opens_nothing(page, address, user):
    give_password(page, address)
    add_passkey(page, address, "Sign in with the passkey alone")
    page.goto(f"{address}/account/passkeys")
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Your passkeys")).to_have_count(0)
    sign_out(page, address)

    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_text("Unregistered passkey")).to_be_visible()

"""Asking, doing and coming: a coordinator asks, a visitor does it, a phone checks in."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Demo
from tests.browser.test_journey import DESK, _sign_in, _wait_for

PUBLIC = "/c/cities-without-dragnets"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """Open a page on somebody's phone."""
    context = browser.new_context(viewport=PHONE, has_touch=True, locale="en-US")
    yield context.new_page()
    context.close()


@pytest.fixture
def phone_without_script(browser: Browser) -> Iterator[Page]:
    """Open a page on a phone that runs no scripts."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, locale="en-US")
    yield context.new_page()
    context.close()


@pytest.fixture
def ask(demo: Demo, page: Page) -> Callable[[str, str], None]:
    """Give a function that lets a coordinator ask for something, and stays on its page."""

    def make(kind: str, title: str) -> None:
        _sign_in(demo, page, "coordinator@example.org")
        page.goto(demo.url + DESK + "/actions/new")
        page.get_by_label("What people are asked to do").select_option(kind)
        page.get_by_label("Title").fill(title)
        page.get_by_label("Instructions").fill("Say **why** in your own words.")
        page.get_by_label("Template of a comment").fill("Dear commissioners,\n\nplease do not.")
        page.get_by_label("E-mail").fill("clerk@example.gov")
        soon = datetime.now(UTC) + timedelta(hours=1)
        page.get_by_label("Deadline").fill(soon.strftime("%Y-%m-%dT%H:%M"))
        page.get_by_label("Time zone").select_option("UTC")
        page.get_by_role("button", name="Save").last.click()
        page.get_by_role("button", name="Open: ask people now").click()
        expect(page.get_by_role("main")).to_contain_text("The action is open")

    return make


class TestIDidIt:
    def test_counts_once_confirmed_and_shows_its_evidence(
        self, demo: Demo, page: Page, phone: Page, ask: Callable[[str, str], None]
    ) -> None:
        ask("comment", "Write to the commission")
        desk = page.url

        phone.goto(demo.url + PUBLIC + "/actions/write-to-the-commission")
        expect(phone.get_by_role("button", name="Copy these words")).to_be_visible()
        mail = phone.get_by_role("link", name="Write the mail")
        mail = mail if mail.count() else phone.get_by_role("button", name="Write the mail")
        assert (mail.get_attribute("href") or "").startswith("mailto:clerk@example.gov?")
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
        phone.get_by_label("Your name").fill("Olive Oyl")
        phone.get_by_label("E-mail").fill("olive.oyl@example.net")
        phone.get_by_label("What you wrote or said").fill("I do not want to be watched.")
        phone.get_by_role("button", name="Tell the coalition").click()
        expect(phone.get_by_role("heading", level=1)).to_contain_text(re.compile("mailbox"))

        _wait_for(
            phone,
            demo.url + "/mailbox/",
            lambda: phone.get_by_text("olive.oyl@example.net").count() > 0,
        )
        letter = phone.get_by_role("article").filter(has_text="olive.oyl@example.net")
        letter.get_by_role("link").first.click()
        phone.locator("main a[href*='participations']").first.click()
        phone.get_by_role("button", name="Yes, I did this").click()
        expect(phone.get_by_role("heading", level=1)).to_contain_text("you are counted")

        page.goto(desk)
        page.get_by_role("link", name="Olive Oyl").click()
        expect(page.get_by_role("main")).to_contain_text("I do not want to be watched.")


class TestCheckIn:
    def test_takes_one_entry_of_one_phone_however_often_it_scans(
        self, demo: Demo, page: Page, phone: Page, ask: Callable[[str, str], None]
    ) -> None:
        ask("attend", "Come to the hearing")
        page.get_by_role("button", name="Make a check-in code").click()
        desk, door = page.url, page.locator(".link-box").text_content() or ""

        for will_speak in (False, True):
            phone.goto(door)
            assert phone.evaluate("document.documentElement.scrollWidth") <= 390
            phone.get_by_label("Your name").fill("Marta Muster")
            phone.get_by_label("I will speak").set_checked(will_speak)
            phone.get_by_role("button", name="I am here").click()
            expect(phone.get_by_role("heading", level=1)).to_contain_text("checked in")
        page.goto(desk)
        expect(page.get_by_text("Marta Muster")).to_have_count(1)
        expect(page.get_by_role("main")).to_contain_text("will speak")

        phone.get_by_role("button", name="Check in somebody else").click()
        phone.get_by_label("Your name").fill("Moritz Muster")
        phone.get_by_role("button", name="I am here").click()
        expect(phone.get_by_role("heading", level=1)).to_contain_text("checked in")

        # The list keeps itself current.
        expect(page.get_by_text("Moritz Muster")).to_be_visible(timeout=20_000)
        assert phone.context.cookies() == []

    def test_waits_for_the_network_and_is_sent_then(
        self, page: Page, phone: Page, ask: Callable[[str, str], None]
    ) -> None:
        ask("attend", "Come to the cellar")
        page.get_by_role("button", name="Make a check-in code").click()
        phone.goto(page.locator(".link-box").text_content() or "")
        phone.get_by_label("Your name").fill("Una Underground")

        phone.context.set_offline(True)
        phone.get_by_role("button", name="I am here").click()
        expect(phone.get_by_role("alert")).to_contain_text("There is no network")
        phone.context.set_offline(False)

        expect(phone.get_by_role("heading", level=1)).to_contain_text(
            "checked in", timeout=15_000
        )

    def test_needs_no_script(
        self, page: Page, phone_without_script: Page, ask: Callable[[str, str], None]
    ) -> None:
        ask("attend", "Come without a script")
        page.get_by_role("button", name="Make a check-in code").click()
        phone_without_script.goto(page.locator(".link-box").text_content() or "")

        phone_without_script.get_by_label("Your name").fill("Nora Noscript")
        phone_without_script.get_by_role("button", name="I am here").click()

        expect(phone_without_script.get_by_role("heading", level=1)).to_contain_text(
            "checked in"
        )

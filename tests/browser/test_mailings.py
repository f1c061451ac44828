"""A mailing in a real browser: written, tested, approved, sent, paused, finished, read."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo
from tests.browser.test_journey import DESK, PATIENCE_MS, _sign_in, _wait_for

MAILINGS = f"{DESK}/mailings"


class TestMailing:
    def test_is_written_tried_approved_sent_paused_and_finished(
        self, demo: Demo, page: Page, picture: Callable[[Page, str], None]
    ) -> None:
        _sign_in(demo, page, "coordinator@example.org")
        here = _write(demo, page)
        picture(page, "mailing")

        page.get_by_role("button", name="Send a test to me").click()
        expect(page.get_by_role("status")).to_contain_text("coordinator@example.org")
        page.get_by_role("button", name="Ask for approval").click()
        _approve(demo, page, here)

        page.goto(here)
        expect(page.get_by_text("approved it on")).to_be_visible()
        page.get_by_role("button", name="Send it now or later").click()
        expect(page.get_by_role("heading", name="How long it takes")).to_be_visible()
        assert page.locator("body").evaluate("node => node.scrollWidth <= window.innerWidth")
        picture(page, "mailing-confirmed")
        page.get_by_role("button", name=re.compile("^Send it to")).click()
        _pause(page)
        # Half of them wait for the better subject, so that there is time for all this.
        page.goto(here)
        page.get_by_role("button", name="Send the rest with it").first.click()
        expect(page.locator("#progress .badge")).to_have_text("Sent", timeout=PATIENCE_MS)
        expect(page.locator("#progress")).to_contain_text("taken by the mail server")
        picture(page, "mailing-sent")

        _read(demo, page)

    def test_of_the_samples_lies_in_the_mailbox(self, demo: Demo, page: Page) -> None:
        for words in (
            "the audit letter needs ten more groups",
            "faltan diez grupos para la carta",
        ):
            arrived = page.get_by_text(words).first
            _wait_for(page, f"{demo.url}/mailbox/", arrived.is_visible)


def _write(demo: Demo, page: Page) -> str:
    """Write a mailing, see it checked meanwhile, look at the preview; return its address."""
    page.goto(f"{demo.url}{MAILINGS}/new")
    page.get_by_label("Name", exact=False).first.fill("Browser news")
    page.get_by_label("Subject (English)", exact=True).fill("Hello {{given_name|friend}}")
    text = page.get_by_label("Text (English)", exact=True)
    text.press_sequentially("Dear {{salary}}")
    expect(page.locator("#check")).to_contain_text("There is no field “salary”")
    text.fill("")
    text.press_sequentially("Dear {{given_name}}, in **{{city|town}}**.")
    expect(page.locator("#check")).to_contain_text("has no “given_name”")
    expect(page.locator("#check")).to_contain_text("in Long Beach.")
    expect(page.locator("#reach")).to_contain_text("people would get it now.")
    page.select_option("#new_language", "es")
    page.get_by_role("button", name="Add or remove languages").click()
    page.get_by_label("Subject (Spanish)", exact=True).fill("Hola {{nombre}}")
    expect(page.locator("#check")).to_contain_text("Subject (Spanish): There is no field")
    page.get_by_label("Remove this language").nth(1).check()
    page.get_by_role("button", name="Add or remove languages").click()
    expect(page.get_by_label("Subject (Spanish)", exact=True)).to_have_count(0)
    expect(text).to_have_value("Dear {{given_name}}, in **{{city|town}}**.")
    expect(page.get_by_role("button", name="Save")).to_be_in_viewport()
    page.locator("summary", has_text="Second subject").first.click()
    page.get_by_label("Second subject, for a test (English)", exact=False).fill(
        "Hello {{given_name|friend}}, once more"
    )
    page.locator("summary", has_text=re.compile("^More$")).click()
    page.get_by_label("Percent of the recipients", exact=False).fill("50")
    page.locator(".actions").get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"/mailings/[0-9a-f-]{36}/$"))
    here = page.url

    page.get_by_role("button", name="Preview", exact=True).click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("link", name="End all of this mail")).to_be_visible()
    assert page.locator("body").evaluate("node => node.scrollWidth <= window.innerWidth")
    page.goto(here)
    return here


def _approve(demo: Demo, page: Page, here: str) -> None:
    """Approve it as the second coordinator, in a browser of their own."""
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(viewport={"width": 390, "height": 800}, locale="en-US")
    other = context.new_page()
    _sign_in(demo, other, "administrator@example.org")
    other.goto(here)
    other.get_by_role("button", name="Look at it and approve it").click()
    expect(other.get_by_text("Dear {{given_name}}, in **{{city|town}}**.")).to_be_visible()
    assert other.locator("body").evaluate("node => node.scrollWidth <= window.innerWidth")
    other.get_by_role("button", name="Approve it").click()
    expect(other.get_by_role("status")).to_contain_text("Approved.")
    assert other.locator("body").evaluate("node => node.scrollWidth <= window.innerWidth")
    context.close()


def _pause(page: Page) -> None:
    """Pause, see that nothing leaves, and go on."""
    badge = page.locator("#progress .badge")
    expect(badge).to_have_text("Being sent", timeout=PATIENCE_MS)
    page.get_by_role("button", name="Pause").click()
    expect(badge).to_have_text("Paused")
    expect(page.locator("#progress")).to_contain_text("waiting")
    page.get_by_role("button", name="Go on").click()
    expect(badge).to_have_text("Being sent")


def _read(demo: Demo, page: Page) -> None:
    """Find the mails on the mailbox page, and end the mail with the link in one."""
    page.goto(f"{demo.url}/mailbox/")
    expect(page.get_by_text("[Test] Hello", exact=False).first).to_be_visible(
        timeout=PATIENCE_MS
    )
    page.get_by_role("link", name="Hello Chidi").first.click()
    expect(page.get_by_text("in Long Beach")).to_be_visible()
    page.locator("a[href*='/unsubscribe/']").first.click()
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("main")).to_be_visible()

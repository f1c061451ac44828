"""From the national petition to a vote in a new city: one campaign is carried to the next place."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Demo
from tests.browser.test_journey import _sign_in, _wait_for

HERE = "/c/cities-without-dragnets"
DESK = "/manage/cities-without-dragnets"
TITLE = "No license plate readers for Springfield"
SLUG = "no-license-plate-readers-for-springfield"
COUNCIL = "Springfield City Council"


class TestJourney:
    def test_leads_from_the_petition_to_a_letter_and_a_vote_in_a_new_city(
        self, demo: Demo, page: Page, picture
    ) -> None:
        _ask_for_springfield(demo, page)
        picture(page, "challenge-state")
        page.get_by_label("State").select_option("IL")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("mailbox")
        _confirm(demo, page)

        _sign_in(demo, page, "coordinator@example.org")
        page.goto(demo.url + DESK + "/leads/")
        page.get_by_role("link", name="Springfield, IL").first.click()
        picture(page, "lead")
        page.get_by_role("button", name="Start a campaign here").click()
        _carry_the_kit(page)
        picture(page, "adapt")
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        picture(page, "adapt-on-a-phone")
        page.set_viewport_size({"width": 1100, "height": 900})

        _adapt_everything(page)
        picture(page, "adapted")
        _open_the_letter(demo, page)
        _record_the_vote(demo, page)

        page.goto(demo.url + HERE + "/cities/springfield-il")
        expect(page.get_by_role("main")).to_contain_text("2 for, 5 against")
        picture(page, "new-city")


def _ask_for_springfield(demo: Demo, page: Page) -> None:
    page.goto(demo.url + HERE + "/letters/you-are-being-tracked")
    page.get_by_label("Your city, with its state").fill("Springfield")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_label("City", exact=True)).to_have_value("Springfield")
    page.get_by_label("Your name").fill("Robin Asker")
    page.get_by_label("E-mail").fill("robin@example.net")
    page.get_by_label("What you know").fill("The council decides in spring.")
    page.get_by_label("may keep what I wrote here").check()
    further = page.get_by_label("may write to me about such contracts")
    expect(further).not_to_be_checked()
    further.check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("There is a Springfield in 24 states")


def _confirm(demo: Demo, page: Page) -> None:
    def arrived() -> bool:
        return page.get_by_role("main").get_by_text("robin@example.net").count() > 0

    _wait_for(page, demo.url + "/mailbox/", arrived)
    mail = page.get_by_role("article").filter(has_text="robin@example.net")
    mail.get_by_role("link").first.click()
    page.locator("main a[href*='/leads/']").first.click()
    expect(page.get_by_label("may write to me about such contracts")).to_be_checked()
    page.get_by_role("button", name="Yes, I want to challenge it").click()
    expect(page.get_by_role("main")).to_contain_text("will read what you wrote")


def _carry_the_kit(page: Page) -> None:
    page.get_by_label("Begin with").select_option("kit:long-beach-ca/ban.toml")
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Who decides").fill(COUNCIL)
    page.get_by_label("Meeting on").fill("2026-01-12")
    page.get_by_role("button", name="Make the drafts").click()
    expect(page.get_by_role("main")).to_contain_text("Nothing of it can be published yet.")


def _adapt_everything(page: Page) -> None:
    """Write the new name where the old one stands, tick what is meant, and the checks."""
    old = page.get_by_role("article").filter(has_text="Long Beach").filter(has_text="Replace")
    first = old.filter(has=page.get_by_role("heading", name=re.compile("^Long Beach City$")))
    expect(first).to_have_count(1)
    first.get_by_label("Instead, write here").fill("Springfield")
    first.get_by_role("button", name="Replace").click()
    expect(page.get_by_role("main")).to_contain_text("Changed in")
    meant = page.get_by_role("button", name="It is meant in the ticked places")
    _press_each(page, meant)
    checked = page.get_by_role("button", name="I have checked it")
    _press_each(page, checked)
    expect(page.get_by_role("main")).to_contain_text("Nothing is left over.")


def _press_each(page: Page, buttons: Locator) -> None:
    """Press the first of these until the page has none; each press loads the page anew."""
    while buttons.count():
        with page.expect_navigation():
            buttons.first.click()


def _open_the_letter(demo: Demo, page: Page) -> None:
    page.goto(demo.url + DESK + "/campaigns/" + SLUG)
    page.get_by_role("button", name="Publish").click()
    page.goto(demo.url + DESK + "/letters/" + SLUG + "/")
    page.get_by_role("button", name="Open for signatures").click()
    page.goto(demo.url + HERE + "/letters/" + SLUG)
    expect(page.get_by_role("main")).to_contain_text(COUNCIL)
    expect(page.get_by_role("heading", name="Sign this letter")).to_be_visible()


def _record_the_vote(demo: Demo, page: Page) -> None:
    page.goto(demo.url + DESK + "/meetings/?when=past")
    card = page.get_by_role("article").filter(has_text=COUNCIL)
    card.get_by_role("link").first.click()
    page.get_by_role("main").get_by_role("link", name=TITLE).first.click()
    page.get_by_text("Add a motion").click()
    page.get_by_label("Motion", exact=True).fill("Ban both technologies")
    page.get_by_label("That it passes").check()
    page.get_by_role("button", name="Add the motion").click()
    page.locator("#field-yes_count").fill("2")
    page.locator("#field-no_count").fill("5")
    page.get_by_role("button", name="Save the vote").click()
    expect(page.get_by_role("main")).to_contain_text("2–5")

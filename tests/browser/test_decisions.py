"""A coordinator's phone at a council meeting: from the agenda to the recorded vote."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo

DESK = "/manage/cities-without-dragnets"
PUBLIC = "/c/cities-without-dragnets"
MEMBERS = ("Ada Alder", "Ben Birch", "Cy Cedar")


class TestRecordAVote:
    def test_on_a_phone(
        self, demo: Demo, page: Page, picture: Callable[[Page, str], None]
    ) -> None:
        page.set_viewport_size({"width": 390, "height": 844})
        _sign_in(demo, page)
        _add_the_council(demo, page)
        _add_a_past_meeting(demo, page)

        page.get_by_label("Subject").fill("License plate readers")
        page.get_by_label("Number", exact=False).first.fill("A-1")
        page.get_by_role("button", name="Add the item").click()
        page.get_by_role("link", name="A-1: License plate readers").click()
        page.get_by_text("Add a motion").click()
        page.get_by_label("Motion", exact=True).fill("Approve the contract")
        page.get_by_label("That it fails").check()
        page.get_by_role("button", name="Add the motion").click()
        for member, choice in zip(MEMBERS, ("Yes", "No", "Recused"), strict=True):
            page.get_by_role("group", name=member).get_by_label(choice, exact=True).check()
        _fits(page)
        picture(page, "vote-on-a-phone")
        page.get_by_role("button", name="Save the vote").click()

        expect(page.get_by_role("main")).to_contain_text("1–1")
        expect(page.get_by_role("main")).to_contain_text("Failed")
        expect(
            page.get_by_role("group", name="Cy Cedar").get_by_label("Recused")
        ).to_be_checked()
        _fits(page)
        _look_as_the_public(demo, page)


def _sign_in(demo: Demo, page: Page) -> None:
    address = "coordinator@example.org"
    page.goto(demo.url + "/login")
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password").fill(demo.passwords[address])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/login" not in url)


def _add_the_council(demo: Demo, page: Page) -> None:
    page.goto(demo.url + DESK + "/bodies/places/new")
    page.get_by_label("Name", exact=True).fill("Riverton")
    page.get_by_label("State").first.fill("California")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("Name", exact=True).fill("City Council")
    page.get_by_role("button", name="Add", exact=True).click()
    for number, member in enumerate(MEMBERS, 1):
        if number > 1:
            page.get_by_text("Add a seat").click()
        page.get_by_label("Seat", exact=True).fill(f"District {number}")
        page.get_by_label("Held by").fill(member)
        page.get_by_role("button", name="Add the seat").click()
        expect(page.get_by_role("cell", name=member)).to_be_visible()
    _fits(page)


def _add_a_past_meeting(demo: Demo, page: Page) -> None:
    page.get_by_role("button", name="Add a meeting").click()
    page.get_by_label("Day", exact=True).fill("2026-03-08")
    page.get_by_label("Begins at").fill("02:30")
    _fits(page)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Did you mean 03:30?")
    page.get_by_label("Begins at").fill("17:00")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("Sunday, March 8, 2026, 5:00 PM")
    _fits(page)


def _look_as_the_public(demo: Demo, page: Page) -> None:
    page.goto(demo.url + PUBLIC + "/meetings/")
    page.get_by_role("link", name="City Council", exact=True).click()
    expect(page.get_by_role("row", name="Cy Cedar")).to_contain_text("Recused")
    _fits(page)


def _fits(page: Page) -> None:
    """Nothing is wider than the phone."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.url

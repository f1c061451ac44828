"""The README's tour, clicked by a browser through a demonstration with all its processes."""

import re
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo

LETTER = "/c/cities-without-dragnets/letters/audit-face-recognition"
DESK = "/manage/cities-without-dragnets"
SIGNED_UP = "Sunflower Tenants of Nowhere"
PATIENCE_MS = 20_000  # the worker has to hear of it first
SHARED = Path(__file__).parents[3] / "shared" / "letters"
LIST_02 = SHARED / "02-stopwatchingus-2013-letter-and-first-signatories.txt"


class TestTour:
    def test_leads_from_signing_to_the_signed_letter(
        self, demo: Demo, page: Page, picture: Callable[[Page, str], None], tmp_path: Path
    ) -> None:
        _wait_for(page, demo.url + LETTER, lambda: _organizations(page) > 0)
        before = _organizations(page)
        picture(page, "letter")
        _sign_as_organization(page)
        _confirm_in_the_mailbox(demo, page)
        picture(page, "confirmed")

        _sign_in(demo, page, "coordinator@example.org")
        page.goto(demo.url + DESK + "/queue")
        picture(page, "queue")
        _approve_as_new(page)
        _wait_for(page, demo.url + LETTER, lambda: _organizations(page) == before + 1)
        expect(page.get_by_role("main")).to_contain_text(SIGNED_UP)

        pdf = _take_the_pdf(demo, page, tmp_path / "letter.pdf")
        assert SIGNED_UP in pdf
        assert "Eileen Decker" in pdf

    @pytest.mark.skipif(not LIST_02.exists(), reason="../shared is not beside this checkout")
    def test_shows_each_pasted_name_before_anything_is_stored(
        self, demo: Demo, page: Page, picture: Callable[[Page, str], None]
    ) -> None:
        _sign_in(demo, page, "coordinator@example.org")
        _wait_for(page, demo.url + LETTER, lambda: _organizations(page) > 0)
        before = _organizations(page)

        page.goto(demo.url + DESK + "/letters/audit-face-recognition/paste")
        page.get_by_role("textbox").first.fill(LIST_02.read_text())
        page.get_by_role("main").get_by_role("button").first.click()

        expect(page.get_by_role("main")).to_contain_text("67")
        expect(page.get_by_role("main")).to_contain_text("Electronic Frontier Foundation")
        picture(page, "paste")
        page.goto(demo.url + LETTER)
        assert _organizations(page) == before


class TestSignAsAPerson:
    def test_asks_for_nothing_about_an_organization(self, demo: Demo, page: Page) -> None:
        page.goto(demo.url + LETTER)
        page.get_by_label("Given name").fill("Olive")
        page.get_by_label("E-mail").fill("olive@example.net")

        page.get_by_role("button", name="Sign", exact=True).click()

        expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("mail", re.I))


class TestPhone:
    @pytest.mark.parametrize("path", [LETTER, "/login", "/mailbox/", LETTER + "?lang=es"])
    def test_shows_everything_without_scrolling_sideways(
        self, demo: Demo, page: Page, path: str
    ) -> None:
        page.set_viewport_size({"width": 360, "height": 740})

        page.goto(demo.url + path)

        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360

    def test_shows_the_coordinators_pages_too(self, demo: Demo, page: Page) -> None:
        _sign_in(demo, page, "coordinator@example.org")
        page.set_viewport_size({"width": 360, "height": 740})

        for path in ("/", "/queue", "/letters/", "/letters/audit-face-recognition/signatures"):
            page.goto(demo.url + DESK + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def _sign_as_organization(page: Page) -> None:
    page.get_by_label("I sign for an organization").check()
    page.get_by_label("Given name").fill("Sunny")
    page.get_by_label("Family name").fill("Flower")
    page.get_by_label("E-mail").fill("sunny@example.net")
    page.get_by_label("Organization", exact=True).fill(SIGNED_UP)
    page.get_by_label("Your role").fill("Chair")
    page.get_by_label("List the name publicly under this letter").check()
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("mail", re.I))


def _confirm_in_the_mailbox(demo: Demo, page: Page) -> None:
    def arrived() -> bool:
        return page.get_by_role("main").get_by_text("sunny@example.net").count() > 0

    _wait_for(page, demo.url + "/mailbox/", arrived)
    mail = page.get_by_role("article").filter(has_text="sunny@example.net")
    mail.get_by_role("link").first.click()
    page.locator("main a[href*='confirmations']").first.click()
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("thank", re.IGNORECASE))


def _approve_as_new(page: Page) -> None:
    card = page.get_by_role("article").filter(has_text=SIGNED_UP)
    card.get_by_text("New, another one, or refuse").click()
    page.get_by_role("button", name="Add and approve").click()
    expect(page.get_by_role("main")).not_to_contain_text("There is an error")


def _take_the_pdf(demo: Demo, page: Page, target: Path) -> str:
    page.goto(demo.url + DESK + "/letters/audit-face-recognition")
    page.get_by_role("button", name="Take away: PDF, tables").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("PDF")).first.click()
    download.value.save_as(target)
    return "\n".join(each.extract_text() for each in pypdf.PdfReader(target).pages)


def _sign_in(demo: Demo, page: Page, address: str) -> None:
    page.goto(demo.url + "/login")
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password").fill(demo.passwords[address])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/login" not in url)


def _organizations(page: Page) -> int:
    """Read the number on the letter's page; 0 while nothing was counted yet."""
    found = re.search(r"(\d+) organizations", page.get_by_role("main").inner_text())
    return int(found.group(1)) if found else 0


def _wait_for(page: Page, url: str, condition: Callable[[], bool]) -> None:
    for _ in range(PATIENCE_MS // 500):
        page.goto(url)
        if condition():
            return
        page.wait_for_timeout(500)
    raise AssertionError(
        f"it did not come true on {url}:\n{page.get_by_role('main').inner_text()}"
    )

"""A campaign from the coordinator's desk to the reader's phone, in a real browser."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Demo
from tests.documents.test_reading import pdf_of

COALITION = "cities-without-dragnets"
DESK = f"/manage/{COALITION}/campaigns/"
PATIENCE_S = 30  # the worker has to read the file first


@pytest.fixture(scope="module")
def public_path(demo: Demo, browser: Browser) -> str:
    """Write, upload and publish a campaign without JavaScript; return its public address."""
    context = browser.new_context(java_script_enabled=False, locale="en-US")
    page = context.new_page()
    _sign_in(demo, page)
    page.goto(demo.url + DESK + "new")
    page.get_by_label("Title").fill("No readers on our streets")
    page.get_by_label("Address").fill("no-readers")
    page.get_by_label("What we want").fill("The council buys no license plate readers.")
    page.get_by_label("What readers are asked to do").fill("**Come to the meeting.**")
    page.get_by_label("Text of the page").fill("They watch everybody who drives.")
    page.get_by_role("button", name="Add", exact=True).click()
    _add_reason(page)
    _add_document(page)
    page.goto(demo.url + DESK + "no-readers")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("main")).to_contain_text("Preview.")
    page.goto(demo.url + DESK + "no-readers")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("main")).to_contain_text("Everybody can read the page")
    context.close()
    return f"/c/{COALITION}/campaigns/no-readers"


class TestCampaign:
    @pytest.mark.parametrize("width", [390, 1280])
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_fits_and_can_be_read_by_everybody(
        self,
        demo: Demo,
        browser: Browser,
        public_path: str,
        picture: Callable[[Page, str], None],
        width: int,
        scheme: str,
    ) -> None:
        context = browser.new_context(
            viewport={"width": width, "height": 844}, color_scheme=scheme, locale="en-US"
        )
        page = context.new_page()
        for name, path in (("campaign", ""), ("library", "/documents?q=camaras")):
            page.goto(demo.url + public_path + path)
            picture(page, f"{name}-{width}-{scheme}")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            found = Axe().run(page).response["violations"]
            assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
        assert context.cookies() == []
        context.close()

    def test_opens_its_reasons_and_finds_words_in_its_files(
        self, demo: Demo, page: Page, public_path: str
    ) -> None:
        page.goto(demo.url + public_path)
        page.get_by_text("They make mistakes").click()
        expect(page.get_by_text("wrong person")).to_be_visible()
        page.get_by_role("link", name="Search in 1 document").click()
        for _ in range(PATIENCE_S):
            page.get_by_label("Words").fill("camaras")
            page.get_by_role("button", name="Search").click()
            if page.locator("mark").count():
                break
            page.wait_for_timeout(1000)
        expect(page.locator("mark").first).to_have_text("cámaras")
        page.get_by_role("link", name="Slides of the police").click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download").click()
        assert download.value.suggested_filename == "slides.pdf"


def _add_reason(page: Page) -> None:
    page.get_by_role("link", name="Reasons (0)").click()
    page.get_by_label("The reason in a sentence").fill("They make mistakes")
    page.get_by_label("The text behind it").fill("Police stop the wrong person.")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("link", name="No readers on our streets").click()


def _add_document(page: Page) -> None:
    page.get_by_role("link", name="Documents (0)").click()
    page.get_by_role("button", name="Add a document").click()
    page.get_by_label("Title").fill("Slides of the police")
    content = pdf_of("Welcome", "Las cámaras leen placas")
    page.get_by_label("File").set_input_files(
        {"name": "slides.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="Make it public").click()


def _sign_in(demo: Demo, page: Page) -> None:
    page.goto(demo.url + "/login")
    page.locator("[name=email]").fill("coordinator@example.org")
    page.locator("[name=password]").fill(demo.passwords["coordinator@example.org"])
    page.get_by_role("main").get_by_role("button").first.click()

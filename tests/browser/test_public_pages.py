"""The signatory's way in a real browser: with and without JavaScript, on a phone, in the dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

LETTER = "/c/cities-without-dragnets/letters/audit-face-recognition"
LOS_ANGELES = "/c/cities-without-dragnets/campaigns/reject-lapd-face-recognition"
SIZES = [(390, 844, "light"), (390, 844, "dark"), (1280, 900, "light"), (1280, 900, "dark")]


class TestSigning:
    def test_leads_from_the_letter_through_the_mailbox_to_the_withdrawal(
        self, demo, page: Page, picture
    ):
        page.goto(demo.url + LETTER)
        picture(page, "letter")
        page.get_by_label("I sign for an organization").check()
        page.get_by_label("Organization", exact=True).fill("Example Friends of the Browser")
        page.get_by_label("Your role").fill("Chair")
        page.get_by_label("Given name").fill("Ada")
        page.get_by_label("E-mail").fill("ada.browser@example.org")
        page.get_by_label("List the name publicly").check()
        page.get_by_role("button", name="Sign", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Now look into your mailbox")

        _open_mail(page, demo.url, "ada.browser@example.org", "/confirmations/")
        picture(page, "mailbox")
        page.locator("pre.mail a").first.click()
        page.get_by_role("button", name="Yes, I sign").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
        picture(page, "thanks")

        _open_mail(page, demo.url, "ada.browser@example.org", "/signatures/")
        page.locator("pre.mail a[href*='/signatures/']").first.click()
        page.get_by_role("button", name="Take my signature back").click()
        page.get_by_role("button", name="Yes, take it back").click()
        expect(page.locator("main")).to_contain_text("You took this signature back")

    def test_works_without_javascript(self, demo, browser: Browser):
        context = browser.new_context(java_script_enabled=False, locale="es-MX")
        page = context.new_page()
        page.goto(demo.url + LETTER)
        page.get_by_label("Nombre", exact=True).fill("Ada")
        page.get_by_label("Correo electrónico").fill("ada.example.org")
        page.get_by_role("button", name="Firmar", exact=True).click()
        expect(page.locator("#error-email")).to_contain_text("no es una dirección de correo")
        expect(page.get_by_label("Nombre", exact=True)).to_have_value("Ada")
        page.get_by_label("Correo electrónico").fill("ada.sin@example.org")
        page.get_by_role("button", name="Firmar", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Ahora mire su buzón")
        context.close()


class TestLetter:
    @pytest.mark.parametrize(("width", "height", "scheme"), SIZES)
    def test_fits_and_talks_to_nobody_else(
        self, demo, browser: Browser, picture, width, height, scheme
    ):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-US"
        )
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))

        page.goto(demo.url + LETTER)

        picture(page, f"letter-{width}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert [url for url in asked if not url.startswith((demo.url, "data:"))] == []
        assert context.cookies() == []
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
        context.close()


class TestCampaignOfLosAngeles:
    def test_says_what_the_public_told_the_board_and_how_it_voted(
        self, demo, page: Page, picture
    ):
        page.goto(demo.url + LOS_ANGELES)
        said = page.get_by_role("heading", name="What the public said")
        said.evaluate("heading => heading.scrollIntoView()")
        picture(page, "campaign")

        main = page.get_by_role("main")
        expect(main).to_contain_text("931 of 943 public comments (99%) were opposed")
        expect(main).to_contain_text("4–0")


def _open_mail(page: Page, url: str, recipient: str, holds: str) -> None:
    """Open the newest mail to `recipient`, waiting until it is there and holds a link."""
    for _ in range(40):
        page.goto(url + "/mailbox/")
        mail = page.get_by_role("article").filter(has_text=recipient)
        if mail.count():
            mail.get_by_role("link").first.click()
            if page.locator(f"pre.mail a[href*='{holds}']").count():
                return
        page.wait_for_timeout(500)
    raise AssertionError(f"no mail to {recipient} holds {holds}")

"""A coordinator asks a question in a real browser, and sees the answer while writing."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

SEGMENTS = "/manage/cities-without-dragnets/segments/"
WHO = "Coordinator wants to know"


def sign_in(demo, page: Page) -> None:
    page.goto(demo.url + "/login")
    page.get_by_label("E-mail").fill("coordinator@example.org")
    page.get_by_label("Password").fill(demo.passwords["coordinator@example.org"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/login" not in url)


def add(page: Page, path: str, condition: str) -> None:
    page.locator(f'[name="new:{path}"]').select_option(condition)
    page.locator(f'button[value="add:{path}"]').click()


class TestEditor:
    def test_counts_while_one_writes_and_keeps_what_was_written(self, demo, page: Page):
        sign_in(demo, page)
        page.goto(demo.url + SEGMENTS + "new")
        result = page.locator("#result")
        expect(result).to_contain_text("Everybody whom the coalition knows.")

        page.get_by_label("Name").fill(WHO)
        add(page, "q", "city")
        page.get_by_label("City").fill("villa ejemplo")
        expect(result).to_contain_text("4 people")
        add(page, "q", "group")
        add(page, "q.1", "consent")
        page.get_by_label("What for").select_option("coalition_updates")
        expect(page.get_by_label("City")).to_have_value("villa ejemplo")
        page.locator('[name="q.1.0.not"]').select_option("yes")
        expect(result).to_contain_text("do not agree to “News and calls to act”")
        violations = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
        assert violations.violations_count == 0, violations.generate_report()

        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(WHO)
        expect(page.get_by_role("main")).to_contain_text("who live in villa ejemplo and")

    def test_works_without_javascript_on_a_phone(self, demo, browser: Browser):
        context = browser.new_context(
            java_script_enabled=False, locale="es-MX", viewport={"width": 390, "height": 844}
        )
        page = context.new_page()
        page.goto(demo.url + "/login")
        page.locator("[name=email]").fill("coordinator@example.org")
        page.locator("[name=password]").fill(demo.passwords["coordinator@example.org"])
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/login" not in url)

        page.goto(demo.url + SEGMENTS + "new")
        add(page, "q", "group")
        add(page, "q.0", "city")
        page.locator('[name="q.0.0.city"]').fill("Anytown")
        page.get_by_label("Nombre").fill("Sin guiones")
        add(page, "q", "tag")

        expect(page.locator('[name="q.0.0.city"]')).to_have_value("Anytown")
        expect(page.get_by_label("Nombre")).to_have_value("Sin guiones")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        context.close()

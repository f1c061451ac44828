"""The Spanish texts: complete for visitors, with the same places as the English, compiled."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
CATALOG = ROOT / "coalition/translations/es/LC_MESSAGES"
PLUGINS = sorted(each.parent for each in ROOT.glob("plugins/*/*/translations"))
PLACE = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture(scope="module")
def spanish():
    """Give the catalog as it is written."""
    with (CATALOG / "messages.po").open("rb") as file:
        return read_po(file)


def texts(message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def key(message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


class TestCatalog:
    def test_is_compiled_as_it_is_written(self, spanish):
        compiled = read_mo(io.BytesIO((CATALOG / "messages.mo").read_bytes()))

        written = {key(each): texts(each) for each in spanish if each.id and all(texts(each))}
        assert {key(each): texts(each) for each in compiled if each.id} == written

    def test_keeps_every_place_for_a_value(self, spanish):
        for message in spanish:
            ids = [message.id] if isinstance(message.id, str) else list(message.id)
            known = {place for each in ids for place in PLACE.findall(each)}
            for text in filter(None, texts(message)):
                assert set(PLACE.findall(text)) <= known, text

    def test_says_all_that_visitors_and_signatories_read(self, spanish):
        folders = (
            "calendars/templates/calendars",
            "consents/templates/consents",
            "letters/templates/letters",
            "mail/templates/mail",
            "notices/templates/notices",
            "templates",
        )
        pages = [
            page for each in folders for page in (ROOT / "coalition" / each).glob("*.html")
        ]
        code = [
            ROOT / "coalition" / name
            for name in (
                "app.py",
                "calendars/words.py",
                "consents/errors.py",
                "consents/purposes.py",
                "fields.py",
                "letters/errors.py",
                "letters/mails.py",
                "notices/mails.py",
            )
        ]
        keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
        missing = []
        for path in [*pages, *code]:
            method = "python" if path.suffix == ".py" else "jinja2"
            for _, said, _, _ in extract_from_file(method, str(path), keywords=keywords):
                one = said if isinstance(said, str) else said[0]
                found = spanish.get(one)
                if found is None or not all(texts(found)):
                    missing.append((path.name, one))

        assert len(pages) > 10
        assert missing == []

    @pytest.mark.parametrize("plugin", PLUGINS, ids=lambda each: each.name)
    def test_has_every_text_of_the_plugins_pages(self, plugin):
        catalog = plugin / "translations" / "es" / "LC_MESSAGES" / "messages.po"
        spanish = read_po(io.BytesIO(catalog.read_bytes()), locale="es")
        keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
        missing = []
        for page in plugin.rglob("*.html"):
            for _, said, _, _ in extract_from_file("jinja2", str(page), keywords=keywords):
                one = said if isinstance(said, str) else said[0]
                found = spanish.get(one)
                if found is None or not all(texts(found)):
                    missing.append((page.name, one))

        assert missing == []

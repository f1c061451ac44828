"""The Spanish texts: complete for visitors, with the same places as the English, compiled."""

import io
import re
import shutil
import subprocess
import sys
from collections import defaultdict
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
    def test_has_every_text_of_the_plugins_pages_and_code(self, plugin):
        catalog = plugin / "translations" / "es" / "LC_MESSAGES" / "messages.po"
        spanish = read_po(io.BytesIO(catalog.read_bytes()), locale="es")
        keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
        missing = []
        mails = plugin.glob("templates/**/*.txt")
        for path in [*plugin.rglob("*.html"), *plugin.rglob("*.py"), *mails]:
            method = "python" if path.suffix == ".py" else "jinja2"
            for _, said, _, _ in extract_from_file(method, str(path), keywords=keywords):
                one = said if isinstance(said, str) else said[0]
                found = spanish.get(one)
                if found is None or not all(texts(found)):
                    missing.append((path.name, one))

        assert missing == []

    @pytest.mark.parametrize("plugin", PLUGINS, ids=lambda each: each.name)
    def test_is_compiled_as_it_is_written_for_the_plugin(self, plugin):
        folder = plugin / "translations" / "es" / "LC_MESSAGES"
        compiled = read_mo(io.BytesIO((folder / "messages.mo").read_bytes()))

        written = read_po(io.BytesIO((folder / "messages.po").read_bytes()), locale="es")
        said = {key(each): texts(each) for each in written if each.id and all(texts(each))}
        assert {key(each): texts(each) for each in compiled if each.id} == said

    def test_says_the_same_in_the_core_and_in_all_plugins(self):
        """All catalogs are one at run time, so one translation would replace the other.

        Where the same English words mean two things, `pgettext` tells them apart.
        """
        said = defaultdict(set)
        for folder in (CATALOG, *(each / "translations/es/LC_MESSAGES" for each in PLUGINS)):
            for each in read_po(io.BytesIO((folder / "messages.po").read_bytes()), locale="es"):
                if each.id and all(texts(each)):
                    said[each.context, key(each)].add(tuple(texts(each)))

        assert {words: each for words, each in said.items() if len(each) > 1} == {}


class TestMakeTranslations:
    def test_takes_up_new_texts_of_core_and_plugins(self, tmp_path):
        shutil.copy(ROOT / "Makefile", tmp_path)
        plugin = "plugins/petition"
        for folder in ("coalition/translations", f"{plugin}/coalition_petition/translations"):
            shutil.copytree(ROOT / folder, tmp_path / folder)
        shutil.copy(ROOT / plugin / "babel.cfg", tmp_path / plugin)
        (tmp_path / "coalition/new.py").write_text('gettext("Trams by night")\n')
        (tmp_path / plugin / "coalition_petition/new.py").write_text('N_("Trams by day")\n')

        (tmp_path / ".venv").symlink_to(sys.prefix)

        subprocess.run(["make", "-o", ".venv/.dev", "translations"], cwd=tmp_path, check=True)

        def catalog(folder):
            return (tmp_path / folder / "translations/es/LC_MESSAGES/messages.po").read_text()

        assert 'msgid "Trams by night"' in catalog("coalition")
        assert 'msgid "Trams by day"' in catalog(f"{plugin}/coalition_petition")
        assert "Trams by day" not in catalog("coalition")
        assert list(tmp_path.rglob("*.pot")) == []

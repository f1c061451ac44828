"""What plugin authors are promised stands in the documents, and the documents are true."""

import importlib.util
import inspect
from pathlib import Path
from types import ModuleType

import pytest

from coalition import hookspecs, sdk

DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", DOCS / "reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


class TestSdk:
    def test_names_what_it_offers(self):
        assert sorted(set(sdk.__all__)) == sorted(sdk.__all__)
        assert [name for name in sdk.__all__ if not hasattr(sdk, name)] == []

    def test_offers_no_module(self):
        assert [name for name in sdk.__all__ if inspect.ismodule(getattr(sdk, name))] == []

    def test_offers_nothing_unnamed(self):
        public = {name for name in vars(sdk) if name[0] not in "_@"}  # "@" is pytest's

        assert public - set(sdk.__all__) == set()

    @pytest.mark.parametrize("name", sdk.__all__)
    def test_documents_each_name(self, name):
        assert f"\n## `{name}" in page("sdk.md")


class TestHooks:
    def test_are_documented_with_their_exact_arguments(self, reference):
        text = page("plugin-hooks.md")

        assert reference.hooks()
        for name, signature in reference.hooks():
            assert f"\n## `{name}`\n" in text
            assert f"\n{signature}\n" in text

    def test_begin_with_the_product_and_say_when_they_are_asked(self, reference):
        for name, _ in reference.hooks():
            said = inspect.getdoc(getattr(hookspecs, name))

            assert len(said.split()) > 10, name

    def test_are_each_used_by_a_plugin_of_ours(self, reference):
        plugins = Path(__file__).parent.parent / "plugins"
        if not plugins.is_dir():
            pytest.skip("the plugins are not here")
        sources = "\n".join(path.read_text() for path in plugins.glob("*/coalition_*/*.py"))

        unused = [name for name, _ in reference.hooks() if f"def {name}(" not in sources]

        assert unused == []


class TestEvents:
    def test_are_documented(self, reference):
        text = page("events.md")

        for kind in reference.core_events():
            assert f"\n## `{kind.__name__}`\n\n`{kind.name}`" in text


class TestPages:
    def test_are_up_to_date(self, reference):
        stale = [name for name, text in reference.pages().items() if page(name) != text]

        assert stale == [], "run: python docs/reference.py"

"""Languages that campaigns and letters are written in; the pages around them know fewer."""

from babel import Locale, UnknownLocaleError
from flask_babel import get_locale

WRITTEN = (
    "ar",
    "bn",
    "de",
    "en",
    "es",
    "fa",
    "fr",
    "ht",
    "hy",
    "ja",
    "km",
    "ko",
    "pt",
    "ru",
    "so",
    "tl",
    "uk",
    "vi",
    "zh",
)  # fmt: skip  spoken in US city halls


def own_name(code: str) -> str:
    """Return how a language calls itself; the code of one that is not known."""
    if code == "tl":  # CLDR takes it for Filipino; city halls and speakers say this
        return "Tagalog"
    try:
        name = Locale.parse(code).get_display_name() or code
    except (UnknownLocaleError, ValueError):
        return code
    return name[:1].upper() + name[1:]  # the second word of "Tiếng Việt" keeps its capital


def name_here(code: str) -> str:
    """Return what the page's reader calls a language, as it stands in a sentence."""
    return str((get_locale() or Locale("en")).languages.get(code, code))


def names_in(locale: Locale | None) -> dict[str, str]:
    """Return what the languages are called in another one, else in English, by their codes."""
    names = (locale or Locale("en")).languages
    return {code: names.get(code, code) for code in WRITTEN}

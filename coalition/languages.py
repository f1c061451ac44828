"""Languages that campaigns and letters are written in; the pages around them know fewer."""

from babel import Locale, UnknownLocaleError

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
    try:
        return (Locale.parse(code).get_display_name() or code).capitalize()
    except (UnknownLocaleError, ValueError):
        return code


def names_in(locale: Locale) -> dict[str, str]:
    """Return what the languages are called in another one, by their codes."""
    return {code: locale.languages.get(code, code) for code in WRITTEN}

"""Texts that a visitor reads in several languages."""

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy.orm import Mapped, mapped_column

from coalition.errors import N_, DomainError, InvalidInput


class NotATranslation(DomainError):
    """The language is the one that the text was written in."""

    status = 422
    code = "not_a_translation"
    message = N_("The text is written in this language already. Choose another one.")


class Said(str):
    """A text that knows in which language it is written, for the page's `lang` attributes."""

    language: str

    def __new__(cls, text: str, language: str) -> "Said":
        """Say `text` in `language`."""
        made = super().__new__(cls, text)
        made.language = language
        return made


class Wording:
    """The texts of a record as one reader sees them: `wording.title`, each a `Said`.

    `is_complete` says whether everything that was written is in the language asked for.
    """

    def __init__(self, texts: Mapping[str, Said], asked: str) -> None:
        self._texts = texts
        self.is_complete = all(each.language == asked for each in texts.values() if each)

    def __getattr__(self, name: str) -> Said:
        """Return a text; "" if nothing was written."""
        try:
            return self.__dict__["_texts"][name]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(name) from None


class Worded:
    """A record whose texts, called `WORDS`, are in `language`; others are translations.

    A text that has no translation is shown as it was written: half a translation is better
    than none, and no reader is shown an empty page.
    """

    WORDS: ClassVar[tuple[str, ...]] = ()

    language: Mapped[str] = mapped_column(default="en")
    # {"es": {"title": "…"}}: read with the record, and never without it.
    translations: Mapped[dict[str, Any]] = mapped_column(default=dict)

    def text_in(self, language: str) -> Wording:
        """Return the texts in `language`, and those without a translation as written."""
        translated = {} if language == self.language else self._translated(language)
        return Wording(
            {
                name: Said(translated[name], language)
                if name in translated
                else Said(getattr(self, name) or "", self.language)
                for name in self.WORDS
            },
            language,
        )

    @property
    def languages(self) -> list[str]:
        """The languages that something can be read in, its own first."""
        return [self.language, *sorted({*(self.translations or {})} - {self.language})]

    def translate(self, language: str, texts: Mapping[str, str | None]) -> None:
        """Keep these texts in another language; with none of them, forget that language.

        Raises:
            NotATranslation: `language` is the one that the texts were written in.
        """
        if language == self.language:
            raise NotATranslation(field="language")
        kept = {name: texts[name] for name in self.WORDS if texts.get(name)}
        others = {
            other: each
            for other, each in (self.translations or {}).items()
            if other != language
        }
        self.translations = {**others, language: kept} if kept else others

    def _translated(self, language: str) -> dict[str, str]:
        return (self.translations or {}).get(language) or {}


class TextRow:
    """The texts of a record in one language, as a row of their own: at least a title."""

    language: Mapped[str]
    title: Mapped[str]


Row = TypeVar("Row", bound=TextRow)


class Texted(Generic[Row]):
    """A record whose `texts` stand in rows of their own, one for each language.

    `INCOMPLETE` is the error that says what is missing.
    """

    INCOMPLETE: ClassVar[type[InvalidInput]]

    slug: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    texts: Mapped[list[Row]]

    def text_in(self, language: str) -> Row:
        """Return the text in `language`, else in the record's own, else any.

        Raises:
            InvalidInput: `INCOMPLETE`, as there is no text at all.
        """
        by_language = {text.language: text for text in self.texts}
        chosen = by_language.get(language) or by_language.get(self.language)
        chosen = chosen or next(iter(self.texts), None)
        if chosen is None:
            raise self.INCOMPLETE(missing=N_("it has no text."))
        return chosen

    @property
    def title(self) -> str:
        """The title in the record's own language; the slug while there is no text."""
        return self.text_in(self.language).title if self.texts else self.slug

    @property
    def languages(self) -> list[str]:
        """The languages that it can be read in, its own first."""
        return sorted(
            (text.language for text in self.texts), key=lambda x: (x != self.language, x)
        )

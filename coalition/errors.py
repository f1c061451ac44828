"""Broken rules, said in sentences that a coordinator can act on."""

from typing import ClassVar


def N_(message: str) -> str:  # noqa: N802  the name that gettext extraction knows
    """Mark `message` for translation; the entry point translates it when it is shown."""
    return message


class DomainError(Exception):
    """A rule was broken; the entry points answer with `status`, `code` and the sentence.

    `message` is an English sentence with `%(name)s` places. It stays untranslated here,
    because models do not know in which language the page is.
    """

    status: ClassVar[int] = 409
    code: ClassVar[str] = "conflict"
    message: ClassVar[str] = N_("That cannot be done now.")

    def __init__(self, *, field: str | None = None, **values: object) -> None:
        self.field = field
        self.values = values
        super().__init__(self.message % values if values else self.message)


class NotFound(DomainError):
    """Nothing is here, or nothing that the asker may know of: the two look the same."""

    status = 404
    code = "not_found"
    message = N_("There is nothing at this address.")


class InvalidInput(DomainError):
    """A value does not fit; `field` names it."""

    status = 422
    code = "invalid"
    message = N_("%(reason)s")

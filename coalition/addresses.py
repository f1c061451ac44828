"""E-mail addresses: what is accepted, what is stored, what counts as the same mailbox."""

import re
import unicodedata

from email_validator import EmailNotValidError, validate_email

from coalition.errors import N_, InvalidInput

MAX_ADDRESS_CHARS = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets

# Where the provider says that dots do not matter, or that what follows "+" is a label.
_DOTS_IGNORED = {"gmail.com", "googlemail.com"}
_SAME_DOMAIN = {"googlemail.com": "gmail.com"}

_HOST = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)


class NotAnAddress(InvalidInput):
    """The text is no e-mail address that mail could be sent to."""

    code = "not_an_address"
    message = N_(
        "“%(address)s” is not an e-mail address. It should look like name@example.org."
    )


def clean_address(text: str) -> str:
    """Return the address as it is stored and written to; no look-up is made.

    Raises:
        NotAnAddress: mail cannot be sent there.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    if len(folded) > MAX_ADDRESS_CHARS:
        raise NotAnAddress(field="email", address=folded[:40] + "…")
    try:
        checked = validate_email(folded, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise NotAnAddress(field="email", address=folded[:80]) from error
    return f"{checked.local_part}@{checked.ascii_domain or checked.domain}"


def same_mailbox(address: str) -> str:
    """Return the form under which two spellings of one mailbox are equal.

    Case is folded and a "+label" dropped everywhere; dots only where the provider ignores
    them. Only the blind index is made from it: mail goes to the address as it was given.
    """
    local, _, domain = address.casefold().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _DOTS_IGNORED:
        local = local.replace(".", "")
    return f"{local}@{_SAME_DOMAIN.get(domain, domain)}"


def domain_of(address: str) -> str:
    """Return the mail domain in lower case."""
    return address.rpartition("@")[2].casefold()


def is_host(text: str) -> bool:
    """Return whether `text` is the full name of a host, in ASCII."""
    return _HOST.fullmatch(text.lower()) is not None

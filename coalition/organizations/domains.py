"""Mail domains that belong to one organization, which a signature's address may prove."""

import re
from collections.abc import Iterable

from coalition.addresses import is_host
from coalition.organizations.errors import EverybodysDomain, NotADomain, TooManyDomains

MAX_DOMAINS = 10
_SEPARATORS = re.compile(r"[\s,;]+")

# Providers at which everybody can get an address; a list can only hold the usual ones, so a
# coordinator still decides about each new domain.
_PROVIDERS = frozenset(
    [
        "126.com",
        "163.com",
        "aim.com",
        "aol.com",
        "att.net",
        "autistici.org",
        "bellsouth.net",
        "bigpond.com",
        "btinternet.com",
        "charter.net",
        "comcast.net",
        "cox.net",
        "disroot.org",
        "duck.com",
        "earthlink.net",
        "email.com",
        "fastmail.com",
        "fastmail.fm",
        "foxmail.com",
        "free.fr",
        "frontier.com",
        "frontiernet.net",
        "gmail.com",
        "googlemail.com",
        "guerrillamail.com",
        "hey.com",
        "hushmail.com",
        "icloud.com",
        "inbox.com",
        "juno.com",
        "laposte.net",
        "libero.it",
        "mac.com",
        "mail.com",
        "mail.ru",
        "mailbox.org",
        "mailinator.com",
        "me.com",
        "msn.com",
        "naver.com",
        "netzero.net",
        "optonline.net",
        "orange.fr",
        "passport.com",
        "pm.me",
        "posteo.de",
        "posteo.net",
        "privaterelay.appleid.com",
        "prodigy.net",
        "proton.me",
        "protonmail.ch",
        "protonmail.com",
        "qq.com",
        "rambler.ru",
        "rediffmail.com",
        "riseup.net",
        "rocketmail.com",
        "runbox.com",
        "sbcglobal.net",
        "sky.com",
        "startmail.com",
        "suddenlink.net",
        "systemli.org",
        "t-online.de",
        "talktalk.net",
        "tuta.com",
        "tuta.io",
        "tutanota.com",
        "tutanota.de",
        "verizon.net",
        "virginmedia.com",
        "wanadoo.fr",
        "web.de",
        "windstream.net",
        "yopmail.com",
        "ymail.com",
        "zoho.com",
        "zohomail.com",
    ]
)
_PROVIDERS_ANYWHERE = re.compile(
    r"(?:yahoo|hotmail|outlook|live|gmx|yandex|icloud|protonmail)(?:\.com?)?\.[a-z]{2,3}"
)
# Endings under which everybody can register a name; `owns_domain` looks at parts of a domain.
_OPEN_ENDINGS = re.compile(
    r"(?:ac|co|com|edu|go|gob|gov|gouv|ltd|me|mil|ne|net|nom|or|org|sch)\.[a-z]{2}"
)
_HOSTS_OF_MANY = frozenset(
    [
        "appspot.com",
        "blogspot.com",
        "github.io",
        "gitlab.io",
        "googlegroups.com",
        "groups.io",
        "herokuapp.com",
        "myshopify.com",
        "netlify.app",
        "onmicrosoft.com",
        "pages.dev",
        "squarespace.com",
        "substack.com",
        "vercel.app",
        "weebly.com",
        "wixsite.com",
        "wordpress.com",
    ]
)


def split_domains(text: str) -> list[str]:
    """Read domains that somebody wrote with commas, spaces or one a line."""
    return [part for part in _SEPARATORS.split(text) if part]


def clean_domains(written: Iterable[str]) -> list[str]:
    """Return the domains as they are stored, each once.

    Raises:
        NotADomain: one of them is none.
        EverybodysDomain: one of them is a provider's.
        TooManyDomains: there are more than `MAX_DOMAINS`.
    """
    cleaned = list(dict.fromkeys(clean_domain(each) for each in written))
    if len(cleaned) > MAX_DOMAINS:
        raise TooManyDomains(field="domains", limit=MAX_DOMAINS)
    return cleaned


def clean_domain(text: str) -> str:
    """Return a domain in ASCII small letters; “@example.org” and “www.example.org” are understood.

    Raises:
        NotADomain: it is none.
        EverybodysDomain: anybody can get an address there.
    """
    bare = text.strip().lower().rpartition("@")[2].removeprefix("www.").rstrip(".")
    try:
        domain = bare.encode("idna").decode()
    except UnicodeError:
        domain = ""
    if not is_host(domain):
        raise NotADomain(field="domains", domain=text.strip()[:80])
    if is_everybodys(domain):
        raise EverybodysDomain(field="domains", domain=domain)
    return domain


def is_everybodys(domain: str) -> bool:
    """Return whether anybody can get an address at this domain, as far as we know."""
    return (
        domain in _PROVIDERS
        or domain in _HOSTS_OF_MANY
        or _PROVIDERS_ANYWHERE.fullmatch(domain) is not None
        or _OPEN_ENDINGS.fullmatch(domain) is not None
    )

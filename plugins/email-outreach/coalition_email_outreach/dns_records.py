"""What DNS says about a mail domain."""

from collections.abc import Iterator
from dataclasses import dataclass

import dns.exception
import dns.resolver

LOOK_UP_S = 3.0  # for one name


class Unanswered(Exception):
    """DNS did not answer, so nothing is known."""


@dataclass(frozen=True)
class Dmarc:
    """What is published for a domain's mail (RFC 7489): where, and each record there.

    `domain`: the one that has the records, which may be a parent of the one asked about.
    """

    domain: str
    records: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name in DNS."""
        return f"_dmarc.{self.domain}"

    def tag(self, name: str) -> str:
        """Return the value of a tag of the record, "" if there is none."""
        tags = (each.partition("=") for each in self.records[0].split(";"))
        return next((value.strip() for key, _, value in tags if key.strip() == name), "")

    def covers(self, sender: str, envelope: str) -> bool:
        """Return whether the domain of a return path counts as that of the sender (3.1.2)."""
        if self.tag("aspf") == "s":
            return envelope == sender
        return envelope == self.domain or envelope.endswith(f".{self.domain}")


def texts_at(name: str) -> list[str]:
    """Return the TXT records at a name.

    Raises:
        Unanswered: DNS could not be asked.
    """
    answer = _answer(name, "TXT")
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def takes_mail(domain: str) -> bool:
    """Return whether a server is named that takes mail for a domain (RFC 5321, 5.1; RFC 7505).

    Raises:
        Unanswered: DNS could not be asked.
    """
    if named := _answer(domain, "MX"):
        return any(str(record.exchange) != "." for record in named)
    return bool(_answer(domain, "A") or _answer(domain, "AAAA"))


def dmarc_of(domain: str) -> Dmarc | None:
    """Return what holds for mail from a domain: its own record, or that of the nearest parent.

    Raises:
        Unanswered: DNS could not be asked.
    """
    for each in _with_parents(domain):
        found = Dmarc(each, tuple(_starting(f"_dmarc.{each}", "v=dmarc1")))
        if found.records:
            return found
    return None


def spf_of(domain: str) -> list[str]:
    """Return the SPF records of a domain; more than one are as good as none (RFC 7208, 4.5).

    Raises:
        Unanswered: DNS could not be asked.
    """
    return list(_starting(domain, "v=spf1"))


def _starting(name: str, start: str) -> Iterator[str]:
    return (each for each in texts_at(name) if each.lower().startswith(start))


def _with_parents(domain: str) -> Iterator[str]:
    labels = domain.split(".")
    return (".".join(labels[at:]) for at in range(len(labels) - 1))


def _answer(name: str, kind: str) -> list[object]:
    try:
        return list(dns.resolver.resolve(name, kind, lifetime=LOOK_UP_S))
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise Unanswered from error

"""The page that says whether mail from here will arrive, and what to put where."""

from dataclasses import dataclass
from enum import StrEnum

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coalition.sdk import (
    Coalition,
    DkimKey,
    Role,
    bounce_address,
    dkim_keys,
    domain_of,
    is_demonstration,
    mail_trouble,
    reading,
    sender_address,
    staff,
)
from coalition_email_outreach import dns_records, inbox, troubles

pages = Blueprint(
    "email-outreach-checks",
    __name__,
    url_prefix="/manage/<coalition>/mailings",
    template_folder="templates",
)


class Verdict(StrEnum):
    """How a check came out."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """What one check found, in words; and if need be the record to put into DNS."""

    title: str
    verdict: Verdict
    words: str
    record_name: str = ""
    record: str = ""
    record_kind: str = "TXT"


@pages.get("/delivery")
@staff(Role.COORDINATOR)
def delivery(coalition: Coalition) -> ResponseReturnValue:
    """Show what was found about the domain that mail is sent from."""
    findings = all_findings()
    with reading(coalition.id):
        return render_template(
            "email_outreach/delivery.html",
            coalition=coalition,
            domain=domain_of(sender_address()),
            findings=findings,
        )


def all_findings() -> list[Finding]:
    """Check the sender's domain and the installation's settings."""
    domain = domain_of(sender_address())
    if not _is_in_dns(domain):
        return [_sender(domain), _returns()]
    envelope = domain_of(bounce_address() or sender_address())
    return [_sender(domain), _spf(domain, envelope), *_dkim(), _dmarc(domain), _returns()]


def _is_in_dns(domain: str) -> bool:
    return not is_demonstration() and "." in domain


def _spf(domain: str, envelope: str) -> Finding:
    """Look at the domain of the return path: that is the one which SPF is about."""
    title = gettext("SPF: which servers may send for %(domain)s", domain=envelope)
    try:
        found, dmarc = dns_records.spf_of(envelope), dns_records.dmarc_of(domain)
    except dns_records.Unanswered:
        return _unanswered(title, envelope)
    advice = "v=spf1 a mx -all"
    if not found:
        words = gettext(
            "There is no SPF record. Put this into DNS; if a company sends your mail, add the"
            " “include:” that its help page names."
        )
        return Finding(title, Verdict.BAD, words, envelope, advice)
    if len(found) > 1:
        words = gettext("There are two SPF records. Mail servers then ignore both: join them.")
        return Finding(title, Verdict.BAD, words, envelope, found[0])
    if found[0].rstrip().endswith(("+all", " all")):
        words = gettext("It allows everybody to send in your name. End it with “-all”.")
        return Finding(title, Verdict.BAD, words, envelope, advice)
    if dmarc is not None and not dmarc.covers(domain, envelope):
        words = gettext(
            "It is there, but bounces go to %(envelope)s while mail comes from %(domain)s: for"
            " DMARC only the signature counts then. Take a COALITION_BOUNCE_ADDRESS at your own"
            " domain, or make sure that mail is signed.",
            envelope=envelope,
            domain=domain,
        )
        return Finding(title, Verdict.WARN, words, envelope, found[0])
    words = gettext("It is there. Make sure that the server which sends your mail is in it.")
    return Finding(title, Verdict.GOOD, words, envelope, found[0])


def _dkim() -> list[Finding]:
    keys = dkim_keys()
    if not keys:
        words = gettext(
            "Mail is not signed. An administrator makes a key with “coalition mailings dkim-key”"
            " and puts the record that it prints into DNS. If the server that sends your mail"
            " signs it, this is not needed."
        )
        return [Finding(gettext("DKIM: signatures"), Verdict.WARN, words)]
    return [_dkim_of(key) for key in keys]


def _dkim_of(key: DkimKey) -> Finding:
    title = gettext("DKIM: the signature “%(selector)s”", selector=key.selector)
    try:
        found = dns_records.texts_at(key.record_name)
    except dns_records.Unanswered:
        return _unanswered(title, key.record_name)
    public = key.record.partition("p=")[2]
    if any(public in each.replace(" ", "") for each in found):
        words = gettext("Mail is signed, and DNS has the key to check it.")
        return Finding(title, Verdict.GOOD, words)
    if found:
        words = gettext(
            "DNS has another key than ours, so each signature looks forged. Put this:"
        )
    else:
        words = gettext("Mail is signed, but DNS has no key to check it. Put this:")
    return Finding(title, Verdict.BAD, words, key.record_name, key.record)


def _dmarc(domain: str) -> Finding:
    title = gettext("DMARC: what becomes of mail that only pretends to be yours")
    name = f"_dmarc.{domain}"
    try:
        found = dns_records.dmarc_of(domain)
    except dns_records.Unanswered:
        return _unanswered(title, name)
    if found is None:
        words = gettext(
            "There is no DMARC record; large providers want one. Begin with this, which changes"
            " nothing and sends you reports; later write p=quarantine."
        )
        advice = f"v=DMARC1; p=none; rua=mailto:postmaster@{domain}"
        return Finding(title, Verdict.BAD, words, name, advice)
    if len(found.records) > 1:
        words = gettext("There are two DMARC records. Mail servers then ignore both: keep one.")
        return Finding(title, Verdict.BAD, words, found.name, found.records[0])
    if found.domain != domain:
        words = gettext("It is there: that of %(parent)s holds here too.", parent=found.domain)
    else:
        words = gettext("It is there.")
    return Finding(title, Verdict.GOOD, words, found.name, found.records[0])


def _returns() -> Finding:
    title = gettext("Mail that comes back")
    address = bounce_address()
    if address is None or inbox.returns_url() is None:
        words = gettext(
            "Returned mail is not read, so dead addresses are written to again and again; large"
            " providers then refuse all of your mail. An administrator sets"
            " COALITION_BOUNCE_ADDRESS and COALITION_RETURNS_URL."
        )
        return Finding(title, Verdict.WARN, words)
    if problem := inbox.problem():
        words = gettext(
            "It cannot be read (%(problem)s), so dead addresses are written to again and again."
            " An administrator looks at COALITION_RETURNS_URL.",
            problem=problem,
        )
        return Finding(title, Verdict.BAD, words)
    domain = domain_of(address)
    try:
        arrives = not _is_in_dns(domain) or dns_records.takes_mail(domain)
    except dns_records.Unanswered:
        return _unanswered(title, domain)
    if not arrives:
        words = gettext(
            "DNS names no server that takes mail for %(domain)s, so what comes back is lost, and"
            " many servers refuse mail with such a return path. Put this into DNS, with the name"
            " of the server that takes it:",
            domain=domain,
        )
        return Finding(title, Verdict.BAD, words, domain, f"10 mail.{domain}.", "MX")
    words = gettext("It is read. Dead addresses and complaints are stopped by themselves.")
    return Finding(title, Verdict.GOOD, words)


def _sender(domain: str) -> Finding:
    title = gettext("The server that sends")
    if is_demonstration():
        words = gettext(
            "This is a demonstration: mail lands on its mailbox page and nowhere else."
        )
        return Finding(title, Verdict.WARN, words)
    if domain in ("localhost", "") or "." not in domain:
        words = gettext(
            "Mail would come from “%(domain)s”, which nobody accepts. An administrator sets"
            " COALITION_MAIL_FROM to an address at your own domain.",
            domain=domain,
        )
        return Finding(title, Verdict.BAD, words)
    if trouble := mail_trouble():
        return Finding(title, Verdict.BAD, troubles.in_words(troubles.noted(trouble)))
    words = gettext(
        "It answers, and takes mail from us. Mail comes from an address at %(domain)s.",
        domain=domain,
    )
    return Finding(title, Verdict.GOOD, words)


def _unanswered(title: str, name: str) -> Finding:
    words = gettext(
        "DNS did not answer when asked for %(name)s, so nothing is known. Try again later; this"
        " says nothing about your settings.",
        name=name,
    )
    return Finding(title, Verdict.UNKNOWN, words)

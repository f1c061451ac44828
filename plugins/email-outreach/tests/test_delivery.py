"""The page “Will our mail arrive?”: DNS as it may be, and what the page says of it."""

import mailbox
from pathlib import Path

import dns.rdata
import dns.resolver
import pytest

from coalition.sdk import make_dkim_key

PAGE = "/manage/night-buses/mailings/delivery"
FROM, RETURNS = "coalition.example", "back.coalition.example"


@pytest.fixture
def zone(monkeypatch, change_settings, tmp_path, sink) -> dict[tuple[str, str], list[str]]:
    """What DNS has: records by name and kind."""
    change_settings(
        COALITION_MAIL_FROM=f"news@{FROM}",
        COALITION_BOUNCE_ADDRESS=f"bounces@{RETURNS}",
        COALITION_RETURNS_URL=f"maildir:{maildir(tmp_path / 'mail')}",
    )
    found: dict[tuple[str, str], list[str]] = {}

    def resolve(name: str, kind: str, **_options: object) -> list[object]:
        if (name, kind) not in found:
            raise dns.resolver.NXDOMAIN
        return [dns.rdata.from_text("IN", kind, each) for each in found[name, kind]]

    monkeypatch.setattr(dns.resolver, "resolve", resolve)
    return found


def maildir(path: Path) -> Path:
    """Make an empty mailbox."""
    mailbox.Maildir(path)
    return path


@pytest.fixture
def said(coordinator, coalition, zone):
    """Ask the page."""
    return lambda: coordinator.get(PAGE).text


def publish(zone) -> None:
    """Put into DNS what there should be."""
    key = make_dkim_key("s1", is_rsa=True)
    zone[RETURNS, "TXT"] = [quoted("v=spf1 mx -all")]
    zone[RETURNS, "MX"] = ["10 mail.coalition.example."]
    zone[f"_dmarc.{FROM}", "TXT"] = [quoted("v=DMARC1; p=quarantine")]
    zone[key.record_name, "TXT"] = [quoted(key.record)]


def quoted(text: str) -> str:
    """Write a text as zone files do, in pieces of at most 255 characters."""
    return " ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255))


class TestPage:
    def test_says_what_to_put_where(self, said):
        page = said()

        assert "There is no SPF record" in page
        assert f"_dmarc.{FROM}" in page
        assert "v=DMARC1; p=none" in page
        assert "coalition mailings dkim-key" in page
        assert f"DNS names no server that takes mail for {RETURNS}" in page
        assert "DNS record MX at" in page

    def test_says_what_is_right(self, said, zone):
        publish(zone)

        page = said()

        assert page.count("Good") == 5
        assert "Mend this" not in page

    def test_says_which_key_is_missing(self, said, zone):
        key = make_dkim_key("s1", is_rsa=True)

        page = said()

        assert "DNS has no key to check it" in page
        assert key.record.replace("+", "&#43;") in page or key.record in page

    def test_says_when_dns_does_not_answer(self, said, monkeypatch, zone):
        def silent(*_name: str, **_options: object) -> None:
            raise dns.resolver.LifetimeTimeout(timeout=3, errors=[])

        monkeypatch.setattr(dns.resolver, "resolve", silent)

        page = said()

        assert page.count("DNS did not answer") >= 3
        assert "There is no SPF" not in page


class TestSpf:
    def test_is_that_of_the_return_path(self, said, zone):
        publish(zone)
        del zone[RETURNS, "TXT"]
        zone[FROM, "TXT"] = [quoted("v=spf1 mx -all")]

        page = said()

        assert f"SPF: which servers may send for {RETURNS}" in page
        assert "There is no SPF record" in page

    @pytest.mark.parametrize("record", ["v=spf1 +all", "v=spf1 include:x.example +all"])
    def test_must_not_let_everybody_in(self, said, zone, record):
        zone[RETURNS, "TXT"] = [quoted(record)]

        assert "It allows everybody" in said()

    def test_must_be_one(self, said, zone):
        zone[RETURNS, "TXT"] = [quoted("v=spf1 mx -all"), quoted("v=spf1 a -all")]

        assert "There are two SPF records" in said()

    @pytest.mark.parametrize(
        ("bounces", "dmarc", "counts"),
        [
            ("bounces@elsewhere.example", "v=DMARC1; p=none", False),
            (f"bounces@{RETURNS}", "v=DMARC1; p=none", True),
            (f"bounces@{RETURNS}", "v=DMARC1; p=none; aspf=s", False),
            (f"bounces@{FROM}", "v=DMARC1; p=none; aspf=s", True),
        ],
    )
    def test_counts_for_dmarc_if_it_is_of_the_same_domain(
        self, said, zone, change_settings, bounces, dmarc, counts
    ):
        publish(zone)
        change_settings(COALITION_BOUNCE_ADDRESS=bounces)
        zone[bounces.partition("@")[2], "TXT"] = [quoted("v=spf1 mx -all")]
        zone[f"_dmarc.{FROM}", "TXT"] = [quoted(dmarc)]

        assert ("only the signature counts" in said()) is not counts


class TestDmarc:
    def test_of_the_domain_above_holds(self, said, zone, change_settings):
        publish(zone)
        change_settings(COALITION_MAIL_FROM=f"news@mail.{FROM}")

        page = said()

        assert f"that of {FROM} holds here too" in page
        assert "There is no DMARC record" not in page

    def test_must_be_one(self, said, zone):
        publish(zone)
        zone[f"_dmarc.{FROM}", "TXT"] *= 2

        assert "There are two DMARC records" in said()


class TestReturnPath:
    @pytest.mark.parametrize(
        ("kind", "record", "arrives"),
        [("MX", "0 .", False), ("MX", "10 mx.example.", True), ("A", "192.0.2.1", True)],
    )
    def test_must_lead_to_a_server(self, said, zone, kind, record, arrives):
        publish(zone)
        del zone[RETURNS, "MX"]
        zone[RETURNS, kind] = [record]

        assert ("DNS names no server" in said()) is not arrives

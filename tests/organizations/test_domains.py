"""Tests of mail domains that prove whose a signature is."""

import pytest

from coalition.organizations.domains import clean_domain, clean_domains, split_domains
from coalition.organizations.errors import EverybodysDomain, NotADomain, TooManyDomains


class TestCleanDomain:
    @pytest.mark.parametrize(
        ("written", "stored"),
        [
            ("Example.ORG", "example.org"),
            ("@example.org", "example.org"),
            ("ada@example.org", "example.org"),
            ("www.example.org.", "example.org"),
            ("bücher.example", "xn--bcher-kva.example"),
        ],
    )
    def test_understands_how_people_write_one(self, written, stored):
        assert clean_domain(written) == stored

    @pytest.mark.parametrize(
        "written",
        ["", "org", "exa mple.org", "-a.org", "a..org", "1.2.3.4", "x" * 300 + ".org"],
    )
    def test_refuses_what_is_none(self, written):
        with pytest.raises(NotADomain):
            clean_domain(written)

    @pytest.mark.parametrize(
        "written",
        ["gmail.com", "yahoo.co.uk", "hotmail.fr", "proton.me", "riseup.net", "co.uk", "org.mx",
         "wordpress.com", "github.io", "live.com"],
    )  # fmt: skip
    def test_refuses_where_everybody_gets_an_address(self, written):
        with pytest.raises(EverybodysDomain):
            clean_domain(written)

    @pytest.mark.parametrize("written", ["live.example.org", "gmail.example", "lives.com"])
    def test_takes_what_only_looks_like_it(self, written):
        assert clean_domain(written) == written


class TestCleanDomains:
    def test_keeps_each_once(self):
        written = split_domains("b.org, A.org;\n b.org")

        assert clean_domains(written) == ["b.org", "a.org"]

    def test_has_a_limit(self):
        with pytest.raises(TooManyDomains):
            clean_domains(f"d{number}.org" for number in range(11))

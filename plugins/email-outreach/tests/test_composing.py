"""What messages are made of, held against what `email` reads in them."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from coalition_email_outreach import merging
from coalition_email_outreach.composing import (
    Composer,
    File,
    Links,
    Sender,
    Sheet,
    encode_header,
)
from coalition_email_outreach.errors import WrongField
from coalition_email_outreach.merging import Field, Template, parse, parse_body
from hypothesis import given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from coalition.testing import processor_time

LETTER_URL = {"letter_url": "https://c.example/l"}
LINKS = Links("https://c.example/unsubscribe/T", "https://c.example/preferences/T")
KNOWN = [*merging.known_fields(["shoe"], merging.LETTER)]
EVIL = [
    "{{7*7}}",
    "{{ config.items() }}",
    "{% for x in range(10**9) %}a{% endfor %}",
    "{{ ''.__class__.__mro__ }}",
    "${7*7}",
    "<%= 7*7 %>",
    "#{7*7}",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[x](javascript:alert(1))",
]


@pytest.fixture(autouse=True)
def context(app):
    with app.app_context():
        yield


def composer(subject="News, {{name}}", body="Dear {{given_name|friend}}", files=(), **sender):
    sheet = Sheet(
        parse(subject, KNOWN),
        parse_body(body, KNOWN, {"letter_url": "https://c.example/letter"}),
        "\ue002\n--\n\ue004\n\ue003\n",
        '<main>\ue002</main><a href="\ue003">end</a><a href="\ue004">choose</a>',
    )
    values = {
        "name": "Night Buses",
        "address": "news@coalition.example",
        "reply_to": "us@night.example",
        "list_id": "night-buses.coalition.example",
    }
    return Composer(sheet, Sender(**{**values, **sender}), files)


def written(
    made: Composer, address="ada@example.org", links=LINKS, **person: str
) -> EmailMessage:
    values = merging.values_of(
        person.get("given_name", "Ada"),
        person.get("family_name", "Byron"),
        person.get("city"),
        {"shoe": person.get("shoe")},
    )
    raw = made.compose(uuid7(), address, values, links)
    assert b"\n" not in raw.replace(b"\r\n", b"")  # every line ends as the wire wants it
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    return message_from_bytes(raw, policy=policy.default)


class TestCompose:
    def test_writes_what_a_mail_program_reads(self):
        message = written(composer(), given_name="Zoë", family_name="Ñandú ✊")

        assert message["From"].addresses[0].addr_spec == "news@coalition.example"
        assert message["From"].addresses[0].display_name == "Night Buses"
        assert message["Reply-To"] == "us@night.example"
        assert message["To"] == "ada@example.org"
        assert message["Subject"] == "News, Zoë Ñandú ✊"
        assert message["List-Unsubscribe"] == "<https://c.example/unsubscribe/T>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["List-Id"] == "<night-buses.coalition.example>"
        assert message["Message-ID"].endswith(".m@coalition.example>")
        assert message["Date"].datetime is not None
        text = message.get_body(("plain",)).get_content()
        page = message.get_body(("html",)).get_content()
        assert text.startswith("Dear Zoë")
        assert "https://c.example/preferences/T" in text
        assert "<p>Dear Zoë</p>" in page
        assert 'href="https://c.example/unsubscribe/T"' in page
        assert not message.defects
        assert not any(part.defects for part in message.walk())

    def test_breaks_long_lines_wherever_they_stand(self):
        token = "T" * 200  # also the last line, which has no line break of its own
        links = Links(f"https://c.example/u/{token}", f"https://c.example/p/{token}")

        message = written(composer(body="word " * 200 + "{{given_name}}"), links=links)

        text = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
        assert text.startswith("word " * 200 + "Ada\n")
        assert f"\n{links.preferences}\n{links.unsubscribe}\n" in text

    def test_holds_each_person_apart(self):
        made = composer()
        names = [f"Canary{n}X" for n in range(300)]

        for name in names:
            message = written(made, given_name=name)
            text = message.as_string()
            assert [other for other in names if other in text] == [name]

    def test_attaches_files_for_everybody(self):
        files = [File("Carta ñ.pdf", "application/pdf", b"%PDF-1.4 " + bytes(range(256)))]
        message = written(composer(files=files))

        [attached] = message.iter_attachments()
        assert attached.get_filename() == "Carta ñ.pdf"
        assert attached.get_content() == files[0].content
        assert "Dear Ada" in message.get_body(("plain",)).get_content()

    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=300))
    def test_carries_any_name_unharmed_and_on_one_line(self, name):
        message = written(composer(subject="{{given_name}}!"), given_name=name)

        shown = merging.values_of(name, "", None, {})["given_name"]
        wished = " ".join(f"{shown}!".split())
        assert " ".join(str(message["Subject"]).split()) == wished
        assert message["Bcc"] is None
        assert message["To"] == "ada@example.org"

    @pytest.mark.parametrize(
        "name", ["Eve\r\nBcc: all@example.org", "Eve\nSubject: x", "E\x00ve", "Eve\u2028x"]
    )
    def test_lets_no_header_in_through_a_name(self, name):
        message = written(composer(), given_name=name)

        assert message["Bcc"] is None
        assert len(message.get_all("Subject")) == 1

    def test_names_no_other_sender(self):
        message = written(
            composer(name="president@example.org <eve@example.org>\r\nBcc: x@y.z")
        )

        [sender] = message["From"].addresses
        assert sender.addr_spec == "news@coalition.example"
        assert "@" not in sender.display_name
        assert message["Bcc"] is None

    @pytest.mark.parametrize("evil", EVIL)
    def test_shows_what_is_in_a_name_literally(self, evil):
        message = written(composer(), given_name=evil)

        page = message.get_body(("html",)).get_content()
        assert evil in message.get_body(("plain",)).get_content()
        assert "<script" not in page
        assert "<img" not in page
        assert "javascript:" not in page or 'href="javascript' not in page

    def test_takes_a_fifth_of_what_email_takes(self):
        made = composer(body="word " * 300 + "{{given_name}}")
        values = merging.values_of("Ada", "B", None, {})
        parts = written(made)
        plain = parts.get_body(("plain",)).get_content()
        page = parts.get_body(("html",)).get_content()

        def with_email():
            message = EmailMessage()
            message["To"] = "ada@example.org"
            message.set_content(plain)
            message.add_alternative(page, subtype="html")
            return message.as_bytes()

        ours = processor_time(
            lambda: [made.compose(uuid7(), "ada@example.org", values, LINKS) for _ in range(50)]
        )
        theirs = processor_time(lambda: [with_email() for _ in range(50)])

        assert ours < theirs / 5


class TestEncodeHeader:
    @settings(max_examples=100, deadline=None)
    @given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=400))
    def test_comes_back_as_it_was(self, text):
        line = " ".join(text.split())
        raw = b"Subject: " + encode_header(line, 9) + b"\r\n\r\n"

        assert message_from_bytes(raw, policy=policy.default)["Subject"] == line
        assert max(map(len, raw.split(b"\r\n"))) <= 78 or line.isascii()


class TestParse:
    def test_finds_fields_and_fallbacks(self):
        template = parse("Hi {{ given_name | dear friend }}, {{city}}!", KNOWN)

        assert template == Template(
            ("Hi ", Field("given_name", "dear friend"), ", ", Field("city"), "!")
        )

    @pytest.mark.parametrize(
        "source",
        ["{{password}}", "{{7*7}}", "{{given_name.__class__}}", "{{ }}", "{{field.x}}"],
    )
    def test_refuses_a_field_that_there_is_not(self, source):
        with pytest.raises(WrongField) as refused:
            parse(source, KNOWN)

        assert "{{given_name}}" in str(refused.value)

    @pytest.mark.parametrize(
        "link", ["https://evil.example/?who={{given_name}}", "{{given_name}}", "x{{city}}"]
    )
    def test_refuses_a_name_in_the_address_of_a_link(self, link):
        with pytest.raises(WrongField):
            parse_body(f"[x]({link})", KNOWN, {})

    def test_refuses_a_name_in_a_bare_address_since_it_becomes_a_link(self):
        with pytest.raises(WrongField):
            parse_body("https://example.org/{{city}}", KNOWN, {})

        body = parse_body("https://example.org {{city}} {{letter_url}}", KNOWN, LETTER_URL)
        assert '<a href="https://example.org"' in body.as_html({})
        assert '<a href="https://c.example/l"' in body.as_html({})
        assert body.as_text({"city": "X"}) == "https://example.org X https://c.example/l"

    def test_puts_addresses_of_ours_into_links(self):
        body = parse_body(
            "[Sign]({{letter_url}})", KNOWN, {"letter_url": "https://c.example/l"}
        )

        assert 'href="https://c.example/l"' in body.as_html({})

    @pytest.mark.parametrize("source", [each for each in EVIL if not each.startswith("{{")])
    def test_takes_what_computes_elsewhere_for_words(self, source):
        body = parse_body(source, KNOWN, {})

        assert "<script" not in body.as_html({})
        assert "onerror=alert(1)>" not in body.as_html({}) or "&gt;" in body.as_html({})

    @pytest.mark.parametrize(
        ("start", "more"), [("", "{{"), ("", "{"), ("{{", " "), ("", "{{a|")]
    )
    def test_costs_no_more_than_in_proportion_on_a_huge_text(self, start, more):
        def cost(length):
            source = start + more * length
            return processor_time(lambda: parse(source, KNOWN))

        assert cost(40_000) < 100 * cost(2_000)  # 20 in proportion, 400 if squared

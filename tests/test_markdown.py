"""Markdown that people write comes out safe, readable and in reasonable time."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalition.markdown import MAX_MARKDOWN_CHARS, TextTooLong, to_blocks, to_html, to_text
from coalition.textblocks import Heading, ItemList, Link, Paragraph, Quote, Run

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](vbscript:msgbox)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](javascript:alert(1))",
    '[x](http://a"onmouseover="alert(1))',
    "[x](http://a 'title\" onclick=alert(1) ')",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '```"><script>alert(1)</script>\ncode\n```',
    "<a href='http://x' style='position:fixed'>x</a>",
    "<!--><script>alert(1)</script>-->",
    "[x](//evil.example/)",
    "[x](file:///etc/passwd)",
]
BOMBS = {
    "opening brackets": "[" * 100_000,
    "image openings": "![" * 50_000,
    "unclosed links": "[a](" * 25_000,
    "nested images": "![" * 11_000 + "a" + "](http://x)" * 6_000,
    "reference halves": "[a][" * 25_000,
    "nested emphasis": "*a **b " * 14_000,
    "stars and lines": "*_" * 50_000,
    "quote marks": ">" * 100_000,
    "lazy quotes": ">" * 20 + "a\n" + "b\n" * 49_000,
    "list marks": "- " * 50_000,
    "short items": "- a\n" * 25_000,
    "backticks": "".join("`" * n + "a" for n in range(440)),
    "autolinks": "<http://" * 12_500,
    "entities": "&#x41" * 20_000,
    "bare addresses": "https://a.b " * 8_000,
    "closing brackets": "https://a.b" + ")" * 99_000,
    "schemes": "https://" * 12_500,
}
SLOWEST_S = 10  # seconds on a busy machine; a quadratic case takes minutes

ALLOWED_TAG = re.compile(
    r"</?(?:p|h[2-6]|ul|li|blockquote|strong|em|code|pre|a)>|<ol(?: start=\"\d+\")?>|</ol>|<hr>|<br>"
    r"|<a href=\"(?:https?|mailto):[^\"<>]*\" rel=\"noopener noreferrer nofollow\">"
)


def assert_harmless(html: str) -> None:
    rest = ALLOWED_TAG.sub("", html)
    assert "<" not in rest, rest


class TestToHtml:
    def test_renders_what_a_letter_needs(self) -> None:
        html = to_html("Dear *all*,\n\n> said **so**\n\n3. three\n4. four\n\n- a\n- b")

        assert html == (
            "<p>Dear <em>all</em>,</p>\n"
            "<blockquote>\n<p>said <strong>so</strong></p>\n</blockquote>\n"
            '<ol start="3">\n<li>three</li>\n<li>four</li>\n</ol>\n'
            "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"
        )

    @pytest.mark.parametrize(
        ("text", "address", "rest"),
        [
            ("See https://example.org/a_b?c=1&d=2.", "https://example.org/a_b?c=1&d=2", "."),
            ("(http://example.org)", "http://example.org", ")"),
            ("https://example.org/a_(b), and", "https://example.org/a_(b)", ", and"),
            ("“https://example.org”", "https://example.org", "”"),
            ("请看https://example.org。谢谢", "https://example.org", "。谢谢"),
        ],
    )
    def test_makes_links_of_addresses_as_they_are(self, text, address, rest) -> None:
        shown = address.replace("&", "&amp;")

        assert f'<a href="{shown}" rel="noopener noreferrer nofollow">{shown}</a>{rest}' in (
            to_html(text)
        )
        assert to_text(text) == text

    @pytest.mark.parametrize(
        "text",
        ["`https://example.org`", "https://", "https://)", "javascript://x", "www.example.org"],
    )
    def test_makes_no_link_of_what_is_none(self, text) -> None:
        assert "<a " not in to_html(text)

    def test_makes_no_link_within_a_link(self) -> None:
        html = to_html("[https://good.example](https://other.example)")

        assert html.count("<a ") == 1
        assert 'href="https://other.example"' in html

    def test_leaves_the_only_h1_to_the_page_and_skips_no_level(self) -> None:
        html = to_html("# a\n#### b\n###### c\n# d")

        assert re.findall(r"<(h\d)>(\w)", html) == [
            ("h2", "a"),
            ("h3", "b"),
            ("h4", "c"),
            ("h2", "d"),
        ]

    def test_starts_at_h2_where_the_writer_starts_lower(self) -> None:
        assert re.findall(r"<(h\d)>", to_html("### a\n#### b\n### c")) == ["h2", "h3", "h2"]

    def test_links_without_referrer_or_endorsement(self) -> None:
        html = to_html("[report](https://example.org/a?b=1&c=2)")

        assert 'href="https://example.org/a?b=1&amp;c=2"' in html
        assert 'rel="noopener noreferrer nofollow"' in html

    def test_shows_an_image_as_its_description(self) -> None:
        html = to_html("before ![a *big* map](https://tracker.example/p.gif) after")

        assert html == "<p>before a big map after</p>\n"

    @pytest.mark.parametrize("text", HOSTILE)
    def test_lets_nothing_active_through(self, text: str) -> None:
        assert_harmless(to_html(text))

    @given(st.text(alphabet="<>[]()!*_`\"'&;:#/\\ \n\tajs1-=javscript", max_size=200))
    @settings(deadline=None, max_examples=300)
    def test_lets_nothing_active_through_whatever_is_written(self, text: str) -> None:
        assert_harmless(to_html(text))

    @pytest.mark.parametrize("name", BOMBS)
    def test_stays_fast(self, name: str) -> None:
        text = BOMBS[name][:MAX_MARKDOWN_CHARS]
        began = time.process_time()

        to_html(text)
        to_text(text)

        assert time.process_time() - began < SLOWEST_S

    def test_refuses_a_text_that_is_too_long_and_says_the_limit(self) -> None:
        with pytest.raises(TextTooLong, match="100001 characters; at most 100000"):
            to_html("a" * (MAX_MARKDOWN_CHARS + 1))

    def test_keeps_the_words_of_a_quote_within_twenty_quotes(self) -> None:
        assert "still here" in to_html("> " * 20 + "still here")

    def test_drops_control_characters(self) -> None:
        assert to_html("a\x00\x07\x1b[31mb\ud800") == "<p>a[31mb</p>\n"


class TestToText:
    def test_reads_like_a_plain_mail(self) -> None:
        text = to_text(
            "# Title\n\nDear *all*,  \nread [the report](https://example.org).\n\n"
            "1. one\n2. two\n   - deeper\n\n> a **quote**\n> goes on\n\n<mailto:a@b.example>"
        )

        assert text == (
            "Title\n\nDear all,\nread the report (https://example.org).\n\n"
            "1. one\n2. two\n   - deeper\n\n> a quote goes on\n\nmailto:a@b.example"
        )

    def test_leaves_out_an_empty_image(self) -> None:
        assert to_text("![](https://tracker.example/p.gif)") == ""


class TestToBlocks:
    def test_gives_a_tree_of_plain_values(self) -> None:
        blocks = to_blocks("## a\n\n**b [c](https://d.example)**\n\n- e\n\n> f")

        assert blocks == (
            Heading(2, (Run("a"),)),
            Paragraph(
                (
                    Run("b ", strong=True),
                    Link("https://d.example", (Run("c", strong=True),)),
                )
            ),
            ItemList(((Paragraph((Run("e"),)),),)),
            Quote((Paragraph((Run("f"),)),)),
        )

    def test_flattens_emphasis_in_emphasis(self) -> None:
        (paragraph,) = to_blocks("*a " * 500 + "b" + "*" * 500)

        assert isinstance(paragraph, Paragraph)
        assert all(isinstance(one, Run) for one in paragraph.inlines)

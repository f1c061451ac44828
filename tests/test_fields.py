"""Tests of the fields that forms and the API are made of."""

from enum import StrEnum

import pytest
from marshmallow import Schema, ValidationError

from coalition.fields import (
    Choice,
    Day,
    Line,
    MailAddress,
    OneOf,
    Paragraphs,
    Slug,
    WebAddress,
    Whole,
    YesNo,
)


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


class Everything(Schema):
    line = Line(10)
    text = Paragraphs(20, default=None)
    slug = Slug(required=False)
    website = WebAddress()
    email = MailAddress()
    size = Choice(Size, default=Size.SMALL)
    color = OneOf(("red", "blue"), required=False)
    day = Day()
    number = Whole(1, 5)
    agreed = YesNo()


def loaded(app, **values):
    with app.test_request_context():
        return Everything().load(values)


class TestLoad:
    def test_fills_in_what_was_not_sent(self, app):
        assert loaded(app) == {
            "line": "",
            "text": None,
            "slug": "",
            "website": None,
            "email": None,
            "size": Size.SMALL,
            "color": None,
            "day": None,
            "number": None,
            "agreed": False,
        }

    @pytest.mark.parametrize(
        ("field", "written", "stored"),
        [
            ("line", "  two \t words\n", "two words"),
            ("line", "Zoe\u0308", "Zoë"),
            ("line", "🚌" * 10, "🚌" * 10),
            ("text", "a\r\nb\rc\n", "a\nb\nc"),
            ("website", "Example.org/x", "https://Example.org/x"),
            ("website", "http://bücher.example", "http://bücher.example"),
            ("email", "Ada@EXAMPLE.org", "Ada@example.org"),
            ("number", " 3 ", 3),
            ("agreed", "on", True),
            ("size", "large", Size.LARGE),
        ],
    )
    def test_tidies_what_was_sent(self, app, field, written, stored):
        assert loaded(app, **{field: written})[field] == stored

    @pytest.mark.parametrize(
        ("field", "written"),
        [
            ("line", "x" * 11),
            ("line", "a\x00"),
            ("line", "a\x1b[31m"),
            ("line", "a\u202eb"),
            ("line", "a\u2066b"),
            ("line", "a\ufffe"),
            ("line", "a\ud800"),
            ("line", 7),
            ("line", ["a"]),
            ("line", {"a": 1}),
            ("text", "x" * 21),
            ("text", "a\x08b"),
            ("slug", "-a"),
            ("slug", "a--b"),
            ("slug", "ä"),
            ("website", "javascript:alert(1)"),
            ("website", "https://"),
            ("website", "https://localhost"),
            ("website", "https://exam ple.org"),
            ("website", "https://[::1"),
            ("website", "https://a@example.org"),
            ("email", "a@b"),
            ("size", "huge"),
            ("size", ["small"]),
            ("color", "green"),
            ("color", {}),
            ("day", "2026-02-30"),
            ("day", "24.11.2026"),
            ("day", 20261124),
            ("number", "0"),
            ("number", "6"),
            ("number", "3.5"),
            ("number", True),
            ("number", "9" * 5_000),
            ("agreed", "perhaps"),
            ("agreed", []),
        ],
    )
    def test_refuses_the_field_with_a_sentence(self, app, field, written):
        with pytest.raises(ValidationError) as refused:
            loaded(app, **{field: written})

        assert list(refused.value.messages) == [field]
        assert refused.value.messages[field][0].endswith(".")

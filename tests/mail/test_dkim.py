"""Signatures, checked by another program."""

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalition.mail import dkim as ours
from coalition.mail.dkim import DkimKey

HEAD = (
    b"From: A <a@c.example>\r\nTo: b@x.example\r\nSubject: hi\r\n  there \t you\r\n"
    b"Date: Mon, 1 Dec 2025 10:00:00 +0000\r\nList-Unsubscribe: <https://x.example/1>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-Version: 1.0\r\n\r\n"
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory) -> list[DkimKey]:
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

    return [
        DkimKey("c.example", "r", rsa.generate_private_key(65537, 2048)),
        DkimKey("c.example", "e", ed25519.Ed25519PrivateKey.generate()),
    ]


def verified(message: bytes, keys: list[DkimKey]) -> list[bool]:
    records = {key.record_name: key.record.encode() for key in keys}

    def look_up(name: bytes, timeout: int = 5) -> bytes:
        return records[name.decode().rstrip(".")]

    checker = dkim.DKIM(message)
    try:
        return [checker.verify(number, dnsfunc=look_up) for number in range(len(keys))]
    except dkim.ValidationError:  # so it says that the body was changed
        return [False] * len(keys)


class TestSigned:
    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.text(st.sampled_from("ab \t.=é"), max_size=30), max_size=8))
    def test_is_verified_by_others_whatever_the_text(self, keys, lines):
        body = b"".join(line.encode() + b"\r\n" for line in lines)

        assert verified(ours.signed(HEAD + body, keys), keys) == [True, True]

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b"A <a@c.example>", b"E <a@c.example>"),
            (b"https://x.example/1", b"https://evil.example"),
            (b"Hello", b"Hallo"),
            (b"One-Click", b"Two-Click"),
            (b"Subject: hi", b"Subject: no"),
            (b"MIME-Version", b"From: eve@c.example\r\nMIME-Version"),
        ],
    )
    def test_is_not_when_something_was_changed(self, keys, old, new):
        message = ours.signed(HEAD + b"Hello\r\n", keys[:1])
        head, _, rest = message.partition(b"\r\nFrom:")

        forged = head + b"\r\nFrom:" + rest.replace(old, new, 1)

        assert forged != message
        assert verified(forged, keys[:1]) == [False]

    def test_is_the_message_itself_without_a_key(self, database):
        assert ours.signed(HEAD) == HEAD


class TestMakeKey:
    def test_keeps_it_where_nobody_else_reads(self, database, change_settings, tmp_path):
        change_settings(
            COALITION_DATA_DIR=str(tmp_path), COALITION_MAIL_FROM="news@mail.example"
        )
        made = ours.make_key("s1", is_rsa=False)

        assert made.record_name == "s1._domainkey.mail.example"
        assert made.record.startswith("v=DKIM1; k=ed25519; p=")
        assert (tmp_path / "dkim" / "s1.pem").stat().st_mode & 0o77 == 0
        assert [key.record for key in ours.own_keys()] == [made.record]
        with pytest.raises(FileExistsError):
            ours.make_key("s1", is_rsa=True)

"""Which passwords are taken."""

import pytest

from coalition.accounts import passwords
from coalition.accounts.errors import WeakPassword

ABOUT = ["ada.lovelace@example.org", "ada.lovelace", "Ada Lovelace", "Night Buses for All"]


class TestCheck:
    @pytest.mark.parametrize(
        "password",
        [
            "seven green parakeets at dusk",
            "x7Kq93vmPz2Lw8Rt5",
            "🦜🌆🦜🌆 grüne Papageien",
            "tres loros verdes cantan bajo",
            "no-digits-or-capitals-needed",
            "w" + "ords and spaces " * 60,
            "ada grows purple turnips downtown",
        ],
    )
    def test_takes_long_ones_of_any_characters(self, password):
        assert passwords.check(password, ABOUT)

    @pytest.mark.parametrize(
        ("password", "why"),
        [
            ("fourteen chars", "at least 15"),
            ("", "at least 15"),
            ("x" * 1001, "at most 1,000"),
            ("aaaaaaaaaaaaaaaaaaaa", "repeats"),
            ("abcabcabcabcabcabc", "repeats"),
            ("Zx9!Zx9!Zx9!Zx9!Zx9!", "repeats"),
            ("passwordpassword123", "tried first"),
            ("Correct Horse Battery Staple!", "tried first"),
            ("qwertyuiopasdfghjkl", "tried first"),
            ("98765432109876543210987", "tried first"),
            ("letmeinplease12345678", "tried first"),
            ("The quick brown fox jumps 99", "tried first"),
            ("AdaLovelace2026!!", "name or address"),
            ("ada.lovelace@example.org", "name or address"),
            ("night buses for all 2026", "name or address"),
        ],
    )
    def test_says_why_others_are_refused(self, password, why):
        with pytest.raises(WeakPassword, match=why):
            passwords.check(password, ABOUT)


class TestMatches:
    def test_is_true_for_the_whole_password_only(self):
        long = "a long password, longer than the 72 bytes after which bcrypt stops reading: one"
        stored = passwords.hashed(long)

        assert passwords.matches(long, stored)
        assert not passwords.matches(long[:-1] + "x", stored)

    def test_sees_through_how_a_letter_is_composed(self):
        assert passwords.matches(
            "cafe\u0301 at the corner", passwords.hashed("café at the corner")
        )

    def test_is_false_where_no_password_is_set(self):
        assert not passwords.matches("nobody signs in with this", None)

    def test_is_asked_of_hashes_as_strong_as_promised(self, real_hashes):
        assert passwords.hashed("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")

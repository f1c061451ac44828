"""The ways in: password, code, recovery code, link by mail; and what keeps others out."""

import re
import time
from urllib.parse import urljoin, urlsplit

import pytest
from sqlalchemy import update

from coalition import config, db, testing
from coalition.accounts import access, throttle
from coalition.accounts.links import AccountLink, LinkPurpose
from coalition.accounts.models import User
from coalition.clock import now

PASSWORD = "seven green parakeets at dusk"
NEW_PASSWORD = "nine blue herons at dawn"


def without_tokens(page: str, *addresses: str) -> str:
    for address in addresses:
        page = page.replace(address, "ADDRESS")
    return re.sub(r'value="[^"]{40,}"', "", page)


def link_in(text: str) -> str:
    return re.search(r"http://localhost(/account/links/\S+)", text)[1]


class TestPassword:
    @pytest.mark.parametrize(
        ("email", "password"),
        [
            ("nobody@example.org", PASSWORD),
            ("ada@example.org", "wrong but long enough"),
            ("off@example.org", PASSWORD),
            ("invited@example.org", PASSWORD),
        ],
    )
    def test_answers_the_same_to_every_wrong_pair(
        self, visitor, other, user, coalition, email, password
    ):
        off = testing.make_user("off@example.org", coalition, password=PASSWORD)
        testing.make_user("invited@example.org", coalition)
        with db.transaction() as session:
            session.get(User, off.id).deactivate()

        answer = visitor.sign_in(email, password)
        unknown = other.sign_in("stranger@example.org", "something else entirely")

        assert answer.status_code == unknown.status_code == 422
        assert "Address or password is wrong." in answer.text
        assert without_tokens(answer.text, email) == without_tokens(
            unknown.text, "stranger@example.org"
        )
        assert visitor.get("/account/").status_code == 303

    def test_takes_as_long_for_an_unknown_address(self, real_hashes, visitor, user):
        def median_s(email: str) -> float:
            taken = []
            for _ in range(5):
                throttle.forget("password", email)
                began = time.perf_counter()
                visitor.sign_in(email, "wrong but long enough")
                taken.append(time.perf_counter() - began)
            return sorted(taken)[2]

        median_s("ada@example.org")  # warm up

        known, unknown = median_s("ada@example.org"), median_s("nobody@example.org")

        assert 0.5 < known / unknown < 2  # a missing hash makes it ten times faster

    def test_is_read_whole_and_in_one_normal_form(self, visitor, coalition):
        long = "ﬁne words and more of them, " * 5 + "end"
        testing.make_user("long@example.org", coalition, password=long)

        assert visitor.sign_in("long@example.org", long[:-1]).status_code == 422
        assert visitor.sign_in("long@example.org", long.replace("ﬁ", "fi")).status_code == 302

    @pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
    def test_is_not_looked_at_after_ten_tries_in_an_hour(self, visitor, user, email):
        for _ in range(10):
            assert visitor.sign_in(email, "wrong but long enough").status_code == 422

        answer = visitor.sign_in(email, PASSWORD)

        assert answer.status_code == 429
        assert "too often" in answer.text
        assert visitor.get("/account/").status_code == 303

    def test_may_be_tried_again_an_hour_later(self, visitor, user):
        for _ in range(11):
            visitor.sign_in("ada@example.org", "wrong but long enough")
        with db.transaction() as session:
            session.execute(
                update(throttle.LoginThrottle).values(
                    window_began_at=now() - throttle.timedelta(minutes=61)
                )
            )

        assert visitor.sign_in("ada@example.org").status_code == 302

    def test_is_closed_after_a_hundred_wrong_ones_until_a_new_one_is_set(self, user):
        with db.transaction() as session:
            throttle.may_try("password", "ada@example.org")
            session.execute(update(throttle.LoginThrottle).values(tries=1, tries_in_a_row=100))

        assert not throttle.may_try("password", "ada@example.org")
        throttle.forget("password", "ada@example.org")
        assert throttle.may_try("password", "ada@example.org")

    def test_is_refused_without_the_pages_token(self, visitor, user):
        answer = visitor.client.post(
            "/login", data={"email": "ada@example.org", "password": PASSWORD}
        )

        assert answer.status_code == 400
        assert visitor.get("/account/").status_code == 303

    def test_is_refused_with_the_token_of_another_session(self, visitor, other, user):
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', other.get("/login").text)[1]
        visitor.get("/login")

        answer = visitor.client.post(
            "/login",
            data={"email": "ada@example.org", "password": PASSWORD, "csrf_token": token},
        )

        assert answer.status_code == 400


class TestForgetOld:
    def test_keeps_counts_that_protect_and_deletes_the_rest(self, database):
        for _ in range(10):
            throttle.may_try("password", "attacked@example.org")
        throttle.may_try("password", "mistyped@example.org")
        with db.transaction() as session:
            two_days_ago = now() - throttle.timedelta(days=2)
            session.execute(update(throttle.LoginThrottle).values(window_began_at=two_days_ago))

        throttle.forget_old()

        with db.reading():
            (row,) = db.rows("SELECT tries_in_a_row FROM login_throttles")
        assert row["tries_in_a_row"] == 10


class TestNext:
    @pytest.mark.parametrize(
        "target",
        [
            "//evil.example",
            "https://evil.example/",
            "\\\\evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "///evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "http://localhost@evil.example/",
            "/\r\nLocation: https://evil.example",
            "//evil.example/%2e%2e",
            "https:///evil.example",
            "\x00//evil.example",
            " //evil.example",
            "\u2044\u2044evil.example",
        ],
    )
    def test_never_leaves_this_host(self, visitor, user, target):
        answer = visitor.post("/login", email="ada@example.org", password=PASSWORD, next=target)

        location = answer.headers.get("Location", "/")
        assert not re.search(
            r"[\\\x00-\x20]", location
        )  # browsers read them as "/" or not at all
        assert urlsplit(urljoin("http://localhost/login", location)).netloc == "localhost"

    def test_leads_back_to_the_page_that_was_asked_for(self, visitor, user, coalition):
        asked = visitor.get(f"/manage/{coalition.slug}/team/?a=b")
        assert asked.status_code == 303

        answer = visitor.post(
            "/login",
            page=asked.location,
            email="ada@example.org",
            password=PASSWORD,
            next=f"/manage/{coalition.slug}/team/?a=b",
        )

        assert answer.location == f"/manage/{coalition.slug}/team/?a=b"


class TestCode:
    def test_is_asked_after_the_password(self, visitor, with_code, codes, coalition):
        answer = visitor.sign_in("ada@example.org")

        assert "/login/code" in answer.location
        assert visitor.get("/account/").status_code == 303
        code = codes.generate_totp_password(with_code.tf_totp_secret)
        answer = visitor.post("/login/code", code=code)
        assert answer.status_code == 302, answer.text
        page = visitor.get("/account/").text
        assert re.search(r"password\s*\+\s*code", page)
        assert visitor.get(f"/manage/{coalition.slug}/team/").status_code == 200

    def test_works_once(self, visitor, other, with_code, codes):
        code = codes.generate_totp_password(with_code.tf_totp_secret)
        visitor.sign_in("ada@example.org")
        visitor.post("/login/code", code=code)
        other.sign_in("ada@example.org")

        answer = other.post("/login/code", code=code)

        assert answer.status_code == 422
        assert other.get("/account/").status_code == 303

    def test_is_not_looked_at_after_ten_tries(self, visitor, with_code, codes):
        visitor.sign_in("ada@example.org")
        for _ in range(10):
            visitor.post("/login/code", code="000000")

        code = codes.generate_totp_password(with_code.tf_totp_secret)
        answer = visitor.post("/login/code", code=code)

        assert answer.status_code == 429

    def test_is_set_up_from_the_account(self, visitor, user, codes, now_in_database, coalition):
        visitor.sign_in("ada@example.org")
        assert visitor.get(f"/manage/{coalition.slug}/team/").location == "/account/security"

        page = visitor.post("/account/code", setup="authenticator").text
        assert 'src="data:image/svg+xml' in page
        action = re.search(r'action="(/account/code/[^"]+)"', page)[1]
        key = re.search(r"<code>([A-Z2-7 -]+)</code>", page)[1]
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
        code = codes._totp(key=key.replace("-", "")).generate().token
        visitor.client.post(action, data={"csrf_token": token, "code": code})

        row = now_in_database(user)
        assert row.has_second_factor
        assert key.replace("-", "") not in row.tf_totp_secret
        assert visitor.get(f"/manage/{coalition.slug}/team/").status_code == 200

    def test_is_refused_in_the_visitors_language(self, visitor, with_code):
        visitor.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "es"
        visitor.sign_in("ada@example.org")

        answer = visitor.post("/login/code", code="000000")

        assert "Código inválido" in answer.text  # Flask-Security's words
        assert "Código de su aplicación" in answer.text  # ours

    def test_can_be_switched_off_again(self, visitor, with_code, now_in_database):
        testing.sign_in(visitor.client, with_code)

        visitor.post("/account/code", setup="disable")

        assert not now_in_database(with_code).has_second_factor
        assert visitor.get("/manage/night-buses/team/").location == "/account/security"


class TestRecoveryCode:
    def test_stands_in_for_the_code_once(self, visitor, other, with_code):
        testing.sign_in(visitor.client, with_code)
        page = visitor.post("/account/recovery-codes", generate_new_codes="1").text
        shown = re.findall(r"<code>([A-Z2-9]{4}(?:-[A-Z2-9]{4}){3})</code>", page)
        assert len(shown) == 8
        assert shown[0] not in visitor.get("/account/recovery-codes?show_codes=1").text

        other.sign_in("ada@example.org")
        first = other.post("/login/recovery-code", code=shown[0].lower())
        assert first.status_code == 302, first.text
        assert other.get("/account/").status_code == 200

        other.post("/logout", page="/account/")
        other.sign_in("ada@example.org")
        again = other.post("/login/recovery-code", code=shown[0])
        assert again.status_code == 422
        assert other.get("/account/").status_code == 303


class TestLinkByMail:
    def test_is_answered_alike_for_unknown_addresses(self, visitor, other, user, mailbox):
        known = visitor.post("/login/link", email="ada@example.org", purpose="password")
        unknown = other.post("/login/link", email="nobody@example.org", purpose="password")

        assert known.status_code == unknown.status_code == 303
        assert known.location == unknown.location
        assert [message.recipient for message in mailbox()] == ["ada@example.org"]

    def test_sets_a_new_password_and_ends_all_sessions(self, visitor, other, user, mailbox):
        other.sign_in("ada@example.org")
        visitor.post("/login/link", email="ada@example.org", purpose="password")
        path = link_in(mailbox()[0].text)

        answer = visitor.post(path, password=NEW_PASSWORD, password_again=NEW_PASSWORD)

        assert answer.status_code == 303, answer.text
        assert other.get("/account/").status_code == 303
        assert visitor.sign_in("ada@example.org").status_code == 422
        assert visitor.sign_in("ada@example.org", NEW_PASSWORD).status_code == 302

    def test_is_used_up_by_the_button_and_not_by_looking(self, visitor, other, user, mailbox):
        visitor.post("/login/link", email="ada@example.org", purpose="sign_in")
        path = link_in(mailbox()[0].text)
        for _ in range(20):
            assert other.get(path).status_code == 200
        other.client.head(path)

        assert visitor.post(path).location == "/account/"
        assert visitor.get("/account/").status_code == 200
        assert other.get(path).status_code == 410

    def test_alone_does_not_open_lists_of_people(self, visitor, user, mailbox, coalition):
        with db.transaction() as session:
            session.get(User, user.id).coalition_roles[0].role = "viewer"
        testing.make_user("coco@example.org", coalition)
        visitor.post("/login/link", email="ada@example.org", purpose="sign_in")
        visitor.post(link_in(mailbox()[0].text))

        answer = visitor.get("/account/")
        assert answer.status_code == 200
        view = access.staff(access.Role.VIEWER)(lambda coalition: "people")
        with visitor.client.application.test_request_context(
            f"/manage/{coalition.slug}/people/",
            headers={"Cookie": f"session={visitor.cookie}"},
        ):
            answer = view(coalition=coalition.slug)
        assert answer.status_code == 303
        assert answer.location.startswith("/account/confirmation")

        visitor.post("/account/confirmation", password=PASSWORD)
        with visitor.client.application.test_request_context(
            f"/manage/{coalition.slug}/people/",
            headers={"Cookie": f"session={visitor.cookie}"},
        ):
            assert view(coalition=coalition.slug) == "people"

    @pytest.mark.parametrize("page", ["/account/passkeys", "/account/code"])
    def test_alone_does_not_let_in_who_would_add_a_key_of_their_own(
        self, visitor, user, mailbox, page
    ):
        visitor.post("/login/link", email="ada@example.org", purpose="sign_in")
        visitor.post(link_in(mailbox()[0].text))

        answer = visitor.post(
            page, page="/account/", setup="authenticator", name="x", usage="first"
        )

        assert answer.location.startswith("/account/confirmation")

    def test_still_asks_for_the_code(self, visitor, with_code, mailbox):
        visitor.post("/login/link", email="ada@example.org", purpose="sign_in")

        answer = visitor.post(link_in(mailbox()[0].text))

        assert "/login/code" in answer.location
        assert visitor.get("/account/").status_code == 303

    def test_ends_after_ten_minutes(self, visitor, user, mailbox):
        visitor.post("/login/link", email="ada@example.org", purpose="sign_in")
        path = link_in(mailbox()[0].text)
        with db.transaction() as session:
            link = session.query(AccountLink).one()
            assert link.purpose == LinkPurpose.SIGN_IN
            assert now() + throttle.timedelta(minutes=10) >= link.expires_at
            link.expires_at = now()

        answer = visitor.get(path)

        assert answer.status_code == 410
        assert "used already or is too old" in answer.text

    @pytest.mark.parametrize(
        "password",
        ["too short", "password password", "ada@example.org 2026", "night buses 2026"],
    )
    def test_refuses_a_weak_password_and_stays_good(
        self, visitor, user, mailbox, password, now_in_database
    ):
        visitor.post("/login/link", email="ada@example.org", purpose="password")
        path = link_in(mailbox()[0].text)
        before = now_in_database(user).password

        answer = visitor.post(path, password=password, password_again=password)

        assert answer.status_code == 422
        assert now_in_database(user).password == before
        assert visitor.get(path).status_code == 200

    def test_refuses_two_passwords_that_differ(self, visitor, user, mailbox):
        visitor.post("/login/link", email="ada@example.org", purpose="password")

        answer = visitor.post(
            link_in(mailbox()[0].text), password=NEW_PASSWORD, password_again=NEW_PASSWORD + "x"
        )

        assert answer.status_code == 422
        assert "differ" in answer.text

    def test_goes_at_most_five_times_a_day(self, visitor, user, mailbox):
        for _ in range(7):
            visitor.post("/login/link", email="ada@example.org", purpose="sign_in")

        assert len(mailbox()) == 5

    def test_says_when_the_address_is_none(self, visitor, database):
        answer = visitor.post("/login/link", email="nonsense", purpose="password")

        assert answer.status_code == 422
        assert "not an e-mail address" in answer.text


class TestRequiredSecondFactor:
    def test_can_be_switched_off_for_a_demonstration(
        self, visitor, user, coalition, monkeypatch
    ):
        settings = config.current()
        changed = type(settings)(**{**vars(settings), "require_second_factor": False})
        monkeypatch.setattr(config, "current", lambda: changed)
        visitor.sign_in("ada@example.org")

        assert visitor.get(f"/manage/{coalition.slug}/team/").status_code == 200

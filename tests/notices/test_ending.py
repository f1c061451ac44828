"""Each notice carries the two ways to end these mails, and they work at once."""

import re

import pytest

from tests.notices.conftest import make_resident, number


@pytest.fixture
def mail(coalition, item, look, sent):
    """Give the first notice that a resident got."""
    make_resident(coalition, language="es")
    number(item)
    look(minutes=11)
    (mail,) = sent()
    return mail


class TestEnding:
    def test_is_behind_the_link_to_the_persons_preferences(self, client, mail):
        link = re.search(r"http://localhost(/preferences/\S+)", mail["text"])[1]

        page = client.get(link)

        assert page.status_code == 200
        assert 'lang="es"' in page.text

    def test_is_one_click_in_the_mail_program(self, client, item, mail, look, sent, clock):
        address = mail["list_unsubscribe"].removeprefix("http://localhost")
        answer = client.post(address, data={"List-Unsubscribe": "One-Click"})
        clock.shift(1)
        number(item, "B-2")
        look(minutes=11)

        assert answer.status_code == 200
        assert sent() == []

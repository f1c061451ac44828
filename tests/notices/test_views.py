"""The link in each notice with which a person ends these mails."""

import re

import pytest
from sqlalchemy import select

from coalition import db
from coalition.consents.models import Consent
from tests.notices.conftest import make_resident, number


@pytest.fixture
def link(coalition, item, look, sent):
    make_resident(coalition, language="es")
    number(item)
    look(minutes=11)
    (mail,) = sent()
    return re.search(r"http://localhost(/notices/\S+)", mail["text"])[1]


class TestStop:
    def test_ends_the_mails(self, client, coalition, item, link, look, sent, clock):
        clock.shift(1)
        path, _, query = link.partition("?")
        page = client.get(link)
        answer = client.post(f"{path}stop?{query}")
        number(item, "B-2")
        look(minutes=11)

        assert f'action="{path}stop?lang=es"' in page.text
        assert answer.status_code == 200
        assert sent() == []
        with db.reading(coalition.id) as session:
            newest = session.scalars(
                select(Consent).order_by(Consent.recorded_at.desc())
            ).first()
        assert newest.given is False
        assert newest.wording in page.text

    def test_changes_nothing_when_a_scanner_opens_the_link(self, client, coalition, link):
        client.get(link)

        with db.reading(coalition.id) as session:
            assert [each.given for each in session.scalars(select(Consent))] == [True]

    @pytest.mark.parametrize("token", ["x", "WyJhIiwiYiJd.abc", "é"])
    def test_refuses_a_link_that_we_did_not_make(self, client, coalition, token):
        assert client.get(f"/notices/{token}/").status_code in (400, 404, 410)
        assert client.post(f"/notices/{token}/stop").status_code in (400, 404, 410)

from uuid import uuid4

import pytest
import time_machine
from itsdangerous import Signer, URLSafeSerializer

from coalition import db, signed_links
from coalition.coalitions.models import Coalition
from coalition.letters import links
from coalition.letters.errors import LinkBroken, LinkExpired
from coalition.testing import make_coalition


@pytest.fixture
def ids(coalition):
    """Give the ids of a coalition and of a signature."""
    return coalition.id, uuid4()


class TestConfirmationToken:
    def test_names_coalition_and_signature(self, ids):
        assert links.read_confirmation_token(links.confirmation_token(*ids)) == ids

    def test_ends_after_a_week(self, ids):
        with time_machine.travel("2026-11-01 12:00:00+00:00", tick=False):
            token = links.confirmation_token(*ids)

        with time_machine.travel("2026-11-08 11:59:59+00:00", tick=False):
            assert links.read_confirmation_token(token) == ids
        with time_machine.travel("2026-11-08 12:00:02+00:00", tick=False):
            with pytest.raises(LinkExpired, match="7 days"):
                links.read_confirmation_token(token)
            assert links.read_expired_token(token) == ids

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda t: t[:-1],
            lambda t: "x" + t,
            lambda t: "",
            lambda t: t.upper(),
            lambda t: "é" + t,
        ],
    )
    def test_does_not_work_when_it_was_changed(self, ids, spoil):
        token = spoil(links.confirmation_token(*ids))

        for read in (links.read_confirmation_token, links.read_expired_token):
            with pytest.raises(LinkBroken):
                read(token)

    def test_is_no_manage_token_nor_the_other_way_round(self, ids):
        with pytest.raises(LinkBroken):
            links.read_manage_token(links.confirmation_token(*ids))
        with pytest.raises(LinkBroken):
            links.read_confirmation_token(links.manage_token(*ids))


class TestManageToken:
    def test_never_ends(self, ids):
        with time_machine.travel("2026-11-01 12:00:00+00:00", tick=False):
            token = links.manage_token(*ids)

        with time_machine.travel("2036-11-01 12:00:00+00:00", tick=False):
            assert links.read_manage_token(token) == ids


class TestKeys:
    def test_of_the_installation_may_change_without_breaking_a_link(self, ids, change_settings):
        change_settings(SECRET_KEY="the-old-key")
        tokens = links.manage_token(*ids), links.confirmation_token(*ids)

        change_settings(SECRET_KEY="the-new-key")

        assert links.read_manage_token(tokens[0]) == ids
        assert links.read_confirmation_token(tokens[1]) == ids

    def test_of_the_installation_make_no_link(self, ids, change_settings):
        change_settings(SECRET_KEY="stolen")
        plain = links.manage_token(*ids).partition(".")[0]
        forged = [
            Signer("stolen", salt="manage-signature").sign(plain).decode(),
            URLSafeSerializer("stolen", salt="manage-signature").dumps([x.hex for x in ids]),
        ]

        for token in forged:
            with pytest.raises(LinkBroken):
                links.read_manage_token(token)

    def test_of_one_coalition_make_no_link_of_another(self, ids):
        other = make_coalition("trams", "Tram Friends")
        ours = links.manage_token(*ids)
        theirs = links.manage_token(other.id, ids[1])

        for packed, signature in ((ours, theirs), (theirs, ours)):
            with pytest.raises(LinkBroken):
                links.read_manage_token(
                    f"{packed.partition('.')[0]}.{signature.partition('.')[2]}"
                )

    def test_end_with_the_coalition(self, ids):
        token = links.manage_token(*ids)
        with db.platform_transaction() as session:
            session.delete(session.get(Coalition, ids[0]))
        signed_links.crypto.forget_keyrings()

        with pytest.raises(LinkBroken):
            links.read_manage_token(token)

from uuid import uuid4

import pytest
import time_machine

from coalition.letters import links
from coalition.letters.errors import LinkBroken, LinkExpired

IDS = uuid4(), uuid4()


class TestConfirmationToken:
    def test_names_coalition_and_signature(self, database):
        assert links.read_confirmation_token(links.confirmation_token(*IDS)) == IDS

    def test_ends_after_a_week(self, database):
        with time_machine.travel("2026-11-01 12:00:00+00:00", tick=False):
            token = links.confirmation_token(*IDS)

        with time_machine.travel("2026-11-08 11:59:59+00:00", tick=False):
            assert links.read_confirmation_token(token) == IDS
        with time_machine.travel("2026-11-08 12:00:02+00:00", tick=False):
            with pytest.raises(LinkExpired, match="7 days"):
                links.read_confirmation_token(token)
            assert links.read_expired_token(token) == IDS

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
    def test_does_not_work_when_it_was_changed(self, database, spoil):
        token = spoil(links.confirmation_token(*IDS))

        for read in (links.read_confirmation_token, links.read_expired_token):
            with pytest.raises(LinkBroken):
                read(token)

    def test_is_no_manage_token_nor_the_other_way_round(self, database):
        with pytest.raises(LinkBroken):
            links.read_manage_token(links.confirmation_token(*IDS))
        with pytest.raises(LinkBroken):
            links.read_confirmation_token(links.manage_token(*IDS))


class TestManageToken:
    def test_never_ends(self, database):
        with time_machine.travel("2026-11-01 12:00:00+00:00", tick=False):
            token = links.manage_token(*IDS)

        with time_machine.travel("2036-11-01 12:00:00+00:00", tick=False):
            assert links.read_manage_token(token) == IDS


class TestKeys:
    def test_may_change_while_the_old_one_is_listed(self, database, change_settings):
        change_settings(SECRET_KEY="the-old-key")
        token = links.manage_token(*IDS)

        change_settings(SECRET_KEY="the-new-key,the-old-key")
        assert links.read_manage_token(token) == IDS
        fresh = links.manage_token(*IDS)
        assert fresh != token

        change_settings(SECRET_KEY="the-new-key")
        assert links.read_manage_token(fresh) == IDS
        with pytest.raises(LinkBroken):
            links.read_manage_token(token)

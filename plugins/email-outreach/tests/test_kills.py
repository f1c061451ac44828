"""The whole product, killed in all its parts while a mailing is sent.

`coalition up` and one more worker run as in earnest. A coordinator begins, pauses and resumes
the mailing by requests to the real web server, and decides at the end about what is in doubt.
At random moments web server, workers, scheduler, queue and database are killed, and journals
are lost with their workers. By default a mailing to some hundred and two kills of each kind;
COALITION_KILLS_RECIPIENTS, COALITION_KILLS and COALITION_KILLS_SEED change that, and
`make test-kills` runs the full size.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest
from coalition_email_outreach import settling
from coalition_email_outreach.claiming import BATCH
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import Mailing, mailing_or_raise
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from coalition.sdk import reading, session, transaction
from coalition.testing import forget_process_state, make_user, sign_in

from .conftest import Sink, make_mailing, start_sink, states
from .house import KINDS, Browser, House

KILLS = int(os.environ.get("COALITION_KILLS", "12"))
SEED = int(os.environ.get("COALITION_KILLS_SEED", "4"))
JOURNALS = max(2, KILLS // 50)  # a lost one leaves a batch in doubt, so only few
RECIPIENTS = int(os.environ.get("COALITION_KILLS_RECIPIENTS", JOURNALS * BATCH + 200))
PAUSES = max(2, KILLS // 20)
EXTRA_WORKERS = 1
MESSAGE_S, SLOW_MESSAGE_S = 0.03, 2
PATIENCE_S = 120 + RECIPIENTS / 5
JOURNAL = "journal"

pytestmark = [
    pytest.mark.timeout(900 + RECIPIENTS),
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds processes in /proc"),
]


@pytest.fixture
def sink(tmp_path) -> Iterator[Sink]:
    """Give a server that takes some time for each message."""
    started = start_sink(tmp_path)
    started.take(MESSAGE_S)
    yield started
    started.stop()


@pytest.fixture
def house(installation, change_settings, sink) -> Iterator[House]:
    """Give a running installation of its own, with which this process works too."""
    house = House(
        {
            "COALITION_MAIL_URL": sink.url,
            "COALITION_MAIL_FROM": "news@coalition.example",
            "COALITION_REQUIRE_SECOND_FACTOR": "false",
        },
        EXTRA_WORKERS,
    )
    try:
        _leave_database()
        change_settings(COALITION_DATA_DIR=str(house.folder), **house.addresses)
        yield house
        _leave_database()
    finally:
        house.stop()


def _leave_database() -> None:
    """Have this process open its connections anew, perhaps to another database."""
    session.remove()
    session.get_bind().dispose()
    forget_process_state()


@pytest.fixture
def database(house) -> House:
    """Have all other fixtures use this installation's database."""
    return house


@pytest.fixture
def browser(app, coalition, house) -> Browser:
    """Give a coordinator's browser."""
    client = sign_in(app.test_client(), make_user("coco@example.org", coalition))
    return Browser(house.port, client.get_cookie("session").value)


class Trial:
    """A mailing that is sent in spite of everything."""

    def __init__(self, house: House, browser: Browser, sink: Sink, mailing: Mailing) -> None:
        self.chance = random.Random(SEED)
        self.plan = [JOURNAL] * JOURNALS
        kinds = list(KINDS)
        self.plan += [kinds[at % len(kinds)] for at in range(KILLS - JOURNALS)]
        self.chance.shuffle(self.plan)
        self.killed: list[tuple[str, int]] = []  # and how many messages were accepted then
        self._house, self._browser, self._sink, self._mailing = house, browser, sink, mailing
        self._lost: list[UUID] = []
        self._page = f"/manage/night-buses/mailings/{mailing.id}/"

    def press(self, button: str, until: str, **values: str) -> None:
        """Press a button again and again while nobody answers, until the page says so."""
        ends = time.monotonic() + PATIENCE_S
        while not self.sees(f">{until}<"):
            assert time.monotonic() < ends, (
                f"{until!r} was never seen\n{self._house.log[-3000:]}"
            )
            self._browser.press(self._page, button, **values)
            time.sleep(0.1)

    def look_for(self, words: str) -> None:
        """Look at the page until it can be seen and says something."""
        ends = time.monotonic() + PATIENCE_S
        while not self.sees(words):
            assert time.monotonic() < ends, (
                f"{words!r} was never seen\n{self._house.log[-3000:]}"
            )
            time.sleep(0.1)

    def sees(self, words: str) -> bool:
        """Return whether the mailing's page can be seen and says something."""
        self._house.tend()
        return words in (self._browser.see(self._page) or "")

    def kill_all_that_is_planned(self) -> None:
        """Kill each at its time: evenly over those whom no lost journal leaves in doubt."""
        step = (RECIPIENTS - JOURNALS * BATCH) // (KILLS + 1)
        for number, kind in enumerate(self.plan):
            self._wait_for((number + 1) * step)
            self._kill(kind)
            self.killed.append((kind, len(self._sink.accepted)))
            if number % (KILLS // PAUSES) == 1:
                self.press("pause", until="Paused")
                self.press("resumption", until="Being sent")

    def _wait_for(self, accepted: int, at_most_s: float = 10) -> None:
        """Wait for the next messages; then they come so slowly that kills do not come too late."""
        self._sink.take(MESSAGE_S)
        ends = time.monotonic() + at_most_s
        while len(self._sink.accepted) < accepted and time.monotonic() < ends:
            self._house.tend()
            time.sleep(0.05)
        self._sink.take(SLOW_MESSAGE_S)

    def _kill(self, kind: str) -> None:
        ends, killed = time.monotonic() + PATIENCE_S, False
        while not killed:
            assert time.monotonic() < ends, f"no {kind} to kill\n{self._house.log[-3000:]}"
            # Whoever sends is found as soon as they begin; the kill should come later too.
            time.sleep(self.chance.uniform(0, 1 if kind == JOURNAL else 0.05))
            self._house.tend()
            if kind == JOURNAL:
                lost = self._house.lose_journal(self.chance)
                self._lost += [lost] if lost else []
                killed = lost is not None
            else:
                killed = self._house.kill(kind, self.chance)

    def wait_until_sent(self) -> dict[str, int]:
        """Wait for the end; what only a lost journal knew waits an hour, which we shorten."""
        self._sink.take(MESSAGE_S)
        ends = time.monotonic() + PATIENCE_S
        found: dict[str, int] = {}
        while True:
            with suppress(DBAPIError):
                session.remove()
                if self._status() == MailingStatus.SENT:
                    return states(self._mailing)
                found = states(self._mailing)
                self._let_two_hours_pass()
            assert time.monotonic() < ends, f"{found}\n{self._house.log[-3000:]}"
            self._house.tend()
            time.sleep(1)

    def _status(self) -> MailingStatus:
        with reading(self._mailing.coalition_id):
            return mailing_or_raise(self._mailing.id).status

    def _let_two_hours_pass(self) -> None:
        with transaction(self._mailing.coalition_id):
            session.execute(
                text("""UPDATE email_outreach_recipients
                    SET lease_until = now() - interval '2 hours'
                    WHERE state = 'sending' AND claim_id = ANY(:lost)"""),
                {"lost": self._lost},
            )

    def said_to_be_sent(self) -> set[str]:
        """Return the addresses of those who are said to have got it."""
        with reading(self._mailing.coalition_id):
            rows = session.execute(
                text("""SELECT id FROM email_outreach_recipients
                    WHERE state = 'sent' AND mailing_id = :mailing"""),
                {"mailing": self._mailing.id},
            )
            ids = dict.fromkeys(row.id for row in rows)
            return set(settling.addresses_of(ids).values())


class TestKills:
    def test_of_every_part_miss_nobody_and_double_nobody_in_silence(
        self, house, browser, coalition, people, sink, at_any_hour, capsys
    ):
        for first in range(0, RECIPIENTS, 200):
            people(min(200, RECIPIENTS - first), first=first)
        mailing = make_mailing(coalition)
        trial = Trial(house, browser, sink, mailing)

        started = time.monotonic()
        trial.press("sending", until="Being sent")
        trial.kill_all_that_is_planned()
        found = trial.wait_until_sent()

        copies, in_doubt = sink.copies, found.get("uncertain", 0)
        kills = Counter(kind for kind, at in trial.killed if at < copies.total())
        told = {
            "seed": SEED,
            "kills while messages went out": dict(kills),
            "seconds": round(time.monotonic() - started),
            "requests in vain": browser.was_away,
            "connections cut": len(sink.cut),
            "missed": RECIPIENTS - len(copies),
            "more than once": copies.total() - len(copies),
            **found,
        }
        with capsys.disabled():
            print(told)
        assert all(kills[kind] >= 2 for kind in (*KINDS, JOURNAL))
        assert set(found) <= {"sent", "uncertain"}
        assert sum(found.values()) == RECIPIENTS
        assert max(copies.values()) == 1
        assert in_doubt <= len(sink.cut) + JOURNALS * BATCH
        assert trial.said_to_be_sent() <= set(copies)
        assert RECIPIENTS - len(copies) <= in_doubt

        if not in_doubt:
            return
        trial.look_for("nobody knows whether")
        trial.press("doubt", until="Being sent", decision="resend")
        assert trial.wait_until_sent() == {"sent": RECIPIENTS}
        copies = sink.copies
        assert len(copies) == RECIPIENTS
        assert copies.total() - RECIPIENTS <= in_doubt

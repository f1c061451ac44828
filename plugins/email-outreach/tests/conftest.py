"""A real mail server on this machine that notes what it accepted, and people to write to."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from coalition_email_outreach import audience, bells, sending, starting
from coalition_email_outreach.contents import MailingText
from coalition_email_outreach.models import Mailing, mailing_or_raise
from coalition_email_outreach.recipients import Bell, Recipient
from sqlalchemy import ColumnElement, Connection, event, func, select, text, update
from sqlalchemy.orm import Session

from coalition.sdk import (
    Coalition,
    Consent,
    ConsentSource,
    Person,
    may_be_written_to,
    now,
    reading,
    session,
    transaction,
)
from coalition.testing import application, choose_plugin_settings, make_user, sign_in

SINK = Path(__file__).parent / "sink.py"


@dataclass
class Sink:
    """A mail server in a process of its own; `told` holds how it answers."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def answer(self, **rules: object) -> None:
        """Have it answer otherwise; see sink.py."""
        (self.folder / "rules.json").write_text(json.dumps(rules))
        time.sleep(0.05)

    def take(self, seconds: float) -> None:
        """Have it take so long for each message from now on."""
        new = self.folder / "slow.new"
        new.write_text(str(seconds))
        new.rename(self.folder / "slow")  # it never reads half a number

    def restart(self, *options: str) -> None:
        """Start it anew on the same port."""
        self.stop()
        self.process = start_sink(self.folder, *options, "--port", str(self.port)).process

    def stop(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()

    @property
    def accepted(self) -> list[dict[str, Any]]:
        """What it accepted: sender, recipient, message id, moment, in order."""
        return self._noted("accepted.jsonl")

    @property
    def cut(self) -> list[dict[str, Any]]:
        """The connections that ended without a goodbye, with whom they wrote to last."""
        return self._noted("cut.jsonl")

    @property
    def recipients(self) -> list[str]:
        return [each["to"] for each in self.accepted]

    @property
    def copies(self) -> Counter[str]:
        """How often each recipient's message was accepted."""
        return Counter(self.recipients)

    @property
    def mailed(self) -> list[str]:
        """Who got a mailing, as opposed to the core's own mail."""
        return [each["to"] for each in self.accepted if ".m@" in each["id"]]

    def _noted(self, name: str) -> list[dict[str, Any]]:
        log = self.folder / name
        return (
            [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        )

    def messages(self) -> list[EmailMessage]:
        """Read the messages that it kept whole."""
        files = sorted(self.folder.glob("*.eml"))
        return [message_from_bytes(f.read_bytes(), policy=policy.default) for f in files]

    def raw(self) -> list[bytes]:
        return [f.read_bytes() for f in sorted(self.folder.glob("*.eml"))]


def start_sink(folder: Path, *options: str) -> Sink:
    """Start the server and wait until it says its port."""
    process = subprocess.Popen(
        [sys.executable, str(SINK), str(folder), *options], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    with process.stdout as told:
        port = int(told.readline())
    return Sink(port, folder, process)


@pytest.fixture
def sink(database, change_settings, tmp_path) -> Iterator[Sink]:
    """Give a mail server that the product sends to."""
    started = start_sink(tmp_path, "--keep")
    change_settings(
        COALITION_MAIL_URL=started.url,
        COALITION_MAIL_FROM="news@coalition.example",
        COALITION_BOUNCE_ADDRESS="bounces@coalition.example",
        COALITION_DATA_DIR=str(tmp_path / "data"),
    )
    yield started
    started.stop()


@pytest.fixture
def far_sink(sink) -> Sink:
    """Give a server that takes as long as one on another continent."""
    sink.restart("--keep", "--slow", "0.03")
    return sink


@pytest.fixture
def no_csrf(app) -> Iterator[None]:
    """Let tests send forms that they did not get before."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def coordinator(client, coalition):
    """Give the browser of a coordinator."""
    return sign_in(client, make_user("coco@example.org", coalition))


@pytest.fixture
def second(app, coalition):
    """Give the browser of another coordinator."""
    return sign_in(app.test_client(), make_user("second@example.org", coalition))


@pytest.fixture
def change_settings(change_environment) -> Callable[..., None]:
    """Give a function that changes environment variables for the length of the test."""
    return change_environment


@pytest.fixture
def at_any_hour(coalition) -> None:
    """Let the coalition write at night too."""
    choose_plugin_settings(
        coalition, "email-outreach", quiet_from=3, quiet_until=3, approval_above=0
    )


def agree(person: Person, *, given: bool = True, purpose: str = "coalition_updates") -> None:
    """Let a person agree to a purpose, or end it."""
    Consent.note(
        person.id, purpose, given=given, wording="Yes.", source=ConsentSource.COORDINATOR
    )


@pytest.fixture
def many(monkeypatch) -> Iterator[None]:
    """Let the audience be found as slowly as if it were many, and each statement end soon."""

    def end_soon(_session: Session, _transaction: object, connection: Connection) -> None:
        connection.execute(text("SET LOCAL statement_timeout = '200ms'"))

    def slowly(purpose: str) -> ColumnElement[bool]:
        return may_be_written_to(purpose) & text("pg_sleep(0.3)::text IS NOT NULL")

    monkeypatch.setattr(audience, "may_be_written_to", slowly)
    event.listen(Session, "after_begin", end_soon)
    yield
    event.remove(Session, "after_begin", end_soon)


@pytest.fixture
def people(coalition) -> Callable[..., list[Person]]:
    """Give a function that makes people who agreed to be written to."""

    def make(count: int, **values: object) -> list[Person]:
        made = []
        first = int(str(values.get("first", 0)))
        with transaction(coalition.id):
            for number in range(first, first + count):
                person = Person.remember(
                    email=f"p{number}@{values.get('domain', 'example.org')}",
                    given_name=str(values.get("given_name", f"Ada{number}")),
                    family_name="Example",
                )
                person.language = values.get("language")  # type: ignore[assignment]
                agree(person)
                made.append(person)
        return made

    return make


def make_mailing(coalition: Coalition, **values: object) -> Mailing:
    """Write a mailing."""
    words = {
        "subject": values.pop("subject", "News, {{given_name}}"),
        "subject_b": values.pop("subject_b", ""),
        "body": values.pop("body", "Dear {{given_name|friend}},\n\nthe **buses** stay."),
    }
    with transaction(coalition.id):
        values.setdefault("purpose", "coalition_updates")
        mailing = Mailing(name="News", language="en", **values)
        session.add(mailing)
        mailing.texts.append(
            MailingText(coalition_id=coalition.id, language="en", **words)  # type: ignore[arg-type]
        )
    return mailing


def begin(mailing: Mailing) -> int:
    """Have it sent, as when its time comes and a worker takes it up."""
    with in_app():
        with transaction(mailing.coalition_id):
            mailing_or_raise(mailing.id, lock=True).start()
        with transaction(mailing.coalition_id):
            return starting.write_down(mailing.id)


def let_begin() -> None:
    """Let a worker begin what somebody said “send” to; nothing is sent yet."""
    with in_app():
        with reading():
            rung = [(each.id, each.owner_id) for each in session.scalars(select(Bell))]
        for mailing_id, coalition_id in rung:
            starting.begin(mailing_id, coalition_id)


def send() -> int:
    """Send what is due, as the worker does."""
    with in_app():
        return sending.send_due()


def in_app() -> AbstractContextManager[object]:
    """Give the worker's context."""
    return application().app_context()


def states(mailing: Mailing) -> dict[str, int]:
    """Count the recipients of a mailing by state."""
    with reading(mailing.coalition_id):
        rows = session.execute(
            select(Recipient.state, func.count())
            .filter_by(mailing_id=mailing.id)
            .group_by(Recipient.state)
        )
        return {str(state): count for state, count in rows}


def make_due(mailing: Mailing) -> None:
    """Let what waits be due."""
    with transaction(mailing.coalition_id):
        session.execute(
            update(Recipient)
            .where(Recipient.mailing_id == mailing.id, Recipient.due_at.is_not(None))
            .values(due_at=now())
        )
        bells.ring(mailing.id, mailing.coalition_id)

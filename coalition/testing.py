"""What the product's tests use, for authors of plugins too: a pytest plugin.

`pytest` finds it by itself. The first test that needs the database starts a private PostgreSQL
and Valkey, or uses those of `COALITION_TEST_DATABASE_URL` and `COALITION_TEST_REDIS_URL`
(their content is destroyed). Each test starts with empty tables.
"""

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, time, timedelta
from time import process_time
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from coalition import (
    audit,
    config,
    crypto,
    db,
    events,
    jobs,
    migrating,
    outbox,
    page_cache,
    plugins,
    web,
)
from coalition.accounts import sessions, tokens
from coalition.accounts.models import CoalitionRole, Role, User
from coalition.actions import editing
from coalition.actions.editing import ActionValues, TextValues
from coalition.actions.models import Action, ActionKind
from coalition.areas.models import Area, area_by_division, division_of
from coalition.campaigns.models import Campaign
from coalition.clock import now
from coalition.coalitions.models import Coalition
from coalition.consents import purposes
from coalition.decisions.meetings import Meeting, Precision
from coalition.decisions.models import BodyFacts, DecisionBody
from coalition.documents.jobs import attach
from coalition.documents.models import Document, DocumentKind
from coalition.documents.uploads import checked
from coalition.letters.models import Letter, LetterText, Target
from coalition.letters.signatures import Signature, SignatureKind, SignatureState
from coalition.mail.models import MailboxMessage
from coalition.organizations.models import Organization
from coalition.organizations.names import name_key, sort_key
from coalition.people.models import Person, email_index
from coalition.servers import embedded

SECRET_KEY = "the tests' own secret, of no use anywhere else"  # noqa: S105


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[config.Config]:
    """Give a migrated, empty installation, whose servers end with the test session."""
    data_dir = tmp_path_factory.mktemp("coalition")
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        database_url = os.environ.get("COALITION_TEST_DATABASE_URL")
        redis_url = os.environ.get("COALITION_TEST_REDIS_URL")
        if not (database_url and redis_url):
            started = embedded.start_temporary()
            stack.callback(started.stop)
            database_url = database_url or started.database_url
            redis_url = redis_url or started.redis_url
        for name, value in {
            "COALITION_DATA_DIR": str(data_dir),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "SECRET_KEY": SECRET_KEY,
            "COALITION_ENCRYPTION_KEYS": crypto.new_installation_key(),
            "COALITION_PUBLIC_URL": "http://localhost",
            "COALITION_MAIL_URL": "mailbox:",
            "COALITION_LOG_LEVEL": "ERROR",
            "COALITION_SIGNING_ATTEMPTS_PER_HOUR": "100000",
        }.items():
            patch.setenv(name, value)
        forget_process_state()
        migrating.upgrade()
        yield config.current()
        db.engine().dispose()
    forget_process_state()


def forget_process_state() -> None:
    """Drop what the process remembers of its settings, connections and keys."""
    config.current.cache_clear()
    db.engine.cache_clear()
    crypto._wrapper.cache_clear()
    _forget_rows()


def _forget_rows() -> None:
    crypto.forget_keyrings()
    plugins.forget_switches()
    if plugins.registry.cache_info().currsize:
        plugins.registry().forgive()
    web.forget_coalitions()
    page_cache.forget()


@pytest.fixture
def database(installation: config.Config) -> Iterator[config.Config]:
    """Give empty tables, emptied again afterwards."""
    yield installation
    db.session.remove()
    audit.act_as(audit.SYSTEM)
    _empty_tables(installation.database_url)
    _forget_rows()


@pytest.fixture
def app(database: config.Config) -> Flask:
    """Give the application with all installed plugins."""
    return _application()


@pytest.fixture
def change_environment(
    installation: config.Config, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., None]]:
    """Give a function that sets environment variables for the length of the test."""

    def change(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        config.current.cache_clear()

    yield change
    monkeypatch.undo()
    config.current.cache_clear()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser without cookies."""
    return app.test_client()


@pytest.fixture
def coalition(database: config.Config) -> Coalition:
    """Give a coalition, "Night Buses"."""
    return make_coalition()


@pytest.fixture
def run_jobs(database: config.Config) -> Callable[[], None]:
    """Give a function that does all the work a worker would find, until none is left."""
    return work_through


@pytest.fixture
def recorded(database: config.Config) -> Callable[[], list[events.Event]]:
    """Give a function that returns the facts that were committed and not yet handed out."""
    return waiting_facts


@pytest.fixture
def mailbox(database: config.Config) -> Callable[[], list[MailboxMessage]]:
    """Give a function that sends what is queued and returns all mail, oldest first."""

    def read() -> list[MailboxMessage]:
        work_through()
        with db.reading() as session:
            return list(
                session.scalars(select(MailboxMessage).order_by(MailboxMessage.arrived_at))
            )

    return read


def application() -> Flask:
    """Return the application that serves all tests of a process."""
    return _application()


def processor_time(work: Callable[[], object]) -> float:
    """What ``work()`` costs in seconds of processor time: the least of five tries.

    Two of these make a ratio that holds on a busy machine, where a time limit would not.
    """
    tries = []
    for _ in range(5):
        start = process_time()
        work()
        tries.append(process_time() - start)
    return min(tries)


def cut_database() -> None:
    """End every connection to the database, as its restart would; those of this process too."""
    with psycopg.connect(config.current().database_url, autocommit=True) as own:
        own.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    db.session.remove()
    db.engine().dispose()


def work_through(*, without: Collection[str] = ()) -> None:
    """Hand out facts, run due jobs and send mail, until nothing is left to do now.

    Args:
        without: the names of chores that are left alone, as if another worker had them.
    """
    # Imported here: the worker's module loads RQ, which no web process should.
    from coalition.running import CHECKS

    plugins.register_periodic()
    plugins.register_chores()
    with _application().app_context():  # as the worker has it
        for _ in range(20):
            outbox.fan_out()
            ringing = [name for name in jobs.rings(CHECKS) if name not in without]
            if not ringing:
                return
            for name in ringing:
                jobs.run_chore(name)
    raise AssertionError(f"the work does not end: {ringing}")


def waiting_facts() -> list[events.Event]:
    """Return the facts in the outbox, oldest first."""
    with db.platform_transaction() as session:
        rows = session.scalars(select(outbox.OutboxEvent).order_by(outbox.OutboxEvent.id))
        found = [(events.event_type(row.name), row.payload) for row in rows]
    return [kind.from_json(payload) for kind, payload in found if kind is not None]


def make_coalition(
    slug: str = "night-buses", name: str = "Night Buses", **values: Any
) -> Coalition:
    """Found a coalition."""
    with db.transaction():
        return Coalition.found(slug=slug, name=name, **values)


def load_sample() -> Coalition:
    """Load what the demonstration shows and return its coalition of cities."""
    # Imported here: few tests need the samples, and they know all features.
    from coalition.samples import loading

    loading.load_samples()
    with db.reading() as session:
        return session.scalars(select(Coalition).filter_by(slug=loading.CITIES)).one()


def make_letter(
    coalition: Coalition, slug: str = "keep-the-night-buses", **values: Any
) -> Letter:
    """Make an open letter with an English text and one target; `values` override."""
    title = values.pop("title", "Keep the night buses")
    body = values.pop("body", "We ask you to **keep** the night buses.")
    opened = values.pop("opened", True)
    with db.transaction(coalition.id) as session:
        values.setdefault("closes_at", now() + timedelta(days=30))
        letter = Letter(slug=slug, **values)
        letter.texts.append(
            LetterText(
                coalition_id=coalition.id,
                language=letter.language or "en",
                title=title,
                body=body,
            )
        )
        letter.targets.append(
            Target(
                coalition_id=coalition.id,
                position=1,
                name="Jo Driver",
                office="Chair",
                body="Transit Board",
            )
        )
        session.add(letter)
        session.flush()
        if opened:
            letter.open()
    return letter


def make_campaign(
    coalition: Coalition, slug: str = "all-night-network", **values: Any
) -> Campaign:
    """Start a campaign with all that its page needs, and publish it unless `published=False`."""
    published = values.pop("published", True)
    texts = {
        "title": "An all-night network",
        "goal": "Buses every thirty minutes, all night.",
        "summary": "Night workers wait **two hours** for a bus.",
        "call": "Come to the meeting of the board.",
    }
    with db.transaction(coalition.id) as session:
        campaign = Campaign(slug=slug, language="en", **{**texts, **values})
        session.add(campaign)
        session.flush()
        if published:
            campaign.publish()
    return campaign


def make_document(
    campaign: Campaign, title: str = "Ridership at night", **values: Any
) -> Document:
    """Add a public document; `file=("name.txt", b"…")` keeps a file with it."""
    file, public = values.pop("file", None), values.pop("public", True)
    if file is None:
        values.setdefault("url", "https://example.org/ridership")
    with db.transaction(campaign.coalition_id) as session:
        kind = DocumentKind(values.pop("kind", "evidence"))
        document = Document(campaign_id=campaign.id, title=title, kind=kind, **values)
        session.add(document)
        session.flush()
        if file is not None:
            attach(document, checked(*file))
        if public:
            document.publish()
    return document


def make_action(
    coalition: Coalition,
    slug: str = "send-a-comment",
    *,
    campaign: Campaign | None = None,
    opened: bool = True,
    **values: Any,
) -> Action:
    """Make an open action to comment, with an English text; `values` are `ActionValues`'."""
    title = values.pop("title", "Send a comment")
    words = {name: values.pop(name, "") for name in ("script", "subject", "template")}
    values.setdefault("kind", ActionKind.COMMENT)
    with db.transaction(coalition.id) as session:
        if campaign is None:
            campaign = session.scalar(select(Campaign).filter_by(slug="night-line"))
        if campaign is None:
            campaign = Campaign(slug="night-line", title="Keep the night line")
            session.add(campaign)
            session.flush()
        text = TextValues("en", title, "Tell them what the **buses** mean to you.", **words)
        made = editing.create(
            ActionValues(campaign_id=campaign.id, slug=slug, texts=[text], **values)
        )
        if opened:
            made.open()
    return made


def make_organization(name: str, **values: Any) -> Organization:
    """Add an organization to the directory."""
    with db.transaction() as session:
        organization = Organization.named(name)
        for key, value in values.items():
            setattr(organization, key, value)
        session.add(organization)
    return organization


def make_body(
    coalition: Coalition,
    name: str = "City Council",
    *,
    city: str = "Riverton",
    seats: Sequence[str] = ("Ada Alder", "Ben Birch", "Cy Cedar"),
    **facts: Any,
) -> DecisionBody:
    """Add a body to the directory, with a seat for each name, held since 2017."""
    with db.transaction(coalition.id):
        there = area_by_division(division_of(city, "CA")) or Area.add(city, "CA")
        body = DecisionBody.add(there, name, BodyFacts(**facts))
        for number, holder in enumerate(seats, 1):
            body.add_post(f"District {number}").seat(holder, starts_on=date(2017, 1, 1))
    return body


def make_meeting(
    coalition: Coalition,
    body: DecisionBody | None = None,
    day: date | None = None,
    at: time | None = time(17),
    **values: Any,
) -> Meeting:
    """Follow a meeting, next week unless `day` is given; `values` are `Meeting.schedule`'s.

    Without `at`, only its day is known.
    """
    body = body or make_body(coalition)
    precision = values.pop("precision", Precision.TIME if at else Precision.DAY)
    with db.transaction(coalition.id):
        day = day or (now() + timedelta(days=7)).date()
        return Meeting.schedule(body, day, at, precision=precision, **values)


def make_person(
    coalition: Coalition, email: str, given_name: str = "Ada", **values: Any
) -> Person:
    """Let a coalition know a person."""
    with db.transaction(coalition.id):
        return Person.remember(email=email, given_name=given_name, **values)


def make_user(
    email: str = "coordinator@example.org",
    coalition: Coalition | None = None,
    role: str = "coordinator",
    **values: Any,
) -> User:
    """Add a user with a role; "administrator" is one everywhere. `password=` sets one."""
    password = values.pop("password", None)
    with db.transaction() as session:
        user = User.add(email=email, is_administrator=role == "administrator", **values)
        if coalition is not None and not user.is_administrator:
            user.coalition_roles.append(
                CoalitionRole(user_id=user.id, coalition_id=coalition.id, role=Role(role))
            )
        if password is not None:
            user.set_password(password)
        session.flush()
    return user


def sign_in(client: FlaskClient, user: User, *signed_in_with: str) -> FlaskClient:
    """Sign a user in as if they had just shown password and code, and return the client."""
    key = sessions.start_for(user, signed_in_with or ("password", "code"))
    client.set_cookie(sessions.cookie_name(), key)
    return client


def make_token(coalition: Coalition, *scopes: str) -> str:
    """Make a coordinator's API token with these scopes and return its secret."""
    user = make_user(f"token-{now().timestamp()}@example.org", coalition)
    with db.transaction():
        _, secret = tokens.make(
            coalition_id=coalition.id,
            user_id=user.id,
            name="test",
            scopes=list(scopes),
            life_days=1,
        )
    return secret


@contextmanager
def known_purpose(purpose: purposes.Purpose) -> Iterator[None]:
    """Let a purpose be known for a while, as if its plugin was removed afterwards."""
    purposes.register(purpose)
    try:
        yield
    finally:
        del purposes._known[purpose.name]


def switch_plugin(coalition: Coalition, name: str, *, on: bool) -> None:
    """Switch a plugin on or off for a coalition, as a coordinator would."""
    with db.transaction(coalition.id):
        plugins.switch(name, on=on)


def choose_plugin_settings(coalition: Coalition, name: str, **values: Any) -> None:
    """Choose a coalition's settings of a plugin, as a coordinator would; others by default."""
    schema = plugins.settings_schema(name)
    with db.transaction(coalition.id):
        plugins.choose_settings(name, schema.load(values) if schema else {})


def make_signature(letter: Letter, name: str, **values: Any) -> Signature:
    """Put a name under a letter as if it had been confirmed and, if need be, approved.

    `kind="organization"` makes an organization's; its counterpart in the directory is made
    unless `organization` is given.
    """
    kind = SignatureKind(values.pop("kind", "person"))
    organization = values.pop("organization", None)
    email = values.pop("email", f"{name_key(name).replace(' ', '.')}@example.org")
    if kind == SignatureKind.ORGANIZATION and organization is None:
        organization = make_organization(name)
    state = (
        SignatureState.APPROVED
        if kind == SignatureKind.ORGANIZATION
        else SignatureState.CONFIRMED
    )
    given, _, family = (
        name.rpartition(" ") if kind == SignatureKind.PERSON else ("Ada", "", "B")
    )
    with db.transaction(letter.coalition_id) as session:
        signature = Signature(
            letter_id=letter.id,
            kind=kind,
            state=values.pop("state", state),
            given_name=given or family,
            family_name=family if given else "",
            organization_name=name if kind == SignatureKind.ORGANIZATION else "",
            organization_key=name_key(name) if kind == SignatureKind.ORGANIZATION else "",
            organization_id=organization.id if organization else None,
            email=email,
            email_index=email_index(letter.coalition_id, email),
            sort_key=sort_key(
                name if kind == SignatureKind.ORGANIZATION else f"{family} {given}"
            ),
            listed=values.pop("listed", True),
            **values,
        )
        session.add(signature)
    return signature


_made: list[Flask] = []


class _Browser(FlaskClient):
    """Reads each answer to its end, as a browser does; files that went either way are closed."""

    def open(self, *args: Any, **values: Any) -> TestResponse:
        values.setdefault("buffered", True)
        answer = super().open(*args, **values)
        for each in (*answer.history, answer):
            each.request.environ["wsgi.input"].close()  # a file, if much was sent
        return answer


def _application() -> Flask:
    # One application serves all tests of a process: making it takes half a second.
    if not _made:
        # Imported here: only tests of pages need the whole application.
        from coalition.app import create_app

        _made.append(create_app())
        _made[0].testing = True
        _made[0].test_client_class = _Browser
    return _made[0]


def _empty_tables(database_url: str) -> None:
    """Delete all rows. A test fills few of more than a hundred tables; TRUNCATE costs per table."""
    names = list(db.Base.metadata.tables)
    filled = " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")"  # noqa: S608  names of ours
        for name in names
    )
    with psycopg.connect(database_url, autocommit=True) as connection:
        # No foreign key is looked at: every table that has rows is emptied.
        connection.execute("SET session_replication_role = replica")
        for (name,) in connection.execute(filled).fetchall():
            connection.execute(f'DELETE FROM "{name}"')  # noqa: S608  a name of ours

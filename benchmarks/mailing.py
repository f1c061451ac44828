"""`make bench-mail`: a mailing beside a plain smtplib loop over the same messages, as ratios."""

import json
import multiprocessing
import os
import shutil
import smtplib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

MESSAGES = int(os.environ.get("BENCH_MESSAGES", "100000"))
PEOPLE = int(os.environ.get("BENCH_PEOPLE", "1000000"))
SINK = Path(__file__).parent.parent / "plugins/email-outreach/tests/sink.py"
_AUDIENCE = """
    INSERT INTO people (id, coalition_id, given_name, family_name, given_key, family_key, city,
        custom_fields, created_at)
    SELECT gen_random_uuid(), %(c)s, 'Ada' || n, 'Example', 'ada' || n, 'example',
        CASE WHEN n %% 2 = 0 THEN 'Los Angeles' ELSE 'Long Beach' END, '{}', now()
    FROM generate_series(1, %(n)s) n;
    INSERT INTO email_addresses (id, coalition_id, person_id, address_sealed, address_index,
        is_primary, created_at)
    SELECT gen_random_uuid(), coalition_id, id, '', decode(md5(id::text), 'hex'), true, now()
    FROM people WHERE coalition_id = %(c)s;
    INSERT INTO standing_consents (id, coalition_id, person_id, purpose, given, recorded_at)
    SELECT gen_random_uuid(), coalition_id, id, 'coalition_updates', true, now()
    FROM people WHERE coalition_id = %(c)s;
    ANALYZE people; ANALYZE email_addresses; ANALYZE standing_consents"""


def main() -> None:
    """Measure with one and two connections, unsigned and signed, then a million people."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="coalition-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o711)
        _start(folder, stack)
        from coalition.mail.dkim import make_key
        from coalition.testing import make_coalition

        coalition = make_coalition()
        _people(coalition.id, MESSAGES)
        print(f"{MESSAGES} messages; {os.cpu_count()} cores")
        print("\nUnsigned, as for a relay that signs them")
        _compare_all(coalition, folder)
        make_key("bench", is_rsa=True)
        print("\nSigned by an RSA key of 2048 bits")
        _compare_all(coalition, folder)
        _million()


def _start(folder: Path, stack: ExitStack) -> None:
    from coalition import crypto, migrating
    from coalition.commands.connecting import use
    from coalition.servers import embedded

    os.environ.update(
        COALITION_DATA_DIR=str(folder),
        SECRET_KEY="only for measuring",
        COALITION_ENCRYPTION_KEYS=crypto.new_installation_key(),
        COALITION_LOG_LEVEL="WARNING",
        COALITION_STATEMENT_TIMEOUT_S="120",
        COALITION_MAIL_FROM="news@coalition.example",
        COALITION_BOUNCE_ADDRESS="bounces@coalition.example",
    )
    servers = embedded.start(folder, on_progress=lambda message: print(message, flush=True))
    stack.callback(servers.stop)
    use(servers)
    migrating.upgrade()


def _people(coalition_id: UUID, count: int) -> None:
    """Add people with real, sealed addresses who agreed to be written to."""
    from coalition import config, crypto, db
    from coalition.people.models import email_index

    db.engine().dispose()
    with psycopg.connect(config.current().database_url) as connection:
        _run(connection, coalition_id, count)
        rows = connection.execute("SELECT id, person_id FROM email_addresses").fetchall()
        with db.reading(coalition_id):
            ring = crypto.keyring(coalition_id)
            sealed = [
                (
                    each,
                    ring.seal(f"p{n}@example.org", "email_addresses.address_sealed", each),
                    email_index(coalition_id, f"p{n}@example.org"),
                )
                for n, (each, _) in enumerate(rows)
            ]
        connection.execute("CREATE TEMP TABLE made (id uuid, sealed bytea, found bytea)")
        with connection.cursor() as cursor, cursor.copy("COPY made FROM STDIN") as copy:
            for row in sealed:
                copy.write_row(row)
        connection.execute(
            "UPDATE email_addresses e SET address_sealed = m.sealed, address_index = m.found"
            " FROM made m WHERE m.id = e.id"
        )


def _run(connection: psycopg.Connection, coalition_id: UUID, count: int) -> None:
    # Several statements at once: with the values written into them.
    with psycopg.ClientCursor(connection) as cursor:
        cursor.execute(_AUDIENCE, {"c": coalition_id, "n": count})


def _compare_all(coalition: Any, folder: Path) -> None:
    """Compare with one and two connections; loops over messages as they are, and if there is a
    key also over messages that the loop signs itself, as whoever sends such mail has to."""
    from coalition.mail.dkim import own_keys

    messages = _write_messages(coalition, folder)
    loops = {"plain smtplib": (messages["whole"], False)}
    if own_keys():
        loops = {
            "… signed before": (messages["whole"], False),
            "… signing itself": (messages["unsigned"], True),
        }
    for lanes in (1, 2):
        _compare(coalition, lanes, folder, loops)


def _compare(coalition: Any, lanes: int, folder: Path, loops: Mapping[str, Any]) -> None:
    with _sink(folder) as port:
        took, (first, last) = _mailing(coalition, port, lanes)
    print(f"{lanes} connection{'s' if lanes > 1 else ''}")
    print(f"    {'mailing':17}{took:7.1f} s   {MESSAGES / took:7.0f}/s")
    for name, (messages, signs) in loops.items():
        with _sink(folder) as port:
            plain = _plain(messages, port, lanes, signs=signs)
        print(f"    {name:17}{plain:7.1f} s   {MESSAGES / plain:7.0f}/s")
        print(f"    {'ratio':17}{took / plain:7.2f}     (goal at most 1.5)")
    print(
        f"    {'memory':17}{last:7.0f} MB a worker, {first:.0f} MB after a tenth\n", flush=True
    )


@contextmanager
def _sink(folder: Path) -> Iterator[int]:
    place = folder / f"sink-{time.monotonic_ns()}"
    place.mkdir()
    process = subprocess.Popen([sys.executable, str(SINK), str(place)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
        accepted = (place / "accepted.jsonl").read_text().splitlines()
        recipients = {json.loads(line)["to"] for line in accepted}
        if (len(accepted), len(recipients)) != (MESSAGES, MESSAGES):
            sys.exit(f"the server took {len(accepted)} messages for {len(recipients)} people")
    finally:
        process.kill()
        process.wait()


def _mailing(coalition: Any, port: int, lanes: int) -> tuple[float, tuple[float, float]]:
    """Send a mailing from beginning to end; return the seconds and a worker's memory in MB."""
    from coalition import config, db

    os.environ["COALITION_MAIL_URL"] = f"smtp://127.0.0.1:{port}"
    config.current.cache_clear()
    mailing = _new_mailing(coalition)
    db.engine().dispose()
    workers = [multiprocessing.get_context("spawn").Process(target=_work) for _ in range(lanes)]
    for worker in workers:
        worker.start()
    time.sleep(4)  # the workers of an installation are there already
    begun = time.perf_counter()
    _begin(mailing)
    memory = _watch(mailing, [worker.pid or 0 for worker in workers])
    took = time.perf_counter() - begun
    for worker in workers:
        worker.kill()
        worker.join()
    return took, memory


def _new_mailing(coalition: Any) -> Any:
    from coalition_email_outreach.contents import MailingText
    from coalition_email_outreach.models import Mailing

    from coalition import db
    from coalition.testing import choose_plugin_settings

    choose_plugin_settings(
        coalition, "email-outreach", quiet_from=3, quiet_until=3, approval_above=0
    )
    text = "Dear {{given_name|friend}},\n\n" + "The **night buses** stay, if we ask. " * 40
    with db.transaction(coalition.id) as session:
        mailing = Mailing(name="Bench", language="en", purpose="coalition_updates")
        session.add(mailing)
        mailing.texts.append(
            MailingText(
                coalition_id=coalition.id, language="en", subject="News, {{name}}", body=text
            )
        )
    return mailing


def _begin(mailing: Any) -> None:
    from coalition_email_outreach import starting
    from coalition_email_outreach.models import mailing_or_raise

    from coalition import db, testing

    with testing._application().app_context():
        with db.transaction(mailing.coalition_id):
            mailing_or_raise(mailing.id, lock=True).start()
        starting.begin(mailing.id, mailing.coalition_id)


def _work() -> None:
    from coalition_email_outreach import sending

    from coalition.app import create_app

    with create_app().app_context():
        while True:
            if sending.has_work():
                sending.send_due()
            time.sleep(0.02)


def _watch(mailing: Any, pids: list[int]) -> tuple[float, float]:
    """Wait for the end; return the largest worker's memory after a tenth and at the end."""
    from coalition_email_outreach.models import Mailing
    from coalition_email_outreach.recipients import Recipient
    from sqlalchemy import func, select

    from coalition import db

    first = 0.0
    while True:
        time.sleep(0.2)
        with db.reading(mailing.coalition_id) as session:
            status = session.scalar(select(Mailing.status).filter_by(id=mailing.id))
            if not first:
                sent = session.scalar(
                    select(func.count(Recipient.sent_at)).filter_by(mailing_id=mailing.id)
                )
                if sent and sent > MESSAGES / 10:
                    first = max(map(_rss_mb, pids))
        if not all(Path(f"/proc/{pid}").exists() for pid in pids):
            sys.exit("a worker died")
        if status == "sent":
            return first, max(map(_rss_mb, pids))


def _rss_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def _write_messages(coalition: Any, folder: Path) -> dict[str, Path]:
    """Write the same messages for the plain loops: whole, and without signature."""
    from coalition_email_outreach.workshop import Workshop
    from sqlalchemy import select

    from coalition import db, testing
    from coalition.consents.writing import mailboxes
    from coalition.mail.dkim import signed
    from coalition.people.models import Person

    mailing, shop = _new_mailing(coalition), Workshop()
    paths = {name: folder / f"{name}.jsonl" for name in ("whole", "unsigned")}
    with ExitStack() as stack:
        stack.enter_context(testing._application().app_context())
        session = stack.enter_context(db.reading(coalition.id))
        whole, unsigned = (stack.enter_context(path.open("w")) for path in paths.values())
        people = session.scalars(select(Person.id)).all()
        for at in range(0, len(people), 1000):
            for box in mailboxes(mailing.purpose, people[at : at + 1000]):
                letter = shop.letter(mailing, coalition, box.person_id, subject="a", box=box)
                written = letter.written()
                for file, content in ((unsigned, written), (whole, signed(written))):
                    row = [letter.return_path, box.address, content.decode()]
                    file.write(json.dumps(row) + "\n")
    return paths


def _plain(messages: Path, port: int, lanes: int, *, signs: bool) -> float:
    """Send the messages with smtplib, each signed on the way if `signs`; return the seconds."""
    context = multiprocessing.get_context("spawn")
    started = context.Barrier(lanes + 1)
    processes = [
        context.Process(
            target=_loop, args=(messages, port, lane, lanes, started), kwargs={"signs": signs}
        )
        for lane in range(lanes)
    ]
    for process in processes:
        process.start()
    started.wait()
    begun = time.perf_counter()
    for process in processes:
        process.join()
    return time.perf_counter() - begun


def _loop(
    messages: Path, port: int, lane: int, lanes: int, started: Any, *, signs: bool
) -> None:
    from coalition.mail.dkim import own_keys, signed

    keys = own_keys() if signs else ()
    started.wait()
    with smtplib.SMTP("127.0.0.1", port) as server, messages.open() as file:
        for number, line in enumerate(file):
            if number % lanes == lane:
                sender, recipient, text = json.loads(line)
                content = text.encode()
                server.sendmail(sender, [recipient], signed(content, keys) if keys else content)


def _million() -> None:
    """Count and write down a segment of a million people, and what the pages about it ask."""
    from coalition_email_outreach import audience, queries, starting
    from coalition_email_outreach.models import mailing_or_raise
    from coalition_email_outreach.review import review
    from coalition_email_outreach.sight import sight_now

    from coalition import config, db, testing
    from coalition.segments.models import Segment

    context = testing._application().app_context()
    coalition = testing.make_coalition("million", "Million")
    db.engine().dispose()
    with psycopg.connect(config.current().database_url) as connection:
        _run(connection, coalition.id, PEOPLE)
    mailing = _new_mailing(coalition)
    with db.transaction(coalition.id) as session:
        segment = Segment.save(name="Los Angeles", subject="people", question=_CITY)
        session.merge(mailing).segment_id = segment.id
    with db.reading(coalition.id):
        count_s = _median(segment.count)
        reach_s = _median(lambda: audience.count(mailing_or_raise(mailing.id)))
    with db.transaction(coalition.id) as session:
        session.merge(mailing).segment_id = None
    with context, db.reading(coalition.id):
        draft = mailing_or_raise(mailing.id)
        press_s = _median(lambda: sight_now(draft, coalition))
        look_s = _median(lambda: review(draft, coalition))
    with db.transaction(coalition.id):
        mailing_or_raise(mailing.id, lock=True).start()
    begun = time.perf_counter()
    with context, db.transaction(coalition.id):
        written = starting.write_down(mailing.id)
    write_s = time.perf_counter() - begun
    with db.reading(coalition.id):
        begun_mailing = mailing_or_raise(mailing.id)
        progress_s = _median(lambda: queries.progress(mailing.id))
        deeds_s = _median(lambda: queries.deeds(begun_mailing))
    print(f"A coalition that knows {PEOPLE} people")
    print(f"    those in a city counted            {count_s:6.2f} s   (goal at most 1)")
    print(f"    … who may be written to, counted   {reach_s:6.2f} s")
    print(f"    what a draft's page and “send” ask {press_s:6.2f} s")
    print(f"    … and the page before sending      {look_s:6.2f} s   (goal at most 2)")
    print(f"    {written} written down as recipients   {write_s:6.1f} s   (goal at most 30)")
    print(f"    the progress of so many            {progress_s:6.2f} s")
    print(f"    … and what they did since          {deeds_s:6.2f} s")


_CITY = {"match": "all", "of": [{"is": "city", "city": "Los Angeles"}]}


def _median(work: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


if __name__ == "__main__":
    main()

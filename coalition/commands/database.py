"""`coalition db`: migrate, back up, restore, check."""

import os
import subprocess
import sys
from pathlib import Path

import click
from sqlalchemy import text
from sqlalchemy.engine import make_url

from coalition import config, migrating
from coalition import db as database
from coalition.commands.keys import check_keys
from coalition.servers.postgres_programs import tool

OLDEST_POSTGRESQL = 150_000


@click.group()
def db() -> None:
    """Look after the database."""


@db.command(epilog="Example: coalition db upgrade")
def upgrade() -> None:
    """Bring the tables of core and plugins up to date. Running it twice changes nothing."""
    failed = False
    for outcome in migrating.upgrade():
        if outcome.problem:
            failed = True
            click.echo(
                f"{outcome.chain}: not migrated, nothing of it was changed: {outcome.problem}"
            )
        else:
            click.echo(f"{outcome.chain}: at {outcome.revision or 'the start'}")
    if failed:
        sys.exit(1)


@db.command(epilog="Example: coalition db backup monday.dump")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write the whole database into FILE.

    Contact data in it is sealed, and the keys are not in it: keep the key file too, and keep
    it elsewhere.
    """
    if file.exists():
        raise click.ClickException(
            f"{file} exists already. Choose another name, or move it away."
        )
    partial = file.with_name(file.name + ".partial")
    partial.touch(mode=0o600)
    done = _run(
        "pg_dump",
        "--format=custom",
        "--no-owner",
        # Row security would otherwise refuse a login that is not a superuser.
        f"--role={database.PLATFORM_ROLE}",
        "--enable-row-security",
        f"--file={partial}",
    )
    if done:
        partial.unlink(missing_ok=True)
        raise click.ClickException("The backup failed, as said above. Nothing was written.")
    partial.rename(file)
    click.echo(f"Wrote {file}, {file.stat().st_size // 1024} KiB.")


@db.command(epilog="Example: coalition db restore monday.dump")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.confirmation_option(prompt="This replaces everything in the database. Go on?")
def restore(file: Path) -> None:
    """Replace the database's content by that of FILE, all of it or nothing."""
    migrating.ensure_roles()
    done = _run(
        "pg_restore",
        "--clean",
        "--if-exists",
        "--no-owner",
        "--single-transaction",
        "--exit-on-error",
        str(file),
    )
    if done:
        raise click.ClickException("The restore failed, as said above. Nothing was changed.")
    migrating.upgrade()
    check_keys()
    click.echo("Restored, and brought up to date.")


@db.command(epilog="Example: coalition db check")
def check() -> None:
    """Say what is wrong with the database, if anything; exit code 1 then."""
    findings = _findings()
    for finding in findings:
        click.echo(f"✗ {finding}")
    if findings:
        sys.exit(1)
    click.echo("The database is in order.")


def _run(program: str, *arguments: str) -> int:
    """Run one of PostgreSQL's programs on our database; return its exit code."""
    url = make_url(config.current().database_url)
    environment = {**os.environ, **({"PGPASSWORD": url.password} if url.password else {})}
    # Anybody on the machine can read a program's arguments, so the password is not among them.
    address = url.set(password=None).render_as_string()
    command = [str(tool(program)), f"--dbname={address}", *arguments]
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603


def _findings() -> list[str]:
    findings = [
        f"{name} is not migrated: run `coalition db upgrade`." for name in migrating.pending()
    ]
    if findings:
        return findings
    with database.reading() as session:
        facts = session.execute(text(_FACTS)).mappings().one()
        unguarded = session.execute(text(_UNGUARDED)).scalars().all()
    if int(facts["version"]) < OLDEST_POSTGRESQL:
        findings.append("PostgreSQL is older than 15.")
    findings += [
        f"{name} is off: a power cut would lose signatures. Switch it on."
        for name in ("fsync", "full_page_writes", "synchronous_commit")
        if facts[name] == "off"
    ]
    if facts["bypasses"]:
        findings.append("the application's role may bypass row-level security.")
    findings += [
        f"the table {name} is not guarded by row-level security." for name in unguarded
    ]
    findings += [
        f"the tables differ from what they should be: {each}"
        for each in migrating.differences()
    ]
    try:
        check_keys()
    except Exception as error:
        findings.append(str(error))
    return findings


_FACTS = f"""
    SELECT current_setting('server_version_num') AS version, current_setting('fsync') AS fsync,
        current_setting('full_page_writes') AS full_page_writes,
        current_setting('synchronous_commit') AS synchronous_commit,
        (SELECT bool_or(rolsuper OR rolbypassrls) FROM pg_roles
         WHERE rolname = '{database.APP_ROLE}') AS bypasses
"""  # noqa: S608  roles of ours
_UNGUARDED = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'coalition_id'
    WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public'
        AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
        AND c.relname NOT IN ('coalition_roles', 'representatives', 'api_tokens')
    ORDER BY 1
"""

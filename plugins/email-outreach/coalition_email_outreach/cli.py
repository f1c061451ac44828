"""`coalition mailings`: keys that sign mail, what DNS says, the server for returned mail."""

import signal
import time

import click

from coalition.sdk import make_dkim_key
from coalition_email_outreach import checks, inbox


@click.group()
def mailings() -> None:
    """Make keys that sign mail, check DNS, take returned mail."""


@mailings.command("dkim-key", epilog="Example: coalition mailings dkim-key autumn2026")
@click.argument("selector")
@click.option("--ed25519", is_flag=True, help="A short, newer key, beside an RSA one.")
def dkim_key(selector: str, *, ed25519: bool) -> None:
    """Make a key called SELECTOR and say what to put into DNS.

    Mail is signed with it from the next start of the workers: put the record into DNS first.
    """
    if not selector.isalnum():
        raise click.ClickException("A selector is made of letters and digits.")
    try:
        key = make_dkim_key(selector.lower(), is_rsa=not ed25519)
    except FileExistsError:
        raise click.ClickException(f"There is a key {selector!r} already.") from None
    click.echo("Put this TXT record into DNS, then restart the workers:\n")
    click.echo(f"{key.record_name}\n\n{key.record}")


@mailings.command(epilog="Example: coalition mailings check")
def check() -> None:
    """Say whether DNS is as it should be for mail from here."""
    # Imported here: sentences need the application's languages.
    from flask import Flask
    from flask_babel import Babel

    app = Flask(__name__)
    Babel(app)
    with app.app_context():
        for finding in checks.all_findings():
            click.echo(f"[{finding.verdict}] {finding.title}\n    {finding.words}")
            if finding.record:
                click.echo(
                    f"    {finding.record_name}\n    {finding.record_kind} {finding.record}"
                )


@mailings.command(epilog="Example: coalition mailings lmtp")
def lmtp() -> None:
    """Take returned mail over LMTP, where COALITION_RETURNS_URL says lmtp://ADDRESS:PORT."""
    url = inbox.returns_url()
    if url is None or not url.startswith("lmtp:"):
        raise click.ClickException("Set COALITION_RETURNS_URL to lmtp://127.0.0.1:2424 first.")
    server = inbox.lmtp_server(url)
    server.start()
    click.echo(f"Taking returned mail at {url}. Stop with Ctrl-C.")
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: stopping.append(number))
    try:
        while not stopping:
            time.sleep(0.5)
    except KeyboardInterrupt:
        pass
    finally:
        server.stop()

"""The command line. It loads a command's module only when that command is called."""

import importlib
import sys
from importlib.metadata import entry_points, version

import click

# name: (module:attribute, what it does, needs a database)
COMMANDS: dict[str, tuple[str, str, bool]] = {
    "up": ("coalition.commands.running:up", "Run everything: database to web server.", False),
    "demo": (
        "coalition.commands.running:demo",
        "Run everything with sample coalitions.",
        False,
    ),
    "serve": ("coalition.commands.running:serve", "Run a web server.", False),
    "worker": ("coalition.commands.running:worker", "Run a worker.", False),
    "scheduler": ("coalition.commands.running:scheduler", "Run the scheduler.", False),
    "db": ("coalition.commands.database:db", "Migrate, back up, restore, check.", True),
    "users": ("coalition.accounts.cli:users", "Add users, give roles.", True),
    "coalitions": (
        "coalition.commands.coalitions:coalitions",
        "Found and list coalitions.",
        True,
    ),
    "letters": ("coalition.letters.cli:letters", "Open, close, export letters.", True),
    "plugins": ("coalition.commands.plugins:plugins", "List plugins, switch, start one.", True),
}
PLUGIN_COMMANDS = "coalition.commands"  # entry points of plugins: name = "module:command"


class LazyGroup(click.Group):
    """A group that knows its commands by name and loads them when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Return the names: the core's in order of use, then the plugins'."""
        return [*COMMANDS, *sorted(_plugin_commands())]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; one that needs a database gets it for its length."""
        path, needs_database = _plugin_commands().get(cmd_name), True
        if cmd_name in COMMANDS:
            path, _, needs_database = COMMANDS[cmd_name]
        if path is None:
            return None
        module, _, attribute = path.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        # A plugin's command says so if it can do without: `needs_database`.
        needs_database = needs_database and getattr(command, "needs_database", True)
        if needs_database and "--help" not in sys.argv:
            # Imported here: --help must not wait for SQLAlchemy.
            from coalition.commands.connecting import connected

            ctx.with_resource(connected())
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002  click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        """List the commands with what they do, without loading them."""
        rows = [(name, does) for name, (_, does, _) in COMMANDS.items()]
        rows += [(name, "From a plugin.") for name in sorted(_plugin_commands())]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _plugin_commands() -> dict[str, str]:
    return {each.name: each.value for each in entry_points(group=PLUGIN_COMMANDS)}


@click.group(cls=LazyGroup, epilog="Example: coalition demo")
@click.version_option(version("coalition"), prog_name="coalition")
def cli() -> None:
    """Collect sign-ons, bring them to a public body, keep track of what follows.

    Settings come from the environment; docs/settings.md lists them.
    """


def main() -> None:
    """Run the command line; an expected problem is one sentence, not a traceback."""
    try:
        cli(prog_name="coalition")
    except Exception as error:
        said = error if _is_expected(error) else _explained(error)
        if said is None:
            raise
        click.echo(f"coalition: {said}", err=True)
        sys.exit(1)


def _explained(error: Exception) -> Exception | None:
    if "psycopg" not in sys.modules:
        return None
    # Imported here: --help must not wait for SQLAlchemy.
    from coalition.commands.connecting import explain

    return explain(error)


def _is_expected(error: Exception) -> bool:
    names = {each.__module__ + "." + each.__name__ for each in type(error).__mro__}
    return bool(
        names
        & {
            "coalition.config.ConfigError",
            "coalition.crypto.CannotOpen",
            "coalition.errors.DomainError",
            "coalition.servers.errors.ServerError",
        }
    )

"""`coalition plugins`: list them, switch them, start a new one."""

import re
from pathlib import Path
from string import Template

import click

from coalition import db
from coalition import plugins as registered
from coalition.coalitions.models import coalition_by_slug

_SKELETON = Path(__file__).parent / "skeleton"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@click.group()
def plugins() -> None:
    """List plugins, switch them on and off, start a new one."""


@plugins.command("list", epilog="Example: coalition plugins list")
def list_() -> None:
    """Show each plugin with version, hooks, tables and what is wrong with it."""
    found = registered.registry().plugins
    if not found:
        click.echo("No plugin is installed.")
    with db.reading():
        for plugin in found.values():
            state = "on" if registered.is_on(plugin.name) else "off"
            click.echo(f"{plugin.name} {plugin.version} ({plugin.problem or state})")
            click.echo(f"    hooks:  {', '.join(plugin.hooks) or 'none'}")
            click.echo(f"    tables: {', '.join(plugin.tables) or 'none'}")


@plugins.command(epilog="Example: coalition plugins on signature-counting")
@click.argument("name")
@click.option("--coalition", "slug", help="Only for this coalition.")
def on(name: str, slug: str | None) -> None:
    """Switch the plugin NAME on."""
    _switch(name, slug, on=True)


@plugins.command(epilog="Example: coalition plugins off signature-counting --coalition la")
@click.argument("name")
@click.option("--coalition", "slug", help="Only for this coalition.")
def off(name: str, slug: str | None) -> None:
    """Switch the plugin NAME off; what it stored stays."""
    _switch(name, slug, on=False)


@plugins.command(epilog="Example: coalition plugins new city-burbank")
@click.argument("name")
@click.option(
    "--into",
    default="plugins",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder in which the plugin's folder is made.",
)
def new(name: str, into: Path) -> None:
    """Write a small working plugin called NAME, with a test."""
    if not _NAME.fullmatch(name):
        raise click.BadParameter("use small letters, digits and single hyphens: city-burbank")
    folder = into / name
    if folder.exists():
        raise click.ClickException(f"{folder} exists already.")
    package = f"coalition_{name.replace('-', '_')}"
    values = {"name": name, "package": package, "prefix": name.replace("-", "_")}
    for source in sorted(_SKELETON.rglob("*.txt")):
        relative = str(source.relative_to(_SKELETON)).removesuffix(".txt")
        target = folder / relative.replace("PACKAGE", package)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Template(source.read_text()).substitute(values))
    click.echo(f"Wrote {folder}. Next:\n  pip install -e {folder}\n  pytest {folder}")


def _switch(name: str, slug: str | None, *, on: bool) -> None:
    if name not in registered.registry().plugins:
        raise click.ClickException(f"No plugin {name!r} is installed: coalition plugins list")
    coalition = None
    if slug is not None:
        with db.reading():
            coalition = coalition_by_slug(slug)
        if coalition is None:
            raise click.ClickException(f"There is no coalition {slug!r}.")
    # All coalitions are told of a switch for the installation.
    with db.transaction(coalition.id) if coalition else db.platform_transaction():
        registered.switch(name, on=on)
    where = f"for {slug}" if slug else "for the whole installation"
    click.echo(f"{name} is now {'on' if on else 'off'} {where}.")

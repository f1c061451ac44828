"""`coalition users`: add users, give roles, help those who are locked out."""

import sys

import click
from sqlalchemy import select

from coalition import audit, db
from coalition.accounts import links, queries, teams, throttle
from coalition.accounts.errors import LastOfTheirKind
from coalition.accounts.links import LinkPurpose
from coalition.accounts.models import (
    COALITION_ROLES,
    CoalitionRole,
    Role,
    User,
    existing_user,
)
from coalition.coalitions.models import Coalition, coalition_by_slug


@click.group(epilog="Example: coalition users add --administrator ada@example.org")
def users() -> None:
    """Add users, give roles, help those who are locked out."""


@users.command(epilog="Example: coalition users add --administrator --link ada@example.org")
@click.argument("email")
@click.option("--name", default="", help="What the user is called.")
@click.option("--administrator", is_flag=True, help="Let them do everything, everywhere.")
@click.option("--link", is_flag=True, help="Print a link to set the password, for seven days.")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input, for scripts."
)
def add(
    email: str, *, name: str, administrator: bool, link: bool, password_stdin: bool
) -> None:
    """Add the user EMAIL. Asks for a password unless told otherwise."""
    password = None if link else _ask_password(from_stdin=password_stdin)
    with db.transaction():
        user = User.add(email=email, name=name, is_administrator=administrator)
        secret = None
        if password is None:
            secret = links.make(user, LinkPurpose.INVITATION)
        else:
            user.set_password(password)
        audit.record("user.added", user, ["is_administrator"] if administrator else [])
    click.echo(f"Added {user.email}{', administrator' if administrator else ''}.")
    if secret:
        click.echo(f"To set the password, once, within seven days:\n{links.address(secret)}")


@users.command(epilog="Example: coalition users role ada@example.org night-buses coordinator")
@click.argument("email")
@click.argument("coalition")
@click.argument("role", type=click.Choice([*(each.value for each in COALITION_ROLES), "none"]))
def role(email: str, coalition: str, role: str) -> None:
    """Give the user EMAIL a ROLE in COALITION, or take it with "none"."""
    with db.transaction():
        here, user = _coalition(coalition), existing_user(email)
    with db.transaction(here.id) as session:
        if role == "none":
            teams.take_role(here.id, user.id, held=Role.ADMINISTRATOR)
        elif session.scalar(
            select(CoalitionRole).filter_by(user_id=user.id, coalition_id=here.id)
        ):
            teams.change_role(here.id, user.id, role=Role(role), held=Role.ADMINISTRATOR)
        else:
            teams.give_role(
                here.id,
                email=user.email,
                name=user.name,
                role=Role(role),
                held=Role.ADMINISTRATOR,
            )
    click.echo(f"{user.email} is {role} in {coalition}.")


@users.command(epilog="Example: coalition users administrator ada@example.org --take")
@click.argument("email")
@click.option("--take", is_flag=True, help="Take the role away instead.")
def administrator(email: str, *, take: bool) -> None:
    """Make the user EMAIL an administrator of the installation."""
    with db.transaction():
        user = existing_user(email)
        if take and user.is_administrator and queries.count_administrators() <= 1:
            raise LastOfTheirKind
        user.is_administrator = not take
        user.sign_out_everywhere()
        audit.record("user.changed", user, ["is_administrator"])
    click.echo(f"{user.email} is {'no longer an' if take else 'an'} administrator.")


@users.command("list", epilog="Example: coalition users list")
def list_users() -> None:
    """List all users with their roles."""
    with db.reading() as session:
        slugs = {each.id: each.slug for each in session.scalars(select(Coalition))}
        found = queries.all_users()
    for user in found:
        roles = ["administrator"] if user.is_administrator else []
        roles += [
            f"{each.role.value} in {slugs[each.coalition_id]}" for each in user.coalition_roles
        ]
        marks = [] if user.active else ["switched off"]
        marks += ["no password yet"] if user.password is None else []
        click.echo(
            f"{user.email}\t{', '.join(roles) or 'no role'}"
            + (f"\t({', '.join(marks)})" if marks else "")
        )
    if not found:
        click.echo("There are no users yet. Add one: coalition users add --administrator EMAIL")


@users.command("password-link", epilog="Example: coalition users password-link ada@example.org")
@click.argument("email")
def password_link(email: str) -> None:
    """Print a link with which the user EMAIL can set a new password, for one hour."""
    with db.transaction():
        user = existing_user(email)
        secret = links.make(user, LinkPurpose.PASSWORD)
        audit.record("user.password_link_made", user)
    click.echo(links.address(secret))


@users.command(
    "reset-second-factor", epilog="Example: coalition users reset-second-factor ada@example.org"
)
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Forget code app, passkeys and recovery codes of the user EMAIL, who lost them."""
    with db.transaction():
        user = existing_user(email)
        user.drop_second_factors()
        audit.record("user.second_factor_reset", user, ["tf_totp_secret", "webauthn"])
    throttle.forget("second factor", str(user.id))
    click.echo(f"{user.email} signs in with the password alone now, and should set it up anew.")


@users.command(epilog="Example: coalition users deactivate ada@example.org")
@click.argument("email")
def deactivate(email: str) -> None:
    """Keep the user EMAIL out: sessions and tokens end at once."""
    with db.transaction():
        user = existing_user(email)
        teams.deactivate(user)
    click.echo(f"{user.email} can no longer sign in.")


@users.command(epilog="Example: coalition users activate ada@example.org")
@click.argument("email")
def activate(email: str) -> None:
    """Let the user EMAIL sign in again."""
    with db.transaction():
        user = existing_user(email)
        user.active = True
        audit.record("user.activated", user, ["active"])
    click.echo(f"{user.email} can sign in again.")


def _ask_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    answer: str = click.prompt(
        "Password (at least 15 characters)", hide_input=True, confirmation_prompt=True
    )
    return answer


def _coalition(slug: str) -> Coalition:
    found = coalition_by_slug(slug)
    if found is None:
        raise click.ClickException(f"there is no coalition called {slug!r}")
    return found

"""What this plugin answers. One screen, no logic."""

from collections.abc import Sequence

from flask import Blueprint
from marshmallow import Schema

from coalition.sdk import Chore, hookimpl
from coalition_email_outreach import schemas, sending, views


@hookimpl
def coalition_blueprints() -> Sequence[Blueprint]:
    return (views.pages,)


@hookimpl
def coalition_chores() -> Sequence[Chore]:
    return (Chore("email-outreach.send", sending.has_work, sending.send_due),)


@hookimpl
def coalition_settings() -> type[Schema]:
    return schemas.Settings

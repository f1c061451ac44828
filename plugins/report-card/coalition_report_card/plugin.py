"""What this plugin answers. One screen, no logic."""

from collections.abc import Sequence

from flask import Blueprint

from coalition.sdk import hookimpl
from coalition_report_card import manage, views


@hookimpl
def coalition_blueprints() -> Sequence[Blueprint]:
    return views.pages, manage.pages

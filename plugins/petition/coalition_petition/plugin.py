"""What this plugin answers. One screen, no logic."""

from collections.abc import Sequence

from flask import Blueprint
from marshmallow import Schema

from coalition.sdk import Letter, Panel, SignatureApproved, SignatureConfirmed, hookimpl
from coalition_petition import goals, sample, sections, settings, views


@hookimpl
def coalition_on_events(events: Sequence[SignatureConfirmed | SignatureApproved]) -> None:
    goals.grow_after(events)


@hookimpl
def coalition_letter_goal(letter: Letter) -> int | None:
    return goals.goal_of(letter)


@hookimpl
def coalition_letter_sections(letter: Letter) -> Panel | None:
    return sections.where_people_signed(letter)


@hookimpl
def coalition_thanks_sections(letter: Letter) -> Panel | None:
    return sections.ask_others(letter)


@hookimpl
def coalition_letter_panels(letter: Letter) -> Panel | None:
    return sections.for_coordinators(letter)


@hookimpl
def coalition_samples() -> None:
    sample.load_petition()


@hookimpl
def coalition_blueprints() -> Sequence[Blueprint]:
    return (views.pages,)


@hookimpl
def coalition_settings() -> type[Schema]:
    return settings.Settings

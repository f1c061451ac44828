"""Every question and fact that plugins may answer or hear. Read this first.

Facts come through `coalition_on_events`, in the worker, after the commit. Questions are asked
in the process named in their docstring; a plugin that raises, or that is switched off for the
coalition, counts as one that has no answer.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from flask import Blueprint
    from marshmallow import Schema

    from coalition.coalitions.models import Coalition
    from coalition.events import Event
    from coalition.jobs import Chore, Periodic
    from coalition.letters.models import Letter
    from coalition.mail.transports import Transport
    from coalition.plugins import LetterCount, NavigationEntry, Panel

hookspec = pluggy.HookspecMarker("coalition")
hookimpl = pluggy.HookimplMarker("coalition")


@hookspec
def coalition_on_events(events: "Sequence[Event]") -> None:
    """Hear facts: one coalition's, oldest first, in a transaction of that coalition.

    Annotate `events` with the classes you want, `Sequence[SignatureConfirmed | LetterClosed]`;
    you get no others. What you write to the database happens exactly once per fact. If you
    raise, nothing of yours is stored and you get the facts again later, one by one; after
    eight tries an administrator is shown the error. Other plugins are not affected.
    """


@hookspec
def coalition_blueprints() -> "Sequence[Blueprint]":
    """Bring Flask blueprints: pages and endpoints. Asked once, when a web process starts.

    Their names begin with the plugin's name. A rule with `<coalition>` in it answers 404 for
    a coalition in which the plugin is switched off.
    """
    return ()


@hookspec
def coalition_navigation() -> "Sequence[NavigationEntry]":
    """Add links to the coordinators' menu. Asked in the web process, for each of their pages.

    Translate the words with `gettext`: the page's language is known. Representatives, who only
    speak for organizations, do not see them.
    """
    return ()


@hookspec
def coalition_samples(coalition: "Coalition") -> None:
    """Add what the demonstration shows of the plugin. Asked once, when it is first started.

    In a transaction of `coalition`, after the core's samples are there. All names and addresses
    are made up, at example.org, and nothing is sent from the demonstration.
    """


@hookspec
def coalition_periodic() -> "Sequence[Periodic]":
    """Bring tasks that the worker does once per period. Asked when scheduler or worker start."""
    return ()


@hookspec
def coalition_chores() -> "Sequence[Chore]":
    """Bring work that is too long for a job. Asked when scheduler or worker start.

    The scheduler asks each chore's `has_work` twice a second, so it must be one cheap query.
    Where there is some, each idle worker of the queue for long work does it at the same time:
    two of them must be able to share it.
    """
    return ()


@hookspec(firstresult=True)
def coalition_mail_transport(url: str) -> "Transport | None":
    """Bring a way to hand mail over, for a `COALITION_MAIL_URL` whose scheme is yours.

    Asked in the worker, once per connection. The first plugin with an answer wins. All mail
    goes through it, so what it raises decides what is tried again: see `Transport`.
    """


@hookspec
def coalition_settings() -> "type[Schema] | None":
    """Describe the plugin's settings per coalition as a marshmallow schema.

    Each field's `metadata` holds `label` and, if useful, `help`; that of a `Choice` also
    `choices`, the words for each value. `load_default` is the value until a coordinator
    chooses another. The core shows the form, checks and stores it.
    """


@hookspec(firstresult=True)
def coalition_letter_count(letter: "Letter") -> "LetterCount | None":
    """Say how many have signed `letter`, in O(1): asked while a public page is made.

    The first plugin with an answer wins. Without one the page shows the names and no number.
    """


@hookspec
def coalition_letter_panels(letter: "Letter") -> "Panel | None":
    """Add a section to the coordinator's page of a letter. Asked in the web process.

    Return a title and HTML (`markupsafe.Markup`); plain text is escaped.
    """

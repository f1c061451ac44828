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

    from coalition.campaigns.models import Campaign
    from coalition.cities.city import City
    from coalition.coalitions.models import Coalition
    from coalition.events import Event
    from coalition.jobs import Chore, Periodic
    from coalition.letters.models import Letter
    from coalition.mail.transports import Transport
    from coalition.people.models import Person
    from coalition.plugins import CampaignSection, LetterCount, PageLink, Panel

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

    A method `notes(coalition)` of the schema, if there is one, returns sentences that stand above
    the form: what holds whatever is chosen. It is asked in the coalition's scope.
    """


@hookspec(firstresult=True)
def coalition_letter_count(letter: "Letter") -> "LetterCount | None":
    """Say how many have signed `letter`, in O(1): asked while a public page is made.

    The first plugin with an answer wins. Without one the page shows the names and no number.
    """


@hookspec(firstresult=True)
def coalition_letter_cities(letter: "Letter") -> "Sequence[tuple[str, int]] | None":
    """Say how many signed `letter` from each city that signatories named, without counting.

    Asked in the web process, for plugins that call `letter_cities`. The first answer wins. All
    cities, however few signed there: who shows them to the public hides the small ones.
    """


@hookspec(firstresult=True)
def coalition_letter_goal(letter: "Letter") -> "int | None":
    """Say which number of signatures `letter` shows as its goal, in O(1).

    Asked while a public page is made. The first answer wins; without one it is `letter.goal`.
    """


@hookspec
def coalition_letter_sections(letter: "Letter") -> "Panel | None":
    """Add a section to the public page of a letter, between its text and the signatories.

    Asked in the web process while the page is made, at most once a second; the page is the same
    for every visitor. Return a title and HTML (`markupsafe.Markup`); plain text is escaped.
    """


@hookspec
def coalition_thanks_sections(letter: "Letter") -> "Panel | None":
    """Add a section to the page that thanks who has just confirmed a signature.

    Asked in the web process. Nothing tells you who it is: what to do next is the same for all.
    """


@hookspec
def coalition_index_sections(coalition: "Coalition") -> "Panel | None":
    """Add a section to the public page of a coalition, after its letters: the way to your pages.

    Asked in the web process while the page is made; it is the same for every visitor. Return a
    title and HTML (`markupsafe.Markup`); plain text is escaped.
    """


@hookspec
def coalition_letter_panels(letter: "Letter") -> "Panel | None":
    """Add a section to the coordinator's page of a letter. Asked in the web process.

    Return a title and HTML (`markupsafe.Markup`); plain text is escaped.
    """


@hookspec
def coalition_person_panels(person: "Person") -> "Panel | None":
    """Add a section to the coordinators' page of a person; viewers are not shown it.

    Asked in the web process. Return a title and HTML (`markupsafe.Markup`); plain text is
    escaped.
    """


@hookspec
def coalition_navigation(coalition: "Coalition") -> "Sequence[PageLink] | None":
    """Add pages to the navigation of coordinators and viewers. Asked for each of their pages.

    An address is the part after `/manage/<coalition>/`: "leads/". What `staff` closes to the
    role of who is looking is left out.
    """


@hookspec
def coalition_attention(coalition: "Coalition") -> "Sequence[PageLink] | None":
    """Say what waits for a coordinator now, and on which page it is dealt with.

    Asked in the web process for the page “At a glance”, also for viewers; ask `signed_in_user`
    where it matters who looks. An address is the part after `/manage/<coalition>/`; words are a
    sentence in the page's language.
    """


@hookspec
def coalition_kept_elsewhere(person: "Person") -> "Sequence[PageLink] | None":
    """Name what the plugin keeps about a person that stays when they are removed, and where.

    Asked in the web process, for the page on which a coordinator removes a person; it shows
    the links, so that the rest can be erased there. An address is the part after
    `/manage/<coalition>/`; words are in the page's language.
    """


@hookspec
def coalition_cities() -> "Sequence[City]":
    """Describe cities: `return (read_city(Path(__file__).parent),)`. Asked in any process.

    Files are read once per process. A city whose files are wrong is left out and the reason
    logged; `coalition cities check` says file and line.
    """
    return ()


@hookspec
def coalition_samples(coalition: "Coalition") -> None:
    """Load what the demonstration shows of the plugin into its sample coalition.

    Asked at each start of the demonstration, in one transaction of `coalition` for all
    plugins. Leave alone what is there already. If you raise, nothing of yours is loaded.
    """


@hookspec
def coalition_unready(campaign: "Campaign") -> "Sequence[str] | None":
    """Say what keeps a campaign, and each of its letters, from being published: one sentence each.

    Asked in the web process, when a coordinator publishes a campaign or opens one of its
    letters, and for the page that shows what is missing. With any sentence it is refused.
    """


@hookspec
def coalition_campaign_sections(
    campaign: "Campaign", language: str
) -> "Sequence[CampaignSection] | None":
    """Add sections to the public page of a campaign: a title, HTML, and a `SectionPlace`.

    Asked in the web process while the page is made, at most once a second for each language,
    also for the coordinator's preview. `language` is that of the campaign's texts, which may
    be one that our pages do not know; `sdk.page_language` is that of the page around them.
    The HTML is `markupsafe.Markup`; plain text is escaped. Show nothing that the public may
    not know.
    """

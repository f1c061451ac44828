"""Asking the plugins before anything of a campaign is published."""

from collections.abc import Iterator

from coalition import plugins
from coalition.campaigns import readiness
from coalition.campaigns.models import Campaign


def refuse_for_plugins(campaign: Campaign) -> Iterator[str]:
    """Return what plugins say against it."""
    for _, sentences in plugins.ask_all("coalition_unready", campaign=campaign):
        yield from sentences


readiness.refuse_when(refuse_for_plugins)

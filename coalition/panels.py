"""Places on a page that features above it fill: the page does not know who does."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

GLANCE = "glance"  # the coordinator's first page; given `coalition`
PERSON = "person"  # the coordinator's pages of a person, an organization, a campaign, a
ORGANIZATION = "organization"  # meeting; given `coalition` and what the page is about
CAMPAIGN = "campaign"
MEETING = "meeting"
PUBLIC_MEETING = "public_meeting"  # the public page of a meeting; given both, too
PUBLIC_INDEX = "public_index"  # a coalition's public page; given `coalition`

Make = Callable[..., Markup | None]
_makers: dict[str, dict[str, Make]] = {}


def fill(place: str, name: str, make: Make) -> None:
    """Let `make` add HTML to `place`, or `None` for nothing now; called at start-up."""
    _makers.setdefault(place, {})[name] = make


def shown_at(place: str, **given: Any) -> list[Markup]:
    """Return what stands at `place`, by name; asked inside the page's open scope."""
    makers = sorted(_makers.get(place, {}).items())
    made = (make(**given) for _, make in makers)
    return [html for html in made if html]

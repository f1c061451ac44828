"""What coordinators and administrators write about coalitions."""

from marshmallow import Schema

from coalition.coalitions.models import MembershipRole, MembershipState
from coalition.fields import (
    Choice,
    Line,
    MailAddress,
    OneOf,
    Paragraphs,
    Slug,
    WebAddress,
    languages,
    time_zones,
)
from coalition.organizations.names import MAX_NAME_CHARS
from coalition.organizations.schemas import DaysForm

MAX_COALITION_NAME_CHARS = 120
MAX_ABOUT_CHARS = 20_000
BEGINNINGS = tuple(
    state.value
    for state in (MembershipState.INVITED, MembershipState.APPLIED, MembershipState.ACTIVE)
)


class CoalitionForm(Schema):
    """What a coalition says about itself and how it works."""

    name = Line(MAX_COALITION_NAME_CHARS, required=True)
    about = Paragraphs(MAX_ABOUT_CHARS)
    website = WebAddress()
    reply_to = MailAddress()
    language = OneOf(languages)
    time_zone = OneOf(time_zones)


class AboutTranslationForm(Schema):
    """What a coalition says about itself in another language."""

    about = Paragraphs(MAX_ABOUT_CHARS)


class NewCoalitionForm(Schema):
    """A coalition to be founded, and the address of its first coordinator."""

    name = Line(MAX_COALITION_NAME_CHARS, required=True)
    slug = Slug()
    language = OneOf(languages)
    time_zone = OneOf(time_zones)
    coordinator = MailAddress()


class MemberForm(Schema):
    """An organization to be put on the list of members, named as in the directory."""

    organization = Line(MAX_NAME_CHARS, required=True)
    state = OneOf(BEGINNINGS, default=MembershipState.INVITED.value)
    role = Choice(MembershipRole, default=MembershipRole.MEMBER)


class MemberDetailsForm(DaysForm):
    """A member's role, and since and until when it has been one."""

    role = Choice(MembershipRole)

"""All that a plugin may import. What is not here is not promised.

Everything keeps its name and meaning while `SDK_VERSION` stays the same.
"""

from coalition.accounts.access import Role, may_change, staff, token
from coalition.audit import record as record_in_audit_log
from coalition.campaigns.models import Campaign, campaign_by_slug
from coalition.charts import badge, bar_chart, growth_chart
from coalition.clock import now
from coalition.coalitions.events import OrganizationJoined, OrganizationLeft
from coalition.coalitions.models import Coalition, CoalitionMembership
from coalition.db import (
    Base,
    Tenant,
    current_coalition_id,
    reading,
    session,
    transaction,
    within,
)
from coalition.errors import N_, DomainError, InvalidInput, NotFound
from coalition.events import Event, record
from coalition.fields import Choice, Day, Line, Paragraphs, Slug, WebAddress, Whole, YesNo
from coalition.guarding import grant_and_guard
from coalition.headers import allow_framing
from coalition.hookspecs import hookimpl
from coalition.jobs import Periodic, enqueue
from coalition.letters.events import (
    LetterClosed,
    LetterDelivered,
    LetterEvent,
    LetterOpened,
    SignatureAdded,
    SignatureApproved,
    SignatureChanged,
    SignatureConfirmed,
    SignatureEvent,
    SignatureRejected,
    SignatureRepeated,
    SignatureWithdrawn,
)
from coalition.letters.models import Letter, LetterKind, LetterState, letter_by_slug
from coalition.letters.public_letters import cities_of as letter_cities
from coalition.letters.public_letters import count_of as letter_count
from coalition.letters.public_letters import published_letter
from coalition.letters.sharing import Share, ways_to_share
from coalition.letters.signatures import Signature, SignatureKind, SignatureState
from coalition.organizations.models import Organization
from coalition.people.models import Person
from coalition.plugins import (
    SDK_VERSION,
    LetterCount,
    Panel,
    PluginSwitched,
    is_on,
    settings,
)
from coalition.small_groups import SMALLEST_GROUP, hide_small_groups
from coalition.typesetting.parent import to_png as png_of
from coalition.web import (
    Form,
    absolute_url,
    id_or_404,
    public_coalition,
    see_other,
    showing_refusals,
)
from coalition.web import filled as filled_form
from coalition.web import form as sent_form
from coalition.web import language as page_language

__all__ = [
    "SDK_VERSION",
    "Base",
    "Campaign",
    "Choice",
    "Coalition",
    "CoalitionMembership",
    "Day",
    "DomainError",
    "Event",
    "Form",
    "InvalidInput",
    "Letter",
    "LetterClosed",
    "LetterCount",
    "LetterDelivered",
    "LetterEvent",
    "LetterKind",
    "LetterOpened",
    "LetterState",
    "Line",
    "N_",
    "NotFound",
    "Organization",
    "OrganizationJoined",
    "OrganizationLeft",
    "Panel",
    "Paragraphs",
    "Periodic",
    "Person",
    "PluginSwitched",
    "Role",
    "SMALLEST_GROUP",
    "Share",
    "Signature",
    "SignatureAdded",
    "SignatureApproved",
    "SignatureChanged",
    "SignatureConfirmed",
    "SignatureEvent",
    "SignatureKind",
    "SignatureRejected",
    "SignatureRepeated",
    "SignatureState",
    "SignatureWithdrawn",
    "Slug",
    "Tenant",
    "WebAddress",
    "Whole",
    "YesNo",
    "absolute_url",
    "allow_framing",
    "badge",
    "bar_chart",
    "campaign_by_slug",
    "current_coalition_id",
    "enqueue",
    "filled_form",
    "grant_and_guard",
    "growth_chart",
    "hide_small_groups",
    "hookimpl",
    "id_or_404",
    "is_on",
    "letter_by_slug",
    "letter_cities",
    "letter_count",
    "may_change",
    "now",
    "page_language",
    "png_of",
    "public_coalition",
    "published_letter",
    "reading",
    "record",
    "record_in_audit_log",
    "see_other",
    "sent_form",
    "session",
    "settings",
    "showing_refusals",
    "staff",
    "token",
    "transaction",
    "ways_to_share",
    "within",
]

"""All that a plugin may import. What is not here is not promised.

Everything keeps its name and meaning while `SDK_VERSION` stays the same.
"""

from coalition.accounts.access import Role, staff, token
from coalition.areas.models import Area, AreaKind, area_by_division, division_of
from coalition.areas.queries import area_called, areas_called
from coalition.audit import record as record_in_audit_log
from coalition.campaigns.models import Campaign
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
from coalition.decisions.events import (
    AgendaItemContinued,
    AgendaItemEvent,
    AgendaItemMoved,
    AgendaItemNumbered,
    AgendaItemWithdrawn,
    MeetingCancelled,
    MeetingChanged,
    MeetingEvent,
    MeetingHeld,
    MeetingScheduled,
    OutcomeRecorded,
    PledgeNoted,
    VoteRecorded,
)
from coalition.decisions.meetings import (
    AgendaItem,
    ItemOutcome,
    ItemStatus,
    Meeting,
    MeetingFacts,
    MeetingStatus,
    Precision,
)
from coalition.decisions.models import BodyFacts, BodyKind, DecisionBody, Officeholder, Post
from coalition.decisions.pledges import Pledge
from coalition.decisions.queries import (
    body_called,
    items_of_campaign,
    meeting_by_id,
    past_meetings,
    upcoming_meetings,
    votes_of,
)
from coalition.decisions.votes import Motion, MotionResult, Position, Tally, Vote, VoteChoice
from coalition.errors import N_, DomainError, InvalidInput, NotFound
from coalition.events import Event, record
from coalition.fields import Choice
from coalition.guarding import grant_and_guard
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
from coalition.letters.models import Letter, LetterState, letter_by_slug
from coalition.letters.signatures import Signature, SignatureKind, SignatureState
from coalition.localtime import Turn
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
from coalition.web import language as page_language
from coalition.web import public_coalition

__all__ = [
    "SDK_VERSION",
    "AgendaItem",
    "AgendaItemContinued",
    "AgendaItemEvent",
    "AgendaItemMoved",
    "AgendaItemNumbered",
    "AgendaItemWithdrawn",
    "Area",
    "AreaKind",
    "Base",
    "BodyFacts",
    "BodyKind",
    "Campaign",
    "Choice",
    "Coalition",
    "CoalitionMembership",
    "DecisionBody",
    "DomainError",
    "Event",
    "InvalidInput",
    "ItemOutcome",
    "ItemStatus",
    "Letter",
    "LetterClosed",
    "LetterCount",
    "LetterDelivered",
    "LetterEvent",
    "LetterOpened",
    "LetterState",
    "Meeting",
    "MeetingCancelled",
    "MeetingChanged",
    "MeetingEvent",
    "MeetingFacts",
    "MeetingHeld",
    "MeetingScheduled",
    "MeetingStatus",
    "Motion",
    "MotionResult",
    "N_",
    "NotFound",
    "Officeholder",
    "Organization",
    "OrganizationJoined",
    "OrganizationLeft",
    "OutcomeRecorded",
    "Panel",
    "Periodic",
    "Person",
    "Pledge",
    "PledgeNoted",
    "PluginSwitched",
    "Position",
    "Post",
    "Precision",
    "Role",
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
    "Tally",
    "Tenant",
    "Turn",
    "Vote",
    "VoteChoice",
    "VoteRecorded",
    "area_by_division",
    "area_called",
    "areas_called",
    "badge",
    "bar_chart",
    "body_called",
    "current_coalition_id",
    "division_of",
    "enqueue",
    "grant_and_guard",
    "growth_chart",
    "hookimpl",
    "is_on",
    "items_of_campaign",
    "letter_by_slug",
    "meeting_by_id",
    "now",
    "page_language",
    "past_meetings",
    "public_coalition",
    "reading",
    "record",
    "record_in_audit_log",
    "session",
    "settings",
    "staff",
    "token",
    "transaction",
    "upcoming_meetings",
    "votes_of",
    "within",
]

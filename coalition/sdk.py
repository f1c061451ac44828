"""All that a plugin may import. What is not here is not promised.

Everything keeps its name and meaning while `SDK_VERSION` stays the same.
"""

from coalition.accounts.access import Role, staff, token
from coalition.actions.editing import ActionValues
from coalition.actions.editing import TextValues as ActionTextValues
from coalition.actions.editing import create as create_action
from coalition.actions.events import (
    ActionClosed,
    ActionEvent,
    ActionOpened,
    AttendanceRecorded,
    CommentReported,
    FollowUpAdded,
    FollowUpDone,
    FollowUpEvent,
    ParticipationAdded,
    ParticipationConfirmed,
    ParticipationDeclined,
    ParticipationEvent,
    ParticipationMissed,
    ParticipationPledged,
    ParticipationRecorded,
    ParticipationRepeated,
    ParticipationWithdrawn,
)
from coalition.actions.follow_ups import FollowUp, add_follow_up
from coalition.actions.models import (
    Action,
    ActionKind,
    ActionState,
    Addressee,
    Audience,
    action_by_slug,
)
from coalition.actions.participations import Participation, ParticipationState, Party
from coalition.actions.queries import open_to_everybody as open_actions
from coalition.areas.models import Area, AreaKind, area_by_division, division_of
from coalition.areas.queries import area_called, areas_called
from coalition.audit import record as record_in_audit_log
from coalition.campaigns.models import Campaign
from coalition.charts import badge, bar_chart, growth_chart
from coalition.clock import now
from coalition.coalitions.events import OrganizationJoined, OrganizationLeft
from coalition.coalitions.models import Coalition, CoalitionMembership
from coalition.consents.events import PersonUnsubscribed, PreferencesChanged
from coalition.consents.links import preferences_url, unsubscribe_url
from coalition.consents.models import Consent, ConsentSource, SuppressionReason
from coalition.consents.purposes import Purpose
from coalition.consents.purposes import register as register_purpose
from coalition.consents.queries import consents_to, has_address, has_consented
from coalition.consents.suppressing import (
    note_bounce,
    note_complaint,
    suppress,
    suppression_of,
)
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
from coalition.mail.door import queue as queue_mail
from coalition.mail.door import refusal as mail_refusal
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
from coalition.segments.conditions import (
    Condition,
    Parameter,
    ParameterKind,
    register_act,
)
from coalition.segments.conditions import Subject as SegmentSubject
from coalition.segments.conditions import register as register_condition
from coalition.segments.errors import QuestionBroken
from coalition.segments.models import Segment, segment_by_id, segment_by_slug, segments
from coalition.web import language as page_language
from coalition.web import public_coalition

__all__ = [
    "SDK_VERSION",
    "Action",
    "ActionClosed",
    "ActionEvent",
    "ActionKind",
    "ActionOpened",
    "ActionState",
    "ActionTextValues",
    "ActionValues",
    "Addressee",
    "AgendaItem",
    "AgendaItemContinued",
    "AgendaItemEvent",
    "AgendaItemMoved",
    "AgendaItemNumbered",
    "AgendaItemWithdrawn",
    "Area",
    "AreaKind",
    "AttendanceRecorded",
    "Audience",
    "Base",
    "BodyFacts",
    "BodyKind",
    "Campaign",
    "Choice",
    "Coalition",
    "CoalitionMembership",
    "CommentReported",
    "Condition",
    "Consent",
    "ConsentSource",
    "DecisionBody",
    "DomainError",
    "Event",
    "FollowUp",
    "FollowUpAdded",
    "FollowUpDone",
    "FollowUpEvent",
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
    "Parameter",
    "ParameterKind",
    "Participation",
    "ParticipationAdded",
    "ParticipationConfirmed",
    "ParticipationDeclined",
    "ParticipationEvent",
    "ParticipationMissed",
    "ParticipationPledged",
    "ParticipationRecorded",
    "ParticipationRepeated",
    "ParticipationState",
    "ParticipationWithdrawn",
    "Party",
    "Periodic",
    "Person",
    "PersonUnsubscribed",
    "Pledge",
    "PledgeNoted",
    "PluginSwitched",
    "Position",
    "Post",
    "Precision",
    "PreferencesChanged",
    "Purpose",
    "QuestionBroken",
    "Role",
    "Segment",
    "SegmentSubject",
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
    "SuppressionReason",
    "Tally",
    "Tenant",
    "Turn",
    "Vote",
    "VoteChoice",
    "VoteRecorded",
    "action_by_slug",
    "add_follow_up",
    "area_by_division",
    "area_called",
    "areas_called",
    "badge",
    "bar_chart",
    "body_called",
    "consents_to",
    "create_action",
    "current_coalition_id",
    "division_of",
    "enqueue",
    "grant_and_guard",
    "growth_chart",
    "has_address",
    "has_consented",
    "hookimpl",
    "is_on",
    "items_of_campaign",
    "letter_by_slug",
    "mail_refusal",
    "meeting_by_id",
    "note_bounce",
    "note_complaint",
    "now",
    "open_actions",
    "page_language",
    "past_meetings",
    "preferences_url",
    "public_coalition",
    "queue_mail",
    "reading",
    "record",
    "record_in_audit_log",
    "register_act",
    "register_condition",
    "register_purpose",
    "segment_by_id",
    "segment_by_slug",
    "segments",
    "session",
    "settings",
    "staff",
    "suppress",
    "suppression_of",
    "token",
    "transaction",
    "unsubscribe_url",
    "upcoming_meetings",
    "votes_of",
    "within",
]

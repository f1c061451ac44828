"""All that a plugin may import. What is not here is not promised.

Everything keeps its name and meaning while `SDK_VERSION` stays the same.
"""

from coalition.accounts.access import Role, staff, token
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
    "Base",
    "Campaign",
    "Choice",
    "Coalition",
    "CoalitionMembership",
    "Condition",
    "Consent",
    "ConsentSource",
    "DomainError",
    "Event",
    "InvalidInput",
    "Letter",
    "LetterClosed",
    "LetterCount",
    "LetterDelivered",
    "LetterEvent",
    "LetterOpened",
    "LetterState",
    "N_",
    "NotFound",
    "Organization",
    "OrganizationJoined",
    "OrganizationLeft",
    "Panel",
    "Parameter",
    "ParameterKind",
    "Periodic",
    "Person",
    "PersonUnsubscribed",
    "PluginSwitched",
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
    "Tenant",
    "badge",
    "bar_chart",
    "consents_to",
    "current_coalition_id",
    "enqueue",
    "grant_and_guard",
    "growth_chart",
    "has_address",
    "has_consented",
    "hookimpl",
    "is_on",
    "letter_by_slug",
    "mail_refusal",
    "note_bounce",
    "note_complaint",
    "now",
    "page_language",
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
    "within",
]

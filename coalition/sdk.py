"""All that a plugin may import. What is not here is not promised.

Everything keeps its name and meaning while `SDK_VERSION` stays the same.
"""

from coalition.accounts.access import Role, staff, token
from coalition.accounts.access import user as signed_in_user
from coalition.addresses import clean_address, domain_of
from coalition.audit import record as record_in_audit_log
from coalition.campaigns.models import Campaign
from coalition.charts import badge, bar_chart, growth_chart
from coalition.clock import now
from coalition.coalitions.events import OrganizationJoined, OrganizationLeft
from coalition.coalitions.models import Coalition, CoalitionMembership
from coalition.consents.events import PersonUnsubscribed, PreferencesChanged
from coalition.consents.links import preferences_url, unsubscribe_url
from coalition.consents.models import Consent, ConsentSource, SuppressionReason
from coalition.consents.purposes import Purpose, purpose_called
from coalition.consents.purposes import known as purposes
from coalition.consents.purposes import register as register_purpose
from coalition.consents.queries import consents_to, has_address, has_consented
from coalition.consents.suppressing import note_bounce, note_complaint, suppress, suppression_of
from coalition.consents.writing import (
    Mailbox,
    MailLinks,
    mail_links,
    mailboxes,
    may_be_written_to,
)
from coalition.crypto import keyed_hash
from coalition.db import (
    Base,
    Tenant,
    current_coalition_id,
    reading,
    session,
    transaction,
    within,
)
from coalition.decisions.events import VoteRecorded
from coalition.decisions.meetings import AgendaItem, Meeting, MeetingStatus, Precision
from coalition.decisions.votes import Motion, MotionResult
from coalition.errors import N_, DomainError, InvalidInput, NotFound
from coalition.events import Event, record
from coalition.fields import Choice, Line, MailAddress, OneOf, Paragraphs, Whole, YesNo
from coalition.guarding import grant_and_guard
from coalition.hookspecs import hookimpl
from coalition.jobs import Chore, Periodic, enqueue
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
from coalition.letters.mails import write_reminder as write_signing_reminder
from coalition.letters.models import Letter, LetterState, letter_by_slug
from coalition.letters.moments import Moment, read_moment
from coalition.letters.moments import form_text as moment_in_form
from coalition.letters.signatures import Signature, SignatureKind, SignatureState
from coalition.mail.dkim import DkimKey
from coalition.mail.dkim import make_key as make_dkim_key
from coalition.mail.dkim import own_keys as dkim_keys
from coalition.mail.dkim import signed as dkim_signed
from coalition.mail.door import is_demonstration, one_line, sender_address
from coalition.mail.door import queue as queue_mail
from coalition.mail.door import refusal as mail_refusal
from coalition.mail.smtp import Answer, Deferred, InDoubt, Refused, Unreachable
from coalition.mail.stops import Stops
from coalition.mail.stops import tell as tell_senders
from coalition.mail.transports import Envelope as MailEnvelope
from coalition.mail.transports import Transport, transport
from coalition.mail.transports import compose as compose_mail
from coalition.markdown import to_html as markdown_to_html
from coalition.markdown import to_text as markdown_to_text
from coalition.organizations.models import Organization
from coalition.people.custom_fields import custom_fields
from coalition.people.models import CustomField, Person
from coalition.plugins import (
    SDK_VERSION,
    LetterCount,
    NavigationEntry,
    Panel,
    PluginSwitched,
    data_folder,
    is_on,
    settings,
)
from coalition.segments.conditions import Condition, Parameter, ParameterKind, register_act
from coalition.segments.conditions import Subject as SegmentSubject
from coalition.segments.conditions import register as register_condition
from coalition.segments.errors import QuestionBroken
from coalition.segments.models import Segment, segment_by_id, segment_by_slug, segments
from coalition.web import Form, absolute_url, id_or_404, public_coalition, see_other
from coalition.web import form as read_form
from coalition.web import language as page_language
from coalition.web import say as error_in_words

__all__ = [
    "SDK_VERSION",
    "AgendaItem",
    "Answer",
    "Base",
    "Campaign",
    "Choice",
    "Chore",
    "Coalition",
    "CoalitionMembership",
    "Condition",
    "Consent",
    "ConsentSource",
    "CustomField",
    "Deferred",
    "DkimKey",
    "DomainError",
    "Event",
    "Form",
    "InDoubt",
    "InvalidInput",
    "Letter",
    "LetterClosed",
    "LetterCount",
    "LetterDelivered",
    "LetterEvent",
    "LetterOpened",
    "LetterState",
    "Line",
    "MailAddress",
    "MailLinks",
    "MailEnvelope",
    "Mailbox",
    "Meeting",
    "MeetingStatus",
    "Moment",
    "Motion",
    "MotionResult",
    "N_",
    "NavigationEntry",
    "NotFound",
    "OneOf",
    "Organization",
    "OrganizationJoined",
    "OrganizationLeft",
    "Panel",
    "Paragraphs",
    "Parameter",
    "ParameterKind",
    "Periodic",
    "Person",
    "PersonUnsubscribed",
    "PluginSwitched",
    "PreferencesChanged",
    "Precision",
    "Purpose",
    "QuestionBroken",
    "Refused",
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
    "Stops",
    "SuppressionReason",
    "Tenant",
    "Transport",
    "Unreachable",
    "VoteRecorded",
    "Whole",
    "YesNo",
    "absolute_url",
    "badge",
    "bar_chart",
    "clean_address",
    "compose_mail",
    "consents_to",
    "current_coalition_id",
    "custom_fields",
    "data_folder",
    "dkim_keys",
    "dkim_signed",
    "domain_of",
    "enqueue",
    "error_in_words",
    "grant_and_guard",
    "growth_chart",
    "has_address",
    "has_consented",
    "hookimpl",
    "id_or_404",
    "is_demonstration",
    "is_on",
    "keyed_hash",
    "letter_by_slug",
    "mail_links",
    "mail_refusal",
    "mailboxes",
    "make_dkim_key",
    "markdown_to_html",
    "markdown_to_text",
    "may_be_written_to",
    "moment_in_form",
    "note_bounce",
    "note_complaint",
    "now",
    "one_line",
    "page_language",
    "preferences_url",
    "public_coalition",
    "purpose_called",
    "purposes",
    "queue_mail",
    "read_form",
    "read_moment",
    "reading",
    "record",
    "record_in_audit_log",
    "register_act",
    "register_condition",
    "register_purpose",
    "see_other",
    "segment_by_id",
    "segment_by_slug",
    "segments",
    "sender_address",
    "session",
    "settings",
    "signed_in_user",
    "staff",
    "suppress",
    "suppression_of",
    "tell_senders",
    "token",
    "transaction",
    "transport",
    "unsubscribe_url",
    "within",
    "write_signing_reminder",
]

"""All that a plugin may import. What is not here is not promised.

Everything keeps its name and meaning while `SDK_VERSION` stays the same.
"""

from coalition.accounts.access import Role, may_change, staff, token
from coalition.accounts.access import user as signed_in_user
from coalition.accounts.mails import tell_coordinators
from coalition.accounts.models import User
from coalition.accounts.queries import users_behind
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
    ActionText,
    Addressee,
    Audience,
    action_by_slug,
)
from coalition.actions.participations import Participation, ParticipationState, Party
from coalition.actions.queries import open_to_everybody as open_actions
from coalition.addresses import clean_address, domain_of
from coalition.areas.models import Area, AreaKind, area_by_division, division_of
from coalition.areas.queries import area_called, areas_called
from coalition.areas.states import STATES as REGIONS
from coalition.attempts import count_attempt
from coalition.audit import record as record_in_audit_log
from coalition.campaigns.events import CampaignEvent, CampaignPublished, CampaignUpdated
from coalition.campaigns.models import Campaign, CampaignStatus, campaign_by_slug
from coalition.campaigns.queries import slug_is_free as campaign_slug_is_free
from coalition.campaigns.reasons import Reason
from coalition.campaigns.sponsors import Sponsor
from coalition.campaigns.updates import CampaignUpdate, UpdateKind
from coalition.charts import badge, bar_chart, growth_chart, stacked_bar_chart
from coalition.cities.city import Body, City, HeldBy, Seat, place_slug
from coalition.cities.errors import (
    FilesInvalid,
    PlaceAmbiguous,
    PlaceUnknown,
    PostcodeElsewhere,
    Problem,
)
from coalition.cities.places import (
    Place,
    place_in,
    place_key,
    place_written,
    places_called,
    proposals,
)
from coalition.cities.reading import known_cities, read_city
from coalition.cities.tomlfiles import read_sent_file, read_toml
from coalition.clock import now
from coalition.coalitions.events import OrganizationJoined, OrganizationLeft
from coalition.coalitions.models import Coalition, CoalitionMembership
from coalition.comments.events import (
    ClerkCountRecorded,
    CommentListImported,
    CommentListUndone,
    CommentRecorded,
)
from coalition.comments.figures import Figures as CommentFigures
from coalition.comments.ledgers import add_text as add_ledger_text
from coalition.comments.ledgers import figures_of_item as comment_figures
from coalition.comments.ledgers import ledger_of, record_comment
from coalition.comments.models import (
    CommentChannel,
    CommentLedger,
    CommentPosition,
    PublicComment,
)
from coalition.comments.queries import ledger_of_item
from coalition.comments.samples import load_sample_comments
from coalition.comments.sentences import headline as comment_headline
from coalition.comments.wording import Wording
from coalition.consents.agreeing import remember_who_agreed
from coalition.consents.events import PersonUnsubscribed, PreferencesChanged
from coalition.consents.links import preferences_url, unsubscribe_url
from coalition.consents.models import Consent, ConsentSource, SuppressionReason
from coalition.consents.purposes import (
    Purpose,
    ServiceMail,
    purpose_called,
    register_service_mail,
    service_mail_called,
)
from coalition.consents.purposes import known as purposes
from coalition.consents.purposes import register as register_purpose
from coalition.consents.queries import consents_to, has_address, has_consented
from coalition.consents.returned import note_message_bounce, note_message_complaint
from coalition.consents.suppressing import note_bounce, note_complaint, suppress, suppression_of
from coalition.consents.writing import (
    Mailbox,
    MailLinks,
    Reach,
    mail_links,
    mailboxes,
    may_be_written_to,
    reach,
    sample_links,
)
from coalition.crypto import coalition_hash, keyed_hash, sealed
from coalition.db import (
    Base,
    Tenant,
    current_coalition_id,
    expect_many,
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
    items_of_campaign,
    meeting_by_id,
    past_meetings,
    upcoming_meetings,
    votes_of,
)
from coalition.decisions.showing import meeting_when
from coalition.decisions.votes import Motion, MotionResult, Position, Tally, Vote, VoteChoice
from coalition.documents.jobs import attach as attach_file
from coalition.documents.models import Document, DocumentClaim, DocumentKind
from coalition.documents.uploads import checked as checked_file
from coalition.errors import N_, DomainError, InvalidInput, NotFound
from coalition.events import Event, record
from coalition.fields import (
    Choice,
    ClockTime,
    Day,
    Line,
    MailAddress,
    OneOf,
    Paragraphs,
    Slug,
    WebAddress,
    Whole,
    YesNo,
)
from coalition.guarding import grant_and_guard
from coalition.headers import allow_caching, allow_framing, framed_mail, holding_frame
from coalition.hookspecs import hookimpl
from coalition.jobs import Chore, Periodic, enqueue
from coalition.languages import name_here as language_here
from coalition.letters.documents import count_sentence
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
from coalition.letters.models import (
    Letter,
    LetterKind,
    LetterState,
    LetterText,
    Signatories,
    Target,
    letter_by_slug,
)
from coalition.letters.moments import Moment, read_moment
from coalition.letters.moments import form_text as moment_in_form
from coalition.letters.public_letters import cities_of as letter_cities
from coalition.letters.public_letters import count_of as letter_count
from coalition.letters.public_letters import published_letter
from coalition.letters.sharing import Share, ways_to_share
from coalition.letters.signatures import Signature, SignatureKind, SignatureState
from coalition.localtime import Turn
from coalition.mail.dkim import DkimKey
from coalition.mail.dkim import make_key as make_dkim_key
from coalition.mail.dkim import own_keys as dkim_keys
from coalition.mail.dkim import signed as dkim_signed
from coalition.mail.door import bounce_address, is_demonstration, one_line, sender_address
from coalition.mail.door import queue as queue_mail
from coalition.mail.door import refusal as mail_refusal
from coalition.mail.return_paths import Told as MailTold
from coalition.mail.return_paths import coalitions_that_begin
from coalition.mail.return_paths import read_token as read_mail_token
from coalition.mail.return_paths import return_path as mail_return_path
from coalition.mail.return_paths import token_in as mail_token_in
from coalition.mail.return_paths import token_of as mail_token_of
from coalition.mail.smtp import Answer, Deferred, InDoubt, Refused, Trouble, Unreachable
from coalition.mail.stops import Stops
from coalition.mail.stops import tell as tell_senders
from coalition.mail.transports import Envelope as MailEnvelope
from coalition.mail.transports import Transport, transport
from coalition.mail.transports import compose as compose_mail
from coalition.mail.transports import trouble as mail_trouble
from coalition.markdown import to_html as markdown_to_html
from coalition.markdown import to_text as markdown_to_text
from coalition.notices.models import MeetingClock
from coalition.organizations.models import Organization
from coalition.page_cache import Page
from coalition.page_cache import answer as cached_page
from coalition.people.custom_fields import custom_fields
from coalition.people.models import (
    CustomField,
    EmailAddress,
    Person,
    email_index,
    person_by_email,
)
from coalition.people.queries import people_page
from coalition.plugins import (
    SDK_VERSION,
    CampaignSection,
    LetterCount,
    PageLink,
    Panel,
    PluginSwitched,
    SectionPlace,
    ask_all,
    ask_first,
    data_folder,
    is_on,
    settings,
)
from coalition.sealing import open_column, seal_column, sealed_bytes
from coalition.segments.conditions import Condition, Parameter, ParameterKind, register_act
from coalition.segments.conditions import Subject as SegmentSubject
from coalition.segments.conditions import register as register_condition
from coalition.segments.errors import QuestionBroken
from coalition.segments.models import (
    Segment,
    segment_by_id,
    segment_by_slug,
    segments,
    segments_as_they_stand,
)
from coalition.signed_links import LinkInvalid, LinkTooOld, read_link, sign_link
from coalition.slugs import slug_of
from coalition.small_groups import SMALLEST_GROUP, hide_small_groups
from coalition.typesetting.parent import to_png as png_of
from coalition.web import (
    Form,
    PublicPages,
    absolute_url,
    id_or_404,
    public_coalition,
    see_other,
    showing_refusals,
    visited_coalition,
)
from coalition.web import filled as filled_form
from coalition.web import form as sent_form
from coalition.web import language as page_language
from coalition.web import say as error_in_words

__all__ = [
    "SDK_VERSION",
    "Action",
    "ActionClosed",
    "ActionEvent",
    "ActionKind",
    "ActionOpened",
    "ActionState",
    "ActionText",
    "ActionTextValues",
    "ActionValues",
    "Addressee",
    "AgendaItem",
    "AgendaItemContinued",
    "AgendaItemEvent",
    "AgendaItemMoved",
    "AgendaItemNumbered",
    "AgendaItemWithdrawn",
    "Answer",
    "Area",
    "AreaKind",
    "AttendanceRecorded",
    "Audience",
    "Base",
    "Body",
    "BodyFacts",
    "BodyKind",
    "Campaign",
    "CampaignEvent",
    "CampaignPublished",
    "CampaignSection",
    "CampaignStatus",
    "CampaignUpdate",
    "CampaignUpdated",
    "Choice",
    "Chore",
    "City",
    "ClerkCountRecorded",
    "ClockTime",
    "Coalition",
    "CoalitionMembership",
    "CommentChannel",
    "CommentFigures",
    "CommentLedger",
    "CommentListImported",
    "CommentListUndone",
    "CommentPosition",
    "CommentRecorded",
    "CommentReported",
    "Condition",
    "Consent",
    "ConsentSource",
    "CustomField",
    "Day",
    "DecisionBody",
    "Deferred",
    "DkimKey",
    "Document",
    "DocumentClaim",
    "DocumentKind",
    "DomainError",
    "EmailAddress",
    "Event",
    "FilesInvalid",
    "FollowUp",
    "FollowUpAdded",
    "FollowUpDone",
    "FollowUpEvent",
    "Form",
    "HeldBy",
    "InDoubt",
    "InvalidInput",
    "ItemOutcome",
    "ItemStatus",
    "Letter",
    "LetterClosed",
    "LetterCount",
    "LetterDelivered",
    "LetterEvent",
    "LetterKind",
    "LetterOpened",
    "LetterState",
    "LetterText",
    "Line",
    "LinkInvalid",
    "LinkTooOld",
    "MailAddress",
    "MailEnvelope",
    "MailLinks",
    "MailTold",
    "Mailbox",
    "Meeting",
    "MeetingCancelled",
    "MeetingChanged",
    "MeetingClock",
    "MeetingEvent",
    "MeetingFacts",
    "MeetingHeld",
    "MeetingScheduled",
    "MeetingStatus",
    "Moment",
    "Motion",
    "MotionResult",
    "N_",
    "NotFound",
    "Officeholder",
    "OneOf",
    "Organization",
    "OrganizationJoined",
    "OrganizationLeft",
    "OutcomeRecorded",
    "Page",
    "PageLink",
    "Panel",
    "Paragraphs",
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
    "Place",
    "PlaceAmbiguous",
    "PlaceUnknown",
    "Pledge",
    "PledgeNoted",
    "PluginSwitched",
    "Position",
    "Post",
    "PostcodeElsewhere",
    "Precision",
    "PreferencesChanged",
    "Problem",
    "PublicComment",
    "PublicPages",
    "Purpose",
    "QuestionBroken",
    "REGIONS",
    "Reach",
    "Reason",
    "Refused",
    "Role",
    "SMALLEST_GROUP",
    "Seat",
    "SectionPlace",
    "Segment",
    "SegmentSubject",
    "ServiceMail",
    "Share",
    "Signatories",
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
    "Sponsor",
    "Stops",
    "SuppressionReason",
    "Tally",
    "Target",
    "Tenant",
    "Transport",
    "Trouble",
    "Turn",
    "Unreachable",
    "UpdateKind",
    "User",
    "Vote",
    "VoteChoice",
    "VoteRecorded",
    "WebAddress",
    "Whole",
    "Wording",
    "YesNo",
    "absolute_url",
    "action_by_slug",
    "add_follow_up",
    "add_ledger_text",
    "allow_caching",
    "allow_framing",
    "area_by_division",
    "area_called",
    "areas_called",
    "ask_all",
    "ask_first",
    "attach_file",
    "badge",
    "bar_chart",
    "bounce_address",
    "cached_page",
    "campaign_by_slug",
    "campaign_slug_is_free",
    "checked_file",
    "clean_address",
    "coalition_hash",
    "coalitions_that_begin",
    "comment_figures",
    "comment_headline",
    "compose_mail",
    "consents_to",
    "count_attempt",
    "count_sentence",
    "create_action",
    "current_coalition_id",
    "custom_fields",
    "data_folder",
    "division_of",
    "dkim_keys",
    "dkim_signed",
    "domain_of",
    "email_index",
    "enqueue",
    "error_in_words",
    "expect_many",
    "filled_form",
    "framed_mail",
    "grant_and_guard",
    "growth_chart",
    "has_address",
    "has_consented",
    "hide_small_groups",
    "holding_frame",
    "hookimpl",
    "id_or_404",
    "is_demonstration",
    "is_on",
    "items_of_campaign",
    "keyed_hash",
    "known_cities",
    "ledger_of",
    "ledger_of_item",
    "language_here",
    "letter_by_slug",
    "letter_cities",
    "letter_count",
    "load_sample_comments",
    "mail_links",
    "mail_trouble",
    "mail_refusal",
    "mail_return_path",
    "mail_token_in",
    "mail_token_of",
    "mailboxes",
    "make_dkim_key",
    "markdown_to_html",
    "markdown_to_text",
    "may_be_written_to",
    "may_change",
    "meeting_by_id",
    "meeting_when",
    "moment_in_form",
    "note_bounce",
    "note_complaint",
    "note_message_bounce",
    "note_message_complaint",
    "now",
    "one_line",
    "open_actions",
    "open_column",
    "page_language",
    "past_meetings",
    "person_by_email",
    "place_in",
    "place_key",
    "place_slug",
    "place_written",
    "places_called",
    "png_of",
    "people_page",
    "preferences_url",
    "proposals",
    "public_coalition",
    "published_letter",
    "purpose_called",
    "purposes",
    "queue_mail",
    "reach",
    "read_city",
    "read_link",
    "read_mail_token",
    "read_moment",
    "read_sent_file",
    "read_toml",
    "reading",
    "record",
    "record_comment",
    "record_in_audit_log",
    "register_act",
    "register_condition",
    "register_purpose",
    "register_service_mail",
    "remember_who_agreed",
    "sample_links",
    "seal_column",
    "sealed",
    "sealed_bytes",
    "see_other",
    "segment_by_id",
    "segment_by_slug",
    "segments",
    "segments_as_they_stand",
    "sender_address",
    "sent_form",
    "service_mail_called",
    "session",
    "settings",
    "showing_refusals",
    "sign_link",
    "signed_in_user",
    "slug_of",
    "stacked_bar_chart",
    "staff",
    "suppress",
    "suppression_of",
    "tell_coordinators",
    "tell_senders",
    "token",
    "transaction",
    "transport",
    "unsubscribe_url",
    "upcoming_meetings",
    "users_behind",
    "visited_coalition",
    "votes_of",
    "ways_to_share",
    "within",
    "write_signing_reminder",
]

"""All that a plugin may import. What is not here is not promised.

Everything keeps its name and meaning while `SDK_VERSION` stays the same.
"""

from coalition.accounts.access import Role, staff, token
from coalition.audit import record as record_in_audit_log
from coalition.campaigns.models import Campaign
from coalition.charts import badge, bar_chart, growth_chart, stacked_bar_chart
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
from coalition.comments.ledgers import figures_of_item as comment_figures
from coalition.comments.ledgers import record_comment
from coalition.comments.models import CommentChannel, CommentPosition, PublicComment
from coalition.comments.samples import load_sample_comments
from coalition.comments.sentences import headline as comment_headline
from coalition.comments.wording import Wording
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
    "Base",
    "Campaign",
    "Choice",
    "ClerkCountRecorded",
    "Coalition",
    "CoalitionMembership",
    "CommentChannel",
    "CommentFigures",
    "CommentListImported",
    "CommentListUndone",
    "CommentPosition",
    "CommentRecorded",
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
    "Periodic",
    "Person",
    "PluginSwitched",
    "PublicComment",
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
    "Tenant",
    "Wording",
    "badge",
    "bar_chart",
    "comment_figures",
    "comment_headline",
    "current_coalition_id",
    "enqueue",
    "grant_and_guard",
    "growth_chart",
    "hookimpl",
    "is_on",
    "letter_by_slug",
    "load_sample_comments",
    "now",
    "page_language",
    "public_coalition",
    "reading",
    "record",
    "record_comment",
    "record_in_audit_log",
    "session",
    "settings",
    "stacked_bar_chart",
    "staff",
    "token",
    "transaction",
    "within",
]

"""Signing: what somebody wrote becomes a row, sealed and with its keys, and goes to the door."""

from dataclasses import dataclass
from uuid import UUID

from uuid_utils.compat import uuid7

from coalition import crypto, db
from coalition.addresses import clean_address
from coalition.letters import intake
from coalition.letters.errors import SigningClosed, UnknownLetter
from coalition.letters.models import LetterState, database_clock, letter_by_slug
from coalition.organizations.names import clean_name, name_key, sort_key
from coalition.people.models import email_index


@dataclass(frozen=True, kw_only=True)
class SignatureRequest:
    """What somebody wrote into the form; checked for length and shape, not yet stored."""

    kind: str
    given_name: str
    family_name: str
    email: str
    organization_name: str = ""
    capacity: str = ""
    website: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    listed: bool = False
    updates_wording: str | None = None
    partner_id: UUID | None = None
    partner_wording: str | None = None
    source_code: str | None = None
    language: str = "en"
    source: str = "page"


def sign(coalition_id: UUID, slug: str, request: SignatureRequest) -> None:
    """Put a name under a letter, pending confirmation; the mailbox's owner hears by mail.

    It is a transaction of its own, committed when it returns. The caller learns nothing about
    whether the name was there already.

    Raises:
        UnknownLetter, SigningClosed, SigningNotStarted, NotForThisKind: nothing was stored.
        NotAnAddress: mail cannot be sent to the address.
    """
    crypto.load_keyring(coalition_id)
    if not intake.take(coalition_id, _row(coalition_id, slug, request)):
        with db.reading(coalition_id):
            _say_why_not(slug, request.kind)


def sign_within(coalition_id: UUID, slug: str, request: SignatureRequest) -> None:
    """Do the same as part of the open transaction, which something else must be true with.

    Raises:
        The same as `sign`.
    """
    if not intake.take_within(coalition_id, _row(coalition_id, slug, request)):
        _say_why_not(slug, request.kind)


def _row(coalition_id: UUID, slug: str, request: SignatureRequest) -> dict[str, object]:
    signature_id, event_id = uuid7(), uuid7()
    ring = crypto.keyring(coalition_id)
    address = clean_address(request.email)
    for_organization = request.kind == "organization"
    organization_name = clean_name(request.organization_name)
    postal_code = request.postal_code
    return {
        "id": signature_id,
        "event_id": event_id,
        "slug": slug,
        "accepted": "organizations" if for_organization else "people",
        "kind": request.kind,
        "source": request.source,
        "given_name": request.given_name,
        "family_name": request.family_name,
        "email_sealed": ring.seal(address, "signatures.email_sealed", signature_id),
        "email_index": email_index(coalition_id, address),
        "organization_name": organization_name,
        "organization_key": name_key(organization_name) if for_organization else "",
        "capacity": request.capacity,
        "website": request.website,
        "sort_key": sort_key(organization_name if for_organization else _by_family(request)),
        "city": request.city,
        "region": request.region,
        "postal_code_sealed": (
            ring.seal(postal_code, "signatures.postal_code_sealed", signature_id)
            if postal_code
            else None
        ),
        "language": request.language,
        "listed": request.listed,
        "updates_wording": request.updates_wording,
        "partner_id": request.partner_id,
        "partner_wording": request.partner_wording,
        "source_code": request.source_code,
    }


def _by_family(request: SignatureRequest) -> str:
    """People are listed by family name."""
    return f"{request.family_name} {request.given_name}".strip()


def _say_why_not(slug: str, kind: str) -> None:
    letter = letter_by_slug(slug)
    if letter is None or letter.state == LetterState.DRAFT:
        raise UnknownLetter
    letter.check_open(kind, database_clock())
    raise SigningClosed(title=letter.title)  # it was open a moment later than it was asked

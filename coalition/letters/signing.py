"""Signing: one statement that checks, stores, finds a repetition and tells the outbox.

Signing is the busiest thing that happens here, and an adversary watches its answers. So a new
and a repeated signature take the same single round trip and give the same answer, and nothing
is read before it is written: the letter's row is share-locked (a closing letter waits), the
unique index decides whether the name is new. The ORM would need five statements for it, and
three times the processor time.
"""

from dataclasses import dataclass
from uuid import UUID

from uuid_utils.compat import uuid7

from coalition import crypto, db
from coalition.addresses import clean_address
from coalition.letters.errors import SigningClosed, UnknownLetter
from coalition.letters.models import LetterState, database_clock, letter_by_slug
from coalition.organizations.names import clean_name, name_key, sort_key
from coalition.people.models import email_index

_SIGN = """
    WITH letter AS (
        SELECT id FROM letters
        WHERE coalition_id = %(coalition_id)s AND slug = %(slug)s AND state = 'open'
          AND (opens_at IS NULL OR opens_at <= clock_timestamp())
          AND (closes_at IS NULL OR clock_timestamp() < closes_at)
          AND signatories IN ('both', %(accepted)s)
        FOR SHARE),
    added AS (
        INSERT INTO signatures (
            id, coalition_id, letter_id, kind, state, source, given_name, family_name,
            email_sealed, email_index, organization_name, organization_key, capacity, website,
            display_name, sort_key, city, region, postal_code_sealed, language, listed,
            updates_wording, source_code, created_at)
        SELECT %(id)s, %(coalition_id)s, letter.id, %(kind)s, 'pending', %(source)s, %(given_name)s,
            %(family_name)s, %(email_sealed)s, %(email_index)s, %(organization_name)s, %(organization_key)s,
            %(capacity)s, %(website)s, %(display_name)s, %(sort_key)s, %(city)s, %(region)s, %(postal_code_sealed)s,
            %(language)s, %(listed)s, %(updates_wording)s, %(source_code)s, clock_timestamp()
        FROM letter
        ON CONFLICT (letter_id, kind, email_index, organization_key)
            WHERE state <> 'withdrawn' AND NOT (state = 'rejected' AND confirmed_at IS NULL)
            DO NOTHING
        RETURNING id, letter_id),
    repeated AS (
        SELECT signatures.id, signatures.letter_id FROM signatures
        JOIN letter ON letter.id = signatures.letter_id
        WHERE kind = %(kind)s AND email_index = %(email_index)s
          AND organization_key = %(organization_key)s AND state <> 'withdrawn'
          AND NOT (state = 'rejected' AND confirmed_at IS NULL)
          AND NOT EXISTS (SELECT FROM added)),
    facts AS (
        SELECT *, 'signature.added' AS name FROM added
        UNION ALL SELECT *, 'signature.repeated' FROM repeated),
    told AS (
        INSERT INTO outbox (id, coalition_id, name, payload)
        SELECT cast(%(event_id)s AS uuid), %(coalition_id)s, name,
            jsonb_build_object('id', cast(%(event_id)s AS text), 'kind', cast(%(kind)s AS text),
                'coalition_id', cast(%(coalition_id)s AS uuid), 'letter_id', letter_id,
                'signature_id', id)
        FROM facts)
    SELECT count(*) FROM letter
"""


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
    source_code: str | None = None
    language: str = "en"
    source: str = "page"


def sign(coalition_id: UUID, slug: str, request: SignatureRequest) -> None:
    """Put a name under a letter, pending confirmation; the mailbox's owner hears by mail.

    It is a transaction of its own, committed when it returns. The caller learns nothing about whether the name was there already.

    Raises:
        UnknownLetter, SigningClosed, SigningNotStarted, NotForThisKind: nothing was stored.
        NotAnAddress: mail cannot be sent to the address.
    """
    crypto.load_keyring(coalition_id)
    if db.run_alone(coalition_id, _SIGN, _row(coalition_id, slug, request)) == 0:
        with db.reading(coalition_id):
            _say_why_not(slug, request.kind)


def sign_within(coalition_id: UUID, slug: str, request: SignatureRequest) -> None:
    """Do the same as part of the open transaction, which something else must be true with.

    Raises:
        The same as `sign`.
    """
    row = _row(coalition_id, slug, request)
    taken = db.session.connection().exec_driver_sql(_SIGN, row)
    if taken.scalar_one() == 0:
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
        "event_id": str(event_id),
        "coalition_id": coalition_id,
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
        "display_name": "",
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

"""Signatures for programs: everybody may sign, tokens see and decide."""

import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, request
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from coalition import attempts, audit, db, web
from coalition.api import bodies
from coalition.api.letters import letter_or_404
from coalition.api.operations import Section
from coalition.api.repeating import once
from coalition.api.schemas.letters import PublicLetterSchema, public_facts
from coalition.api.schemas.signatures import (
    ApprovalInput,
    RejectionInput,
    SignatureSchema,
    SignaturesQuery,
    SigningInput,
)
from coalition.coalitions.models import Coalition
from coalition.errors import N_, InvalidInput, NotFound
from coalition.letters import review
from coalition.letters.public_letters import published_letter
from coalition.letters.signatures import (
    Signature,
    SignatureKind,
    SignatureSource,
    SignatureState,
)
from coalition.letters.signing import SignatureRequest, sign, sign_within

section = Section("signatures", "Names under letters.")

_READ, _WRITE = "signatures:read", "signatures:write"
_ALL = "/letters/<slug:letter>/signatures"
_ONE = f"{_ALL}/<uuid:signature>"
_ANSWER_KEPT_S = 5.0

_signing = SigningInput()
_public = PublicLetterSchema()
_answers: dict[tuple[UUID, str], tuple[float, bytes]] = {}


@section.open_post(
    _ALL, takes=SigningInput, gives=PublicLetterSchema, status=202, problems=(409,)
)
def sign_letter(coalition: str, letter: str) -> Response:
    """Sign a letter. The answer is the same for a new and for a repeated signature, and the
    signature counts once the owner of the mailbox has confirmed it. No token is needed."""
    here = web.public_coalition(coalition)
    attempts.count_attempt(request.remote_addr)
    values = _signing.load(bodies.read_object())
    values["kind"] = values["kind"].value
    signature = SignatureRequest(**values, source=SignatureSource.API.value)

    if "Idempotency-Key" in request.headers:
        body = _answer_of(here, letter)

        def work() -> Response:
            sign_within(here.id, letter, signature)
            return Response(body, 202, mimetype="application/json")

        with db.transaction(here.id):
            return once(work, here.id, f"public {letter}")
    sign(here.id, letter, signature)
    return Response(_answer_of(here, letter), 202, mimetype="application/json")


@section.lists(
    _ALL, scope=_READ, gives=SignatureSchema, query=SignaturesQuery, opens=db.transaction
)
def list_signatures(
    letter: str, kind: SignatureKind | None, state: SignatureState | None
) -> Select[Any]:
    """List the signatures of a letter. `kind` and `state` leave those that are so."""
    signed = letter_or_404(letter)
    audit.record("signatures.viewed", signed)
    chosen = (
        select(Signature)
        .filter_by(letter_id=signed.id)
        .options(joinedload(Signature.organization))
    )
    if kind is not None:
        chosen = chosen.where(Signature.kind == kind)
    if state is not None:
        chosen = chosen.where(Signature.state == state)
    return chosen


@section.reads(_ONE, scope=_READ, gives=SignatureSchema, opens=db.transaction)
def read_signature(letter: str, signature: UUID) -> Signature:
    """Read a signature."""
    known = _found(letter, signature)
    audit.record("signature.viewed", known)
    return known


@section.creates(
    f"{_ONE}/approval", scope=_WRITE, takes=ApprovalInput, gives=SignatureSchema, status=200,
    problems=(409,),
)  # fmt: skip
def approve_signature(letter: str, signature: UUID, values: Mapping[str, Any]) -> Signature:
    """Accept a confirmed signature as that of an organization of the directory."""
    found = _found(letter, signature, locked=True)
    organization_id = values["organization_id"] or found.organization_id
    if organization_id is None:
        reason = N_("No organization was matched. Say which one signed.")
        raise InvalidInput(field="organization_id", reason=reason)
    if not review.organizations_by_id({organization_id}):
        reason = N_("There is no such organization.")
        raise InvalidInput(field="organization_id", reason=reason)
    found.approve(review.locked_organization(organization_id))
    return found


@section.creates(
    f"{_ONE}/rejection", scope=_WRITE, takes=RejectionInput, gives=SignatureSchema, status=200,
    problems=(409,),
)  # fmt: skip
def reject_signature(letter: str, signature: UUID, values: Mapping[str, Any]) -> Signature:
    """Refuse a signature. Nobody but the coalition learns the reason."""
    found = _found(letter, signature, locked=True)
    found.reject(values["reason"])
    return found


@section.creates(
    f"{_ONE}/withdrawal", scope=_WRITE, takes=None, gives=SignatureSchema, status=200
)
def withdraw_signature(letter: str, signature: UUID) -> Signature:
    """Take a name back for its signatory, who asked for it. Doing it twice changes nothing."""
    found = _found(letter, signature, locked=True)
    found.withdraw()
    return found


def _found(slug: str, signature_id: UUID, *, locked: bool = False) -> Signature:
    letter_id = letter_or_404(slug).id
    if locked:
        found = review.locked_signature(signature_id)
    else:
        found = review.signature_or_404(signature_id)
    if found.letter_id != letter_id:
        raise NotFound
    return found


def _answer_of(coalition: Coalition, slug: str) -> bytes:
    """Return what everybody may know of a letter, from memory if it was asked for lately."""
    place = (coalition.id, slug)
    known = _answers.get(place)
    if known is not None and time.monotonic() - known[0] < _ANSWER_KEPT_S:
        return known[1]
    with db.reading(coalition.id):
        facts = public_facts(coalition.slug, published_letter(slug))
    if len(_answers) > 1000:
        _answers.clear()
    body = bodies.written(_public.dump(facts))
    _answers[place] = (time.monotonic(), body)
    return body

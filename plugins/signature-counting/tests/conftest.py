"""Signing as it happens, for the tests of counting."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from coalition_signature_counting import queries

from coalition.sdk import (
    Letter,
    LetterCount,
    Organization,
    Signature,
    reading,
    session,
    transaction,
)
from coalition.testing import make_signature

Change = Callable[[Signature], None]


@pytest.fixture
def sign() -> Callable[..., Signature]:
    """Give a function that signs and confirms, and approves an organization's signature."""

    def signed(letter: Letter, name: str, **values: Any) -> Signature:
        organization: Organization | None = values.get("organization")
        signature = make_signature(letter, name, state="pending", **values)
        organization_id = organization.id if organization else signature.organization_id
        change(signature, lambda each: each.confirm())
        if signature.kind == "organization":
            change(signature, lambda each: approve(each, organization_id))
        return signature

    return signed


def approve(signature: Signature, organization_id: UUID | None) -> None:
    """Accept an organization's signature."""
    organization = session.get(Organization, organization_id)
    assert organization is not None
    if not signature.counts:
        signature.approve(organization)


def change(signature: Signature, verb: Change) -> None:
    """Do something to a signature, as a view would."""
    with transaction(signature.coalition_id):
        present = session.get(Signature, signature.id)
        assert present is not None
        verb(present)


def count_of(letter: Letter) -> LetterCount:
    """Return what everybody sees."""
    with reading(letter.coalition_id):
        return queries.letter_count(letter)

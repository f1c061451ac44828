"""Who gets the final copy of a delivered letter: those whose name is under it now."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_

from coalition.sdk import (
    N_,
    Person,
    ServiceMail,
    Signature,
    SignatureKind,
    SignatureState,
    register_service_mail,
)
from coalition_email_outreach.courtesies import had_final_copy
from coalition_email_outreach.models import Mailing

# It needs no consent to news: who signs a letter may expect to hear that it was handed over. Who
# ended all mail gets none, nor who took the signature back.
FINAL_COPY = register_service_mail(
    ServiceMail(
        "final_copy",
        label=N_("Final copy of a delivered letter"),
        why=N_("You get this once, because you signed this letter."),
    )
)


def is_final_copy(mailing: Mailing) -> bool:
    """Return whether a mailing is the final copy of a letter, which nobody chose people for."""
    return mailing.purpose == FINAL_COPY.name and mailing.letter_id is not None


def counts() -> ColumnElement[bool]:
    """Choose the signatures that count, as `Signature.counts` says of one."""
    return or_(
        Signature.state == SignatureState.APPROVED,
        and_(
            Signature.kind == SignatureKind.PERSON,
            Signature.state == SignatureState.CONFIRMED,
        ),
    )


def has_signed(letter_id: UUID | None) -> ColumnElement[bool]:
    """Choose the people whose signature under a letter counts and came with an address."""
    return exists().where(
        Signature.person_id == Person.id,
        Signature.letter_id == letter_id,
        Signature.email_sealed.is_not(None),
        counts(),
        ~had_final_copy(),
    )

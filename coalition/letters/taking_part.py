"""Which campaigns somebody took part in by signing a letter, for their calendar."""

from uuid import UUID

from sqlalchemy import Select, select

from coalition.calendars.taking_part import counts_as_taking_part
from coalition.letters.models import Letter
from coalition.letters.signatures import Signature, SignatureState


@counts_as_taking_part
def signed(person_id: UUID) -> Select[UUID | None]:
    """Select the campaigns whose letters a person signed and did not take back."""
    return (
        select(Letter.campaign_id)
        .join(Signature, Signature.letter_id == Letter.id)
        .where(
            Signature.person_id == person_id,
            Signature.state.in_((SignatureState.CONFIRMED, SignatureState.APPROVED)),
            Letter.campaign_id.is_not(None),
        )
    )

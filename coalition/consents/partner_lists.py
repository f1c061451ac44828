"""Who agreed to be written to by a member group: the list that is handed over to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from coalition import crypto, db
from coalition.consents.models import Consent, ConsentSource, StandingConsent
from coalition.consents.writing import PLACE, is_reached
from coalition.people.models import EmailAddress, Person

AT_ONCE = 1_000  # rows that are held in the memory


@dataclass(frozen=True)
class Agreed:
    """One yes of a person to mail of a member group, with where it was said."""

    given_name: str
    family_name: str
    address: str
    city: str | None
    region: str | None
    language: str | None
    purpose: str
    wording: str
    recorded_at: datetime
    source: ConsentSource
    source_id: UUID | None
    source_code: str | None


def count_agreed(organization_id: UUID) -> int:
    """Count to how many people a member group may write now."""
    db.expect_many()
    chosen = select(func.count(func.distinct(Person.id))).join(
        StandingConsent, StandingConsent.person_id == Person.id
    )
    given = StandingConsent.organization_id == organization_id, StandingConsent.given
    return db.session.scalar(chosen.where(*given, is_reached())) or 0


def who_agreed(organization_id: UUID) -> Iterator[Agreed]:
    """Return who said yes to mail of a member group, did not take it back, and is reached.

    Each with the answer that stands. Read in one snapshot, some at a time.
    """
    db.expect_many()
    who = (Consent.person_id, Consent.purpose)
    newest = (
        select(Consent)
        .ext(distinct_on(*who))
        .where(Consent.organization_id == organization_id)
        .order_by(*who, Consent.recorded_at.desc(), Consent.id.desc())
        .subquery()
    )
    answer = aliased(Consent, newest)
    found = (
        select(Person, EmailAddress.id, EmailAddress.address_sealed, answer)
        .join(answer, answer.person_id == Person.id)
        .join(EmailAddress, EmailAddress.person_id == Person.id)
        .where(answer.given, EmailAddress.is_primary.is_(True), is_reached())
        .order_by(answer.recorded_at, answer.id)
        .execution_options(yield_per=AT_ONCE)
    )
    for person, address_id, sealed, said in db.session.execute(found):
        yield Agreed(
            given_name=person.given_name,
            family_name=person.family_name,
            address=crypto.open_sealed(person.coalition_id, sealed, PLACE, address_id),
            city=person.city,
            region=person.region,
            language=person.language,
            purpose=said.purpose,
            wording=said.wording,
            recorded_at=said.recorded_at,
            source=said.source,
            source_id=said.source_id,
            source_code=said.source_code,
        )

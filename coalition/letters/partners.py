"""Member groups that ask signatories, beside the coalition, whether they may write to them too.

One of them asks each visitor: the one with whose source code they came, else the one that is
furthest behind its agreed share. Equal shares make a rotation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition import audit, db
from coalition.coalitions.models import CoalitionMembership, MembershipState
from coalition.db import within
from coalition.letters.errors import PartnerKnown, SourceCodeTaken, TooManyPartners
from coalition.letters.models import Letter
from coalition.letters.signatures import Signature, SignatureState
from coalition.organizations.models import Organization

MAX_PARTNERS = 50
MAX_WEIGHT = 1_000


class LetterPartner(db.Tenant, db.Base):
    """A member group that asks on a letter's form; `weight` 0 only where its own code leads."""

    __tablename__ = "letter_partners"
    table_args = (
        within("letters", "letter_id"),
        UniqueConstraint("letter_id", "organization_id"),
        UniqueConstraint("letter_id", "source_code"),
        CheckConstraint(f"weight BETWEEN 0 AND {MAX_WEIGHT}", name="weight"),
    )

    letter_id: Mapped[UUID]
    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), index=True
    )
    weight: Mapped[int] = mapped_column(default=1)
    source_code: Mapped[str | None]

    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=True)


@dataclass(frozen=True)
class PartnerReport:
    """How it went for one member group, in signatures.

    `due` is its share of what was shown without anybody's code, by weight; `shown` counts forms
    that were sent with its question; `brought` counts those that came with its code.
    """

    partner: LetterPartner
    due: float
    shown: int
    agreed: int
    brought: int


def partners_of(letter: Letter) -> Sequence[LetterPartner]:
    """Return the member groups that ask on a letter's form, in the order of lists."""
    return db.session.scalars(
        select(LetterPartner)
        .join(LetterPartner.organization)
        .filter(LetterPartner.letter_id == letter.id)
        .order_by(Organization.sort_key, LetterPartner.id)
    ).all()


def add_partner(
    letter: Letter, organization: Organization, *, weight: int, source_code: str | None
) -> LetterPartner:
    """Let a member group ask signatories too.

    Raises:
        PartnerKnown, SourceCodeTaken, TooManyPartners: as they say.
    """
    known = partners_of(letter)
    if len(known) >= MAX_PARTNERS:
        raise TooManyPartners(limit=MAX_PARTNERS)
    for each in known:
        if each.organization_id == organization.id:
            raise PartnerKnown(field="organization", name=organization.name)
        if source_code and each.source_code == source_code:
            raise SourceCodeTaken(field="source_code", name=each.organization.name)
    added = LetterPartner(
        letter_id=letter.id,
        organization_id=organization.id,
        organization=organization,
        weight=weight,
        source_code=source_code,
    )
    db.session.add(added)
    db.session.flush()
    audit.record("letter.partner_added", added)
    return added


def change_partner(partner: LetterPartner, *, weight: int, source_code: str | None) -> None:
    """Agree on another share or another code.

    Raises:
        SourceCodeTaken: another member group has it on this letter.
    """
    taken = select(LetterPartner).where(
        LetterPartner.letter_id == partner.letter_id,
        LetterPartner.source_code == source_code,
        LetterPartner.id != partner.id,
    )
    other = db.session.scalar(taken) if source_code else None
    if other is not None:
        raise SourceCodeTaken(field="source_code", name=other.organization.name)
    partner.weight, partner.source_code = weight, source_code
    audit.record("letter.partner_changed", partner, ["weight", "source_code"])


def remove_partner(partner: LetterPartner) -> None:
    """Let a member group ask no more; what people agreed to stays."""
    audit.record("letter.partner_removed", partner)
    db.session.delete(partner)


def may_ask(letter: Letter) -> Sequence[Organization]:
    """Return the active members of the coalition that do not ask on the letter yet."""
    known = select(LetterPartner.organization_id).filter_by(letter_id=letter.id)
    active = select(CoalitionMembership.organization_id).filter_by(state=MembershipState.ACTIVE)
    return db.session.scalars(
        select(Organization)
        .where(Organization.id.in_(active), Organization.id.not_in(known))
        .order_by(Organization.sort_key, Organization.id)
    ).all()


def who_asks(letter: Letter, source_code: str | None) -> LetterPartner | None:
    """Return the member group that asks the next visitor, or `None` if none does."""
    partners = _asking(letter)
    if not partners:
        return None
    own = next(
        (each for each in partners if source_code and each.source_code == source_code), None
    )
    rotating = [each for each in partners if each.weight > 0]
    if own is not None or not rotating:
        return own
    shown = _shown_in_rotation(letter, partners)
    return min(
        rotating, key=lambda each: (shown.get(each.organization_id, 0) + 1) / each.weight
    )


def asked_by(letter: Letter, organization_id: str) -> LetterPartner | None:
    """Return the member group that a sent form names, if it may ask on this letter."""
    return next(
        (
            each
            for each in (_asking(letter) if organization_id else ())
            if str(each.organization_id) == organization_id
        ),
        None,
    )


def report(letter: Letter) -> list[PartnerReport]:
    """Return for each member group what it was due and what it got."""
    partners = partners_of(letter)
    by_organization = {
        organization_id: (shown, agreed)
        for organization_id, shown, agreed in db.session.execute(
            select(Signature.partner_id, func.count(), func.count(Signature.partner_wording))
            .where(Signature.letter_id == letter.id, Signature.partner_id.is_not(None))
            .group_by(Signature.partner_id)
        )
    }
    rotating = [each for each in partners if each.weight > 0]
    shares = _shown_in_rotation(letter, partners)
    in_rotation = sum(shares.get(each.organization_id, 0) for each in rotating)
    weights = sum(each.weight for each in rotating) or 1
    brought = _brought(letter, [each.source_code for each in partners if each.source_code])
    return [
        PartnerReport(
            partner=each,
            due=in_rotation * each.weight / weights,
            shown=by_organization.get(each.organization_id, (0, 0))[0],
            agreed=by_organization.get(each.organization_id, (0, 0))[1],
            brought=brought.get(each.source_code or "", 0),
        )
        for each in partners
    ]


def _asking(letter: Letter) -> Sequence[LetterPartner]:
    """Return those that may ask now: who paused or left the coalition does not."""
    known = {each.organization_id: each for each in partners_of(letter)}
    if not known:  # as on most letters
        return []
    active = select(CoalitionMembership.organization_id).where(
        CoalitionMembership.organization_id.in_(known),
        CoalitionMembership.state == MembershipState.ACTIVE,
    )
    may = set(db.session.scalars(active))
    return [each for each in known.values() if each.organization_id in may]


def _shown_in_rotation(letter: Letter, partners: Sequence[LetterPartner]) -> dict[UUID, int]:
    """Count the forms that showed a member group's question to whom its code did not bring."""
    counted = (
        select(Signature.partner_id, func.count())
        .where(Signature.letter_id == letter.id, Signature.partner_id.is_not(None))
        .group_by(Signature.partner_id)
    )
    codes = [each.source_code for each in partners if each.source_code]
    if codes:
        counted = counted.where(func.coalesce(Signature.source_code, "").not_in(codes))
    return {each: count for each, count in db.session.execute(counted) if each is not None}


def _brought(letter: Letter, codes: Sequence[str]) -> dict[str, int]:
    """Count the confirmed signatures that came with each source code."""
    rows = db.session.execute(
        select(Signature.source_code, func.count())
        .where(
            Signature.letter_id == letter.id,
            Signature.source_code.in_(codes),
            Signature.state.in_((SignatureState.CONFIRMED, SignatureState.APPROVED)),
        )
        .group_by(Signature.source_code)
    )
    return {code: count for code, count in rows if code is not None}

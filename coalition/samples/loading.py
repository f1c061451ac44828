"""Loading the samples: once, into an installation that has none."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from coalition import db, events, plugins
from coalition.campaigns.models import Campaign, CampaignStatus
from coalition.clock import now
from coalition.coalitions.models import (
    Coalition,
    CoalitionMembership,
    MembershipRole,
    MembershipState,
)
from coalition.letters.events import SignatureApproved, SignatureConfirmed
from coalition.letters.models import Letter, LetterKind, LetterText, Signatories, Target
from coalition.letters.signatures import (
    Signature,
    SignatureKind,
    SignatureSource,
    SignatureState,
)
from coalition.organizations.models import Organization
from coalition.organizations.names import name_key, sort_key
from coalition.people.models import email_index
from coalition.samples import names, people, texts
from coalition.samples.accounts import add_accounts
from coalition.samples.passwords import kept_passwords, new_passwords

LOS_ANGELES = "reject-lapd-face-recognition"
LIBRARY = "anytown-library-friends"
AUDIT = "audit-face-recognition"
_COMMISSION = "Los Angeles Board of Police Commissioners"
# As the letter of 14 December 2020 addresses them.
_COMMISSIONERS = (
    ("Eileen Decker", "Commission President"),
    ("Dale Bonner", "Commissioner"),
    ("William J. Briggs, II", "Commissioner"),
    ("Maria Lou Calanche", "Commissioner"),
    ("Steve Soboroff", "Commissioner"),
)


def load_samples(on_progress: Callable[[str], None] = lambda _: None) -> bool:
    """Load the sample coalitions and accounts unless they are there; return whether they were."""
    with db.reading() as session:
        if session.scalar(select(Coalition.id).filter_by(slug=LIBRARY)):
            return False
    on_progress("Loading the sample coalitions")
    passwords = new_passwords()
    # One transaction: a start that is interrupted leaves nothing behind.
    with db.transaction():
        organizations = _add_organizations()
        los_angeles = Coalition.found(
            slug=LOS_ANGELES,
            name="Reject LAPD Face Recognition (sample)",
            about=texts.LAPD_SUMMARY,
            is_sample=True,
        )
        with db.narrowed(los_angeles.id):
            _load_los_angeles(organizations)
            plugins.ask_all("coalition_samples", coalition=los_angeles)
        library = Coalition.found(
            slug=LIBRARY,
            name="Anytown Library Friends (sample)",
            about="Neighbors of a library in a town that does not exist.",
            is_sample=True,
        )
        with db.narrowed(library.id):
            _load_library()
        add_accounts(los_angeles, passwords)
    return True


def greeting(here: str) -> str:
    """Say where to click and how to sign in."""
    passwords = kept_passwords()
    accounts = "\n".join(f"    {address:<28} {passwords[address]}" for address in passwords)
    return f"""
coalition runs at {here}

  Sign a letter       {here}/c/{LOS_ANGELES}/letters/{AUDIT}
  Read your mail      {here}/mailbox/
  The real campaign   {here}/c/{LOS_ANGELES}/letters/{LOS_ANGELES}
  Coordinate          {here}/manage/{LOS_ANGELES}/
  API                 {here}/api/v1/docs

  Sample accounts (this installation's own passwords):
{accounts}

Everything here is sample data: the campaign's facts are real, its signatories are fictional.
Stop with Ctrl-C; the data stays for the next start.
"""


def _add_organizations() -> dict[str, Organization]:
    made = {name: Organization.named(name) for name in names.ORGANIZATIONS}
    for organization in made.values():
        organization.is_sample = True
    for chapter, parent in names.CHAPTERS.items():
        made[chapter].parent = made[parent]
    db.session.add_all(made.values())
    db.session.flush()
    return made


def _load_los_angeles(organizations: dict[str, Organization]) -> None:
    campaign = Campaign(
        slug=LOS_ANGELES,
        title="Reject LAPD Face Recognition",
        goal="The Board rejects the Special Order on face recognition.",
        target=_COMMISSION,
        summary=texts.LAPD_SUMMARY,
        status=CampaignStatus.LOST,
        starts_on=date(2020, 12, 1),
        outcome=texts.LAPD_OUTCOME,
    )
    db.session.add(campaign)
    db.session.flush()
    for position, organization in enumerate(organizations.values()):
        role = MembershipRole.LEAD if position == 0 else MembershipRole.MEMBER
        db.session.add(
            CoalitionMembership(
                organization_id=organization.id,
                state=MembershipState.ACTIVE,
                role=MembershipRole.STEERING if position in (1, 2) else role,
                starts_on=date(2020, 12, 1),
            )
        )
    letter = _letter(
        LOS_ANGELES,
        {"en": ("Reject LAPD Face Recognition", texts.LAPD_LETTER)},
        campaign_id=campaign.id,
        dated_on=date(2020, 12, 14),
        signatories=Signatories.ORGANIZATIONS,
        goal=60,
    )
    first_day = datetime(2020, 12, 2, 18, tzinfo=UTC)
    days = [first_day + timedelta(hours=4.5 * each) for each in range(len(organizations))]
    _sign_as_organizations(letter, organizations.values(), days)
    letter.close()
    letter.deliver(
        note="Sent to the Board of Police Commissioners as a PDF.",
        at=datetime(2020, 12, 14, 20, tzinfo=UTC),
    )
    audit = _load_audit_letter(list(organizations.values()), campaign)
    people.ask(audit, letter)


def _load_audit_letter(organizations: list[Organization], campaign: Campaign) -> Letter:
    letter = _letter(
        AUDIT,
        {
            "en": ("Audit the department's face recognition", texts.AUDIT_LETTER),
            "es": ("Auditoría del reconocimiento facial", texts.AUDIT_LETTER_ES),
        },
        campaign_id=campaign.id,
        dated_on=now().date(),
        closes_at=(now() + timedelta(days=30)).replace(
            hour=7, minute=59, second=0, microsecond=0
        ),
        goal=50,
    )
    days = [now() - timedelta(days=9 - each / 2) for each in range(18)]
    _sign_as_organizations(letter, organizations[2:20], days)
    people.make_known(_sign_as_people(letter, days))
    _leave_in_the_queue(letter)
    return letter


def _load_library() -> None:
    letter = _letter(
        "sundays",
        {
            "en": ("Keep the library open on Sundays", texts.LIBRARY_PETITION),
            "es": ("La biblioteca, abierta los domingos", texts.LIBRARY_PETITION_ES),
        },
        kind=LetterKind.PETITION,
        signatories=Signatories.PEOPLE,
        target=("Anytown Town Council", "", ""),
        goal=100,
        closes_at=now() + timedelta(days=60),
    )
    _sign_as_people(letter, [now() - timedelta(days=each / 3) for each in range(18)])


def _letter(
    slug: str,
    by_language: dict[str, tuple[str, str]],
    *,
    target: tuple[str, str, str] | None = None,
    **values: object,
) -> Letter:
    letter = Letter(slug=slug, is_sample=True, **values)
    letter.texts.extend(
        LetterText(letter_id=letter.id, language=language, title=title, body=body)
        for language, (title, body) in by_language.items()
    )
    targets = [target] if target else [(*each, _COMMISSION) for each in _COMMISSIONERS]
    letter.targets.extend(
        Target(letter_id=letter.id, position=position, name=name, office=office, body=body)
        for position, (name, office, body) in enumerate(targets, start=1)
    )
    db.session.add(letter)
    db.session.flush()
    letter.open()
    return letter


def _sign_as_organizations(
    letter: Letter, organizations: Iterable[Organization], days: list[datetime]
) -> None:
    for organization, day in zip(organizations, days, strict=True):
        signature = _signature(
            letter,
            SignatureKind.ORGANIZATION,
            SignatureState.APPROVED,
            ("Sam", "Sample"),
            day,
            organization_name=organization.name,
            organization_key=organization.name_key,
            organization_id=organization.id,
            capacity="Director",
            sort_key=organization.sort_key,
        )
        _tell(SignatureConfirmed, signature)
        _tell(SignatureApproved, signature)


def _sign_as_people(letter: Letter, days: list[datetime]) -> list[Signature]:
    signed = []
    for (given, family, city), day in zip(names.PEOPLE, days, strict=True):
        signature = _signature(
            letter,
            SignatureKind.PERSON,
            SignatureState.CONFIRMED,
            (given, family),
            day,
            city=city,
            sort_key=sort_key(f"{family} {given}"),
            listed=family != "Quasi",
        )
        _tell(SignatureConfirmed, signature)
        signed.append(signature)
    return signed


def _leave_in_the_queue(letter: Letter) -> None:
    """Leave two organizations that wait for a coordinator, and one that did not confirm."""
    for name, state in (
        ("Elsewhere Comunity Radio", SignatureState.CONFIRMED),
        ("Paper Moon Astronomers for Privacy", SignatureState.CONFIRMED),
        ("Lantern Parade Drummers", SignatureState.PENDING),
    ):
        address = f"{name_key(name).replace(' ', '.')}@example.org"
        signature = _signature(
            letter,
            SignatureKind.ORGANIZATION,
            state,
            ("Wren", "Waiting"),
            now() - timedelta(hours=5),
            organization_name=name,
            organization_key=name_key(name),
            capacity="Secretary",
            sort_key=sort_key(name),
        )
        signature.source = SignatureSource.PAGE
        signature.evidence = None
        signature.email = address
        signature.email_index = email_index(letter.coalition_id, address)


def _signature(
    letter: Letter,
    kind: SignatureKind,
    state: SignatureState,
    signatory: tuple[str, str],
    at: datetime,
    **values: object,
) -> Signature:
    values.setdefault("listed", True)
    signature = Signature(
        letter_id=letter.id,
        kind=kind,
        state=state,
        given_name=signatory[0],
        family_name=signatory[1],
        created_at=at,
        confirmed_at=at if state != SignatureState.PENDING else None,
        decided_at=at if state == SignatureState.APPROVED else None,
        source=SignatureSource.PASTED,
        evidence="Made up for the demonstration.",
        source_code="sample",
        **values,
    )
    db.session.add(signature)
    return signature


def _tell(
    kind: type[SignatureApproved] | type[SignatureConfirmed], signature: Signature
) -> None:
    events.record(
        kind(
            coalition_id=signature.coalition_id,
            letter_id=signature.letter_id,
            signature_id=signature.id,
            kind=signature.kind.value,
        )
    )

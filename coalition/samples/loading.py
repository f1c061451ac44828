"""Loading the samples: what is missing is added at each start, what is there is left alone."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from coalition import db, plugins
from coalition.campaigns.sponsors import Sponsor
from coalition.clock import now
from coalition.coalitions.models import (
    Coalition,
    CoalitionMembership,
    MembershipRole,
    MembershipState,
    coalition_by_slug,
)
from coalition.letters.models import (
    Letter,
    LetterKind,
    LetterText,
    Signatories,
    Target,
    letter_by_slug,
)
from coalition.organizations.models import Organization
from coalition.samples import library, names, people, signing, texts
from coalition.samples.accounts import add_accounts
from coalition.samples.passwords import kept_passwords, sample_passwords

CITIES = "cities-without-dragnets"
LIBRARY = "anytown-library-friends"
AUDIT = "audit-face-recognition"
# Letters and campaigns that plugins bring.
LOS_ANGELES = "reject-lapd-face-recognition"
LONG_BEACH = "ban-racist-technologies-long-beach"
PETITION = "you-are-being-tracked"
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
    """Load what is missing of the sample coalitions; return whether one of them was founded."""
    with db.reading():
        is_new = coalition_by_slug(CITIES) is None or coalition_by_slug(LIBRARY) is None
    if is_new:
        on_progress("Loading the sample coalitions")
    passwords = sample_passwords()
    # One transaction: a start that is interrupted leaves nothing behind.
    with db.transaction():
        organizations = _organizations()
        cities = _founded(CITIES, "Cities Without Dragnets (sample)", texts.CITIES_ABOUT)
        with db.narrowed(cities.id):
            _admit(organizations.values())
            _load_audit_letter(list(organizations.values()))
            for _ in plugins.registry().ask("coalition_samples", coalition=cities):
                pass  # each plugin loads its own
            _sign_los_angeles(list(organizations.values()))
            _sign_long_beach(list(organizations.values()))
            _sign_petition()
            _follow_up_los_angeles()
        neighbors = _founded(LIBRARY, "Anytown Library Friends (sample)", texts.LIBRARY_ABOUT)
        with db.narrowed(neighbors.id):
            _load_library()
        for coalition in (cities, neighbors):
            add_accounts(coalition, passwords)
    return is_new


def greeting(here: str) -> str:
    """Say where to click and how to sign in."""
    passwords = kept_passwords()
    accounts = "\n".join(f"    {address:<28} {passwords[address]}" for address in passwords)
    return f"""
coalition runs at {here}

  Sign a letter       {here}/c/{CITIES}/letters/{AUDIT}
  Read your mail      {here}/mailbox/
  Campaigns           {here}/c/{CITIES}/
  Cities              {here}/c/{CITIES}/cities/
  Coordinate          {here}/manage/{CITIES}/
  API                 {here}/api/v1/docs

  Sample accounts (this installation's own passwords):
{accounts}

Everything here is sample data: the campaigns' facts are real, their signatories are fictional.
Stop with Ctrl-C; the data stays for the next start.
"""


def _founded(slug: str, name: str, about: str) -> Coalition:
    known = coalition_by_slug(slug)
    return known or Coalition.found(slug=slug, name=name, about=about, is_sample=True)


def _organizations() -> dict[str, Organization]:
    known = {
        each.name: each
        for each in db.session.scalars(select(Organization).filter_by(is_sample=True))
    }
    made = {name: known.get(name) or Organization.named(name) for name in names.ORGANIZATIONS}
    for name, organization in made.items():
        organization.is_sample = True
        if name not in known:
            db.session.add(organization)
    for chapter, parent in names.CHAPTERS.items():
        made[chapter].parent = made[parent]
    db.session.flush()
    return made


def _admit(organizations: Iterable[Organization]) -> None:
    members = set(db.session.scalars(select(CoalitionMembership.organization_id)))
    for position, organization in enumerate(organizations):
        if organization.id in members:
            continue
        role = MembershipRole.LEAD if position == 0 else MembershipRole.MEMBER
        db.session.add(
            CoalitionMembership(
                organization_id=organization.id,
                state=MembershipState.ACTIVE,
                role=MembershipRole.STEERING if position in (1, 2) else role,
                starts_on=date(2020, 12, 1),
            )
        )
    db.session.flush()


def _sign_los_angeles(organizations: list[Organization]) -> None:
    """Let the organizations of the sample sign the letter of December 2020 in its two weeks."""
    letter = letter_by_slug(LOS_ANGELES)
    if letter is not None and signing.has_none(letter):
        first_day = datetime(2020, 12, 2, 18, tzinfo=UTC)
        days = [first_day + timedelta(hours=4.5 * each) for each in range(len(organizations))]
        signing.sign_as_organizations(letter, organizations, days)


def _sign_long_beach(organizations: list[Organization]) -> None:
    letter = letter_by_slug(LONG_BEACH)
    if letter is not None and signing.has_none(letter):
        days = [now() - timedelta(days=20 - each) for each in range(18)]
        signing.sign_as_organizations(letter, organizations[20:29], days[::2])
        signing.sign_as_people(letter, days)
        for position, organization in enumerate(organizations[20:23], start=1):
            db.session.add(
                Sponsor(
                    campaign_id=letter.campaign_id,
                    organization_id=organization.id,
                    position=position,
                    agreed_on=days[0].date(),
                    agreed_how="Made up for the demonstration.",
                )
            )


def _sign_petition() -> None:
    letter = letter_by_slug(PETITION)
    if letter is not None and signing.has_none(letter):
        signing.sign_as_many(letter, [now() - timedelta(hours=9 * n) for n in range(64, 0, -1)])


def _load_audit_letter(organizations: list[Organization]) -> None:
    if letter_by_slug(AUDIT) is not None:
        return
    letter = _letter(
        AUDIT,
        {
            "en": ("Audit the department's face recognition", texts.AUDIT_LETTER),
            "es": ("Auditoría del reconocimiento facial", texts.AUDIT_LETTER_ES),
        },
        targets=[(*each, _COMMISSION) for each in _COMMISSIONERS],
        dated_on=now().date(),
        closes_at=(now() + timedelta(days=30)).replace(
            hour=7, minute=59, second=0, microsecond=0
        ),
        goal=50,
    )
    days = [now() - timedelta(days=9 - each / 2) for each in range(18)]
    signing.sign_as_organizations(letter, organizations[2:20], days)
    people.make_known(signing.sign_as_people(letter, days))
    signing.leave_in_the_queue(letter)


def _follow_up_los_angeles() -> None:
    """Let the audit letter follow the campaign that a plugin brought, and ask about both."""
    audit, earlier = letter_by_slug(AUDIT), letter_by_slug(LOS_ANGELES)
    if audit is not None and earlier is not None and audit.campaign_id is None:
        audit.campaign_id = earlier.campaign_id
        people.ask(audit, earlier)


def _load_library() -> None:
    library.load_campaign(letter_by_slug("sundays") or _library_petition())


def _library_petition() -> Letter:
    letter = _letter(
        "sundays",
        {
            "en": ("Keep the library open on Sundays", texts.LIBRARY_PETITION),
            "es": ("La biblioteca, abierta los domingos", texts.LIBRARY_PETITION_ES),
        },
        targets=[("Anytown Town Council", "", "")],
        kind=LetterKind.PETITION,
        signatories=Signatories.PEOPLE,
        goal=100,
        closes_at=now() + timedelta(days=60),
    )
    days = [now() - timedelta(days=each / 3) for each in range(18)]
    people.make_known(signing.sign_as_people(letter, days))
    return letter


def _letter(
    slug: str,
    by_language: Mapping[str, tuple[str, str]],
    *,
    targets: Iterable[tuple[str, str, str]],
    **values: object,
) -> Letter:
    letter = Letter(slug=slug, is_sample=True, **values)
    letter.texts.extend(
        LetterText(letter_id=letter.id, language=language, title=title, body=body)
        for language, (title, body) in by_language.items()
    )
    letter.targets.extend(
        Target(letter_id=letter.id, position=position, name=name, office=office, body=body)
        for position, (name, office, body) in enumerate(targets, start=1)
    )
    db.session.add(letter)
    db.session.flush()
    letter.open()
    return letter

"""What the demonstration shows: people who agreed to be written to, and a mailing to them."""

from sqlalchemy import select

from coalition.sdk import (
    Coalition,
    Consent,
    ConsentSource,
    Letter,
    LetterState,
    Person,
    now,
    purposes,
    session,
)
from coalition_email_outreach import bells
from coalition_email_outreach.lifecycle import Clock
from coalition_email_outreach.models import Mailing

_PEOPLE = (
    ("Amina", "Sample", "Los Angeles", "en"),
    ("Beto", "Muestra", "Los Angeles", "es"),
    ("Chidi", "Example", "Long Beach", "en"),
    ("Dolores", "Ejemplo", "Culver City", "es"),
    ("", "Placeholder", "Los Angeles", "en"),
    ("Farah", "Specimen", "Long Beach", "en"),
)
_TEXTS = {
    "en": {
        "subject": "{{given_name|Friend}}, the audit letter needs ten more groups",
        "subject_b": "",
        "body": (
            "Dear {{given_name|friend}},\n\n"
            "**eighteen organizations** have signed our letter “{{letter_title}}”. It closes on"
            " {{closes_on}}.\n\nTwo things help now:\n\n"
            "- Ask a group in {{city|your city}} that you belong to.\n"
            "- [Read it and pass it on]({{letter_url}}).\n\n"
            "Thank you,\nthe coalition"
        ),
    },
    "es": {
        "subject": "{{given_name|Hola}}: faltan diez grupos para la carta",
        "subject_b": "",
        "body": (
            "Hola, {{given_name|qué tal}}:\n\n"
            "**dieciocho organizaciones** han firmado la carta “{{letter_title}}”. Se cierra el"
            " {{closes_on}}.\n\n"
            "- Pregunte en un grupo de {{city|su ciudad}}.\n"
            "- [Léala y compártala]({{letter_url}}).\n\n"
            "Gracias,\nla coalición"
        ),
    },
}


def load(coalition: Coalition) -> None:
    """Add sample people who agreed, a mailing that is sent to them, and a draft, once."""
    if session.scalar(select(Mailing.id).limit(1)) is not None:
        return
    purpose = purposes()[0]
    for number, (given, family, city, language) in enumerate(_PEOPLE):
        person = Person.remember(
            email=f"sample{number}@example.org", given_name=given, family_name=family
        )
        person.city, person.region, person.language = city, "CA", language
        Consent.note(
            person.id,
            purpose.name,
            given=True,
            wording=purpose.wording % {"name": coalition.name},
            source=ConsentSource.COORDINATOR,
        )
    oldest = select(Letter).filter_by(state=LetterState.OPEN).order_by(Letter.id).limit(1)
    letter = session.scalar(oldest)  # the core's own sample, which is there before ours
    values = {
        "purpose": purpose.name,
        "language": "en",
        "letter_id": letter.id if letter else None,
    }
    for name in ("Ten more groups (sample)", "Last days (sample draft)"):
        made = Mailing.draft({**values, "name": name, "texts": dict(_TEXTS)}, author_id=None)
        if made.name.startswith("Ten"):
            made.schedule(now(), Clock.COALITION)
            bells.ring(made.id, coalition.id)

"""The sample signatories as people whom the coalition knows, and questions about them."""

from collections.abc import Sequence

from coalition import db
from coalition.clock import now
from coalition.consents.models import Consent, ConsentSource
from coalition.consents.purposes import UPDATES
from coalition.letters.models import Letter
from coalition.letters.signatures import Signature
from coalition.organizations.names import name_key
from coalition.people.models import Person
from coalition.segments.conditions import Subject
from coalition.segments.models import Segment

_WORDING = "Made up for the demonstration: this person does not exist."
_TAGS = {0: ["volunteer"], 4: ["volunteer", "press"], 9: ["press"]}


def make_known(signatures: Sequence[Signature]) -> None:
    """Let the coalition know those who signed; two of three agreed to hear more."""
    for n, signature in enumerate(signatures):
        names = (signature.given_name, signature.family_name)
        address = ".".join(name_key(name) for name in names) + "@example.org"
        person = Person.remember(
            email=address,
            given_name=signature.given_name,
            family_name=signature.family_name,
        )
        person.city = signature.city
        person.language = "es" if signature.city == "Villa Ejemplo" else "en"
        person.email_addresses[0].verified_at = now()
        person.set_tags(_TAGS.get(n, []))
        signature.person_id = person.id
        if n % 3 != 2:
            Consent.note(
                person.id,
                UPDATES,
                given=True,
                wording=_WORDING,
                source=ConsentSource.SIGNATURE,
                source_id=signature.id,
                source_code=signature.source_code,
                recorded_at=signature.confirmed_at,
            )
    db.session.flush()


def ask(letter: Letter, other: Letter) -> None:
    """Save some questions that a coordinator of the sample campaign asks."""
    agreed = {"is": "consent", "purpose": UPDATES}
    reachable = {"is": "has_email", "which": "working"}
    signed = {"is": "signed_letter", "letter": str(letter.id)}
    Segment.save(
        name="May hear from us",
        subject=Subject.PEOPLE,
        question={"match": "all", "of": [agreed, reachable]},
    )
    Segment.save(
        name="Villa Ejemplo, signed the audit letter",
        subject=Subject.PEOPLE,
        question={
            "match": "all",
            "of": [{"is": "city", "city": "Villa Ejemplo"}, signed, agreed],
        },
    )
    Segment.save(
        name="Members that have not signed the audit letter",
        subject=Subject.ORGANIZATIONS,
        question={
            "match": "all",
            "of": [
                {"is": "standing", "standing": "active"},
                {"is": "signed_letter", "letter": str(other.id)},
                {**signed, "not": True},
            ],
        },
    )

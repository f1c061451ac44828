"""Who confirms by mail what they ticked on a form becomes known, with what they agreed to."""

from uuid import UUID

import pytest

from coalition import db
from coalition.addresses import NotAnAddress
from coalition.consents.agreeing import remember_who_agreed
from coalition.consents.models import ConsentSource, SuppressionReason
from coalition.consents.queries import consents_of
from coalition.consents.suppressing import suppress, suppression_of
from coalition.people.models import Person, person_by_email

RECORD = UUID("00000000-0000-7000-8000-000000000042")


def agree(coalition, **values):
    written = {"email": "ada@example.org", "name": "Ada Maria Poe", "wording": "Yes, write."}
    with db.transaction(coalition.id):
        return remember_who_agreed(**{**written, "source_id": RECORD, **values})


def test_notes_who_agreed_to_what_and_where(coalition):
    made = agree(coalition, city="Long Beach", region="CA", language="es")

    with db.reading(coalition.id):
        person = person_by_email("ada@example.org")
        assert (person.given_name, person.family_name) == ("Ada Maria", "Poe")
        assert (person.city, person.region, person.language) == ("Long Beach", "CA", "es")
        assert person.email_addresses[0].verified_at is not None
        [consent] = consents_of(made.id)
    assert (consent.wording, consent.given) == ("Yes, write.", True)
    assert (consent.source, consent.source_id) == (ConsentSource.FORM, RECORD)


def test_adds_to_a_known_person_only_what_is_missing(coalition):
    with db.transaction(coalition.id):
        known = Person.remember(email="ada@example.org", given_name="A.")
        known.city, known.region = "Oakland", "CA"

    assert agree(coalition, city="Reno", region="NV", language="es").id == known.id

    with db.reading(coalition.id):
        person = person_by_email("ada@example.org")
        assert (person.name, person.city, person.region) == ("A.", "Oakland", "CA")
        assert person.language == "es"


@pytest.mark.parametrize("reason", SuppressionReason)
def test_takes_back_nothing_but_what_the_owner_said(coalition, reason):
    with db.transaction(coalition.id):
        suppress(coalition.id, "ada@example.org", reason)
        suppress(coalition.id, "ben@example.org", SuppressionReason.UNSUBSCRIBE)

    agree(coalition)

    is_owners = reason == SuppressionReason.UNSUBSCRIBE
    with db.reading(coalition.id):
        assert suppression_of(coalition.id, "ada@example.org") == (
            None if is_owners else reason
        )
        assert suppression_of(coalition.id, "ben@example.org") is not None


@pytest.mark.parametrize(
    ("values", "error"), [({"wording": " "}, ValueError), ({"email": "nobody"}, NotAnAddress)]
)
def test_notes_nothing_without_words_or_an_address(coalition, values, error):
    with pytest.raises(error):
        agree(coalition, **values)

    with db.reading(coalition.id):
        assert person_by_email("ada@example.org") is None

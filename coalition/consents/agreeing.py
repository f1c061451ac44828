"""Who agrees on a public form to be written to, and confirms it by mail, becomes known."""

from uuid import UUID

from coalition.consents.models import Consent, ConsentSource
from coalition.consents.purposes import UPDATES
from coalition.consents.suppressing import take_back_unsubscription
from coalition.people.models import Person, email_index
from coalition.people.names import given_and_family


def remember_who_agreed(
    *,
    email: str,
    name: str,
    wording: str,
    source_id: UUID,
    city: str | None = None,
    region: str | None = None,
    language: str | None = None,
) -> Person:
    """Remember who confirmed by mail that the coalition may send them its news, and note it.

    Called once, when the mailbox's owner confirms, and never for an address that somebody only
    typed in. A known person keeps their name; only what is not known of them is added. Mail that
    they ended themselves begins again, for they ask for it now. An address from which mail came
    back, that reported it as spam or that a coordinator stopped still gets nothing.

    Args:
        name: as it was written into one field.
        wording: what they were shown, word for word, in their language.
        source_id: the record of the form.
        city, region: where they live; a region is a code such as "CA".

    Raises:
        NotAnAddress: mail cannot be sent to `email`.
        ValueError: there is no wording.
    """
    given_name, family_name = given_and_family(name)
    person = Person.remember(email=email, given_name=given_name, family_name=family_name)
    if person.city is None and person.region in (None, region):  # no city in another state
        person.city, person.region = city, region
    person.language = person.language or language
    index = email_index(person.coalition_id, email)
    person.verify_email(index)
    take_back_unsubscription([index])
    Consent.note(
        person.id,
        UPDATES,
        given=True,
        wording=wording,
        source=ConsentSource.FORM,
        source_id=source_id,
    )
    return person

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
    typed in. A known person keeps their name; only what is not known of them is added. An
    address from which mail came back, that reported it as spam or that a coordinator stopped still
    gets nothing; see `note_agreement`.

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
    person.remember_place(city=city, region=region)
    person.language = person.language or language
    index = email_index(person.coalition_id, email)
    person.verify_email(index)
    note_agreement(
        person, index, wording=wording, source=ConsentSource.FORM, source_id=source_id
    )
    return person


def note_agreement(
    person: Person,
    address_index: bytes,
    *,
    wording: str,
    source: ConsentSource,
    source_id: UUID,
    source_code: str | None = None,
    organization_id: UUID | None = None,
) -> None:
    """Note that the owner of a mailbox ticked a box to get news, and confirmed it by mail.

    Mail that they ended themselves begins again, for they ask for it now. What stopped mail to
    them otherwise still stops it.

    Args:
        address_index: the blind index of the mailbox that confirmed.
        organization_id: the member group whose news it is; none for the coalition's.

    Raises:
        ValueError: there is no wording.
    """
    take_back_unsubscription([address_index])
    Consent.note(
        person.id,
        UPDATES,
        given=True,
        wording=wording,
        source=source,
        source_id=source_id,
        source_code=source_code,
        organization_id=organization_id,
    )

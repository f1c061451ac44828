"""The test of a mailing: what one recipient would get, sent to who asks for it."""

from contextlib import closing
from dataclasses import replace
from uuid import UUID

from flask_babel import force_locale, gettext
from uuid_utils.compat import uuid7

from coalition.sdk import (
    Coalition,
    User,
    dkim_signed,
    enqueue,
    reading,
    sender_address,
    session,
    transport,
)
from coalition_email_outreach import previewing, workshop
from coalition_email_outreach.composing import Composer
from coalition_email_outreach.merging import Template
from coalition_email_outreach.models import Mailing, mailing_or_raise
from coalition_email_outreach.previewing import Asked

_NONE = "-"


def ask(mailing: Mailing, coalition: Coalition, wanted: Asked, user: User) -> None:
    """Owe somebody a test, as it would be previewed now; inside a transaction.

    Raises:
        DomainError: the text or the audience has to be corrected first.
    """
    person = previewing.chosen(mailing, coalition, wanted)
    previewing.written(mailing, coalition, person.box, wanted)
    enqueue(
        send,
        coalition.id,
        mailing.id,
        user.id,
        person.box.person_id if person.is_real else _NONE,
        f"{wanted.language}:{wanted.subject}",
    )


def send(coalition_id: str, mailing_id: str, user_id: str, person_id: str, how: str) -> None:
    """Write the test and hand it over. After a crash in the middle it may come twice."""
    language, _, subject = how.partition(":")
    with reading(UUID(coalition_id)):
        coalition = session.get_one(Coalition, UUID(coalition_id))
        user = session.get_one(User, UUID(user_id))
        wanted = Asked(
            person_id=None if person_id == _NONE else UUID(person_id),
            language=language,
            subject=subject,
        )
        address = user.email
        with force_locale(user.language or coalition.language):
            message = _written(mailing_or_raise(UUID(mailing_id)), coalition, wanted, address)
    with closing(transport()) as carrier:
        carrier.hand_over(sender_address(), address, dkim_signed(message))


def _written(mailing: Mailing, coalition: Coalition, wanted: Asked, address: str) -> bytes:
    """Write it as the mailing would be, but for a mark in the subject and links of nobody."""
    person = previewing.chosen(mailing, coalition, wanted)
    made = previewing.written(mailing, coalition, person.box, wanted)
    marked = Template((f"{gettext('[Test]')} ", *made.sheet.subject.parts))
    composer = Composer(
        replace(made.sheet, subject=marked),
        workshop.sender_of(mailing, coalition),
        workshop.files_of(mailing),
    )
    return composer.compose(uuid7(), address, made.values, made.links)

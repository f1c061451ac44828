"""Previews: the mail as one of its recipients gets it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext

from coalition.sdk import Coalition, Mailbox, sample_links
from coalition_email_outreach import merging, readers, triggers, workshop
from coalition_email_outreach.composing import Composer, Links, Sheet
from coalition_email_outreach.models import Mailing

MOST_PEOPLE = 1000  # one can leaf through so many


@dataclass(frozen=True)
class Asked:
    """Which recipient, in which language, with which subject.

    `person_id`: the one who was looked for by name, else the one with the `number`.
    """

    number: int = 0
    person_id: UUID | None = None
    language: str = ""
    subject: str = "a"


@dataclass(frozen=True)
class Person:
    """Whose mail is shown. `is_real` is false if nobody would get it yet."""

    box: Mailbox
    number: int | None
    is_real: bool = True
    is_last: bool = False

    @property
    def name(self) -> str:
        """Their name."""
        name = f"{self.box.given_name} {self.box.family_name}".strip()
        return name or gettext("(no name)")


@dataclass(frozen=True)
class Written:
    """All that one person's mail is made of; the links in it are nobody's."""

    sheet: Sheet
    values: Mapping[str, str]
    links: Links


@dataclass(frozen=True)
class Preview:
    """One mail, ready to be looked at; of a series with what it is `about`."""

    person: Person
    language: str
    about: str
    subject: str
    text: str
    html: str


def asked(mailing: Mailing, arguments: Mapping[str, str]) -> Asked:
    """Read what is asked for from a page's address; nonsense means the first."""
    number = arguments.get("number", "0")
    language = arguments.get("language", "")
    return Asked(
        number=min(int(number), MOST_PEOPLE) if number.isascii() and number.isdigit() else 0,
        person_id=_id(arguments.get("person", "")),
        language=language if language in {t.language for t in mailing.texts} else "",
        subject="b" if arguments.get("subject") == "b" else "a",
    )


def preview(mailing: Mailing, coalition: Coalition, wanted: Asked) -> Preview:
    """Write the mail for one recipient.

    Raises:
        DomainError: the text or the audience has to be corrected first.
    """
    person = chosen(mailing, coalition, wanted)
    made = written(mailing, coalition, person.box, wanted)
    composer = Composer(made.sheet, workshop.sender_of(mailing, coalition))
    return Preview(
        person=person,
        language=mailing.text_in(wanted.language or person.box.language).language,
        about=_about(mailing, made.values),
        subject=composer.subject(made.values),
        text=composer.text(made.values, made.links),
        html=composer.page(made.values, made.links),
    )


def chosen(mailing: Mailing, coalition: Coalition, wanted: Asked) -> Person:
    """Return whose mail is asked for; who is not there any more is the first.

    Raises:
        DomainError: the audience has to be corrected first.
    """
    if wanted.person_id is not None:
        for box in readers.recipients_among(mailing, [wanted.person_id]):
            return Person(box, None)
    for number in dict.fromkeys((wanted.number, 0)):
        if found := readers.recipients(mailing, number, 2):
            is_last = len(found) == 1 or number == MOST_PEOPLE
            return Person(found[0], number, is_last=is_last)
    made_up = Mailbox(coalition.id, "Ada", "Example", None, None, {}, "ada@example.org")
    return Person(made_up, 0, is_real=False, is_last=True)


def written(mailing: Mailing, coalition: Coalition, box: Mailbox, wanted: Asked) -> Written:
    """Put together what one person's mail is made of.

    Raises:
        DomainError: the text has to be corrected first.
    """
    text = mailing.text_in(wanted.language or box.language)
    about = workshop.occasion_to_show(mailing)
    sheet, common = workshop.sheet_of(mailing, text, coalition, wanted.subject, about)
    values = common | merging.values_of(
        box.given_name, box.family_name, box.city, box.custom_fields
    )
    links = sample_links(coalition.id)
    return Written(sheet, values, Links(links.unsubscribe, links.preferences))


def _about(mailing: Mailing, values: Mapping[str, str]) -> str:
    """Say with what a series is shown; nothing if there is nothing yet."""
    trigger = triggers.trigger_called(mailing.trigger)
    if trigger is None or workshop.occasion_to_show(mailing) is None:
        return ""
    return next((values[name] for name in trigger.fields if values.get(name)), "")


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

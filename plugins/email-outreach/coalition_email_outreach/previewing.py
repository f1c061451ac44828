"""Previews: the mail as one of its recipients gets it."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext

from coalition.sdk import Coalition, Mailbox, mail_links
from coalition_email_outreach import merging, queries, workshop
from coalition_email_outreach.composing import Composer, Links
from coalition_email_outreach.models import Mailing

MOST_PEOPLE = 1000  # one can leaf through so many


@dataclass(frozen=True)
class Asked:
    """Which recipient, in which language, with which subject."""

    number: int
    language: str
    subject: str

    def values(self) -> dict[str, str | int]:
        """Return it as an address says it."""
        return {"number": self.number, "language": self.language, "subject": self.subject}


@dataclass(frozen=True)
class Preview:
    """One mail, ready to be looked at. `is_real` is false if nobody would get it yet."""

    who: str
    is_real: bool
    subject: str
    text: str
    html: str


def asked(mailing: Mailing, arguments: Mapping[str, str]) -> Asked:
    """Read what is asked for from a page's address; nonsense means the first."""
    number = arguments.get("number", "0")
    language = arguments.get("language", "")
    return Asked(
        number=min(int(number), MOST_PEOPLE) if number.isascii() and number.isdigit() else 0,
        language=language if language in {t.language for t in mailing.texts} else "",
        subject="b" if arguments.get("subject") == "b" else "a",
    )


def preview(mailing: Mailing, coalition: Coalition, wanted: Asked) -> Preview:
    """Write the mail for one recipient.

    Raises:
        DomainError: the text or the audience has to be corrected first.
    """
    page, at = divmod(wanted.number, queries.EXAMPLES)
    found = queries.examples(mailing, page)
    is_real = at < len(found)
    person = found[at] if is_real else _somebody(coalition)
    language = wanted.language or person.language
    written = mailing.text_in(language)
    occasion = None
    sheet, common = workshop.sheet_of(mailing, written, coalition, wanted.subject, occasion)
    composer = Composer(sheet, workshop.sender_of(mailing, coalition))
    values = common | merging.values_of(
        person.given_name, person.family_name, person.city, person.custom_fields
    )
    # They lead to nobody: with a recipient's own, whoever looks could answer in their name.
    links = mail_links(coalition.id, coalition.id)
    chosen = Links(links.unsubscribe, links.preferences)
    name = f"{person.given_name} {person.family_name}".strip()
    return Preview(
        who=name or gettext("(no name)"),
        is_real=is_real,
        subject=composer.subject(values),
        text=composer.text(values, chosen),
        html=composer.page(values, chosen),
    )


def _somebody(coalition: Coalition) -> Mailbox:
    """Return a made-up recipient, for an audience that has nobody in it yet."""
    return Mailbox(coalition.id, "Ada", "Example", None, None, {}, "ada@example.org")

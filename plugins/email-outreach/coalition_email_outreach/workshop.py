"""What a worker needs to write a batch: the sheets of a mailing, made once and kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from flask import render_template
from flask_babel import force_locale, gettext
from markupsafe import Markup

from coalition.sdk import (
    Coalition,
    Mailbox,
    absolute_url,
    custom_fields,
    domain_of,
    mail_links,
    mail_return_path,
    purpose_called,
    sender_address,
    service_mail_called,
)
from coalition_email_outreach import merging, triggers
from coalition_email_outreach.composing import (
    BODY,
    PREFERENCES,
    UNSUBSCRIBE,
    Composer,
    File,
    Links,
    Sender,
    Sheet,
)
from coalition_email_outreach.contents import MailingText
from coalition_email_outreach.errors import PurposeGone
from coalition_email_outreach.models import Mailing

KEPT = 60  # composers of a process: mailings under way, times their languages and subjects


@dataclass
class Letter:
    """One message about to be written; without an address it must not be."""

    recipient_id: UUID
    person_id: UUID | None
    address: str | None
    return_path: str
    composer: Composer | None
    values: Mapping[str, str]
    links: Links | None
    wait_s: int = 0

    @property
    def domain(self) -> str:
        """The mail domain, in small letters."""
        return domain_of(self.address) if self.address else ""

    def written(self) -> bytes:
        """Write it."""
        assert self.composer is not None
        assert self.address is not None
        assert self.links is not None
        return self.composer.compose(self.recipient_id, self.address, self.values, self.links)


@dataclass
class Workshop:
    """The composers of the mailings that a process sends."""

    _kept: dict[tuple[UUID, int, str, str, UUID | None], tuple[Composer, dict[str, str]]] = (
        field(default_factory=dict)
    )

    def letter(
        self,
        mailing: Mailing,
        coalition: Coalition,
        recipient_id: UUID,
        *,
        subject: str,
        box: Mailbox | None,
        occasion_id: UUID | None = None,
    ) -> Letter:
        """Prepare one message; `box` is where it goes, or `None` if it must not go."""
        if box is None:
            return Letter(recipient_id, None, None, "", None, {}, None)
        composer, common = self.composer(mailing, coalition, box.language, subject, occasion_id)
        personal = merging.values_of(
            box.given_name, box.family_name, box.city, box.custom_fields
        )
        links = mail_links(coalition.id, box.person_id)
        return Letter(
            recipient_id,
            box.person_id,
            box.address,
            mail_return_path(coalition.id, recipient_id),
            composer,
            common | personal,
            Links(links.unsubscribe, links.preferences),
        )

    def composer(
        self,
        mailing: Mailing,
        coalition: Coalition,
        language: str | None,
        subject: str,
        occasion_id: UUID | None = None,
    ) -> tuple[Composer, dict[str, str]]:
        """Return what writes the mailing in a language, and the values that all share."""
        written = mailing.text_in(language)
        key = (mailing.id, mailing.revision, written.language, subject, occasion_id)
        if key not in self._kept:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            sheet, common = sheet_of(mailing, written, coalition, subject, occasion_id)
            files = [File(each.name, each.kind, each.content) for each in mailing.attachments]
            self._kept[key] = (Composer(sheet, sender_of(mailing, coalition), files), common)
        return self._kept[key]


def sender_of(mailing: Mailing, coalition: Coalition) -> Sender:
    """Return who writes. The address is the installation's, whose domain signs."""
    address = sender_address()
    return Sender(
        name=coalition.name,
        address=address,
        reply_to=mailing.reply_to or coalition.reply_to,
        list_id=f"{coalition.slug}.{domain_of(address)}",
    )


def sheet_of(
    mailing: Mailing,
    written: MailingText,
    coalition: Coalition,
    subject: str = "a",
    occasion_id: UUID | None = None,
) -> tuple[Sheet, dict[str, str]]:
    """Parse a text and put the frame around it; return it with the values that all share.

    Raises:
        WrongField: the text has a merge field that there is not. PurposeGone: nobody knows why
        people would get it.
    """
    common, urls = common_values(mailing, coalition, written.language, occasion_id)
    known = fields_of(mailing)
    line = written.subject_b if subject == "b" and written.subject_b else written.subject
    with force_locale(written.language):
        frame = {
            "coalition": coalition,
            "language": written.language,
            "why": why(mailing, coalition),
            "body": BODY,
            "unsubscribe": UNSUBSCRIBE,
            "preferences": PREFERENCES,
        }
        sheet = Sheet(
            subject=merging.parse(line, known),
            body=merging.parse_body(written.body, known, urls),
            frame_text=render_template("email_outreach/mail.txt", **frame),
            frame_html=render_template(
                "email_outreach/mail.html",
                **frame | {"body": Markup(BODY)},  # noqa: S704  a place, no text yet
            ),
        )
    return sheet, common


def fields_of(mailing: Mailing) -> dict[str, str]:
    """Return the merge fields that a mailing may hold, with what each says."""
    keys = [each.key for each in custom_fields()]
    return merging.known_fields(keys, subject_fields(mailing.trigger, mailing.letter_id))


def subject_fields(trigger_name: str | None, letter_id: object) -> Mapping[str, str]:
    """Return the merge fields of what a mailing or series is about."""
    trigger = triggers.trigger_called(trigger_name)
    if trigger is not None:
        return trigger.fields
    return merging.LETTER if letter_id else {}


def why(mailing: Mailing, coalition: Coalition) -> str:
    """Say in the message's language why somebody gets it.

    Raises:
        PurposeGone: nobody knows.
    """
    service = service_mail_called(mailing.purpose)
    if service is not None and service.why:
        return gettext(service.why)
    purpose = purpose_called(mailing.purpose)
    if purpose is None:
        raise PurposeGone
    return gettext(
        "You get this because you agreed to get “%(purpose)s” from %(coalition)s.",
        purpose=gettext(purpose.label),
        coalition=coalition.name,
    )


def common_values(
    mailing: Mailing, coalition: Coalition, language: str, occasion_id: UUID | None = None
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the values that are the same for everybody, and the addresses among them."""
    values, urls = {"coalition": coalition.name}, dict[str, str]()
    trigger = triggers.trigger_called(mailing.trigger)
    if trigger is not None and occasion_id is not None:
        more, urls = trigger.values(occasion_id, coalition.slug, language)
        values |= more
    elif mailing.letter_id is not None:
        more, urls = triggers.letter_values(mailing.letter_id, coalition.slug, language)
        values |= more
    elif trigger is not None:  # somebody looks at a series that has nothing to write about yet
        values |= {name: f"[{gettext(said)}]" for name, said in trigger.fields.items()}
        urls = {"letter_url": absolute_url("campaign_page.index", coalition=coalition.slug)}
    return values, urls

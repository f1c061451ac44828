"""What a worker needs to write a batch: the sheets of a mailing, made once and kept."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from flask import render_template
from flask_babel import force_locale, gettext
from markupsafe import Markup

from coalition.sdk import (
    Coalition,
    DomainError,
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
from coalition_email_outreach.errors import AboutGone, PurposeGone, TextWrong
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.places import Place, named

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
            composer = Composer(sheet, sender_of(mailing, coalition), files_of(mailing))
            self._kept[key] = (composer, common)
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


def files_of(mailing: Mailing) -> list[File]:
    """Return the files that everybody gets."""
    return [File(each.name, each.kind, each.content) for each in mailing.attachments]


def sheet_of(
    mailing: Mailing,
    written: MailingText,
    coalition: Coalition,
    subject: str = "a",
    occasion_id: UUID | None = None,
) -> tuple[Sheet, dict[str, str]]:
    """Parse a text and put the frame around it; return it with the values that all share.

    Raises:
        TextWrong: the text has a merge field that there is not. AboutGone: as said. PurposeGone:
        nobody knows why people would get it.
    """
    found = parsed(mailing, written, coalition, occasion_id)
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
            subject=found.second if subject == "b" and written.subject_b else found.subject,
            body=found.body,
            frame_text=render_template("email_outreach/mail.txt", **frame),
            frame_html=render_template(
                "email_outreach/mail.html",
                **frame | {"body": Markup(BODY)},  # noqa: S704  a place, no text yet
            ),
        )
    return sheet, found.common


@dataclass(frozen=True)
class Parsed:
    """A text with its merge fields found, and the values that all share."""

    subject: merging.Template
    second: merging.Template
    body: merging.Body
    common: dict[str, str]

    def fields(self) -> dict[merging.Field, list[str]]:
        """Return its merge fields, each with the parts that it is in."""
        parts = {"subject": self.subject, "subject_b": self.second, "body": self.body.text}
        found: dict[merging.Field, list[str]] = {}
        for part, template in parts.items():
            for each in template.fields:
                found.setdefault(each, []).append(part)
        return found


def parsed(
    mailing: Mailing,
    written: MailingText,
    coalition: Coalition,
    occasion_id: UUID | None = None,
) -> Parsed:
    """Find the merge fields of a text.

    Raises:
        TextWrong: it has one that there is not. AboutGone: as said.
    """
    common, urls = common_values(mailing, coalition, written.language, occasion_id)
    known = _known(mailing, written, common)
    lines = []
    for part in ("subject", "subject_b"):
        with named(Place(part, written.language)):
            lines.append(merging.parse(written.words[part], known))
    with named(Place("body", written.language)):
        body = merging.parse_body(written.body, known, urls)
    return Parsed(lines[0], lines[1], body, common)


def wrong_texts(mailing: Mailing, coalition: Coalition) -> list[DomainError]:
    """Return all that keeps a mailing's texts from being written."""
    found: list[DomainError] = []
    for written in mailing.texts:
        common, urls = common_values(mailing, coalition, written.language)
        try:
            known = _known(mailing, written, common)
        except AboutGone as error:
            return [error]
        for part, source in written.words.items():
            try:
                with named(Place(part, written.language)):
                    if part == "body":
                        merging.parse_body(source, known, urls)
                    else:
                        merging.parse(source, known)
            except TextWrong as error:
                found.append(error)
    return found


def _known(mailing: Mailing, written: MailingText, about: Collection[str]) -> Collection[str]:
    """Return the merge fields that a text may hold.

    Once a mailing is under way these are the ones that were allowed when it began: all that it
    has. Of a person's field that was removed since, what stands behind the bar is read.

    Args:
        about: those of what the mailing is about, of which there is something to say.

    Raises:
        AboutGone: it is under way and there is nothing to say any more.
    """
    if mailing.is_editable or mailing.status == MailingStatus.STARTING:
        return fields_of(mailing)
    there = merging.names_in(*written.words.values())
    gone = [each for each in there if not merging.is_personal(each) and each not in about]
    if gone:
        raise AboutGone(fields=", ".join("{{" + each + "}}" for each in gone))
    return there


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
        if more:  # else it is gone
            values |= dict.fromkeys(trigger.fields, "") | more
    elif mailing.letter_id is not None and (trigger is None or is_about_letters(trigger)):
        more, urls = triggers.letter_values(mailing.letter_id, coalition.slug, language)
        values |= more
    elif trigger is not None:  # somebody looks at a series that has nothing to write about yet
        values |= {name: f"[{gettext(said)}]" for name, said in trigger.fields.items()}
        if is_about_letters(trigger):
            page = absolute_url("campaign_page.index", coalition=coalition.slug)
            urls = {"letter_url": page}
    return values | urls, urls


def occasion_to_show(mailing: Mailing) -> UUID | None:
    """Return with what a series can be shown; `None` for a mailing, or if nothing is known."""
    trigger = triggers.trigger_called(mailing.trigger)
    return trigger.to_show(mailing) if trigger else None


def is_about_letters(trigger: triggers.Trigger) -> bool:
    """Return whether a series that begins so can say something about a letter."""
    return "letter_url" in trigger.fields

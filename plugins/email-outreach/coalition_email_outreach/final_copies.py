"""The final copy of a delivered letter: a mailing that is written and begun without anybody."""

import re
from collections.abc import Iterable, Sequence
from uuid import UUID

from flask_babel import force_locale, format_date, gettext
from sqlalchemy import select

from coalition.sdk import (
    Coalition,
    Letter,
    LetterDelivered,
    LetterState,
    Person,
    SignatureWithdrawn,
    enqueue,
    expect_many,
    record_in_audit_log,
    session,
    settings,
    tell_senders,
    transaction,
)
from coalition_email_outreach import audience, starting
from coalition_email_outreach.contents import MailingText
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.pacing import PLUGIN
from coalition_email_outreach.signatories import FINAL_COPY

MAX_NAME_CHARS = 120


def after_delivery(facts: Sequence[LetterDelivered]) -> None:
    """Send everybody who signed a letter its final copy, once it was handed over."""
    if settings(PLUGIN).get("final_copies") == "send":
        for fact in facts:
            enqueue(prepare, fact.coalition_id, fact.letter_id)


def after_withdrawal(facts: Sequence[SignatureWithdrawn]) -> None:
    """Have a copy that is being sent ask again: who took their name back gets none."""
    for fact in facts:
        tell_senders(fact.coalition_id)


def prepare(coalition_id: str, letter_id: str) -> None:
    """Write the mailing of a letter's final copy and begin it. Idempotent, also at once twice.

    No second coordinator approves it: its text is the letter, and who gets it follows from that.
    """
    with transaction(UUID(coalition_id)):
        if not starting.is_ours_alone(UUID(letter_id)):
            return  # another worker is at it; if it dies, its own job is tried again
        letter = session.get(Letter, UUID(letter_id))
        if letter is None or letter.state != LetterState.DELIVERED or _is_prepared(letter):
            return
        coalition = session.get_one(Coalition, letter.coalition_id)
        mailing = _written(letter, coalition)
        record_in_audit_log("mailing.added", mailing)
        if starting.begin_unasked(mailing, coalition) == 0:
            session.delete(mailing)


def _is_prepared(letter: Letter) -> bool:
    wanted = select(Mailing.id).filter_by(letter_id=letter.id, purpose=FINAL_COPY.name)
    return session.scalar(wanted.limit(1)) is not None


def _written(letter: Letter, coalition: Coalition) -> Mailing:
    with force_locale(coalition.language):
        name = gettext("Final copy: %(title)s", title=letter.title)[:MAX_NAME_CHARS]
    values = {
        "name": name,
        "purpose": FINAL_COPY.name,
        "letter_id": letter.id,
        "language": letter.text_in(letter.language).language,
        "texts": {},
    }
    mailing = Mailing.draft(values, author_id=None)
    for language in sorted({mailing.language, *letter.languages, *_languages(mailing)}):
        words = _words(letter, language)
        mailing.texts.append(
            MailingText(coalition_id=coalition.id, mailing_id=mailing.id, **words)
        )
    session.flush()
    return mailing


def _languages(mailing: Mailing) -> Iterable[str]:
    """Return the languages that its recipients read, also those that the letter is not in."""
    expect_many(starting.LIMIT_S)
    spoken = audience.audience(mailing).with_only_columns(Person.language).distinct()
    return [each for each in session.scalars(spoken) if each]


def _words(letter: Letter, language: str) -> dict[str, str]:
    """Write the copy in a language, as Markdown with merge fields."""
    with force_locale(language):
        told = gettext(
            "the letter “%(title)s” that you signed was delivered on %(day)s.",
            title="{{letter_title}}",
            day=format_date(letter.delivered_at),
        )
        page = gettext("Here is its final text. Who signed it stands on its page:")
        parts = [
            gettext("Hello,"),
            told,
            _plain(letter.delivery_note_in(language)),
            f"{page}\\\n<{{{{letter_url}}}}>",
            "---",
            _plain(letter.text_in(language).body),
        ]
        subject = gettext("Delivered: %(title)s", title="{{letter_title}}")
    body = "\n\n".join(part for part in parts if part)
    return {"language": language, "subject": subject, "body": body}


def _plain(markdown: str) -> str:
    """Let braces of the letter be braces: they are no merge fields."""
    return re.sub(r"\{(?=\{)", r"{\\", markdown)

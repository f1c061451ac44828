"""The editor of a mailing: what its fields hold, and what is said while one writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask_babel import gettext

from coalition.sdk import (
    Coalition,
    Form,
    custom_fields,
    language_here,
    purposes,
    segments,
)
from coalition_email_outreach import merging, queries, triggers, workshop
from coalition_email_outreach.contents import MailingText
from coalition_email_outreach.lifecycle import MailingStatus
from coalition_email_outreach.models import Mailing
from coalition_email_outreach.schemas import LANGUAGES


@dataclass(frozen=True)
class TextRow:
    """One language in the editor."""

    language: str
    subject: str = ""
    subject_b: str = ""
    body: str = ""


@dataclass
class Editor:
    """What the editor's page shows."""

    form: Form
    texts: list[TextRow]
    mailing: Mailing | None = None
    is_series: bool = False
    options: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)


def editor_of(mailing: Mailing) -> Editor:
    """Return the editor with what is stored."""
    written = {
        "name": mailing.name,
        "purpose": mailing.purpose,
        "segment": str(mailing.segment_id or ""),
        "letter": str(mailing.letter_id or ""),
        "campaign": str(mailing.campaign_id or ""),
        "body": str(mailing.body_id or ""),
        "language": mailing.language,
        "reply_to": mailing.reply_to or "",
        "in_doubt": mailing.in_doubt.value,
        "trigger": mailing.trigger or "",
        "delay_hours": str(mailing.delay_hours),
        "test_percent": str(mailing.test_percent),
        "test_hours": str(mailing.test_hours),
        "revision": str(mailing.revision),
    }
    texts = [TextRow(t.language, t.subject, t.subject_b, t.body) for t in mailing.texts]
    made = Editor(Form(written=written), texts or [TextRow(mailing.language)], mailing)
    return complete(made, is_series=mailing.is_series)


def new_editor(coalition: Coalition, *, is_series: bool) -> Editor:
    """Return an empty editor."""
    written = {
        "language": coalition.language,
        "purpose": purposes()[0].name,
        "trigger": triggers.SIGNED if is_series else "",
        "delay_hours": "0",
        "test_percent": "0",
        "test_hours": "4",
        "revision": "1",
    }
    made = Editor(Form(written=written), [TextRow(coalition.language)])
    return complete(made, is_series=is_series)


def editor_from(form: Form) -> Editor:
    """Return the editor as it was sent, less the languages that were ticked for removal."""
    columns = [
        form.written.get(f"text_{name}", [])
        for name in ("language", "subject", "subject_b", "body")
    ]
    removed = form.written.get("remove_text", [])
    rows = [TextRow(*row) for row in zip(*columns, strict=False) if row[0] not in removed]
    made = Editor(form, rows)
    return complete(made, is_series=bool(form.written.get("trigger")))


def complete(editor: Editor, *, is_series: bool) -> Editor:
    """Add what the fields offer."""
    editor.is_series = is_series
    editor.languages = {code: language_here(code) for code in LANGUAGES}
    everybody = ("", gettext("Everybody who agreed to it"))
    none, any_ = ("", gettext("none")), ("", gettext("any"))
    editor.options = {
        "purpose": [(each.name, gettext(each.label)) for each in purposes()],
        "segment": [everybody, *((str(each.id), each.name) for each in segments())],
        "letter": [none, *((str(each.id), each.title) for each in queries.letters())],
        "campaign": [any_, *((str(each.id), each.title) for each in queries.campaigns())],
        "body": [any_, *((str(each.id), each.name) for each in queries.bodies())],
        "trigger": [(each.name, gettext(each.label)) for each in triggers.known()],
    }
    return editor


def field_help(form: Form) -> list[tuple[str, str]]:
    """Return the merge fields that the text may hold, with what each says."""
    keys = [each.key for each in custom_fields()]
    written = form.written
    about = workshop.subject_fields(written.get("trigger"), written.get("letter"))
    known = merging.known_fields(keys, about)
    return [("{{" + name + "}}", gettext(said)) for name, said in known.items()]


def narrowed_by(trigger_name: str | None) -> Sequence[str]:
    """Return by what a mailing, or a series that begins so, says what it is about."""
    trigger = triggers.trigger_called(trigger_name)
    return trigger.narrowed_by if trigger else ("letter",)


def values_of(form: Form) -> dict[str, Any]:
    """Return what was written, as `Mailing.edit` wants it."""
    sent = form.values
    rows = zip(
        sent["text_language"],
        sent["text_subject"],
        sent["text_subject_b"] or [""] * len(sent["text_language"]),
        sent["text_body"],
        strict=False,
    )
    texts = {
        language: {"subject": subject, "subject_b": subject_b, "body": body}
        for language, subject, subject_b, body in rows
        if subject or body
    }
    narrowed = narrowed_by(sent["trigger"])
    names = ("name", "purpose", "language", "reply_to", "in_doubt", "delay_hours")
    return {
        **{name: sent[name] for name in (*names, "test_percent", "test_hours")},
        "segment_id": UUID(sent["segment"]) if sent["segment"] else None,
        **{
            f"{name}_id": UUID(sent[name]) if sent[name] and name in narrowed else None
            for name in ("letter", "campaign", "body")
        },
        "trigger": sent["trigger"] or None,
        "texts": texts,
    }


def unsaved(coalition: Coalition, values: Mapping[str, Any]) -> Mailing:
    """Return a mailing that is only looked at: what stands in the editor right now."""
    plain = {name: value for name, value in values.items() if name != "texts"}
    mailing = Mailing(coalition_id=coalition.id, status=MailingStatus.DRAFT, **plain)
    mailing.revision = 0
    mailing.texts.extend(
        MailingText(
            coalition_id=coalition.id, mailing_id=mailing.id, language=language, **words
        )
        for language, words in values["texts"].items()
    )
    return mailing

"""Mailings: one message to many, with its texts, files and rules."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coalition.sdk import Base, Tenant, now, purposes, service_mail_called, session, within
from coalition_email_outreach.contents import Attachment, MailingText, kind_of
from coalition_email_outreach.errors import (
    EditedMeanwhile,
    MailingNotFound,
    UnderWay,
)
from coalition_email_outreach.lifecycle import EDITABLE, Lifecycle, MailingStatus


class InDoubt(StrEnum):
    """What becomes of a message of which nobody knows whether it arrived."""

    HOLD = "hold"
    RESEND = "resend"


class Mailing(Lifecycle, Tenant, Base):
    """One message to many people; with a `trigger` a step of a series, sent to each in turn.

    Its content is frozen when sending begins, except that a series may be changed while it is
    paused. `subject_b_percent` of the people take part in a test of two subjects.
    """

    __tablename__ = "email_outreach_mailings"
    table_args = (
        within("letters", "letter_id", ondelete="SET NULL"),
        Index(None, "coalition_id", "status"),
    )

    name: Mapped[str]
    purpose: Mapped[str]
    segment_id: Mapped[UUID | None]
    letter_id: Mapped[UUID | None]  # which one it asks to sign; what people did is seen there
    # Of a series before meetings or after votes: what they are about and whose they are. Without a
    # reference, so that of what was removed it is about nothing, not about all.
    campaign_id: Mapped[UUID | None]
    body_id: Mapped[UUID | None]
    language: Mapped[str]
    reply_to: Mapped[str | None]
    in_doubt: Mapped[InDoubt] = mapped_column(default=InDoubt.HOLD)
    trigger: Mapped[str | None]
    delay_hours: Mapped[int] = mapped_column(default=0)
    test_percent: Mapped[int] = mapped_column(default=0)
    test_hours: Mapped[int] = mapped_column(default=4)
    problem: Mapped[str | None]  # why it did not begin at its time: the code of an error
    winner: Mapped[str | None]  # "a" or "b", once the test of subjects is decided
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)

    texts: Mapped[list["MailingText"]] = relationship(
        primaryjoin="Mailing.id == foreign(MailingText.mailing_id)",
        order_by="MailingText.language",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    attachments: Mapped[list["Attachment"]] = relationship(
        primaryjoin="Mailing.id == foreign(Attachment.mailing_id)",
        order_by="Attachment.id",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    @classmethod
    def draft(cls, values: dict[str, Any], *, author_id: UUID | None) -> Self:
        """Begin a mailing; see `edit` for the values."""
        made = cls(
            name="",
            purpose="",
            language="",
            status=MailingStatus.DRAFT,
            revision=0,
            author_id=author_id,
            changed_by=[],
        )
        made.edit(values, revision=0, editor_id=author_id)
        session.add(made)
        session.flush()
        return made

    @property
    def is_series(self) -> bool:
        """Whether it is sent to each person when something happens, not to all at once."""
        return self.trigger is not None

    @property
    def is_editable(self) -> bool:
        """Whether its texts and audience may still be changed."""
        return self.status in EDITABLE or (
            self.is_series and self.status == MailingStatus.PAUSED
        )

    @property
    def tests_subjects(self) -> bool:
        """Whether two subjects are tried."""
        return self.test_percent > 0 and any(text.subject_b for text in self.texts)

    def text_in(self, language: str | None) -> "MailingText":
        """Return the text in a language, else in the mailing's own."""
        by_language = {text.language: text for text in self.texts}
        return by_language.get(language or "") or by_language[self.language]

    def edit(
        self, values: dict[str, Any], *, revision: int, editor_id: UUID | None
    ) -> list[str]:
        """Store what was written; return the names of what changed.

        An approval does not cover what is different from what the approver saw.

        Raises:
            UnderWay: it is being sent. EditedMeanwhile: `revision` is not the stored one.
        """
        self.must_be_editable()
        if revision != self.revision:
            raise EditedMeanwhile
        texts: dict[str, dict[str, str]] = values.pop("texts")
        changed = [name for name, value in values.items() if getattr(self, name) != value]
        for name in changed:
            setattr(self, name, values[name])
        if {text.language: text.words for text in self.texts} != texts:
            changed.append("texts")
            self._write(texts)
        if changed:
            self._touch(editor_id)
        return changed

    def attach(self, name: str, content: bytes, *, editor_id: UUID | None) -> "Attachment":
        """Attach a file for everybody.

        Raises:
            UnderWay: it is being sent. TooMuchAttached, TooManyFiles, NotAttachable: as said.
        """
        self.must_be_editable()
        kind = kind_of(name, content, self.attachments)
        made = Attachment(
            coalition_id=self.coalition_id,
            mailing_id=self.id,
            name=name,
            kind=kind,
            size_bytes=len(content),
            content=content,
        )
        self.attachments.append(made)
        self._touch(editor_id)
        return made

    def detach(self, attachment_id: UUID, *, editor_id: UUID | None) -> None:
        """Remove a file.

        Raises:
            UnderWay: it is being sent.
        """
        self.must_be_editable()
        self.attachments[:] = [each for each in self.attachments if each.id != attachment_id]
        self._touch(editor_id)

    def attachment(self, attachment_id: UUID) -> "Attachment":
        """Return one of its files.

        Raises:
            MailingNotFound: it has no such file.
        """
        for each in self.attachments:
            if each.id == attachment_id:
                return each
        raise MailingNotFound

    def copy(self, name: str, *, author_id: UUID | None) -> Self:
        """Make a draft with the same words, audience and rules."""
        columns = (
            "purpose", "segment_id", "letter_id", "campaign_id", "body_id", "language",
            "reply_to", "in_doubt", "trigger", "delay_hours", "test_percent", "test_hours",
        )  # fmt: skip
        values = {each: getattr(self, each) for each in columns}
        if service_mail_called(self.purpose):  # under such a name nobody writes what they like
            values["purpose"] = purposes()[0].name
        texts = {text.language: text.words for text in self.texts}
        return self.draft({**values, "name": name, "texts": texts}, author_id=author_id)

    def must_be_editable(self) -> None:
        """Raise UnderWay if its content is frozen."""
        if not self.is_editable:
            raise UnderWay

    def _write(self, texts: dict[str, dict[str, str]]) -> None:
        # A row that stays is changed, not replaced: two of one language cannot be there at once.
        there = {text.language: text for text in self.texts if text.language in texts}
        self.texts[:] = there.values()
        for language, words in texts.items():
            if language in there:
                for name, value in words.items():
                    setattr(there[language], name, value)
            else:
                self.texts.append(
                    MailingText(
                        coalition_id=self.coalition_id,
                        mailing_id=self.id,
                        language=language,
                        **words,
                    )
                )

    def _touch(self, editor_id: UUID | None) -> None:
        self.revision += 1
        self.approval_asked_at = None
        self.note_hand(editor_id)


def mailing_or_raise(mailing_id: UUID, *, lock: bool = False) -> Mailing:
    """Return a mailing of the open coalition; locked, so that verbs do not overtake each other.

    Whoever writes down its recipients refers to it and is not held up by that, nor holds it up.

    Raises:
        MailingNotFound: there is none.
    """
    wanted = select(Mailing).filter_by(id=mailing_id)
    found = session.scalar(wanted.with_for_update(key_share=True) if lock else wanted)
    if found is None:
        raise MailingNotFound
    return found

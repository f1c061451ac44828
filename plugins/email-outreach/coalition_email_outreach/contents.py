"""What a mailing is made of: its words in each language, and files for everybody."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coalition.sdk import Base, Tenant, sealed_bytes, within
from coalition_email_outreach.errors import NotAttachable, TooManyFiles, TooMuchAttached

MAX_ATTACHED_BYTES = 1024 * 1024  # of all files of a mailing
MAX_FILES = 5
ATTACHABLE = {  # the first bytes, and what mail programs call it
    ".pdf": (b"%PDF-", "application/pdf"),
    ".png": (b"\x89PNG\r\n", "image/png"),
    ".jpg": (b"\xff\xd8\xff", "image/jpeg"),
    ".jpeg": (b"\xff\xd8\xff", "image/jpeg"),
    ".txt": (b"", "text/plain"),
    ".ics": (b"BEGIN:VCALENDAR", "text/calendar"),
}


class MailingText(Tenant, Base):
    """A mailing in one language: subject and Markdown with merge fields."""

    __tablename__ = "email_outreach_texts"
    table_args = (
        within("email_outreach_mailings", "mailing_id"),
        UniqueConstraint("mailing_id", "language"),
    )

    mailing_id: Mapped[UUID]
    language: Mapped[str]
    subject: Mapped[str]
    subject_b: Mapped[str] = mapped_column(default="")
    body: Mapped[str]

    @property
    def words(self) -> dict[str, str]:
        """What a coordinator wrote."""
        return {"subject": self.subject, "subject_b": self.subject_b, "body": self.body}


class Attachment(Tenant, Base):
    """A file that goes to everybody, sealed: it may be meant for the coalition's own people."""

    __tablename__ = "email_outreach_attachments"
    table_args = (
        within("email_outreach_mailings", "mailing_id"),
        Index(None, "mailing_id"),
    )

    mailing_id: Mapped[UUID]
    name: Mapped[str]
    kind: Mapped[str]
    size_bytes: Mapped[int]
    content_sealed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    content = sealed_bytes("content_sealed")


def kind_of(name: str, content: bytes, there: Sequence[Attachment]) -> str:
    """Return the type of a file that is to go to everybody beside those that are there.

    Raises:
        TooMuchAttached, TooManyFiles, NotAttachable: as said.
    """
    if len(there) >= MAX_FILES:
        raise TooManyFiles(field="file", limit=MAX_FILES)
    if len(content) + sum(each.size_bytes for each in there) > MAX_ATTACHED_BYTES:
        limit = MAX_ATTACHED_BYTES // 1024
        raise TooMuchAttached(field="file", name=name, limit=limit)
    begins, kind = ATTACHABLE.get("." + name.lower().rpartition(".")[2], (None, ""))
    if begins is None or not content.startswith(begins) or not content:
        raise NotAttachable(field="file", name=name)
    return kind

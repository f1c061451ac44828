"""Reading the words of files, in the worker."""

from uuid import UUID

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import undefer

from coalition import db, jobs
from coalition.documents import extracting
from coalition.documents.models import Document, DocumentFile, DocumentPage, TextState
from coalition.documents.uploads import PDF, Upload

log = structlog.get_logger(__name__)


def attach(document: Document, upload: Upload) -> None:
    """Keep a file with a document, and have its words read."""
    document.keep_file(upload)
    if document.file is not None:
        jobs.enqueue(read_words, document.coalition_id, document.file.id)


def read_words(coalition_id: str, file_id: str) -> None:
    """Make the words of a file searchable. Idempotent.

    The file is read outside a transaction: it may take a minute and a half.
    """
    with db.reading(UUID(coalition_id)) as session:
        found = session.scalar(
            select(DocumentFile)
            .filter_by(id=UUID(file_id))
            .options(undefer(DocumentFile.content))
        )
        if found is None:
            return
        media_type, content = found.media_type, found.content
    try:
        texts = extracting.texts(media_type, content)
        state = TextState.READ if any(texts) else TextState.EMPTY
    except extracting.NotRead as error:
        log.warning("file not read", file_id=file_id, problem=str(error))
        texts, state = [], TextState.FAILED
    with db.transaction(UUID(coalition_id)) as session:
        found = session.get(DocumentFile, UUID(file_id), with_for_update=True)
        if found is None:  # replaced meanwhile
            return
        session.execute(delete(DocumentPage).where(DocumentPage.file_id == found.id))
        session.add_all(
            DocumentPage(file_id=found.id, number=number, text=text)
            for number, text in enumerate(texts, start=1)
            if text
        )
        found.text_state, found.has_pages = state, media_type == PDF

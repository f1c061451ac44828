"""Handing out files: as a download, never as a page of this site."""

from io import BytesIO

from flask import Response, request, send_file
from sqlalchemy import select
from sqlalchemy.orm import undefer

from coalition import db
from coalition.documents.models import DocumentFile
from coalition.errors import NotFound

SANDBOX = "default-src 'none'; sandbox"


def download(file: DocumentFile | None) -> Response:
    """Answer with a file as it was handed in; 304 to who has it already.

    Raises:
        NotFound: there is none.
    """
    if file is None:
        raise NotFound
    if request.if_none_match.contains(file.digest):
        response = Response(status=304)
    else:
        content = db.session.scalars(
            select(DocumentFile).filter_by(id=file.id).options(undefer(DocumentFile.content))
        ).one()
        response = send_file(
            BytesIO(content.content),
            mimetype=file.media_type,
            as_attachment=True,
            download_name=file.name,
            etag=False,
        )
    response.set_etag(file.digest)
    # Asked for each time: what is made internal again must not be handed out from a cache.
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response

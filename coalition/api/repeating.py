"""Requests that are sent again under the same Idempotency-Key: one effect, one answer."""

import re
from collections.abc import Callable
from uuid import UUID

from flask import Response, after_this_request, request

from coalition import db, idempotency
from coalition.api.errors import BadKey, KeyInUse, KeyReused

MAX_KEY_CHARS = 255
_KEY = re.compile(rf"[\x21-\x7e]{{1,{MAX_KEY_CHARS}}}")
_KEPT_HEADERS = ("ETag", "Location")


def once(work: Callable[[], Response], coalition_id: UUID, credential: str) -> Response:
    """Do `work` in the open transaction, unless its Idempotency-Key was answered before.

    Raises:
        BadKey, KeyInUse, KeyReused: as they say.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return work()
    if not _KEY.fullmatch(key):
        raise BadKey(field="Idempotency-Key", limit=MAX_KEY_CHARS)
    sent = f"{request.method} {request.path}\n".encode() + request.get_data()
    claim = idempotency.Claim(credential, key, sent)
    with db.narrowed(coalition_id):
        if not claim.is_free():
            after_this_request(_try_soon)
            raise KeyInUse
        known = claim.answered()
        if known is not None and not claim.is_of(known):
            raise KeyReused(field="Idempotency-Key")
        if known is not None:
            again = Response(known.answer, known.status, mimetype="application/json")
            again.headers.update(known.headers)
            return again
    response = work()
    headers = {
        name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers
    }
    with db.narrowed(coalition_id):
        claim.keep(response.status_code, headers, response.get_data(as_text=True))
    return response


def _try_soon(response: Response) -> Response:
    response.headers["Retry-After"] = "1"
    return response

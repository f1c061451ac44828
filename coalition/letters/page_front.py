"""Finished pages, given out before the framework looks at the request."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from uuid_utils.compat import uuid4

from coalition import web
from coalition.page_cache import ENTRY, Entry, Page

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MAX_NAMES = 5_000
MAX_QUERY_CHARS = 200
_OF_BODY = frozenset({"content-type", "content-length", "content-encoding"})

Headers = list[tuple[str, str]]


class _Kept(NamedTuple):
    """Where a page lies that was answered once, and with which headers."""

    entry: Entry
    etag: str
    headers: Headers


class PageFront:
    """A WSGI layer that answers what was answered a moment ago, with the same headers.

    A public page has no session, no cookie and no user, so nothing that the framework does for
    a request could change it; that work costs ten times as much as handing out the bytes. Such
    answers are counted but get no line in the log.
    """

    def __init__(self, app: "WSGIApplication", count: Callable[[str], None]) -> None:
        """Stand before `app`; `count` is told the status of each answer given from here."""
        self._app = app
        self._count = count
        self._kept: dict[tuple[object, ...], _Kept] = {}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer, or let the application answer and remember how it did."""
        if environ["REQUEST_METHOD"] != "GET" or len(environ["QUERY_STRING"]) > MAX_QUERY_CHARS:
            return self._app(environ, start_response)
        name, zipped = _name(environ)
        kept = self._kept.get(name)
        if kept is not None:
            page = kept.entry.good_page()
            if page is not None and page.etag == kept.etag:
                return self._give(environ, start_response, kept, page, zipped=zipped)
        return self._ask(environ, start_response, name)

    def _give(
        self,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        kept: _Kept,
        page: Page,
        *,
        zipped: bool,
    ) -> Iterable[bytes]:
        headers = [*kept.headers, ("X-Request-Id", uuid4().hex)]
        if page.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            self._count("304")
            start_response(
                "304 NOT MODIFIED",
                [each for each in headers if each[0].lower() not in _OF_BODY],
            )
            return []
        self._count("200")
        start_response("200 OK", headers)
        return [page.zipped if zipped else page.body]

    def _ask(
        self,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        name: tuple[object, ...],
    ) -> Iterable[bytes]:
        answered: list[tuple[str, Headers]] = []

        def note(status: str, headers: Headers, *error: object) -> object:
            answered.append((status, headers))
            return start_response(status, headers, *error)  # type: ignore[arg-type]

        body = self._app(environ, note)  # type: ignore[arg-type]
        entry = environ.get(ENTRY)
        if entry is not None and entry.page is not None and answered[-1][0].startswith("200"):
            self._keep(name, entry, answered[-1][1])
        return body

    def _keep(self, name: tuple[object, ...], entry: Entry, headers: Headers) -> None:
        etag = next((value for key, value in headers if key == "ETag"), "")
        page = entry.page
        if page is None or page.etag not in etag:
            return  # another thread has made a newer one since
        if any(key.lower() == "set-cookie" for key, _ in headers):
            return  # meant for one visitor
        if len(self._kept) >= MAX_NAMES:  # somebody is trying addresses
            self._kept.clear()
        own = [each for each in headers if each[0] != "X-Request-Id"]
        self._kept[name] = _Kept(entry, page.etag, own)


def _name(environ: "WSGIEnvironment") -> tuple[tuple[object, ...], bool]:
    """Return all that an answer depends on, and whether it is compressed."""
    zipped = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
    language = web.preferred_language(environ.get("HTTP_ACCEPT_LANGUAGE", "")[:200])
    path, query, scheme = (
        environ["PATH_INFO"],
        environ["QUERY_STRING"],
        environ["wsgi.url_scheme"],
    )
    return (path, query, scheme, environ.get("SCRIPT_NAME"), language, zipped), zipped

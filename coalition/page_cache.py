"""Public pages as finished bytes: made once a second by one thread, however many ask for them."""

import gzip
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from hashlib import sha256

from flask import Response, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

FRESH_S = 1.0
STALE_S = 10.0  # as long as another thread makes it anew, a page of this age is good enough
RETRY_S = 5.0  # how long a page is kept without asking a database that does not answer
MAX_BYTES = 16 * 1024 * 1024  # of all pages that a process keeps

ENTRY = "coalition.page_entry"  # where a view leaves its entry for `Front`

_CACHE_CONTROL = f"public, max-age={FRESH_S:.0f}, stale-while-revalidate={STALE_S:.0f}"
_VARY = "Accept-Language, Accept-Encoding"


@dataclass(frozen=True, slots=True)
class Page:
    """A finished page, plain and compressed, each with the headers that go with it."""

    body: bytes
    zipped: bytes
    headers: tuple[tuple[str, str], ...]
    zipped_headers: tuple[tuple[str, str], ...]
    etag: str

    @classmethod
    def of(cls, text: str, content_type: str) -> "Page":
        """Finish a page."""
        body = text.encode()
        etag = sha256(body).hexdigest()[:32]
        shared = (
            ("Content-Type", content_type),
            ("Cache-Control", _CACHE_CONTROL),
            ("Vary", _VARY),
        )
        zipped_headers = (*shared, ("Content-Encoding", "gzip"), ("ETag", f'"{etag}-gzip"'))
        return cls(
            body,
            gzip.compress(body, compresslevel=6, mtime=0),
            (*shared, ("ETag", f'"{etag}"')),
            zipped_headers,
            etag,
        )

    def answer(self) -> Response:
        """Answer the request with the page, or with 304 if the browser has it."""
        wants_zip = "gzip" in request.environ.get("HTTP_ACCEPT_ENCODING", "")
        known = request.headers.get("If-None-Match")
        headers = list(self.zipped_headers if wants_zip else self.headers)
        if known is not None and self.etag in known:
            return Response(status=304, headers=headers)
        return Response(self.zipped if wants_zip else self.body, headers=headers)


@dataclass(slots=True)
class Entry:
    """The place of one page: the last one made, and the lock of the thread that makes one."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    page: Page | None = None
    made_at: float = 0.0

    def good_page(self) -> Page | None:
        """Return the page if it need not be made anew by who asks."""
        age = time.monotonic() - self.made_at
        if age < FRESH_S or (age < STALE_S and self.lock.locked()):
            return self.page
        return None


_entries: OrderedDict[Hashable, Entry] = OrderedDict()
_entries_lock = threading.Lock()


def answer(key: Hashable, make: Callable[[], Page]) -> Response:
    """Answer with the page called `key`, made by `make` unless one is fresh enough.

    Of many who ask at once one makes it; the others get the last one if that is not older
    than `STALE_S`, else they wait. While the database does not answer, the last page is shown
    whatever its age: it says itself of when its figures are.
    """
    entry = _add(key)
    made = _page(key, entry, make)
    request.environ[ENTRY] = entry
    return made.answer()


def _page(key: Hashable, entry: Entry, make: Callable[[], Page]) -> Page:
    last, age = entry.page, time.monotonic() - entry.made_at
    if last is not None and age < FRESH_S:
        return last
    if last is not None and age < STALE_S:
        if not entry.lock.acquire(blocking=False):
            return last
    else:
        entry.lock.acquire()
    try:
        return _refreshed(key, entry, make)
    finally:
        entry.lock.release()


def forget() -> None:
    """Drop all pages."""
    with _entries_lock:
        for entry in _entries.values():
            entry.page = None
        _entries.clear()


def _refreshed(key: Hashable, entry: Entry, make: Callable[[], Page]) -> Page:
    last = entry.page
    if last is not None and time.monotonic() - entry.made_at < FRESH_S:
        return last  # made while we waited
    try:
        made = make()
    except (OperationalError, PoolTimeout):
        if last is None:
            raise
        entry.made_at = time.monotonic() + RETRY_S - FRESH_S
        return last
    except BaseException:
        with _entries_lock:
            _entries.pop(key, None)
        entry.page = None  # a letter that is gone is gone
        raise
    entry.page = made
    entry.made_at = time.monotonic()
    _make_room(key, entry)
    return made


def _add(key: Hashable) -> Entry:
    known = _entries.get(key)
    if known is not None:
        return known
    with _entries_lock:
        return _entries.setdefault(key, Entry())


def _make_room(key: Hashable, entry: Entry) -> None:
    """Drop the pages that were made longest ago; those in demand are made again and again."""
    with _entries_lock:
        _entries[key] = entry
        _entries.move_to_end(key)
        kept = sum(_size(each) for each in _entries.values())
        while kept > MAX_BYTES and len(_entries) > 1:
            _, dropped = _entries.popitem(last=False)
            kept -= _size(dropped)
            dropped.page = None


def _size(entry: Entry) -> int:
    return 1000 + (len(entry.page.body) + len(entry.page.zipped) if entry.page else 0)

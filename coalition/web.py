"""What the pages of all features share: languages, forms, errors in words, coalitions by address."""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    has_request_context,
    redirect,
    request,
    url_for,
)
from flask_babel import get_locale, gettext
from marshmallow import EXCLUDE, Schema, ValidationError
from sqlalchemy import select
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from coalition import config, db
from coalition.coalitions.models import Coalition
from coalition.errors import N_, DomainError, NotFound

COALITION_KEPT_S = 5.0
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_SHOWN_AS_PAGES = frozenset({403, 404})
# How letters, signatures, memberships, meetings and items stand, as words in the middle of a sentence.
_STATES = {
    "draft": N_("draft"),
    "open": N_("open"),
    "closed": N_("closed"),
    "delivered": N_("delivered"),
    "pending": N_("unconfirmed"),
    "confirmed": N_("confirmed"),
    "approved": N_("approved"),
    "withdrawn": N_("withdrawn"),
    "rejected": N_("rejected"),
    "invited": N_("invited"),
    "applied": N_("applied"),
    "active": N_("active"),
    "paused": N_("paused"),
    "left": N_("left"),
    "pledged": N_("promised"),
    "reported": N_("reported"),
    "declined": N_("declined"),
    "no_show": N_("not kept"),
    "tentative": N_("tentative"),
    "cancelled": N_("cancelled"),
    "held": N_("over"),
    "continued": N_("put off to another meeting"),
    "heard": N_("heard already"),
    "scheduled": N_("scheduled"),
    "starting": N_("just beginning"),
    "sending": N_("being sent"),
    "sent": N_("sent"),
    "stopped": N_("stopped"),
}
_coalitions: dict[str, tuple[float, Coalition]] = {}


class PublicPages(Blueprint):
    """Pages for visitors: no session and no cookie, so a form needs no token against forgery."""


def public_coalition(slug: str) -> Coalition:
    """Return the coalition at this address, from memory if it was asked for lately.

    Raises:
        NotFound: there is none.
    """
    known = _coalitions.get(slug)
    if known is not None and time.monotonic() - known[0] < COALITION_KEPT_S:
        return known[1]
    with db.aside() as session:  # also asked while a page is being made
        coalition = session.scalar(select(Coalition).filter_by(slug=slug))
        if coalition is None:
            raise NotFound
        session.expunge(coalition)
    if len(_coalitions) > 1000:  # somebody is trying addresses
        _coalitions.clear()
    _coalitions[slug] = (time.monotonic(), coalition)
    return coalition


def visited_coalition(slug: str) -> Coalition:
    """Return the coalition whose public page this is; its language is the page's by default.

    Raises:
        NotFound: there is none.
    """
    here = public_coalition(slug)
    g.coalition_language = here.language
    return here


def forget_coalitions() -> None:
    """Read coalitions anew, after one was changed."""
    _coalitions.clear()


def language() -> str:
    """Return the language of this page: asked for, else preferred, else the coalition's."""
    locale = get_locale()
    return locale.language if locale else "en"


def chosen_language() -> str | None:
    """Return the language that links to further pages carry; none where only one is offered.

    Visitors get no cookie that would remember their choice, and pages are kept for all who read
    a language: so every link names the language of the page it stands on, also the first one.
    """
    return language() if len(config.current().languages) > 1 else None


def choose_language() -> str:
    """Decide the language of a request, for Flask-Babel."""
    offered = config.current().languages
    if not has_request_context():
        return offered[0]
    asked = request.args.get("lang", "")
    if asked in offered:
        return asked
    chosen = getattr(g, "user_language", None)
    if chosen in offered:
        return str(chosen)
    preferred = preferred_language(request.headers.get("Accept-Language", "")[:200])
    return preferred or getattr(g, "coalition_language", None) or offered[0]


def asked_language(otherwise: str) -> str:
    """Return the language that a text is wanted in; it may have more than our pages do."""
    asked = request.args.get("lang", "")
    return asked if _LANGUAGE.fullmatch(asked) else otherwise


def say(error: DomainError) -> str:
    """Return the sentence of an error in the page's language."""
    values = {name: _said(name, value) for name, value in error.values.items()}
    message = gettext(error.message)
    return message % values if values else message


@dataclass
class Form:
    """What was sent with a form: checked values, or the errors beside what was written.

    `written` holds the raw texts, so that a form with an error comes back filled in.
    """

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    written: Mapping[str, Any] = field(default_factory=dict)

    def refuse(self, error: DomainError) -> None:
        """Show a broken rule beside its field, or above the form."""
        self.errors[error.field or ""] = say(error)


def form(schema: type[Schema] | Schema) -> Form:
    """Check the fields of the request's form against a marshmallow schema.

    Fields that the schema does not name are ignored: a form carries its CSRF token too. A
    list field takes all values of its name.
    """
    checker = schema() if isinstance(schema, type) else schema
    sent: dict[str, Any] = {}
    for name, each in checker.load_fields.items():
        key = each.data_key or name
        values = request.form.getlist(key)
        if values:
            sent[key] = values if type(each).__name__ == "List" else values[-1]
    filled = {key: value for key, value in sent.items() if value != ""}
    try:
        return Form(checker.load(filled, unknown=EXCLUDE), {}, sent)
    except ValidationError as error:
        said = error.messages if isinstance(error.messages, dict) else {"": error.messages}
        return Form({}, {key: _first(each) for key, each in said.items()}, sent)


@contextmanager
def showing_refusals(form: Form) -> Iterator[None]:
    """Put a rule that the block broke beside its field; what was written stays in the form."""
    try:
        yield
    except DomainError as error:
        if error.status in _SHOWN_AS_PAGES:
            raise
        form.refuse(error)


def filled(schema: type[Schema] | Schema, subject: object, **more: object) -> Form:
    """Return a form that shows what is stored; `more` overrides what the object says."""
    names = (schema() if isinstance(schema, type) else schema).load_fields
    stored = {name: more.get(name, getattr(subject, name, None)) for name in names}
    return Form(written={name: in_form(value) for name, value in stored.items()})


def in_form(value: object) -> str:
    """Return a stored value as a form field holds it."""
    match value:
        case None:
            return ""
        case Enum():
            return str(value.value)
        case date():
            return value.isoformat()
        case bool():
            return "yes" if value else ""
    return str(value)


def see_other(endpoint: str, **values: Any) -> Response:
    """Send the browser on after a POST, so that reloading does not send the form again."""
    return _response(redirect(url_for(endpoint, **values), code=303))


def absolute_url(endpoint: str, **values: Any) -> str:
    """Return the public address of a page, also outside a request; for mails."""
    with current_app.test_request_context(base_url=config.current().public_url):
        path = url_for(endpoint, **values)
    return config.current().public_url + path


def id_or_404(text: str) -> UUID:
    """Read an id from an address.

    Raises:
        NotFound: it is none.
    """
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


@lru_cache(maxsize=4096)
def preferred_language(accepted: str) -> str | None:
    """Return the first language of ours that a browser asks for; "es-MX" is a wish for "es".

    Args:
        accepted: the header Accept-Language.
    """
    offered = config.current().languages
    asked = parse_accept_header(accepted, LanguageAccept)
    wished = (tag.partition("-")[0].lower() for tag in asked.values())
    return next((language for language in wished if language in offered), None)


def _said(name: str, value: object) -> object:
    """Translate those values of a sentence that are words of ours."""
    if not isinstance(value, str) or name not in ("missing", "reason", "state"):
        return value
    return gettext(_STATES.get(value, value) if name == "state" else value)


def _first(said: Any) -> str:
    while isinstance(said, (list, dict)):
        said = next(iter(said.values() if isinstance(said, dict) else said), "")
    return str(said)


def _response(made: Any) -> Response:
    return current_app.make_response(made)

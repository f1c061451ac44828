"""The application: the only module that knows all others."""

import logging
import time
from collections.abc import Callable
from contextlib import nullcontext
from http import HTTPStatus
from pathlib import Path

import psycopg
import structlog
from flask import Flask, Response, g, jsonify, render_template, request
from flask_babel import Babel, gettext
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from uuid_utils.compat import uuid4
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from coalition import (
    audit,
    background,  # noqa: F401  facts that this process records are known to it
    config,
    db,
    headers,
    logs,
    metrics,
    pages,
    plugins,
    web,
)
from coalition.accounts import security as accounts_security
from coalition.api import sections as api_sections
from coalition.coalitions.models import Coalition
from coalition.errors import DomainError, NotFound
from coalition.letters.page_front import PageFront

log = structlog.get_logger("coalition.request")
csrf = CSRFProtect()


def create_app() -> Flask:
    """Make the WSGI application from the settings in the environment.

    Raises:
        config.ConfigError: a setting is missing or wrong.
    """
    settings = config.current()
    logs.configure(settings.log_level)
    app = Flask("coalition", root_path=str(Path(__file__).parent), static_url_path="/static")
    app.config.update(
        SECRET_KEY=settings.secret_keys[0] if settings.secret_keys else None,
        SECRET_KEY_FALLBACKS=list(settings.secret_keys[1:]),
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        MAX_FORM_MEMORY_SIZE=settings.max_body_bytes,
        MAX_FORM_PARTS=200,
        BABEL_DEFAULT_LOCALE="en",
        BABEL_TRANSLATION_DIRECTORIES=";".join(
            ["translations", *plugins.translation_folders()]
        ),
        SEND_FILE_MAX_AGE_DEFAULT=3600,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session lives
        WTF_CSRF_SSL_STRICT=False,  # pages send no referrer; the token is what counts
        TEMPLATES_AUTO_RELOAD=False,
    )
    if not settings.secret_keys:
        raise config.ConfigError(
            "SECRET_KEY is not set. Set it to a long random text; `coalition up` makes one."
        )
    app.wsgi_app = PageFront(app.wsgi_app, metrics.count_kept_page)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    Babel(app, locale_selector=web.choose_language)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        page_language=web.language,
        chosen_language=web.chosen_language,
        languages=settings.languages,
        demo_mail=settings.is_demo_mail,
        plugin_pages=_plugin_pages,
    )
    _requests(app)
    headers.init_app(app)
    metrics.init_app(app)
    csrf.init_app(app)
    _features(app)
    _plugins(app)
    _health(app)
    _errors(app)
    return app


def _features(app: Flask) -> None:
    """Connect the pages, the API and the commands of the core's features."""
    accounts_security.init_app(app)
    for blueprint in pages.PUBLIC:
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
    for blueprint in pages.STAFF:
        app.register_blueprint(blueprint)
    for section in api_sections.init_app(app):
        csrf.exempt(section)


def _plugins(app: Flask) -> None:
    """Connect the plugins' pages, each answering 404 where its plugin is switched off."""
    for name, blueprints in plugins.registry().ask("coalition_blueprints"):
        for blueprint in blueprints:
            blueprint.before_request(_only_where_on(name))
            if isinstance(blueprint, web.PublicPages):
                csrf.exempt(blueprint)
            app.register_blueprint(blueprint)


def _plugin_pages(coalition: Coalition) -> list[tuple[str, str]]:
    """Return path and words of what plugins add to the coordinators' navigation."""
    if "plugin_pages" not in g:  # a page shows them twice: for phones and for wide screens
        with nullcontext() if db.is_open() else db.reading(coalition.id):
            answers = plugins.ask_all("coalition_navigation", coalition=coalition)
        g.plugin_pages = [
            (link.path, gettext(link.words)) for _, links in answers for link in links
        ]
    pages: list[tuple[str, str]] = g.plugin_pages
    return pages


def _only_where_on(plugin_name: str) -> Callable[[], None]:
    def check() -> None:
        slug = (request.view_args or {}).get("coalition")
        coalition = web.public_coalition(slug) if isinstance(slug, str) else None
        with db.reading(coalition.id if coalition else None):
            if not plugins.is_on(plugin_name):
                raise NotFound

    return check


def _requests(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        g.request_id = uuid4().hex
        g.began = time.perf_counter()
        # The last request on this thread may have been somebody else's.
        audit.act_as(audit.Actor("visitor", origin=f"web {g.request_id}"))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def note(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        if not log.isEnabledFor(logging.INFO):
            return response
        # The rule, not the path: paths hold tokens. No address, no user agent, no query.
        log.info(
            "request",
            method=request.method,
            rule=request.url_rule.rule if request.url_rule else None,
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
        )
        return response

    @app.teardown_appcontext
    def release(_error: BaseException | None) -> None:
        if db.session.registry.has():
            db.session.remove()


def _health(app: Flask) -> None:
    @app.get("/healthz")
    def healthz() -> Response:
        """Say that the process answers; nothing else is looked at."""
        return jsonify(status="ok")

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        """Say whether the process can do its work: the database answers and is migrated."""
        try:
            with db.reading() as session:
                session.execute(text("SELECT 1 FROM coalitions LIMIT 1"))
        except Exception:
            return jsonify(status="unavailable", database="not reachable or not migrated"), 503
        return jsonify(status="ok", database="ok"), 200


def _errors(app: Flask) -> None:
    @app.errorhandler(DomainError)
    def broken_rule(error: DomainError) -> tuple[Response | str, int]:
        known = error.values.get("existing")  # the id of the record that is in the way
        return _answer(error.status, error.code, web.say(error), error.field, known)

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> tuple[Response | str, int]:
        sentence = gettext("This form is too old. Go back, reload the page and send it again.")
        return _answer(400, "form_expired", sentence)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        status = error.code or 500
        if error.response is not None or status < 400:
            return app.make_response(error.get_response())
        body, _ = _answer(status, _code(error), _sentence(error))
        response = app.make_response((body, status))
        for name, value in error.get_headers():
            if name.lower() not in ("content-type", "content-length"):
                response.headers[name] = value
        return response

    _database_errors(app)

    @app.errorhandler(Exception)
    def unexpected(_error: Exception) -> tuple[Response | str, int]:
        log.exception("unexpected error")
        sentence = gettext(
            "Something went wrong on our side. Nothing was stored. Try again later."
        )
        return _answer(500, "internal", sentence)


def _database_errors(app: Flask) -> None:
    @app.errorhandler(IntegrityError)
    def at_once(_error: IntegrityError) -> tuple[Response | str, int]:
        log.exception("two changes at once")
        sentence = gettext(
            "Somebody changed the same thing at the same moment. Nothing of yours was stored."
            " Look again, then repeat what is still needed."
        )
        return _answer(409, "changed_meanwhile", sentence)

    @app.errorhandler(DataError)
    @app.errorhandler(psycopg.DataError)
    @app.errorhandler(UnicodeEncodeError)
    def unstorable(_error: Exception) -> tuple[Response | str, int]:
        sentence = gettext("It contains characters that cannot be stored. Nothing was stored.")
        return _answer(422, "invalid", sentence)

    @app.errorhandler(psycopg.OperationalError)
    @app.errorhandler(OperationalError)
    @app.errorhandler(PoolTimeout)
    def database_away(_error: Exception) -> tuple[Response | str, int, dict[str, str]]:
        log.exception("database not available")
        sentence = gettext(
            "We cannot reach our database. Nothing was stored. Try again in a minute."
        )
        return *_answer(503, "unavailable", sentence), {"Retry-After": "30"}


def _answer(
    status: int,
    code: str,
    sentence: str,
    field: str | None = None,
    existing: object = None,
) -> tuple[Response | str, int]:
    """Say it as problem+json (RFC 9457) to programs and as a page to people."""
    if request.path.startswith("/api/"):
        problem = {
            "type": f"urn:coalition:{code}",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "code": code,
            "detail": sentence,
        }
        if field:
            problem["errors"] = {field: [sentence]}
        if existing:
            problem["existing"] = str(existing)
        response = jsonify(problem)
        response.content_type = "application/problem+json"
        return response, status
    page = render_template("error.html", status=status, sentence=sentence, code=code)
    return page, status


def _code(error: HTTPException) -> str:
    return (error.name or "error").lower().replace(" ", "_")


def _sentence(error: HTTPException) -> str:
    match error.code:
        case 400:
            return gettext("The request could not be understood. Nothing was stored.")
        case 401:
            return gettext("Sign in first.")
        case 403:
            return gettext("You may not do this.")
        case 404:
            return gettext("There is nothing at this address.")
        case 405:
            return gettext("This address cannot be used in that way.")
        case 413:
            limit_mb = (request.max_content_length or 0) // (1024 * 1024)
            return gettext(
                "That is too large: at most %(limit)s MB can be sent at once. Nothing was stored.",
                limit=limit_mb,
            )
        case 415:
            return gettext("This kind of content is not understood here. Nothing was stored.")
        case 429:
            return gettext("That was too often. Wait a little and try again.")
    return gettext("The request could not be answered.")

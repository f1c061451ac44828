"""Figures for Prometheus: requests as they come, queues as they stand. None about people."""

import hmac
import os
import time
from functools import cache

from flask import Flask, Response, abort, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import text

from coalition import config, db

REQUESTS = Counter("coalition_requests", "Answers given.", ["endpoint", "method", "status"])
SECONDS = Histogram("coalition_request_seconds", "Time to an answer.", ["endpoint"])

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}  # others are made up
_WAITING = {
    "coalition_outbox_waiting": (
        "Facts and deliveries that wait.",
        """SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM outbox_deliveries
            WHERE next_attempt_at IS NOT NULL)""",
    ),
    "coalition_deliveries_given_up": (
        "Deliveries that failed for good.",
        "SELECT count(*) FROM outbox_deliveries WHERE next_attempt_at IS NULL",
    ),
    "coalition_jobs_waiting": (
        "Jobs owed.",
        "SELECT count(*) FROM jobs WHERE run_at IS NOT NULL",
    ),
    "coalition_jobs_given_up": (
        "Jobs that failed for good.",
        "SELECT count(*) FROM jobs WHERE run_at IS NULL",
    ),
    "coalition_mail_waiting": (
        "Messages that wait.",
        "SELECT count(*) FROM mail_messages WHERE state = 'queued'",
    ),
}


class _Queues(Collector):
    """Reads the queues' lengths when somebody asks."""

    def collect(self):  # type: ignore[no-untyped-def]
        with db.platform_transaction() as session:
            for name, (what, statement) in _WAITING.items():
                yield GaugeMetricFamily(
                    name, what, session.execute(text(statement)).scalar_one()
                )


def init_app(app: Flask) -> None:
    """Count the requests of `app` and answer `/metrics` to who knows the token."""
    app.before_request(_start)
    app.after_request(_count)
    app.add_url_rule("/metrics", view_func=show)


def show() -> Response:
    """Answer with the figures. 404 without the token that `COALITION_METRICS_TOKEN` sets."""
    token = config.current().metrics_token
    sent = request.authorization
    given = sent.token if sent is not None and sent.type == "bearer" else None
    if not token or not hmac.compare_digest((given or "").encode(), token.encode()):
        abort(404)
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REQUESTS)
        registry.register(SECONDS)
    registry.register(_Queues())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def count_kept_page(status: str) -> None:
    """Count an answer that was given before the application saw the request."""
    REQUESTS.labels("kept_page", "GET", status).inc()


@cache
def _counter(endpoint: str, method: str, status: str) -> Counter:
    return REQUESTS.labels(endpoint, method, status)


@cache
def _seconds(endpoint: str) -> Histogram:
    return SECONDS.labels(endpoint)


def _start() -> None:
    g.started = time.perf_counter()


def _count(response: Response) -> Response:
    endpoint = request.endpoint or "unknown"
    method = request.method if request.method in _METHODS else "other"
    _counter(endpoint, method, str(response.status_code)).inc()
    if "started" in g:
        _seconds(endpoint).observe(time.perf_counter() - g.started)
    return response

"""Structured logs: one JSON line per thing that happened, with a request id, about nobody."""

import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

# Keys that may carry personal data never reach a log, whoever logs them.
_HIDDEN = ("email", "address", "token", "password", "secret", "cookie", "name_given", "phone")


def configure(level: str) -> None:
    """Send structlog's and the standard library's records to standard error as JSON lines."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hide,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    sink = logging.StreamHandler(sys.stderr)
    sink.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _place_of_error,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [sink]
    root.setLevel(level)


def _hide(_logger: Any, _method: str, record: EventDict) -> EventDict:
    return {
        key: "(hidden)" if any(hidden in key.lower() for hidden in _HIDDEN) else value
        for key, value in record.items()
    }


def _place_of_error(_logger: Any, _method: str, record: EventDict) -> EventDict:
    """Say which error it was and where, frame by frame, but not its text or any values.

    The text of a database error quotes the row, and a row may hold somebody's name.
    """
    error = record.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, BaseException):
        error = (type(error), error, error.__traceback__)
    if isinstance(error, tuple) and error[0] is not None:
        frames, trace = [], error[2]
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        record["error"] = error[0].__name__
        record["frames"] = frames[-12:]
    return record

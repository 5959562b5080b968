"""Structured logs: one line per event, with the request id wherever there is one."""

import logging
import sys

import structlog

from b2b_dvizhenie.entrypoints.settings import LogSettings


def configure_logging(settings: LogSettings) -> None:
    """Set up structlog for this process and route the standard library's loggers to the same stream."""
    text = settings.format == "text" or (settings.format == "auto" and sys.stderr.isatty())
    # Without the values of variables: among them are passwords and tokens.
    console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    tracebacks = structlog.processors.ExceptionRenderer(
        structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    )
    renderer = console if text else structlog.processors.JSONRenderer(ensure_ascii=False)
    level = getattr(logging, settings.level.upper())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            tracebacks if not text else structlog.processors.StackInfoRenderer(),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        stream=sys.stderr, level=max(level, logging.WARNING), format="%(levelname)s %(name)s: %(message)s"
    )

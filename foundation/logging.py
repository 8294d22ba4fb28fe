"""Structured logs on stderr, one JSON object a line. Message texts and identifiers are never logged."""

import logging
import sys

import structlog


def configure_logging(level: str = "INFO") -> None:
    """Sends structlog's and the standard library's records to stderr as JSON lines with UTC time stamps."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # These write request lines and URLs, which may hold a token or a conversation's address.
    for noisy in ("httpx", "httpcore", "uvicorn.access", "sqlalchemy.engine", "sanic.access", "telegram"):
        logging.getLogger(noisy).setLevel(logging.WARNING)

"""The engine's log: one JSON object a line, without a word of what a citizen wrote or was answered."""

from __future__ import annotations

import json
import logging
import sys
import traceback
import warnings
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

import structlog

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object; an exception as its type and place, since its text may quote a message."""

    def format(self, record: logging.LogRecord) -> str:
        """Formats one record."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if record.name.startswith("nlu."):  # Rasa puts texts and slot values there
            line.update({key: value for key, value in vars(record).items() if key not in _STANDARD})
        if record.exc_info and record.exc_info[1]:
            line.update(where(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False, default=str)


def where(error: BaseException) -> dict[str, str]:
    """Says what went wrong and where, without the exception's text.

    Args:
        error: The exception.

    Returns:
        `error`: the types of the exception and of those that caused it; `where`: file, line and function that raised
        the first.
    """
    chain = [error]
    while (cause := chain[-1].__cause__) is not None:
        chain.append(cause)
    frames = traceback.extract_tb(chain[-1].__traceback__) or traceback.extract_tb(error.__traceback__)
    place = frames[-1] if frames else None
    return {
        "error": " < ".join(type(link).__name__ for link in chain),
        "where": f"{Path(place.filename).name}:{place.lineno} {place.name}" if place else "",
    }


def configure(level: str = "INFO") -> None:
    """Sets up the process's log.

    Args:
        level: Level of this project's own lines. Rasa's and Sanic's appear from WARNING on: below it, Rasa's hold
        messages.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("nlu").setLevel(level)
    for name in ("sanic.root", "sanic.error", "sanic.access"):
        sanic_logger = logging.getLogger(name)
        sanic_logger.handlers.clear()
        sanic_logger.propagate = True
        sanic_logger.setLevel(logging.WARNING)
    # It takes the JSON in a button's payload for a placeholder, logs an error, and leaves the payload as it is.
    logging.getLogger("rasa.core.nlg.interpolator").setLevel(logging.CRITICAL)
    # Rasa's warnings quote texts and intents; what they warn of is checked when the model is trained.
    warnings.simplefilter("ignore")
    structlog.configure(
        processors=[structlog.stdlib.render_to_log_kwargs],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )

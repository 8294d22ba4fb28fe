"""Traces, for bot, engine and actions alike: off, and then free, unless a collector's address is set.

A message and all that it causes is one trace, whichever processes work on it and whenever: the trace's number comes
from the message's own, so nothing has to be stored to go on with it. No span holds a text or anything that leads to a
citizen.

Only the standard library is loaded here; `foundation.spans` loads the SDK.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foundation.spans import Spans

Attribute = str | int | float | bool

_NOTHING: AbstractContextManager[None] = nullcontext()
_started: list[Spans] = []


def start(service: str, endpoint: str | None, secret: str = "") -> None:
    """Sends this process's spans to a collector from now on.

    Args:
        service: The process's name in traces.
        endpoint: Base address of an OTLP/HTTP collector, as OTEL_EXPORTER_OTLP_ENDPOINT has it; empty: no traces. The
            SDK reads OTEL_TRACES_SAMPLER, OTEL_EXPORTER_OTLP_HEADERS and the like itself.
        secret: What the processes of one installation share; keeps traces of two installations apart.
    """
    if endpoint:
        from foundation.spans import Spans

        _started[:] = [Spans(service, endpoint, secret)]


def on() -> bool:
    """Whether spans are sent anywhere."""
    return bool(_started)


def stop() -> None:
    """Sends what is left, and no more after that."""
    while _started:
        _started.pop().close()


def span(name: str, **attributes: Attribute) -> AbstractContextManager[None]:
    """A piece of work, as long as the block; an exception marks it as failed by the exception's kind alone."""
    return _started[0].span(name, attributes) if _started else _NOTHING


def past(name: str, since: datetime, until: datetime, **attributes: Attribute) -> None:
    """A piece of work that is over."""
    if _started:
        _started[0].past(name, since, until, attributes)


def within(message: int | None) -> AbstractContextManager[None]:
    """What happens in the block belongs to the trace of the message with this number; None: to no message."""
    return _started[0].within(message) if _started and message is not None else _NOTHING


def whole(message: int, since: datetime, until: datetime, **attributes: Attribute) -> None:
    """The message itself, once it is done: the span above all others of its trace."""
    if _started:
        _started[0].whole(message, since, until, attributes)


def headers() -> dict[str, str]:
    """What tells another process which trace its work belongs to (W3C `traceparent`)."""
    return _started[0].headers() if _started else {}


def adopt(traceparent: str | None) -> None:
    """What this task does from now on belongs to the caller's trace; None: to none."""
    if _started:
        _started[0].adopt(traceparent)

"""Spans by OpenTelemetry's SDK; see `foundation.tracing`. Loaded only where traces are sent somewhere."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from opentelemetry import context as contexts
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import NonRecordingSpan, SpanContext, StatusCode, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

TRACES_PATH = "/v1/traces"
MESSAGE = "message"

Attributes = Mapping[str, str | int | float | bool]


class _Ids(RandomIdGenerator):
    """Random numbers, but for the span whose numbers are known beforehand."""

    def __init__(self) -> None:
        self.next: SpanContext | None = None

    def generate_trace_id(self) -> int:
        return self.next.trace_id if self.next else super().generate_trace_id()

    def generate_span_id(self) -> int:
        return self.next.span_id if self.next else super().generate_span_id()


class Spans:
    """This process's spans. Not OpenTelemetry's global provider: libraries would add what they please to traces."""

    def __init__(self, service: str, endpoint: str, secret: str) -> None:
        """Begins to send spans to `endpoint` in the background; see `foundation.tracing.start`."""
        self._secret = secret.encode()
        self._ids = _Ids()
        self._provider = TracerProvider(resource=Resource.create({SERVICE_NAME: service}), id_generator=self._ids)
        exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + TRACES_PATH)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("ur-assistant")
        self._propagator = TraceContextTextMapPropagator()

    def close(self) -> None:
        """Sends what is left."""
        self._provider.shutdown()

    @contextmanager
    def span(self, name: str, attributes: Attributes) -> Iterator[None]:
        """See `foundation.tracing.span`."""
        with self._tracer.start_as_current_span(
            name, attributes=attributes, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except Exception as error:
                # Neither its message nor its trace: both may quote what a citizen wrote.
                span.set_status(StatusCode.ERROR)
                span.set_attribute("error.type", type(error).__name__)
                raise

    def past(self, name: str, since: datetime, until: datetime, attributes: Attributes) -> None:
        """See `foundation.tracing.past`."""
        span = self._tracer.start_span(name, attributes=attributes, start_time=_nanoseconds(since))
        span.end(_nanoseconds(until))

    @contextmanager
    def within(self, message: int) -> Iterator[None]:
        """See `foundation.tracing.within`."""
        above = trace.set_span_in_context(NonRecordingSpan(self._context_of(message)), contexts.Context())
        token = contexts.attach(above)
        try:
            yield
        finally:
            contexts.detach(token)

    def whole(self, message: int, since: datetime, until: datetime, attributes: Attributes) -> None:
        """See `foundation.tracing.whole`."""
        self._ids.next = self._context_of(message)
        try:
            span = self._tracer.start_span(
                MESSAGE, context=contexts.Context(), attributes=attributes, start_time=_nanoseconds(since)
            )
        finally:
            self._ids.next = None
        span.end(_nanoseconds(until))

    def headers(self) -> dict[str, str]:
        """See `foundation.tracing.headers`."""
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier)
        return carrier

    def adopt(self, traceparent: str | None) -> None:
        """See `foundation.tracing.adopt`."""
        carrier = {"traceparent": traceparent} if traceparent else {}
        contexts.attach(self._propagator.extract(carrier, contexts.Context()))

    def _context_of(self, message: int) -> SpanContext:
        digest = hmac.digest(self._secret, f"trace of {message}".encode(), hashlib.sha256)
        trace_id = int.from_bytes(digest[:16], "big")
        # Decided by the number alone, so that all who work on the message decide alike.
        decided = self._provider.sampler.should_sample(contexts.Context(), trace_id, MESSAGE)
        sampled = decided.decision is Decision.RECORD_AND_SAMPLE
        flags = TraceFlags(TraceFlags.SAMPLED if sampled else TraceFlags.DEFAULT)
        return SpanContext(trace_id, int.from_bytes(digest[16:24], "big"), is_remote=True, trace_flags=flags)


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000) * 1_000

"""A collector of traces at its HTTP border: takes OTLP as the protocol has it, and keeps the spans."""

from dataclasses import dataclass, field

from fastapi import FastAPI, Request, Response
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


@dataclass(frozen=True)
class Span:
    """One span as it came."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    attributes: dict[str, str]
    seconds: float
    failed: bool


@dataclass
class Collector:
    """What has come."""

    spans: list[Span] = field(default_factory=list)

    def app(self) -> FastAPI:
        """The ASGI application."""
        app = FastAPI()

        @app.post("/v1/traces")
        async def traces(request: Request) -> Response:
            sent = ExportTraceServiceRequest.FromString(await request.body())
            for resource in sent.resource_spans:
                service = {each.key: each.value.string_value for each in resource.resource.attributes}["service.name"]
                for span in (span for scope in resource.scope_spans for span in scope.spans):
                    self.spans.append(
                        Span(
                            service,
                            span.name,
                            span.trace_id.hex(),
                            span.span_id.hex(),
                            span.parent_span_id.hex(),
                            {each.key: str(each.value) for each in span.attributes},
                            (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9,
                            span.status.code == span.status.STATUS_CODE_ERROR,
                        )
                    )
            return Response(ExportTraceServiceResponse().SerializeToString(), media_type="application/x-protobuf")

        return app

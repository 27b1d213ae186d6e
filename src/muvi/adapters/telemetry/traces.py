"""Spans by OpenTelemetry, sent as OTLP over HTTP.

Nothing waits for the collector: spans stand in a bounded queue that a thread of its own empties. While the
collector is away they are dropped, and one line says so.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

import structlog
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from typing_extensions import override

from muvi.adapters.kit.tracing import Span, Tracer, Value

FLUSH_S = 3.0
"""How long the end of a process may wait for the last spans."""
_W3C = TraceContextTextMapPropagator()

log = structlog.get_logger("traces")


class _Span(Span):
    def __init__(self, told: trace.Span) -> None:
        self._told = told

    @override
    def tell(self, name: str, value: Value) -> None:
        self._told.set_attribute(name, value)

    @override
    def rename(self, name: str) -> None:
        self._told.update_name(name)

    @override
    def fail(self, reason: str) -> None:
        self._told.set_status(Status(StatusCode.ERROR, reason))


class OtelTracer(Tracer):
    """Spans of one process. An exception that leaves a span marks it with its type; its text may be personal
    and stays here.
    """

    def __init__(self, tracer: trace.Tracer) -> None:
        self._tracer = tracer

    @override
    def span(
        self, name: str, kind: str, parent: str, attributes: Mapping[str, Value]
    ) -> AbstractContextManager[Span]:
        return self._span(name, SpanKind[kind.upper()], parent, attributes)

    @contextmanager
    def _span(
        self, name: str, kind: SpanKind, parent: str, attributes: Mapping[str, Value]
    ) -> Generator[Span]:
        under = _W3C.extract({"traceparent": parent}) if parent else None
        made = self._tracer.start_span(name, context=under, kind=kind, attributes=attributes)
        with trace.use_span(made, end_on_exit=True, record_exception=False, set_status_on_exception=False):
            told = _Span(made)
            try:
                yield told
            except BaseException as error:
                told.fail(type(error).__name__)
                raise

    @override
    def traceparent(self) -> str:
        carrier: dict[str, str] = {}
        _W3C.inject(carrier)
        return carrier.get("traceparent", "")


class OneLine(SpanExporter):
    """An exporter that says once that it cannot, and once that it can again."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._lost = False

    @override
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        lost = result is not SpanExportResult.SUCCESS
        if lost and not self._lost:
            log.warning("traces lost", spans=len(spans))
        if self._lost and not lost:
            log.info("traces sent again")
        self._lost = lost
        return result

    @override
    def shutdown(self) -> None:
        self._exporter.shutdown()


def traced(endpoint: str, service: str, version: str) -> tuple[Tracer, Callable[[], None]]:
    """A tracer that sends to an OTLP address, and its end, which waits for the last spans a little.

    Sampler, resource attributes, batch sizes, headers and time-outs come from the standard OTEL_* variables.
    """
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # a line per batch, and one per lost span
    resource = Resource.create({SERVICE_VERSION: version})
    if resource.attributes.get(SERVICE_NAME, "unknown_service").startswith("unknown_service"):  # type: ignore[union-attr]
        resource = resource.merge(Resource({SERVICE_NAME: service}))
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OneLine(OTLPSpanExporter(endpoint=endpoint))))

    def end() -> None:
        flushing = threading.Thread(target=provider.shutdown, name="traces", daemon=True)
        flushing.start()
        flushing.join(FLUSH_S)

    return OtelTracer(provider.get_tracer("muvi", version)), end

"""Where the time of a request or a pass goes, for who collects traces (OpenTelemetry): nothing at all unless that is asked for.

Spans are of requests, of the transactions of use cases in them, of passes, and of deliveries. They bear routes, names of passes
and statuses, never an address, a case or a person. The library is an extra of this program, imported when it is first wanted;
a trace that comes in (`traceparent`, W3C) is gone on with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from engine.errors import JibanError

_tracer: Any = None


class TelemetryMissing(JibanError):
    """Traces are asked for, and what would send them is not installed."""

    def __init__(self) -> None:
        super().__init__("JIBAN_OTLP_ENDPOINT is set, and the packages that send traces are not installed: run "
                         "`pip install 'jiban[telemetry]'`, or unset it")


def start(endpoint: str) -> None:
    """From now on spans are sent to a collector (OTLP over HTTP). Raises TelemetryMissing."""
    global _tracer
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise TelemetryMissing from error
    provider = TracerProvider(resource=Resource.create({"service.name": "jiban"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint, timeout=5)))
    _tracer = provider.get_tracer("jiban")


def stop() -> None:
    """Send what has been collected."""
    global _tracer
    if _tracer is not None:
        _tracer.span_processor.shutdown()
        _tracer = None


@contextmanager
def span(
    name: str, attributes: Mapping[str, str] | None = None, *, come_from: Mapping[str, str] | None = None,
) -> Iterator[Any]:
    """Something that takes time; yields the span, None when nobody collects them. `come_from`: the headers that say in whose
    trace."""
    if _tracer is None:
        yield None
        return
    context = None
    if come_from is not None:
        from opentelemetry.propagate import extract
        context = extract(dict(come_from))
    # of an exception only its kind goes along: its message may quote whatever somebody has entered
    with _tracer.start_as_current_span(name, context=context, attributes=dict(attributes or {}), record_exception=False,
                                       set_status_on_exception=False) as begun:
        try:
            yield begun
        except BaseException as error:
            begun.set_attribute("error.type", type(error).__name__)
            raise

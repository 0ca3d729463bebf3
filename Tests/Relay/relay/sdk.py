"""OpenTelemetry's own SDK: what an instrumented program makes, with everything that a span can have."""
import logging

from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.json.http._log_exporter import OTLPLogExporter as JSONLogs
from opentelemetry.exporter.otlp.json.http.metric_exporter import OTLPMetricExporter as JSONMetrics
from opentelemetry.exporter.otlp.json.http.trace_exporter import OTLPSpanExporter as JSONSpans
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GRPCLogs
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GRPCMetrics
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GRPCSpans
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HTTPLogs
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HTTPMetrics
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HTTPSpans
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace.status import Status, StatusCode

# It warns of every attribute that its limits drop and of every refusal, which is what tests want of it.
logging.getLogger("opentelemetry").setLevel(logging.ERROR)
EXPORTERS = {
    "traces": {"grpc": GRPCSpans, "http": HTTPSpans, "json": JSONSpans},
    "metrics": {"grpc": GRPCMetrics, "http": HTTPMetrics, "json": JSONMetrics},
    "logs": {"grpc": GRPCLogs, "http": HTTPLogs, "json": JSONLogs},
}
# As the exporters for protobuf make them: what must arrive.
ENCODERS = {"traces": encode_spans, "metrics": encode_metrics, "logs": encode_logs}
ATTRIBUTES = {
    "text": "schön \u20ac \U0001f600 \"quoted\"\n\\", "empty": "", "yes": True, "no": False, "zero": 0,
    "large": (1 << 63) - 1, "small": -(1 << 63), "real": 2.5, "tiny": 5e-324, "texts": ["a", "", "c"],
    "numbers": [1, -2, 1 << 53], "reals": [0.1, 1e300], "booleans": [True, False], "nothing": [],
    "bytes": b"\x00\xff\xfe",
}


def exporter(how, agent, signal="traces", **options):
    """An exporter of the SDK to the agent: `grpc`, `http` or `json`."""
    if how == "grpc":
        return EXPORTERS[signal][how](endpoint=f"http://127.0.0.1:{agent.grpc_port}", insecure=True, **options)
    return EXPORTERS[signal][how](endpoint=f"http://127.0.0.1:{agent.http_port}/v1/{signal}", **options)


def telemetry(signal):
    """Something of a signal, as the SDK's exporters take it."""
    return {"traces": spans, "metrics": metrics, "logs": logs}[signal]()


def spans():
    """Spans of several resources and scopes, with everything that a span can have."""
    kept = InMemorySpanExporter()
    for service in ("front", "back"):
        resource = Resource({"service.name": service, **ATTRIBUTES}, f"https://example.org/resource/{service}")
        limits = SpanLimits(max_span_attributes=20, max_events=3, max_links=2, max_event_attributes=18,
                            max_link_attributes=18)
        provider = TracerProvider(resource=resource, span_limits=limits, shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(kept))
        for scope in ("web", "database"):
            tracer = provider.get_tracer(scope, "1.2.3", f"https://example.org/scope/{scope}", {"scope.kind": scope})
            for kind in trace.SpanKind:
                _span(tracer, kind)
        with provider.get_tracer("bare").start_as_current_span("root"):
            provider.get_tracer("bare").start_span("child").end()
    return list(kept.get_finished_spans())


def _span(tracer, kind):
    remote = trace.SpanContext(
        (1 << 127) + kind.value, (1 << 63) + kind.value, True, trace.TraceFlags(1),
        trace.TraceState([("vendor", "value"), ("other@tenant", "1")]))
    parent = trace.set_span_in_context(trace.NonRecordingSpan(remote))
    links = [trace.Link(remote, {"link": number, **ATTRIBUTES}) for number in range(4)]
    attributes = {**ATTRIBUTES, **{f"more.{number}": number for number in range(9)}}
    span = tracer.start_span(f"{kind.name} \u20ac", parent, kind, attributes, links)
    for number in range(5):
        span.add_event(f"event {number}", {"number": number, **ATTRIBUTES})
    if kind.value == 1:
        span.record_exception(ValueError("wrong"))
    if kind.value % 2:
        span.set_status(Status(StatusCode.ERROR, "went wrong"))
    elif kind.value:
        span.set_status(Status(StatusCode.OK))
    span.end()


def metrics():
    """One metric of each kind."""
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader], Resource({"service.name": "front"}), shutdown_on_exit=False)
    meter = provider.get_meter("web", "1.2.3", "https://example.org/scope")
    meter.create_counter("requests", "1", "how many").add(5, {"route": "/a"})
    meter.create_up_down_counter("open").add(-2, {"list": ["a", "b"]})
    meter.create_histogram("duration", "s").record(0.25, {"route": "/a"})
    meter.create_gauge("depth").set(3.5)
    return reader.get_metrics_data()


def logs():
    """Log records with bodies of several kinds."""
    kept = InMemoryLogRecordExporter()
    provider = LoggerProvider(Resource({"service.name": "front"}), shutdown_on_exit=False)
    provider.add_log_record_processor(SimpleLogRecordProcessor(kept))
    logger = provider.get_logger("web", "1.2.3", "https://example.org/scope")
    for body in ("plain \u20ac", 7, {"map": {"deep": [1, "two", b"\xff"]}}):
        logger.emit(LogRecord(
            timestamp=1_700_000_000_000_000_000, severity_number=SeverityNumber.WARN, severity_text="WARN", body=body,
            attributes={"map": {"a": 1, "b": [True, None]}, **ATTRIBUTES}))
    return list(kept.get_finished_logs())

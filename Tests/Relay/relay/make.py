"""Requests, made with the classes of `opentelemetry-proto`."""
import itertools
import secrets

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

BEGIN_NS = 1_700_000_000_000_000_000
_numbers = itertools.count(1)


def traces(spans=10, attributes=3, size=0, service="shop"):
    """(A request as a message, the ids of its spans): spans unlike any others, each some `size` bytes longer than need
    be, which do not compress well."""
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    resource_spans.resource.attributes.add(key="service.name").value.string_value = service
    scope_spans = resource_spans.scope_spans.add()
    scope_spans.scope.name = "relay"
    ids = []
    for _ in range(spans):
        number = next(_numbers)
        span = scope_spans.spans.add(
            trace_id=number.to_bytes(16, "big"), span_id=number.to_bytes(8, "big"), name=f"GET /{number}", kind=2,
            start_time_unix_nano=BEGIN_NS + number, end_time_unix_nano=BEGIN_NS + number + 1_000_000)
        for index in range(attributes):
            span.attributes.add(key=f"key.{index}").value.string_value = f"value {number}"
        if size:
            span.attributes.add(key="padding").value.string_value = secrets.token_hex(size // 2)
        ids.append(span.span_id.hex())
    return request, ids


def metrics(points=5):
    """A request of one gauge with so many data points."""
    request = ExportMetricsServiceRequest()
    resource_metrics = request.resource_metrics.add()
    resource_metrics.resource.attributes.add(key="service.name").value.string_value = "shop"
    scope_metrics = resource_metrics.scope_metrics.add()
    scope_metrics.scope.name = "relay"
    metric = scope_metrics.metrics.add(name="depth", unit="1")
    for _ in range(points):
        number = next(_numbers)
        metric.gauge.data_points.add(time_unix_nano=BEGIN_NS + number, as_int=number)
    return request


def logs(records=5):
    """A request of so many log records."""
    request = ExportLogsServiceRequest()
    resource_logs = request.resource_logs.add()
    resource_logs.resource.attributes.add(key="service.name").value.string_value = "shop"
    scope_logs = resource_logs.scope_logs.add()
    scope_logs.scope.name = "relay"
    for _ in range(records):
        number = next(_numbers)
        record = scope_logs.log_records.add(time_unix_nano=BEGIN_NS + number, severity_number=9)
        record.body.string_value = f"line {number}"
    return request

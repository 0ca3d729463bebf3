"""Requests read back and compared, whatever way they came: as protobuf or as OTLP/JSON."""
import base64
import collections
import json

import otlp_wire
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

REQUESTS = {
    "traces": ExportTraceServiceRequest, "metrics": ExportMetricsServiceRequest, "logs": ExportLogsServiceRequest}
# The fields that lead from a request to its items.
LEVELS = {
    "traces": ("resource_spans", "scope_spans", "spans"),
    "metrics": ("resource_metrics", "scope_metrics", "metrics"),
    "logs": ("resource_logs", "scope_logs", "log_records"),
}
# OTLP/JSON has these in hexadecimal digits, where protobuf's JSON has base64.
IDS = ("traceId", "spanId", "parentSpanId")


def parse(signal, body):
    """A request from protobuf or from OTLP/JSON: the latter begins with a brace, the former never does."""
    if body.startswith(b"{"):
        return json_format.ParseDict(_ids(json.loads(body), _to_base64), REQUESTS[signal](), ignore_unknown_fields=True)
    return REQUESTS[signal].FromString(body)


def to_json(message):
    """A request as OTLP/JSON: ids in hexadecimal digits and enumerations as numbers."""
    content = json_format.MessageToDict(message, use_integers_for_enums=True)
    return json.dumps(_ids(content, lambda text: base64.b64decode(text).hex())).encode()


def _to_base64(text):
    return base64.b64encode(bytes.fromhex(text)).decode()


def _ids(node, convert):
    if isinstance(node, list):
        return [_ids(element, convert) for element in node]
    if not isinstance(node, dict):
        return node
    return {key: convert(value) if key in IDS else _ids(value, convert) for key, value in node.items()}


def items(signal, messages):
    """Every item of requests with all that stands above it: a counter of (resource, scope, item), each in protobuf's
    deterministic form."""
    upper, middle, lower = LEVELS[signal]
    found = collections.Counter()
    for message in messages:
        for outer in getattr(message, upper):
            for inner in getattr(outer, middle):
                above = _without(outer, middle), _without(inner, lower)
                for item in getattr(inner, lower):
                    found[(*above, item.SerializeToString(deterministic=True))] += 1
    return found


def _without(message, field):
    copy = type(message)()
    copy.CopyFrom(message)
    copy.ClearField(field)
    return copy.SerializeToString(deterministic=True)


def differences(signal, sent, bodies):
    """Where what a backend got is not what was sent: lines for people."""
    wanted = items(signal, sent)
    got = items(signal, [parse(signal, body) for body in bodies])
    if not wanted:
        yield "nothing was sent"
    missing, more = wanted - got, got - wanted
    if missing or more:
        yield (f"{missing.total()} of {wanted.total()} {signal} are missing or not the same,"
               f" {more.total()} are unexpected")
    for one, other in zip(sorted(missing), sorted(more)):
        yield f"sent: {_readable(signal, one)}\n      came: {_readable(signal, other)}"
        return
    for one in missing:
        yield f"sent: {_readable(signal, one)}"
        return


def _readable(signal, key):
    """An item as text, unknown fields included."""
    upper, middle, lower = LEVELS[signal]
    request = REQUESTS[signal]()
    outer = getattr(request, upper).add()
    outer.MergeFromString(key[0])
    inner = getattr(outer, middle).add()
    inner.MergeFromString(key[1])
    getattr(inner, lower).add().MergeFromString(key[2])
    return " ".join(str(request).split())


def raw_items(body):
    """(Of a traces request as it lies there: the bytes of every resource, scope and span) as three counters."""
    found = collections.Counter(), collections.Counter(), collections.Counter()
    for number, outer in otlp_wire.fields(body):
        for inner_number, inner in otlp_wire.fields(outer) if number == 1 else ():
            if inner_number == 1:
                found[0][inner] += 1
            for item_number, item in otlp_wire.fields(inner) if inner_number == 2 else ():
                if item_number in (1, 2):
                    found[item_number][item] += 1
    return found

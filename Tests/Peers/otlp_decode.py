"""Reads requests with the classes of the `opentelemetry-proto` package and compares every field.

usage: otlp_decode.py REQUEST.pb REQUEST.json EXPECTED.json

Both requests must parse, say the same, and give EXPECTED: a list of spans with everything that is said of each.
"""
import base64
import json
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


def value(any_value):
    kind = any_value.WhichOneof("value")
    if kind == "array_value":
        return [value(element) for element in any_value.array_value.values]
    return {kind: getattr(any_value, kind)}


def attributes(list_of):
    return [[attribute.key, value(attribute.value)] for attribute in list_of]


def flat(request):
    """Every span with all its fields, by its id."""
    spans = []
    for resource_spans in request.resource_spans:
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                assert not list(span.events) and span.dropped_attributes_count == 0 and span.dropped_links_count == 0
                spans.append({
                    "resource": attributes(resource_spans.resource.attributes),
                    "resourceSchema": resource_spans.schema_url,
                    "scope": [scope_spans.scope.name, scope_spans.scope.version, scope_spans.schema_url],
                    "traceId": span.trace_id.hex(), "spanId": span.span_id.hex(), "parent": span.parent_span_id.hex(),
                    "traceState": span.trace_state, "flags": span.flags, "name": span.name, "kind": span.kind,
                    "start": str(span.start_time_unix_nano), "end": str(span.end_time_unix_nano),
                    "attributes": attributes(span.attributes), "status": [span.status.code, span.status.message],
                    "links": [
                        [link.trace_id.hex(), link.span_id.hex(), attributes(link.attributes)] for link in span.links],
                })
    return sorted(spans, key=lambda span: span["spanId"])


def with_base64_ids(node):
    """What google.protobuf expects of bytes, in place of OTLP's hexadecimal ids."""
    if isinstance(node, list):
        return [with_base64_ids(element) for element in node]
    if not isinstance(node, dict):
        return node
    return {
        key: base64.b64encode(bytes.fromhex(element)).decode()
        if key in ("traceId", "spanId", "parentSpanId") else with_base64_ids(element)
        for key, element in node.items()
    }


def comparable(spans):
    """64-bit numbers as text, in the same words on both sides."""
    return json.loads(json.dumps(spans), parse_int=str)


from_protobuf = ExportTraceServiceRequest.FromString(open(sys.argv[1], "rb").read())
from_json = json_format.ParseDict(with_base64_ids(json.load(open(sys.argv[2]))), ExportTraceServiceRequest())
expected = comparable(sorted(json.load(open(sys.argv[3])), key=lambda span: span["spanId"]))
for source, request in (("protobuf", from_protobuf), ("JSON", from_json)):
    spans = comparable(flat(request))
    if len(spans) != len(expected):
        sys.exit(f"{source}: {len(spans)} spans, {len(expected)} expected")
    for span, wanted in zip(spans, expected):
        if span != wanted:
            sys.exit(f"{source}: {json.dumps(span, indent=1)}\nis not\n{json.dumps(wanted, indent=1)}")
print(f"{len(expected)} spans")

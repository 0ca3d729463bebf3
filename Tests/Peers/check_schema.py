"""Compares our tables of OTLP's messages with the descriptors that the `opentelemetry-proto` package publishes.

usage: check_schema.py TABLES

TABLES has a line for each field: the message it is in, its number, its name in JSON, what it holds, `one` or `many`,
its oneof as a number (0: none) and the message or the names that it holds (`-`: none). Every message that can be
reached from a request must be there with all of its fields, and nothing else.
"""
import sys

from google.protobuf.descriptor import FieldDescriptor
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

REQUESTS = {
    "traceRequest": trace_service_pb2.ExportTraceServiceRequest,
    "metricsRequest": metrics_service_pb2.ExportMetricsServiceRequest,
    "logsRequest": logs_service_pb2.ExportLogsServiceRequest,
}
KINDS = {
    getattr(FieldDescriptor, "TYPE_" + kind.upper()): kind
    for kind in ("message", "string", "bytes", "bool", "int32", "uint32", "sint32", "int64", "uint64", "fixed32",
                 "fixed64", "sfixed64", "double")
}
KINDS[FieldDescriptor.TYPE_ENUM] = "enumeration"
# Bytes that are hexadecimal in OTLP/JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).
IDS = {"trace_id": "traceID", "span_id": "spanID", "parent_span_id": "spanID"}

ours = {}
for line in open(sys.argv[1]):
    message, number, name, kind, label, oneof, child = line.split()
    ours.setdefault(message, {})[int(number)] = (name, kind, label, int(oneof), child)


def shape(descriptor, children):
    """A message's fields as the tables have them; what they hold by the names of our own."""
    oneofs = []
    fields = {}
    for field in descriptor.fields:
        oneof = 0
        if field.containing_oneof:
            if field.containing_oneof.name not in oneofs:
                oneofs.append(field.containing_oneof.name)
            oneof = oneofs.index(field.containing_oneof.name) + 1
        kind = IDS.get(field.name, KINDS[field.type]) if field.type == FieldDescriptor.TYPE_BYTES else KINDS[field.type]
        child = children.get(field.number, ("", "", "", 0, "-"))[4]
        if field.enum_type:
            names = [value.name for value in sorted(field.enum_type.values, key=lambda value: value.number)]
            assert [value.number for value in field.enum_type.values] == list(range(len(names)))
            child = ",".join(names)
        fields[field.number] = (field.json_name, kind, "many" if field.is_repeated else "one", oneof, child)
        # Both forms of the name are read, and the second is derived from the first.
        derived = "".join("_" + letter.lower() if letter.isupper() else letter for letter in field.json_name)
        assert derived == field.name, field.full_name
    return fields


names = {}
waiting = [(name, request.DESCRIPTOR) for name, request in REQUESTS.items()]
while waiting:
    name, descriptor = waiting.pop()
    if name in names:
        if names[name] is not descriptor:
            sys.exit(f"{name} is {names[name].full_name} and {descriptor.full_name}")
        continue
    names[name] = descriptor
    found = ours.get(name, {})
    wanted = shape(descriptor, found)
    if found != wanted:
        difference = {number: (found.get(number), wanted.get(number))
                      for number in found.keys() | wanted.keys() if found.get(number) != wanted.get(number)}
        sys.exit(f"{name} is not {descriptor.full_name}: {difference}")
    for field in descriptor.fields:
        if field.message_type:
            waiting.append((found[field.number][4], field.message_type))
if names.keys() != ours.keys():
    sys.exit(f"no request has these in it: {sorted(ours.keys() - names.keys())}")
print(f"{len(names)} messages")

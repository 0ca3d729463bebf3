"""Compares proto/otlp.proto with the descriptors that the `opentelemetry-proto` package publishes.

usage: check_proto.py OUR_DESCRIPTOR_SET

Every message of ours that the original has must have its fields, with their numbers, types and labels, and no others;
text may be bytes. Every enumeration must have the same values.
"""
import sys

from google.protobuf import descriptor_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2
from opentelemetry.proto.common.v1 import common_pb2
from opentelemetry.proto.resource.v1 import resource_pb2
from opentelemetry.proto.trace.v1 import trace_pb2

# Fields of the original that are in development and that we do not speak.
IN_DEVELOPMENT = {("Resource", "entity_refs"), ("AnyValue", "string_value_strindex"), ("KeyValue", "key_strindex")}


def walk(prefix, messages, found):
    for message in messages:
        found[prefix + message.name] = message
        walk(prefix + message.name + ".", message.nested_type, found)


originals = {}
for module in (trace_service_pb2, common_pb2, resource_pb2, trace_pb2):
    file = descriptor_pb2.FileDescriptorProto()
    module.DESCRIPTOR.CopyToProto(file)
    walk("", file.message_type, originals)
ours = {}
files = descriptor_pb2.FileDescriptorSet.FromString(open(sys.argv[1], "rb").read())
walk("", files.file[0].message_type, ours)

BYTES, STRING = descriptor_pb2.FieldDescriptorProto.TYPE_BYTES, descriptor_pb2.FieldDescriptorProto.TYPE_STRING


def shape(name, message):
    fields = {}
    for field in message.field:
        if (name, field.name) in IN_DEVELOPMENT:
            continue
        kind = BYTES if field.type == STRING else field.type
        fields[field.name] = (field.number, kind, field.label, field.type_name.split(".")[-1])
    enums = {enum.name: {value.name: value.number for value in enum.value} for enum in message.enum_type}
    return fields, enums


compared = 0
for name, message in ours.items():
    if name.startswith("Rpc"):
        continue
    if name not in originals:
        sys.exit(f"{name}: the original has no such message")
    if shape(name, message) != shape(name, originals[name]):
        sys.exit(f"{name}:\n{shape(name, message)}\nis not\n{shape(name, originals[name])}")
    compared += 1
print(f"{compared} messages agree with opentelemetry-proto")

"""Decodes the files of receiver.py with the OpenTelemetry project's own messages, and writes OTLP/JSON lines.

usage (by an interpreter that has opentelemetry-proto): decode.py FOLDER
"""
import base64
import json
import pathlib
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

IDS = {"traceId", "spanId", "parentSpanId"}


def hex_ids(value):
    """Protobuf's JSON has bytes in base64, OTLP's has its ids in hex."""
    if isinstance(value, dict):
        return {key: base64.b64decode(inner).hex() if key in IDS else hex_ids(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [hex_ids(inner) for inner in value]
    return value


for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    request = ExportTraceServiceRequest()
    if path.suffix == ".json":
        print(json.dumps(json.loads(path.read_bytes())))
        continue
    request.ParseFromString(path.read_bytes())
    # Bytes that the messages do not know are a mistake of the sender.
    again = ExportTraceServiceRequest()
    again.ParseFromString(request.SerializeToString())
    again.DiscardUnknownFields()
    if again.ByteSize() != request.ByteSize():
        sys.exit(f"{path.name}: fields that opentelemetry-proto does not have")
    print(json.dumps(hex_ids(json_format.MessageToDict(request, use_integers_for_enums=True))))

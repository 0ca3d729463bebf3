"""Random export requests of all signals by protobuf's own classes, and what became of them.

usage: otlp_random.py make FOLDER SEED COUNT      writes requests N.SIGNAL.pb, the same as OTLP/JSON in N.SIGNAL.json,
                                                  and damaged ones in N.SIGNAL.damaged
       otlp_random.py compare FOLDER              compares with what was made of them:
           N.SIGNAL.pb.out        the request as it is passed on; must be the same bytes, without refused spans
           N.SIGNAL.pb.out.json   the same as OTLP/JSON; must say the same
           N.SIGNAL.json.out      protobuf from the JSON; must say the same
           N.SIGNAL.piece.K       pieces of a few items each; must have every item once, with all that is around it
           N.SIGNAL.counts        items passed on, spans refused
           N.SIGNAL.damaged.out   there if the damaged request was taken; must parse
"""
import base64
import collections
import json
import pathlib
import random
import sys

from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

REQUESTS = {
    "traces": ExportTraceServiceRequest, "metrics": ExportMetricsServiceRequest, "logs": ExportLogsServiceRequest}
IDS = {"trace_id": 16, "span_id": 8, "parent_span_id": 8}
JSON_IDS = {"traceId", "spanId", "parentSpanId", "trace_id", "span_id", "parent_span_id"}
TEXTS = ["", "a", "GET /cart/{id}", "größe 😀", "\"\\/\b\f\n\r\t\0", "\u2028\x7f", "x" * 300]
DOUBLES = [0.0, -0.0, 0.1, -1.5, 1e308, 5e-324, 123456789.123, float("inf"), float("-inf"), float("nan"), 1e21]


# Making.

def scalar(field, rnd):
    """A random value, often one at the edge of what the type holds."""
    kind = field.type
    if kind == FieldDescriptor.TYPE_STRING:
        return rnd.choice(TEXTS)
    if kind == FieldDescriptor.TYPE_BYTES:
        if field.name in IDS:
            return b"" if field.name.startswith("parent") and rnd.random() < 0.5 else rnd.randbytes(IDS[field.name])
        return rnd.randbytes(rnd.randrange(6))
    if kind == FieldDescriptor.TYPE_BOOL:
        return rnd.random() < 0.5
    if kind == FieldDescriptor.TYPE_DOUBLE:
        return rnd.choice(DOUBLES)
    if kind == FieldDescriptor.TYPE_ENUM:
        return rnd.choice(field.enum_type.values).number
    bits = 64 if field.cpp_type in (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64) else 32
    signed = field.cpp_type in (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_INT32)
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    return rnd.choice([0, 1, low, high, rnd.randint(low, high), rnd.randint(0, 200)])


def fill(message, rnd, depth=0):
    """Gives a message random fields, and now and then one that nobody knows."""
    chosen = {oneof.name: rnd.choice(oneof.fields) for oneof in message.DESCRIPTOR.oneofs}
    for field in message.DESCRIPTOR.fields:
        oneof = field.containing_oneof
        required = field.name in ("trace_id", "span_id") and message.DESCRIPTOR.name == "Span"
        if oneof and chosen[oneof.name] is not field or not required and rnd.random() < 0.3:
            continue
        if field.name in ("key_strindex", "string_value_strindex") and rnd.random() < 0.9:
            continue
        if field.message_type:
            if depth > 9 and field.message_type.name in ("ArrayValue", "KeyValueList"):
                continue
            if field.is_repeated:
                for _ in range(rnd.randrange(4 if depth < 6 else 3)):
                    fill(getattr(message, field.name).add(), rnd, depth + 1)
            else:
                getattr(message, field.name).SetInParent()
                fill(getattr(message, field.name), rnd, depth + 1)
        elif field.is_repeated:
            getattr(message, field.name).extend(scalar(field, rnd) for _ in range(rnd.randrange(5)))
        else:
            setattr(message, field.name, scalar(field, rnd))
    if rnd.random() < 0.1:
        message.MergeFromString(rnd.choice([
            b"\xf8\x3e\x07", b"\xfa\x3e\x03\xff\x00\xff", b"\xfd\x3e\x01\x02\x03\x04", b"\xf9\x3e12345678",
            b"\xfb\x3e\x08\x01\xfc\x3e"]))


def spoil(request, rnd):
    """Gives some spans ill-formed ids."""
    for resource in request.resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                if rnd.random() < 0.2:
                    name = rnd.choice(list(IDS))
                    wrong = [rnd.randbytes(IDS[name] - 1), rnd.randbytes(IDS[name] + 1)]
                    if not name.startswith("parent"):
                        wrong += [b"", bytes(IDS[name])]
                    setattr(span, name, rnd.choice(wrong))


def dress(node, rnd):
    """The same JSON in other words: unknown keys, ids in capitals, numbers as strings and the other way round."""
    if isinstance(node, list):
        return [dress(element, rnd) for element in node]
    if not isinstance(node, dict):
        return node
    result = {}
    if rnd.random() < 0.1:
        result["unknown"] = rnd.choice([None, 1.5, "x", [{"a": [True]}], {"key": {}}])
    for key, element in node.items():
        if key in JSON_IDS:
            element = base64.b64decode(element).hex()
            result[key] = element.upper() if rnd.random() < 0.2 else element
        elif isinstance(element, str) and key in ("intValue", "startTimeUnixNano", "count") and rnd.random() < 0.3:
            result[key] = int(element)
        elif key in ("flags", "droppedAttributesCount", "kind") and isinstance(element, int) and rnd.random() < 0.3:
            result[key] = str(element) if key != "kind" else element
        else:
            result[key] = dress(element, rnd)
    return result


def as_json(request, rnd):
    """A request as OTLP/JSON by protobuf's own mapping."""
    node = json_format.MessageToDict(
        request, use_integers_for_enums=rnd.random() < 0.7, preserving_proto_field_name=rnd.random() < 0.3)
    return json.dumps(dress(node, rnd), ensure_ascii=rnd.random() < 0.5, indent=rnd.choice([None, None, 1]))


def deep(arrays):
    """A request with a value in so many arrays."""
    def field(number, data):
        length, size = b"", len(data)
        while size > 0x7F:
            length += bytes([size & 0x7F | 0x80])
            size >>= 7
        return bytes([number << 3 | 2]) + length + bytes([size]) + data
    value = b""
    for _ in range(arrays):
        value = field(5, field(1, value))
    return field(1, field(2, field(2, field(1, b"\1" * 16) + field(2, b"\1" * 8) + field(9, field(2, value)))))


def make(folder, seed, count):
    """Writes the requests."""
    for number in range(count):
        for signal, kind in REQUESTS.items():
            rnd = random.Random(f"{seed} {number} {signal}")
            request = kind()
            fill(request, rnd)
            (folder / f"{number}.{signal}.json").write_text(as_json(request, rnd))
            if signal == "traces" and rnd.random() < 0.5:
                spoil(request, rnd)
            data = request.SerializeToString()
            (folder / f"{number}.{signal}.pb").write_bytes(data)
            damaged = bytearray(data)
            for _ in range(rnd.randrange(1, 3) if data else 0):
                damaged[rnd.randrange(len(damaged))] = rnd.randrange(256)
            (folder / f"{number}.{signal}.damaged").write_bytes(damaged)
    for number, arrays in enumerate(range(44, 52)):
        (folder / f"{count + number}.traces.damaged").write_bytes(deep(arrays))


# Comparing.

def known(message):
    """What it says, as bytes, without what nobody knows."""
    copy = type(message)()
    copy.CopyFrom(message)
    copy.DiscardUnknownFields()
    return copy.SerializeToString(deterministic=True)


def is_good(span):
    """Whether its ids are well-formed, and those of its links."""
    return (
        len(span.trace_id) == 16 and any(span.trace_id) and len(span.span_id) == 8 and any(span.span_id)
        and len(span.parent_span_id) in (0, 8)
        and all(len(link.trace_id) in (0, 16) and len(link.span_id) in (0, 8) for link in span.links))


def around(message, *fields):
    """A message without the fields that lead to the items, as bytes."""
    copy = type(message)()
    copy.CopyFrom(message)
    for field in fields:
        copy.ClearField(field)
    return copy.SerializeToString(deterministic=True)


def items(signal, request):
    """Every item with all that is around it, in order."""
    outer = around(request, "resource_spans" if signal == "traces" else f"resource_{signal}")
    inner = {"traces": "spans", "metrics": "metrics", "logs": "log_records"}[signal]
    suffix = "spans" if signal == "traces" else signal
    for resource in getattr(request, f"resource_{suffix}"):
        for scope in getattr(resource, f"scope_{suffix}"):
            context = (outer, around(resource, f"scope_{suffix}"), around(scope, inner))
            for item in getattr(scope, inner):
                if signal != "metrics":
                    yield *context, item.SerializeToString(deterministic=True)
                    continue
                kind = item.WhichOneof("data")
                for point in getattr(item, kind).data_points if kind else []:
                    metric = around(item, kind) + around(getattr(item, kind), "data_points")
                    yield *context, metric, point.SerializeToString(deterministic=True)


def with_base64_ids(node):
    """What google.protobuf expects of bytes, in place of OTLP's hexadecimal ids."""
    if isinstance(node, list):
        return [with_base64_ids(element) for element in node]
    if not isinstance(node, dict):
        return node
    return {
        key: base64.b64encode(bytes.fromhex(element)).decode() if key in JSON_IDS else with_base64_ids(element)
        for key, element in node.items()}


def compare_one(path, counts):
    """Compares what became of one request."""
    name = path.name.removesuffix(".pb")
    signal = name.split(".")[1]
    kind = REQUESTS[signal]
    original = kind.FromString(path.read_bytes())
    json_in = with_base64_ids(json.loads((path.parent / f"{name}.json").read_text()))
    from_json = json_format.ParseDict(json_in, kind(), ignore_unknown_fields=True)
    refused = 0
    if signal == "traces":
        for resource in original.resource_spans:
            for scope in resource.scope_spans:
                good = [span for span in scope.spans if is_good(span)]
                refused += len(scope.spans) - len(good)
                if len(good) < len(scope.spans):
                    good = [span.SerializeToString() for span in good]
                    del scope.spans[:]
                    for span in good:
                        scope.spans.add().ParseFromString(span)
    wanted = list(items(signal, original))
    passed, rejected = map(int, (path.parent / f"{name}.counts").read_text().split())
    assert (passed, rejected) == (len(wanted), refused), f"{passed} passed, {rejected} refused"
    if wanted:
        out = (path.parent / f"{name}.pb.out").read_bytes()
        assert refused or out == path.read_bytes(), "other bytes"
        assert kind.FromString(out).SerializeToString(deterministic=True) == original.SerializeToString(
            deterministic=True), "another request"
        text = (path.parent / f"{name}.pb.out.json").read_text()
        assert "\n" not in text, "several lines"
        back = json_format.ParseDict(with_base64_ids(json.loads(text)), kind())
        assert known(back) == known(original), "JSON says something else"
        pieces = sorted(path.parent.glob(f"{name}.piece.*"), key=lambda piece: int(piece.suffix[1:]))
        found = [list(items(signal, kind.FromString(piece.read_bytes()))) for piece in pieces]
        assert [item for piece in found for item in piece] == wanted, "other items in pieces"
        assert all(len(piece) == 3 for piece in found[:-1]) and len(found[-1]) <= 3, "pieces of another size"
        counts["pieces"] += len(pieces)
    translated = path.parent / f"{name}.json.out"
    if list(items(signal, from_json)):
        assert known(kind.FromString(translated.read_bytes())) == known(from_json), "another request from JSON"
    else:
        assert not translated.exists()
    counts["requests"] += 1
    counts["items"] += len(wanted)
    counts["refused"] += refused


def compare(folder):
    """Compares everything, and says how much that was."""
    counts = collections.Counter()
    for path in sorted(folder.glob("*.pb")):
        try:
            compare_one(path, counts)
        except Exception as error:
            sys.exit(f"{path}: {type(error).__name__} {error}")
    for path in folder.glob("*.damaged"):
        kind = REQUESTS[path.name.split(".")[1]]
        is_taken = path.with_name(path.name + ".out").exists()
        try:
            kind.FromString(path.read_bytes())
            counts["taken"] += is_taken
        except Exception as error:
            if is_taken:
                sys.exit(f"{path}: was taken, and does not parse: {error}")
            counts["malformed"] += 1
    print(json.dumps(counts))


if sys.argv[1] == "make":
    make(pathlib.Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
else:
    compare(pathlib.Path(sys.argv[2]))

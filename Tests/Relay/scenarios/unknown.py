"""What the relay does not know leaves as it came."""
import struct

from google.protobuf.descriptor import FieldDescriptor
from harness.registry import test
from relay import make, messages, ways
from relay.check import check, equal, require
from relay.sender import GRPCSender, HTTPSender, is_taken

# Fields 1000...1003 of every kind: a number, 8 bytes, text, 4 bytes.
UNKNOWN = b"\xc0\x3e\x96\x01" + b"\xc9\x3e12345678" + b"\xd2\x3e\x07unknown" + b"\xdd\x3e1234"
PROTOBUF_WAYS = ("otlp_grpc/gzip", "otlp_grpc/plain", "otlp_http/gzip", "otlp_http/plain")


def everything():
    """A request in which every message has something of every kind."""
    request, _ = make.traces(3)
    for span in request.resource_spans[0].scope_spans[0].spans:
        span.parent_span_id, span.trace_state, span.flags = b"12345678", "a=b", 0x301
        span.dropped_attributes_count, span.dropped_events_count, span.dropped_links_count = 1, 2, 3
        span.status.code, span.status.message = 2, "no"
        event = span.events.add(name="event", time_unix_nano=7, dropped_attributes_count=4)
        link = span.links.add(trace_id=b"1" * 16, span_id=b"2" * 8, trace_state="c=d", flags=1)
        for owner in (span, event, link):
            every_value(owner.attributes)
    request.resource_spans[0].schema_url = "https://example.org/resource"
    request.resource_spans[0].resource.dropped_attributes_count = 9
    scope_spans = request.resource_spans[0].scope_spans[0]
    scope_spans.schema_url, scope_spans.scope.dropped_attributes_count = "https://example.org/scope", 8
    every_value(request.resource_spans[0].resource.attributes)
    every_value(scope_spans.scope.attributes)
    return request


def every_value(attributes):
    """An attribute of each kind, with the values that are hard to write."""
    for number, text in enumerate(("", "\u0000\u001f\u007f", "\u2028 \U0010ffff", "\\\"/")):
        attributes.add(key=f"text.{number}").value.string_value = text
    for number, real in enumerate((float("inf"), float("-inf"), -0.0, 1e-310, 0.1 + 0.2, 1e21)):
        attributes.add(key=f"real.{number}").value.double_value = real
    attributes.add(key="nan").value.double_value = float("nan")
    attributes.add(key="number").value.int_value = -(1 << 63)
    attributes.add(key="yes").value.bool_value = True
    attributes.add(key="bytes").value.bytes_value = bytes(range(256))
    attributes.add(key="none")
    attributes.add(key="nothing").value.SetInParent()
    array = attributes.add(key="array").value.array_value
    array.values.add().string_value = "a"
    array.values.add().array_value.values.add().int_value = 1
    array.values.add().kvlist_value.values.add(key="deep").value.bytes_value = b"\xff"
    array.values.add()
    attributes.add(key="empty array").value.array_value.SetInParent()
    attributes.add(key="empty map").value.kvlist_value.SetInParent()
    pairs = attributes.add(key="map").value.kvlist_value
    pairs.values.add(key="same").value.int_value = 1
    pairs.values.add(key="same").value.int_value = 2


def add_unknown(message):
    """Adds unknown fields to a message and to every one in it."""
    for field, value in message.ListFields():
        if field.type == FieldDescriptor.TYPE_MESSAGE:
            for part in value if not hasattr(value, "ListFields") else [value]:
                add_unknown(part)
    message.MergeFromString(UNKNOWN)


def send(agent, body):
    """Sends a request by gRPC and by HTTP."""
    for sender in (GRPCSender(agent.grpc_port), HTTPSender(agent.http_port)):
        answer = sender.export(body)
        check(is_taken(answer), f"was not taken: {answer}")


def unchanged(world, body, spans):
    """Sends a request two ways and compares the bytes of every resource, scope and span that leave."""
    backends, sections = ways.every_way(world)
    agent = world.agent({name: sections[name] for name in PROTOBUF_WAYS})
    send(agent, body)
    ways.wait_for(backends, "traces", 2 * spans, lambda _, got: sum(messages.raw_items(one)[2].total() for one in got),
                  PROTOBUF_WAYS)
    agent.stop()
    problems = [*agent.unbalanced()]
    for way in PROTOBUF_WAYS:
        got = [messages.raw_items(one) for one in ways.bodies(backends, way)]
        for place, what in enumerate(("resources", "scopes", "spans")):
            wanted = messages.raw_items(body)[place]
            found = sum((one[place] for one in got[1:]), got[0][place])
            if set(found) != set(wanted):
                problems.append(f"{way}: {what} changed: {list(wanted)[0].hex()} came as {list(found)[0].hex()}")
            elif what == "spans" and found != wanted + wanted:
                problems.append(f"{way}: {found.total()} {what}, {2 * wanted.total()} were sent")
    require(problems)
    return backends


@test
def unknownFieldsAtEveryLevelLeaveByteForByte(world):
    request = everything()
    add_unknown(request)
    body = request.SerializeToString()
    check(body.count(UNKNOWN) > 100, "the request has no unknown fields")
    backends = unchanged(world, body, 3)
    for way in PROTOBUF_WAYS:
        for got in ways.bodies(backends, way):
            check(got.endswith(UNKNOWN), f"{way}: the request's own unknown fields are gone")


@test
def spansEncodedUnusuallyLeaveByteForByte(world):
    identity = lambda number: (  # noqa: E731
        # Numbers longer than need be, the name twice, fields in falling order, a field in between that nobody knows.
        b"\x39" + struct.pack("<Q", 7) + b"\x30\x83\x80\x00" + b"\x2a\x01a" + UNKNOWN + b"\x2a\x02bc"
        + b"\x12\x88\x80\x00" + struct.pack(">Q", number) + b"\x0a\x10" + struct.pack(">QQ", 5, number))
    spans = b"".join(b"\x12" + bytes([len(identity(number))]) + identity(number) for number in range(1, 6))
    # The resource after its spans, and in two parts, which protobuf reads as one.
    resource = b"\x0a\x04\x0a\x02\x0a\x00"
    scope_spans = b"\x12" + varint(len(spans)) + spans
    outer = resource + scope_spans + resource
    unchanged(world, b"\x0a" + varint(len(outer)) + outer, 5)


def varint(number):
    """A number as protobuf writes it."""
    found = b""
    while number > 127:
        found, number = found + bytes([number & 127 | 128]), number >> 7
    return found + bytes([number])


@test
def valuesOfEveryKindSurviveEveryWayOut(world):
    backends, sections = ways.every_way(world)
    agent = world.agent(sections)
    request = everything()
    send(agent, request.SerializeToString())
    answer = HTTPSender(agent.http_port).export(messages.to_json(request), content_type="application/json")
    equal(answer.status, 200, f"the answer to the same as JSON ({answer.body[:200]})")
    ways.wait_for(backends, "traces", 9, lambda signal, got: messages.items(
        signal, [messages.parse(signal, one) for one in got]).total())
    agent.stop()
    problems = [*agent.unbalanced()]
    for way in ways.WAYS:
        problems += [f"{way}: {line}" for line in messages.differences(
            "traces", [request] * 3, ways.bodies(backends, way))]
    require(problems)

"""Messages that should not be: a proper answer, bounded memory, and the relay goes on."""
import gzip
import json

from google.rpc import status_pb2
from harness.registry import test
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from relay import make, messages, raw
from relay.check import check, equal, require
from relay.sender import GRPCSender, HTTPSender, is_taken

LIMIT = 4 << 20
MEMORY = 150 << 20
DEEP = 10_000


class Target:
    """A relay that is treated badly, and a backend of each kind that must still get what is good."""

    def __init__(self, world):
        self.backends = {"otlp_http/proto": world.backend("http"), "otlp_http/json": world.backend("http")}
        self.agent = world.agent({
            "otlp_http/proto": self.backends["otlp_http/proto"].section(),
            "otlp_http/json": self.backends["otlp_http/json"].section(encoding="json", compression="none")})
        self.http, self.grpc = HTTPSender(self.agent.http_port), GRPCSender(self.agent.grpc_port)

    def still_relays(self):
        """Fails unless it relays what is good, and has taken little memory for what was not."""
        self.agent.require_alive()
        for port, make_sender in ((self.agent.http_port, HTTPSender), (self.agent.grpc_port, GRPCSender)):
            request, ids = make.traces(3)
            answer = make_sender(port).export(request.SerializeToString())
            check(is_taken(answer), f"a good request afterwards: {answer}")
            for backend in self.backends.values():
                backend.wait_for_spans(ids)
        peak = self.agent.peak_memory()
        check(peak < MEMORY, f"{peak >> 20} MiB were resident")

    def finish(self):
        """The same, and ends it."""
        self.still_relays()
        self.agent.stop()
        require(self.agent.unbalanced())


def is_status(answer):
    """Whether an HTTP answer has a google.rpc.Status that says something, in the content type of the request."""
    if answer.headers.get("content-type", "").startswith("application/json"):
        return bool(json.loads(answer.body).get("message"))
    return bool(status_pb2.Status.FromString(answer.body).message)


def refused(target, body, codes, content_type="application/x-protobuf", **options):
    """Fails unless a body is refused by HTTP, and by gRPC if it is protobuf."""
    status, name = codes
    answer = target.http.export(body, content_type=content_type, **options)
    equal(answer.status, status, f"the answer by HTTP ({answer.body[:100]})")
    if status == 400:
        wanted = "application/json" if content_type.startswith("application/json") else "application/x-protobuf"
        check(answer.headers.get("content-type", "").startswith(wanted), f"its content type: {answer.headers}")
        check(is_status(answer), f"the body is no Status with a message: {answer.body[:100]}")
    if name:
        answer = target.grpc.export(body, **{key: value for key, value in options.items() if key == "compress"})
        equal(answer.status, name, f"the answer by gRPC ({answer.body[:100]})")


def bomb(size, start=b""):
    """A request that inflates to so many bytes, by a field that nobody knows."""
    return start + raw.varint(1000 << 3 | 2) + raw.varint(size) + bytes(size)


@test
def gzipBombsAreRefused(world):
    target = Target(world)
    body = bomb(200 << 20, make.traces(3)[0].SerializeToString())
    packed = gzip.compress(body, 6)
    check(len(packed) < LIMIT // 8, "the bomb is larger than the limit before it goes off")
    for _ in range(3):
        answer = target.http.export(packed, Content_Encoding="gzip")
        equal(answer.status, 413, f"the answer by HTTP ({answer.body[:100]})")
        target.http.close()
    del packed
    answer = target.grpc.export(body, compress=True)
    equal(answer.status, "RESOURCE_EXHAUSTED", f"the answer by gRPC ({answer.body[:100]})")
    target.finish()


@test
def gzipThatIsNoneIsRefused(world):
    target = Target(world)
    packed = gzip.compress(make.traces(3)[0].SerializeToString())
    for body in (b"not gzip at all", packed[:-12], packed[:10], b""):
        answer = target.http.export(body, Content_Encoding="gzip")
        equal(answer.status, 400, f"the answer to {body[:20]!r}... ({answer.body[:100]})")
    target.finish()


@test
def oneByteMoreThanTheLimitIsRefusedAndTheLimitIsNot(world):
    target = Target(world)
    request, ids = make.traces(3)
    start = request.SerializeToString()
    # The key of the field takes 2 bytes and its length 4.
    whole = bomb(LIMIT - len(start) - 6, start)
    equal(len(whole), LIMIT, "the size of the largest request")
    for compress in (False, True):
        check(is_taken(target.http.export(whole, compress=compress)), "the limit itself is refused by HTTP")
        check(is_taken(target.grpc.export(whole, compress=compress)), "the limit itself is refused by gRPC")
    more = bomb(LIMIT + 1 - len(start) - 6, start)
    for compress in (False, True):
        refused(target, more, (413, "RESOURCE_EXHAUSTED"), compress=compress)
        target.http.close()
    target.backends["otlp_http/proto"].wait_for_spans(ids)
    target.finish()


@test
def nestingTenThousandDeepIsAnswered(world):
    target = Target(world)
    value = raw.field(1, b"end")
    pairs = value
    for _ in range(DEEP):
        value = raw.field(5, raw.field(1, value))
        pairs = raw.field(6, raw.field(1, raw.field(1, b"k") + raw.field(2, pairs)))
    for deep in (value, pairs):
        span = raw.field(1, b"1" * 16) + raw.field(2, b"2" * 8) + raw.field(9, raw.field(1, b"k") + raw.field(2, deep))
        body = raw.field(1, raw.field(2, raw.field(2, span)))
        for answer in (target.http.export(body), target.grpc.export(body)):
            check(answer.status in (400, "INVALID_ARGUMENT"), f"nesting in protobuf is answered with {answer}")
    text = '{"arrayValue":{"values":[' * DEEP + '{"boolValue":true}' + "]}}" * DEEP
    span = f'{{"traceId":"{"01" * 16}","spanId":"{"02" * 8}","attributes":[{{"key":"k","value":{text}}}]}}'
    known = f'{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{span}]}}]}}]}}'
    for body in (known, '{"unknown":' + "[" * DEEP + "]" * DEEP + "}", "[" * 1_000_000, '{"a":' * 500_000):
        answer = target.http.export(body.encode(), content_type="application/json")
        equal(answer.status, 400, f"nesting in JSON ({answer.body[:100]})")
    target.finish()


@test
def truncatedProtobufIsRefused(world):
    target = Target(world)
    body = make.traces(2)[0].SerializeToString()
    for end in range(1, len(body), max(1, len(body) // 40)):
        refused(target, body[:end], (400, "INVALID_ARGUMENT"))
    target.finish()


@test
def lengthsBeyondTheMessageAreRefused(world):
    target = Target(world)
    for body in (
        b"\x0a\xff\xff\xff\xff\x0f", b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", b"\x0a\x05abc",
        b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", b"\xff" * 11, b"\x0a", b"\x0b", b"\x0f\x01", b"\x00\x00",
        raw.field(1, b"\x12\x7f"), raw.field(1, raw.field(2, b"\x12\xff\xff\xff\xff\x07")),
        b"\x08\x01", b"\x0d1234",
    ):
        refused(target, body, (400, "INVALID_ARGUMENT"))
    target.finish()


@test
def textThatIsNoUTF8IsAnsweredAndNeverLeavesAsJSON(world):
    target = Target(world)
    for bad in (b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80", b"abc\xf0\x9f\x98"):
        span = raw.field(1, b"3" * 16) + raw.field(2, b"4" * 8) + raw.field(5, bad)
        span += raw.field(9, raw.field(1, bad) + raw.field(2, raw.field(1, bad)))
        body = raw.field(1, raw.field(2, raw.field(2, span)))
        for answer in (target.http.export(body), target.grpc.export(body)):
            check(answer.status in (200, 400, "OK", "INVALID_ARGUMENT"), f"answered with {answer}")
    for bad in (b'{"resourceSpans":[{"schemaUrl":"\xff"}]}', b'\xff\xfe{\x00}\x00', b'{"a":"\xed\xa0\x80"}'):
        answer = target.http.export(bad, content_type="application/json")
        equal(answer.status, 400, f"the answer to JSON that is no UTF-8 ({answer.body[:100]})")
    target.finish()
    for body in target.backends["otlp_http/json"].bodies():
        json.loads(body.decode("utf-8"))


@test
def spansWithoutGoodIdsAreRejectedAloneAndCounted(world):
    target = Target(world)
    bad = [("trace_id", bytes(16)), ("span_id", bytes(8)), ("trace_id", b"1" * 8), ("span_id", b"1" * 7),
           ("span_id", b""), ("trace_id", b"1" * 17), ("trace_id", b"")]
    sent = []

    def request():
        message, _ = make.traces(12)
        spans = message.resource_spans[0].scope_spans[0].spans
        for index, (name, value) in enumerate(bad):
            setattr(spans[index], name, value)
        sent.append([span.span_id.hex() for span in spans[len(bad):]])
        return message

    answers = [target.http.export(request().SerializeToString()), target.grpc.export(request().SerializeToString())]
    for answer in answers:
        check(is_taken(answer), f"not taken: {answer}")
        partial = ExportTraceServiceResponse.FromString(answer.body).partial_success
        equal(partial.rejected_spans, len(bad), "rejected spans")
        check(partial.error_message, "the partial success does not say why")
    answer = target.http.export(messages.to_json(request()), content_type="application/json")
    equal(answer.status, 200, f"the answer to JSON ({answer.body[:200]})")
    partial = json.loads(answer.body).get("partialSuccess", {})
    equal(int(partial.get("rejectedSpans", 0)), len(bad), "rejected spans of JSON")
    good = [span for ids in sent for span in ids]
    for backend in target.backends.values():
        backend.wait_for_spans(good)
    target.finish()
    for name, backend in target.backends.items():
        # Two good requests of 3 spans came with each look at whether it still relays.
        equal(backend.taken().total(), len(good) + 6, f"spans that {name} got")
        equal(target.agent.counters(name)["accepted"], len(good) + 6, f"spans that {name} accepted")


def span_json(**more):
    """A request of one span as OTLP/JSON."""
    span = {"traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "name": "a", **more}
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()


@test
def jsonIsReadAsOTLPSaysAndNoOtherwise(world):
    target = Target(world)

    def answer(body):
        return target.http.export(body, content_type="application/json")

    for body in (
        span_json(startTimeUnixNano="1700000000000000000", kind=2), span_json(startTimeUnixNano=1700000000000000000),
        span_json(traceId="5B8EFFF798038103D269B633813FC60C"), span_json(unknown={"a": [1, {"b": None}]}),
        span_json(attributes=[{"key": "k", "value": {"intValue": 5}}, {"key": "k", "value": {"intValue": "5"}}]),
        span_json(attributes=[{"key": "k", "value": {"doubleValue": "NaN"}}, {"value": {"doubleValue": 1}}]),
        span_json(parentSpanId="", traceState="", links=[], events=[], status={}), span_json(name=None), b"{}",
        b' \n{"resourceSpans" : [ ] }\r\n', span_json(name="\ud83d\ude00 \u0000"),
    ):
        equal(answer(body).status, 200, f"the answer to {body[:300]!r}")
    for body in (
        span_json(name=5), span_json(name=["a"]), span_json(attributes=[{"key": 7, "value": {}}]),
        span_json(attributes=[{"key": "k", "value": {"stringValue": 5}}]), span_json(startTimeUnixNano="soon"),
        span_json(startTimeUnixNano=-1), span_json(startTimeUnixNano="99999999999999999999"), span_json(events={}),
        span_json(droppedAttributesCount=1.5), b"", b"[]", b"null", b'"text"', b"{", b'{"resourceSpans":[}',
        b'{"resourceSpans":[]} x', b"{'resourceSpans':[]}", b'{"resourceSpans":{}}', b'{"a":01}', b'{"a":"\\x"}',
    ):
        found = answer(body)
        equal(found.status, 400, f"the answer to {body[:300]!r}")
        check(is_status(found), f"no Status with a message: {found.body[:100]}")
    target.finish()


@test
def requestsThatAreNoExportsAreToldSo(world):
    target = Target(world)
    body = make.traces(1)[0].SerializeToString()
    for content_type in ("text/plain", "application/xml", "application/x-protobuf-but-not", "", "a" * 1000):
        equal(target.http.export(body, content_type=content_type).status, 415, f"the answer to {content_type[:30]!r}")
    for encoding in ("br", "zstd", "gzip, gzip", "x"):
        found = target.http.export(body, Content_Encoding=encoding)
        check(found.status in (400, 415), f"the content encoding {encoding} is answered with {found.status}")
    for content_type in ("application/x-protobuf; charset=utf-8", "Application/X-Protobuf"):
        equal(target.http.export(body, content_type=content_type).status, 200, f"the answer to {content_type}")
    equal(target.http.export(body, Content_Encoding="identity").status, 200, "the answer to the encoding identity")
    for path in ("/", "/v1/profiles", "/v1/traces/more", "/v1", "/v1/TRACES", "/" + "x" * 5000):
        check(target.http.export(body, path=path).status in (404, 414), f"{path[:30]} is there")
    for method in ("GET", "PUT", "DELETE", "HEAD"):
        target.http.connection.request(method, "/v1/traces")
        response = target.http.connection.getresponse()
        response.read()
        equal(response.status, 405, f"the answer to {method}")
    service = "/opentelemetry.proto.collector.trace.v1.TraceService"
    for method in (f"{service}/Other", f"{service}", "/grpc.health.v1.Health/Check", "/"):
        found = target.grpc.export(body, method=method)
        equal(found.status, "UNIMPLEMENTED", f"the answer to {method}")
    target.finish()

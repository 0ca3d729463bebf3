"""Trace contexts: every carrier with every dialect that a real client can put there. Each is a request or message of
its own with a trace of its own, under whose caller the client's span must hang, and under that the server's."""
import base64
import collections
import json
import sys
import urllib.parse

from harness.python import python_with
from harness.registry import test
from harness.world import check
from live import web
from live.world import CLIENTS
from scenarios import fastcgi, grpc, kafka, mqtt, nats

# What a context names: the caller's span in its trace, and the fields that say so.
Context = collections.namedtuple("Context", "name trace span headers")


def text(value):
    """A field of sw8."""
    return base64.b64encode(value.encode()).decode()


def sw8(name, number):
    """A context of SkyWalking's: the trace is a UUID's bytes, the span the segment's mixed with its index, folded."""
    trace, segment, index = f"{number:02x}" * 16, bytes(range(number, number + 16)), 3
    mixed = bytes(byte ^ other for byte, other in zip(segment, index.to_bytes(4, "little") + bytes(12)))
    span = bytes(mixed[place] ^ mixed[place + 8] for place in range(8)).hex()
    fields = ["1", text(trace), text(segment.hex()), str(index), *map(text, ("shop", "one", "/buy", "10.0.0.1:80"))]
    return Context(name, trace, span, [("sw8", "-".join(fields))])


def contexts():
    """One of each dialect, each in a trace of its own, in spellings that real senders use."""
    def ids(number):
        return f"{number:02x}" * 16, f"{number + 0x10:02x}" * 8

    trace, span = ids(0x21)
    yield Context("w3c", trace, span, [("Traceparent", f"00-{trace}-{span}-01"), ("TraceState", "a=1,b=2")])
    trace, span = ids(0x22)
    yield Context("jaeger", trace, span, [("uber-trace-id", f"{trace}:{span}:0:1")])
    span = f"{0x0b:016x}"
    yield Context("short", f"{0xabc:032x}", span, [("Uber-Trace-Id", "abc:b:0:1")])
    trace, span = ids(0x23)
    yield Context("single", trace, span, [("b3", f"{trace}-{span}-1")])
    trace, span = ids(0x24)
    yield Context(
        "multi", trace, span, [("X-B3-TraceId", trace), ("X-B3-SpanId", span), ("X-B3-Sampled", "1")])
    yield sw8("skywalking", 0x25)
    trace, span = ids(0x26)
    yield Context("own", trace, span, [("x-own-trace", trace), ("X-OWN-SPAN", span)])


ALL = list(contexts())


def capturing(world):
    """The agent, which reads names of ours as well."""
    keys = {"trace_id": ["X-Own-Trace"], "span_id": ["X-Own-Span"]}
    return world.agent_starting(processors={"merge": {"keys": keys}}).wait_until_active()


def sent(world, carrier, port, packages=(), these=None, more=()):
    """Sends all of them by one client."""
    these = ALL if these is None else these
    client = world.start_client("contexts_client.py", carrier, port, *more, packages=packages)
    client.wait_ready()
    client.go(json.dumps([[context.name, context.headers] for context in these]))
    said = [line["sent"] for line in client.wait() if "sent" in line]
    check(said == [context.name for context in these], f"{carrier}: sent {said}")


def only(spans, kind, name):
    """The one span of a kind and a name."""
    found = [span for span in spans if span.kind == kind and span.operation == name]
    check(len(found) == 1, f"{len(found)} {kind} spans {name!r}: {sorted({(s.kind, s.name) for s in spans})}")
    return found[0]


def hang_together(context, caller, callee):
    """Holds both ends of what carried a context against it."""
    for span in (caller, callee):
        check(span.trace_id == context.trace, f"{context.name}: {span} is in {span.trace_id}, not {context.trace}")
    check(caller.parent == context.span, f"{context.name}: {caller} hangs from {caller.parent}, not {context.span}")
    check(callee.parent == caller.span_id, f"{context.name}: {callee} hangs from {callee.parent}")


def are_in_trace(context, spans):
    """Holds spans of a message that is on its way to a consumer against the context that it carries."""
    check(spans, f"{context.name}: no spans")
    for span in spans:
        check(span.trace_id == context.trace, f"{context.name}: {span} is in {span.trace_id}, not {context.trace}")


def by_path(spans, kind, context):
    """The span of a request by its path."""
    found = [
        span for span in spans if span.kind == kind and f"/{context.name}" in (
            span.attributes.get("url.path"), urllib.parse.urlsplit(span.attributes.get("url.full", "")).path)]
    check(len(found) == 1, f"{context.name}: {list(map(str, found))} of {len(spans)}")
    return found[0]


@test(every_hook=False)
def contextsInHeadersOfHTTPAndRemoteCalls(world):
    web1, web2, dubbo = world.port(), world.port(), world.port()
    world.server("http1", [sys.executable, "-B", CLIENTS / "http1_server.py", web1], web1)
    world.server("h2", [python_with("h2"), "-B", CLIENTS / "h2_server.py", web2], web2)
    world.server("dubbo", [sys.executable, "-B", CLIENTS / "dubbo_server.py", dubbo], dubbo)
    rpc = grpc.served(world)
    agent = capturing(world)
    sent(world, "http1", web1)
    sent(world, "http2", web2, ["httpx[http2]"])
    sent(world, "grpc", rpc, ["grpcio"])
    sent(world, "dubbo", dubbo)
    spans = world.finish(agent, web1)
    for context in ALL:
        for port in (web1, web2):
            of = world.spans(agent, port)
            hang_together(context, by_path(of, "CLIENT", context), by_path(of, "SERVER", context))
        for port, name in ((rpc, f"test.Echo/Unary{context.name}"), (dubbo, f"com.example.Shop/{context.name}")):
            of = world.spans(agent, port)
            hang_together(context, only(of, "CLIENT", name), only(of, "SERVER", name))
    check(all("e" * 32 not in (span.trace_id, span.parent) for span in spans), "a context on an answer counts")


@test
def contextsBehindWhatIsLongAreFound(world):
    port = world.port()
    world.server("http1", [sys.executable, "-B", CLIENTS / "http1_server.py", port], port)
    agent = capturing(world)
    these = []
    for number, (name, before, behind) in enumerate((("three", 3000, 0), ("ten", 10_000, 0), ("both", 3000, 700)), 1):
        trace, span = f"{0x30 + number:02x}" * 16, f"{0x40 + number:02x}" * 8
        headers = [
            ("Cookie", "c" * before), ("traceparent", f"00-{trace}-{span}-01"), ("X-Last", "l" * behind)]
        these.append(Context(name, trace, span, headers))
    sent(world, "http1", port, these=these)
    spans = world.finish(agent, port)
    for context in these:
        hang_together(context, by_path(spans, "CLIENT", context), by_path(spans, "SERVER", context))


@test(every_hook=False)
def contextsInParametersOfFastCGI(world):
    fpm = world.port()
    fastcgi.fpm(world, f"127.0.0.1:{fpm}")
    port = fastcgi.front(world, f"127.0.0.1:{fpm}")
    agent = capturing(world)
    sent(world, "http1", port)
    direct = [context._replace(name=f"direct-{context.name}") for context in ALL]
    sent(world, "fastcgi", fpm, these=direct, more=[world.folder / "app.php"])
    outer = [span for span in world.finish(agent, port) if span.attributes["network.protocol.name"] == "http"]
    inner = fastcgi.of_fastcgi(world.spans(agent, fpm), "CLIENT") + fastcgi.of_fastcgi(
        world.spans(agent, fpm), "SERVER")
    for context in ALL:
        client, served = by_path(outer, "CLIENT", context), by_path(outer, "SERVER", context)
        hang_together(context, client, served)
        # Passed on as it came, it says nothing of the hop: that PHP is called by nginx is known otherwise.
        call, script = by_path(inner, "CLIENT", context), by_path(inner, "SERVER", context)
        are_in_trace(context, [call, script])
        check((call.parent, script.parent) == (served.span_id, call.span_id), f"{context.name}: {call} {script}")
    for context in direct:
        hang_together(context, by_path(inner, "CLIENT", context), by_path(inner, "SERVER", context))


@test(every_hook=False)
def contextsInMetadataOfMessages(world):
    subjects, _ = nats.server(world)
    topics, _ = mqtt.broker(world)
    agent = capturing(world)
    sent(world, "nats", subjects, ["nats-py"])
    sent(world, "mqtt", topics, ["paho-mqtt"])
    world.finish(agent, subjects)
    for context in ALL:
        for port, name in ((subjects, f"shop.{context.name}"), (topics, f"shop/{context.name}")):
            of = world.spans(agent, port)
            hang_together(context, only(of, "PRODUCER", f"publish {name}"), only(of, "SERVER", f"publish {name}"))
            are_in_trace(context, [only(of, kind, f"deliver {name}") for kind in ("CONSUMER", "SERVER")])


def through_queues(world, port):
    """The same of AMQP: published, delivered and got. Its broker is started by its own test."""
    agent = capturing(world)
    sent(world, "amqp", port, ["pika"])
    of = world.finish(agent, port)
    for context in ALL:
        published = [
            [span for span in of if span.kind == kind and span.name == f"publish {context.name}"]
            for kind in ("PRODUCER", "SERVER")]
        check(list(map(len, published)) == [2, 2], f"{context.name}: {published}")
        hang_together(context, published[0][0], published[1][0])
        # The second one carries what was delivered before.
        are_in_trace(context, [published[0][1], published[1][1]])
        for what in ("deliver", "get"):
            are_in_trace(context, [only(of, kind, f"{what} {context.name}") for kind in ("CONSUMER", "SERVER")])


@test(every_hook=False)
def contextsInHeadersOfRecords(world):
    port, _ = kafka.broker(world)
    agent = capturing(world)
    sent(world, "kafka", port, kafka.PACKAGES)
    spans = world.finish(agent, port)
    for context in ALL:
        of = [span for span in spans if span.attributes.get("messaging.destination.name") == context.name]
        sends = [next(iter(kafka.chosen(of, kind, "send")), None) for kind in ("PRODUCER", "SERVER")]
        check(all(sends), f"{context.name}: {list(map(str, of))}")
        hang_together(context, *sends)
        polls = [[span for span in kafka.chosen(of, kind, "poll") if span.attributes.get(kafka.COUNT) == 1]
                 for kind in ("CONSUMER", "SERVER")]
        check(list(map(len, polls)) == [1, 1], f"{context.name}: {list(map(str, of))}")
        are_in_trace(context, [polls[0][0], polls[1][0]])


@test(every_hook=False)
def batchWithSeveralContextsIsATraceOfItsOwnThatLinksToAll(world):
    port, _ = kafka.broker(world)
    agent = capturing(world)
    sent(world, "kafka_batch", port, kafka.PACKAGES)
    spans = world.finish(agent, port)
    expected = {(context.trace, context.span) for context in ALL}
    send = only_with(spans, "PRODUCER", "send")
    poll = only_with(spans, "CONSUMER", "poll")
    for span in (send, poll):
        check(span.trace_id not in {trace for trace, _ in expected}, f"{span} is in one of several traces")
        check(set(span.links) == expected and len(span.links) == len(ALL), f"{span} links to {span.links}")


def only_with(spans, kind, operation):
    """The one span of an operation with all messages."""
    found = [
        span for span in kafka.chosen(spans, kind, operation) if span.attributes.get(kafka.COUNT) == len(ALL)]
    check(len(found) == 1, f"{kind} {operation}: {list(map(str, kafka.chosen(spans, kind, operation)))}")
    return found[0]

"""Services that OpenTelemetry's SDK traces -> the relay's file -> `interspan correlate`, which is not told any trace or
parent id: the tree that it finds is the one that the SDK made."""
import concurrent.futures
import http.client
import http.server
import json
import subprocess
import threading

from harness.registry import test
from opentelemetry import propagate, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from relay import sdk
from relay.check import check, equal

# Whom each service asks, one after the other.
SERVICES = {"front": ["shop", "users"], "shop": ["stock", "stock"], "users": [], "stock": []}


class Service:
    """A service with a thread for each request, traced by hand as instrumentations do it."""

    def __init__(self, name, ports, kept, says):
        self.name, self.ports, self.says = name, ports, says
        provider = TracerProvider(resource=Resource({"service.name": name}), shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(kept))
        self.tracer = provider.get_tracer("by hand")
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                service.handle(self)

            def log_message(self, *_):
                """Says nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        ports[name] = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def handle(self, request):
        """A request: its own span, and one for each call."""
        attributes = {"http.request.method": "GET", "url.path": request.path}
        if "ports" in self.says:
            attributes["client.port"] = request.client_address[1]
        with self.span(f"GET /{self.name}", trace.SpanKind.SERVER, attributes, propagate.extract(request.headers)):
            for callee in SERVICES[self.name]:
                self.call(callee)
        request.send_response(200)
        request.send_header("Content-Length", "2")
        request.end_headers()
        request.wfile.write(b"ok")

    def call(self, callee):
        """Asks another service over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[callee])
        connection.connect()
        attributes = {
            "http.request.method": "GET", "url.full": f"http://{callee}/{callee}", "server.address": callee}
        if "ports" in self.says:
            attributes["network.local.port"] = connection.sock.getsockname()[1]
        with self.span("GET", trace.SpanKind.CLIENT, attributes):
            headers = {}
            propagate.inject(headers)
            connection.request("GET", f"/{callee}", headers=headers)
            connection.getresponse().read()
        connection.close()

    def span(self, name, kind, attributes, context=None):
        """A span that says which thread it is of."""
        return self.tracer.start_as_current_span(
            name, context=context, kind=kind, attributes={**attributes, "thread.id": threading.get_native_id()})


def traced(world, requests, at_once, says):
    """Spans of requests that came from outside, as lines of the relay's file."""
    kept, ports = InMemorySpanExporter(), {}
    services = [Service(name, ports, kept, says) for name in SERVICES]

    def ask(_):
        connection = http.client.HTTPConnection("127.0.0.1", ports["front"])
        connection.request("GET", "/front")
        connection.getresponse().read()
        connection.close()

    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        list(pool.map(ask, range(requests)))
    for service in services:
        service.server.shutdown()
    path = world.folder / "spans.jsonl"
    agent = world.agent({"file": {"path": str(path)}})
    exporter = sdk.exporter("json", agent)
    spans = list(kept.get_finished_spans())
    for start in range(0, len(spans), 64):
        equal(exporter.export(spans[start:start + 64]).name, "SUCCESS", "what the SDK's exporter says")
    exporter.shutdown()
    agent.stop()
    return path.read_text().splitlines()


def spans_of(lines):
    """Every span of some lines."""
    for line in lines:
        for resource in json.loads(line)["resourceSpans"]:
            for scope in resource["scopeSpans"]:
                yield from scope["spans"]


def stripped(lines):
    """The lines without any id of a trace or a parent."""
    for line in lines:
        request = json.loads(line)
        for span in spans_of([line]):
            check(span["traceId"], "a span without a trace")
        for resource in request["resourceSpans"]:
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    span.pop("traceId")
                    span.pop("parentSpanId", None)
        yield json.dumps(request)


def compare(world, requests, at_once, says):
    """The tree that comes out against the one that went in."""
    lines = traced(world, requests, at_once, says)
    source, target = world.folder / "stripped.jsonl", world.folder / "joined.jsonl"
    source.write_text("".join(line + "\n" for line in stripped(lines)))
    done = subprocess.run(
        [world.binary, "correlate", source, "--across", "--output", target], capture_output=True, text=True,
        timeout=120)
    equal((done.returncode, done.stderr), (0, ""), "how it ended")
    before = {span["spanId"]: span.get("parentSpanId", "") for span in spans_of(lines)}
    joined = list(spans_of(target.read_text().splitlines()))
    equal(len(before), requests * 9, "spans of the SDK")
    equal({span["spanId"]: span["parentSpanId"] for span in joined}, before, "parents")
    equal(len({span["traceId"] for span in joined}), requests, "traces")
    # In a trace is what hangs together.
    traces = {span["spanId"]: span["traceId"] for span in joined}
    equal([span["spanId"] for span in joined
           if span["parentSpanId"] and traces[span["parentSpanId"]] != span["traceId"]], [], "torn traces")


@test
def theTreeOfTheSDKIsFoundWithoutItsIds(world):
    compare(world, requests=200, at_once=16, says={"ports"})


@test
def oneAfterTheOtherTheTreeIsFoundByTimesAlone(world):
    compare(world, requests=60, at_once=1, says=set())

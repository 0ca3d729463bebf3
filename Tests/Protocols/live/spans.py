"""Spans by the names that the conventions give kinds and states, and of one server."""
import collections
import dataclasses
import json

from harness import otlp

KINDS = {1: "INTERNAL", 2: "SERVER", 3: "CLIENT", 4: "PRODUCER", 5: "CONSUMER"}
STATES = {0: "UNSET", 1: "OK", 2: "ERROR"}
PORTS = ("server.port", "network.local.port", "network.peer.port")
ADDRESSES = ("server.address", "network.local.address", "network.peer.address")


@dataclasses.dataclass
class Span:
    """One span."""
    name: str
    kind: str
    status: str
    attributes: dict
    trace_id: str
    span_id: str
    parent: str
    start: int
    end: int
    resource: dict
    # What it links to: (trace id, span id) of each.
    links: list

    @property
    def operation(self):
        """The name; of HTTP the method alone, since how a route is called depends on what was learned before."""
        return self.name.split(" ")[0] if "http.request.method" in self.attributes else self.name

    @property
    def service(self):
        """Whose it is."""
        return self.resource.get("service.name")

    @property
    def pid(self):
        """The process it belongs to."""
        return self.resource.get("process.pid")

    @property
    def exchange(self):
        """The id of its exchange, which both ends have in common."""
        return self.attributes.get("interspan.exchange.id")

    def is_at(self, where):
        """Whether its server listens there: a port, or the path of a socket."""
        keys = PORTS if isinstance(where, int) else ADDRESSES
        return where in [self.attributes.get(key) for key in keys]

    def __str__(self):
        return f"{self.kind} {self.name} {self.status} {self.attributes}"


def of_lines(text, where=None):
    """The spans of lines of OTLP/JSON, those of one server if it is named, by the time they began."""
    spans = []
    for line in text.splitlines():
        if not line:
            continue
        for span in otlp.spans_of(json.loads(line)):
            spans.append(Span(
                name=span.name, kind=KINDS.get(span.kind, str(span.kind)),
                status=STATES.get(span.status, str(span.status)), attributes=span.attributes, trace_id=span.trace_id,
                span_id=span.span_id, parent=span.parent_id, start=span.start, end=span.end, resource=span.resource,
                links=span.links))
    return sorted((span for span in spans if where is None or span.is_at(where)), key=lambda span: span.start)


def name_differences(spans, kind, expected):
    """What is wrong with the names of the spans of a kind, those of HTTP without their routes. expected: {name: how
    many of it}, or the names."""
    expected = collections.Counter(expected)
    actual = collections.Counter(span.operation for span in spans if span.kind == kind)
    for name in sorted(expected.keys() | actual.keys()):
        if expected[name] != actual[name]:
            yield f"{kind} {name!r}: {actual[name]} of {expected[name]}"


def story(spans):
    """What live capture and a replay of the same traffic must agree on, for each span."""
    return {span.span_id: (span.kind, span.operation, span.status, span.exchange) for span in spans}


def story_differences(live, replayed):
    """Where they do not."""
    live, replayed = story(live), story(replayed)
    for key in live.keys() | replayed.keys():
        if live.get(key) != replayed.get(key):
            yield f"live {live.get(key)}, replayed {replayed.get(key)}"

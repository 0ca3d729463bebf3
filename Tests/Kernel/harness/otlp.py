"""Spans as OTLP/JSON lines hold them: one ExportTraceServiceRequest a line."""
import dataclasses
import json
import pathlib
import urllib.parse

SERVER = 2
CLIENT = 3
ERROR = 2


@dataclasses.dataclass
class Span:
    """One span, with its resource's attributes."""
    trace_id: str
    span_id: str
    parent_id: str
    name: str
    kind: int
    start: int
    end: int
    status: int
    attributes: dict
    resource: dict
    scope: str = ""             # the name of what made it
    links: list = dataclasses.field(default_factory=list)   # (trace id, span id) of each

    @property
    def path(self):
        """The path of the request, without the query."""
        if "url.path" in self.attributes:
            return self.attributes["url.path"]
        return urllib.parse.urlsplit(self.attributes.get("url.full", "")).path

    @property
    def key(self):
        """What tells the span from all others where every exchange has a path of its own."""
        return self.path, self.kind

    @property
    def operation(self):
        """The name; of HTTP the method alone, since how a route is called depends on what was learned before."""
        return self.name.split(" ")[0] if "http.request.method" in self.attributes else self.name

    @property
    def pid(self):
        """The process it belongs to."""
        return self.resource.get("process.pid")

    @property
    def http_status(self):
        """The status code; None if no response came."""
        return self.attributes.get("http.response.status_code")


def _value(value):
    kind, content = next(iter(value.items()), (None, None))
    if kind == "intValue":
        return int(content)
    if kind == "doubleValue":
        return float(content)
    if kind == "arrayValue":
        return [_value(item) for item in content.get("values", [])]
    return content


def _attributes(pairs):
    return {pair["key"]: _value(pair.get("value", {})) for pair in pairs or []}


def spans_of(request):
    """The spans of one request, as `json` reads it."""
    for resource_spans in request.get("resourceSpans", []):
        resource = _attributes(resource_spans.get("resource", {}).get("attributes"))
        for scope_spans in resource_spans.get("scopeSpans", []):
            scope = scope_spans.get("scope", {}).get("name", "")
            for span in scope_spans.get("spans", []):
                yield Span(
                    trace_id=span.get("traceId", ""), span_id=span.get("spanId", ""),
                    parent_id=span.get("parentSpanId", ""), name=span.get("name", ""), kind=int(span.get("kind", 0)),
                    start=int(span.get("startTimeUnixNano", 0)), end=int(span.get("endTimeUnixNano", 0)),
                    status=int(span.get("status", {}).get("code", 0)), attributes=_attributes(span.get("attributes")),
                    resource=resource, scope=scope,
                    links=[(link.get("traceId", ""), link.get("spanId", "")) for link in span.get("links", [])])


def read(path):
    """Every span of a file."""
    path = pathlib.Path(path)
    if not path.exists():
        return []
    return [span for line in path.read_text().splitlines() if line for span in spans_of(json.loads(line))]

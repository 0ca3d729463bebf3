"""Compares the whole trees of requests with those that had to come.

A span is known by who made it, whose it is, its kind, and what it is about: (maker, service, kind, what). What it is
about is the path of an HTTP request, or the alias in a statement; either ends with the number of the request, of which
a tree has one."""
import dataclasses
import re

from harness.otlp import CLIENT, SERVER

OURS, SDK = "interspan", "sdk"
KINDS = {SERVER: "SERVER", CLIENT: "CLIENT", 1: "INTERNAL", 4: "PRODUCER", 5: "CONSUMER"}
# One clock, put on the wall clock by an offset that is sampled each second; an SDK samples its own once for each trace.
CLOCK_TOLERANCE_NS = 5_000_000
# What a span says whose clock is not that of its partner.
SKEW = "interspan.clock.skew_ns"
STATEMENT = ("db.query.text", "db.statement")


def what_of(span):
    """What a span is about."""
    for name in STATEMENT:
        if name in span.attributes:
            found = re.search(r"\bn(\d+)\b", span.attributes[name])
            return found[0] if found else span.attributes[name]
    return span.path or span.name


def key_of(span):
    """What tells a span from all others."""
    maker = OURS if span.scope == OURS else SDK
    return maker, span.resource.get("service.name", "?"), KINDS.get(span.kind, "?"), what_of(span)


def number_of(key):
    """The number of the request that a span belongs to; None if it has none."""
    found = re.search(r"[/n](\d+)$", key[3])
    return int(found[1]) if found else None


def name_of(key):
    """A key, for messages."""
    return " ".join(str(part) for part in key) if isinstance(key, tuple) else str(key)


@dataclasses.dataclass
class Node:
    """A span that must be there."""
    key: tuple
    parent: tuple = None            # the key of its parent; None for a root; a text is the id of a span that is nowhere
    trace: str = "one"              # spans of one tree with the same word share their trace, with others they do not
    trace_id: str = None            # the trace, where it is known from outside
    links: tuple = ()               # what it must be linked to: (trace id, span id), or the key of another span
    attributes: dict = dataclasses.field(default_factory=dict)  # what it must have; a value that is callable is asked
    methods: tuple = None           # one of these must be how it was joined
    span_id: str = None             # its id, where it is known from outside


class Tree:
    """The spans that one request must yield."""

    def __init__(self, number):
        self.number, self.nodes = number, {}

    def add(self, maker, service, kind, what, parent=None, **more):
        """Adds a span and gives its key."""
        key = (maker, service, kind, what)
        assert key not in self.nodes, key
        self.nodes[key] = Node(key, parent, **more)
        return key

    def exchange(self, caller, callee, what, parent, server=None, **more):
        """Adds both of our spans of an exchange; gives the keys of the client's and the server's. `more` is of the
        client's, `server` of the server's."""
        client = self.add(OURS, caller, "CLIENT", what, parent, **more)
        passed = {name: more[name] for name in ("trace", "trace_id") if name in more}
        return client, self.add(OURS, callee, "SERVER", what, client, **{**passed, **(server or {})})


def trees(spans):
    """Spans by the number of their request."""
    result = {}
    for span in spans:
        number = number_of(key_of(span))
        if number is not None:
            result.setdefault(number, []).append(span)
    return result


def compare(expected, spans):
    """What is wrong with the spans of the requests that trees are given for; nothing if they are exactly those."""
    spans, wrong = list(spans), []
    by_number, numbers_of = trees(spans), {}
    for span in spans:
        numbers_of.setdefault(span.trace_id, set()).add(number_of(key_of(span)))
    for tree in expected:
        those = by_number.get(tree.number, [])
        wrong += [f"{tree.number}: {text}" for text in check_tree(tree, those)]
        for trace in {span.trace_id for span in those}:
            if strangers := numbers_of[trace] - {tree.number}:
                wrong.append(f"{tree.number}: trace {trace} also has spans of {sorted(map(str, strangers))}")
    return wrong


def check_tree(tree, spans):
    """What is wrong with the spans of one request."""
    found, wrong = {}, []
    for span in spans:
        key = key_of(span)
        if key in found:
            wrong.append(f"{name_of(key)}: twice")
        elif key not in tree.nodes:
            wrong.append(f"{name_of(key)}: nobody expects it (parent {span.parent_id or 'none'}, {method_of(span)})")
        found[key] = span
    wrong += [f"{name_of(key)}: missing" for key in tree.nodes if key not in found]
    if len({span.span_id for span in found.values()}) != len(found):
        wrong.append("span ids are not unique")
    by_id, traces = {span.span_id: key for key, span in found.items()}, {}
    for key, node in tree.nodes.items():
        if key in found:
            traces.setdefault(node.trace, set()).add(found[key].trace_id)
            wrong += [f"{name_of(key)}: {text}" for text in check_span(node, found, by_id)]
    for word, ids in traces.items():
        if len(ids) > 1:
            parts = {trace: [name_of(key) for key in tree.nodes if key in found and found[key].trace_id == trace]
                     for trace in ids}
            least = min(parts.values(), key=len)
            wrong.append(f"{len(ids)} traces where one must be ({word}): {'; '.join(least[:4])} are apart")
    if len(set().union(*traces.values())) < len(traces) and traces:
        wrong.append("traces that must be apart are one")
    return wrong


def check_span(node, found, by_id):
    """What is wrong with one span."""
    span = found[node.key]
    parent = found.get(node.parent)
    if parent is not None:
        if span.parent_id != parent.span_id:
            actual = name_of(by_id[span.parent_id]) if span.parent_id in by_id else span.parent_id or "none"
            yield f"its parent is {actual}, not {name_of(node.parent)} ({method_of(span)})"
        if span.start + CLOCK_TOLERANCE_NS < parent.start and SKEW not in span.attributes:
            yield f"it begins {(parent.start - span.start) / 1e6:.3f} ms before its parent"
    elif isinstance(node.parent, str) or node.parent is None:
        if span.parent_id != (node.parent or ""):
            actual = name_of(by_id.get(span.parent_id, span.parent_id)) or "none"
            yield f"its parent is {actual}, not {node.parent or 'none'} ({method_of(span)})"
    if node.trace_id and span.trace_id != node.trace_id:
        yield f"its trace is {span.trace_id}, not {node.trace_id}"
    if node.span_id and span.span_id != node.span_id:
        yield f"its id is {span.span_id}, not {node.span_id}"
    for link in node.links:
        if link in found:
            link = (found[link].trace_id, found[link].span_id)
        if link not in span.links:
            yield f"it has no link to {' '.join(link)}, but {span.links}"
    for name, value in node.attributes.items():
        has = span.attributes.get(name, span.resource.get(name))
        if not (value(has) if callable(value) else has == value):
            yield f"{name} is {has!r}" + ("" if callable(value) else f", not {value!r}")
    method, confidence = (span.attributes.get(f"interspan.link.{name}") for name in ("method", "confidence"))
    if node.methods and method not in node.methods:
        yield f"it was joined by {method}, not {' or '.join(node.methods)}"
    if node.key[0] == OURS and node.parent and not (method and confidence is not None and 0 < confidence <= 1):
        yield f"it does not say how it was joined: {method_of(span)}"


def method_of(span):
    """How it was joined, for messages."""
    return f"{span.attributes.get('interspan.link.method')} {span.attributes.get('interspan.link.confidence')}"


def key_of_line(line):
    """The key of the span that a line of truth is about: (number, service, kind)."""
    return line["number"], line["service"], line["kind"]

"""Compares the whole parent map of the spans that came with the one that had to come."""
from .otlp import CLIENT, SERVER

KINDS = {SERVER: "SERVER", CLIENT: "CLIENT"}
# One clock, put on the wall clock by an offset that is sampled each second and may be slewed in between.
CLOCK_TOLERANCE_NS = 1_000_000


def name_of(key):
    """A span's key, for messages."""
    path, kind = key
    return f"{KINDS.get(kind, kind)} {path}"


def compare(expected, spans, token):
    """What is wrong with the spans whose path has the token; nothing if they are exactly those expected.

    expected: {(path, kind): truth.Expected}. Every span must be there once, with the right parent in the right trace,
    process and status, and nothing else may be.
    """
    wrong, found = [], {}
    for span in spans:
        if token not in span.path:
            continue
        if span.key in found:
            wrong.append(f"{name_of(span.key)}: twice")
        elif span.key not in expected:
            wrong.append(f"{name_of(span.key)}: nothing of the kind happened")
        found[span.key] = span
    for key in sorted(expected.keys() - found.keys()):
        wrong.append(f"{name_of(key)}: missing")
    if len({span.span_id for span in found.values()}) != len(found):
        wrong.append("span ids are not unique")
    by_id = {span.span_id: key for key, span in found.items()}
    for key, want in expected.items():
        if key in found:
            wrong += [f"{name_of(key)}: {what}" for what in check(key, want, found, by_id)]
    roots = [found[key].trace_id for key, want in expected.items() if key in found and not want.parent]
    if len(set(roots)) != len(roots):
        wrong.append("two requests share a trace")
    return wrong


def check(key, want, found, by_id):
    """What is wrong with one span."""
    span = found[key]
    if want.parent:
        parent = found.get(want.parent)
        if parent is None:
            return
        if span.parent_id != parent.span_id:
            actual = by_id.get(span.parent_id)
            actual = name_of(actual) if actual else span.parent_id or "none"
            yield f"its parent is {actual}, not {name_of(want.parent)} ({method_of(span)})"
        if span.trace_id != parent.trace_id:
            yield f"its trace {span.trace_id} is not its parent's {parent.trace_id}"
        if span.start + CLOCK_TOLERANCE_NS < parent.start:
            yield f"it begins {(parent.start - span.start) / 1e6:.3f} ms before its parent"
    elif want.context:
        if (span.trace_id, span.parent_id) != want.context:
            yield f"trace and parent are {span.trace_id} {span.parent_id or 'none'}, not {' '.join(want.context)}"
    else:
        if span.parent_id:
            yield f"a root has the parent {by_id.get(span.parent_id, span.parent_id)} ({method_of(span)})"
        if span.trace_id != exchange_of(span):
            yield f"a root's trace {span.trace_id} is not its exchange's id {exchange_of(span)}"
    if want.parent or want.context:
        confidence = span.attributes.get("interspan.link.confidence")
        if not span.attributes.get("interspan.link.method") or confidence is None or not 0 < confidence <= 1:
            yield f"it does not say how it was joined: {method_of(span)}"
    if key[1] == SERVER and want.parent in found and exchange_of(span) != exchange_of(found[want.parent]):
        yield "both ends of one exchange have different exchange ids"
    if want.pid is not None and span.pid != want.pid:
        yield f"process.pid is {span.pid}, not {want.pid}"
    if want.status != span.http_status:
        yield f"status is {span.http_status}, not {want.status}"
    if span.end < span.start:
        yield "it ends before it begins"


def exchange_of(span):
    """The id of its exchange."""
    return span.attributes.get("interspan.exchange.id")


def method_of(span):
    """How it was joined, for messages."""
    attributes = span.attributes
    return f"{attributes.get('interspan.link.method')} {attributes.get('interspan.link.confidence')}"

"""Shows that the comparison fails when it must: on spans made up here, right ones and wrong ones."""
import copy

from . import patience, tree, truth
from .agent import Agent, parse_summary
from .otlp import CLIENT, SERVER, Span

TOKEN = "tself"
TRACE = "0af7651916cd43dd8448eb211c80319c"
UPPER = "b7ad6b7169203331"


def _lines():
    """A client's request to nginx, which asks a, which asks b twice; with a context, without, and unsampled."""
    lines = []
    for name, context in [("1", f"00-{TRACE}-{UPPER}-01"), ("2", None), ("3", f"00-{'3' * 32}-{UPPER}-00")]:
        edge, a = f"/edge/{TOKEN}-{name}", f"/a/{TOKEN}-{name}"
        inner = [{"path": f"/b/{TOKEN}-{name}.{number}", "status": 200} for number in range(2)]
        lines.append({"path": None, "pid": 10, "calls": [{"path": edge, "status": 200, "traceparent": context}]})
        lines.append({"path": edge, "pid": 11, "status": 200, "calls": [{"path": a, "status": 200}]})
        lines.append({"path": a, "pid": 12, "status": 200, "calls": inner})
        lines += [{"path": call["path"], "pid": 13, "status": 200, "calls": []} for call in inner]
    return lines


def _spans(expected):
    """Spans that are exactly right."""
    spans, ids = {}, {key: f"{number:016x}" for number, key in enumerate(expected, 1)}
    for number, (key, want) in enumerate(expected.items()):
        path, kind = key
        exchange = f"{abs(hash(path)):032x}"[:32]
        parent = spans.get(want.parent)
        trace_id = parent.trace_id if parent else want.context[0] if want.context else exchange
        parent_id = parent.span_id if parent else want.context[1] if want.context else ""
        attributes = {
            "interspan.exchange.id": exchange, "http.response.status_code": want.status,
            "interspan.link.method": "flow", "interspan.link.confidence": 1.0}
        attributes.update({"url.path": path} if kind == SERVER else {"url.full": f"http://h{path}?x"})
        spans[key] = Span(
            trace_id, ids[key], parent_id, "GET", kind, number, number + 100, 0, attributes, {"process.pid": want.pid})
    return spans


def _changes():
    """Each a name and a function that makes right spans ({key: span}) wrong."""
    a, b = (f"/a/{TOKEN}-1", SERVER), (f"/b/{TOKEN}-1.0", CLIENT)
    edge, other = (f"/edge/{TOKEN}-1", CLIENT), (f"/edge/{TOKEN}-2", CLIENT)

    def change(key, **values):
        return lambda spans: [setattr(spans[key], name, value) for name, value in values.items()]

    def attribute(key, name, value):
        return lambda spans: spans[key].attributes.update({name: value})

    return {
        "a wrong parent": lambda spans: change(b, parent_id=spans[edge].span_id)(spans),
        "another request's parent": lambda spans: change(b, parent_id=spans[f"/a/{TOKEN}-2", SERVER].span_id)(spans),
        "no parent": change(b, parent_id=""),
        "a missing span": lambda spans: spans.pop(b),
        "a double": lambda spans: spans.update({"again": copy.deepcopy(spans[b])}),
        "a span of nothing": lambda spans: spans.update({"extra": Span(
            TRACE, "f" * 16, "", "GET", SERVER, 0, 1, 0, {"url.path": f"/no/{TOKEN}"}, {})}),
        "a wrong trace": change(a, trace_id="1" * 32),
        "a context that was not taken": change(edge, trace_id="2" * 32),
        "a context's parent that was not taken": change(edge, parent_id=""),
        "a root with a parent": change(other, parent_id=UPPER),
        "a wrong process": change(a, resource={"process.pid": 99}),
        "a wrong status": attribute(a, "http.response.status_code", 500),
        "a join without its method": attribute(b, "interspan.link.method", ""),
        "two exchange ids": attribute(a, "interspan.exchange.id", "0" * 32),
        "a child before its parent": change(b, start=-10_000_000),
        "an unsampled span": lambda spans: spans.update({"unsampled": Span(
            "3" * 32, "e" * 16, "", "GET", CLIENT, 0, 1, 0, {"url.full": f"http://h/edge/{TOKEN}-3"}, {})}),
        "an id twice": lambda spans: change(a, span_id=spans[b].span_id)(spans),
    }


SUMMARY = (
    "info : closed=9 consumed=9 hooked=10 lost_gap=0 lost_ring_full=1 opened=9 refused=0 refused_ends=0 sampled_out=1"
    " spans=4 submitted=9 telemetry=3 unsampled=1 [Bridge] capture summary\n"
    "info : caused=1 probe=2 [Bridge] telemetry summary\n"
    "info : accepted_spans=2 receiver=otlp refused_spans=0 [Bridge] receiver summary\n"
    "info : accepted=5 dropped=0 exporter=file queued=1 refused=1 sent=4 [Bridge] exporter summary\n")


def _unbalanced(text):
    agent = Agent.__new__(Agent)
    agent.began = patience.reading()
    agent.counters, agent.exporters = parse_summary(text)
    return agent.unbalanced(("gap",))


def problems():
    """What the comparison does not find, or finds where nothing is."""
    wrong = []
    expected = truth.expected(_lines(), TOKEN)
    if len(expected) != 16:
        wrong.append(f"the truth has {len(expected)} spans, not 16")
    right = tree.compare(expected, _spans(expected).values(), TOKEN)
    if right:
        wrong.append(f"right spans are called wrong: {right[:3]}")
    for name, change in _changes().items():
        spans = _spans(expected)
        change(spans)
        if not tree.compare(expected, spans.values(), TOKEN):
            wrong.append(f"{name} is not found")
    if _unbalanced(SUMMARY):
        wrong.append(f"counters that balance are called wrong: {_unbalanced(SUMMARY)}")
    for part, other in [("hooked=10", "hooked=11"), ("consumed=9", "consumed=8"), ("opened=9", "opened=8"),
                        ("sent=4", "sent=3"), ("lost_gap=0", "lost_gap=1"), (" queued=1", ""), ("hooked=10 ", ""),
                        ("unsampled=1", "unsampled=0"), ("refused=1", "refused=0"), ("refused=0", "refused=2"),
                        ("telemetry=3", "telemetry=2"), ("probe=2", "probe=1"), ("sampled_out=1", "sampled_out=2"),
                        ("refused_ends=0", "refused_ends=1"), ("accepted_spans=2", "accepted_spans=1")]:
        if not _unbalanced(SUMMARY.replace(part, other)):
            wrong.append(f"counters with {other or 'nothing'} for {part} are not found")
    return wrong + _impatience()


def _impatience():
    """Where the clock of waits counts what was taken from the machine, or does not count what it was given."""
    wall, stat = [100.0], ["cpu 50 0 50 900 0 0 0 0 0 0"]
    clock = patience.Clock(lambda: wall[0], lambda: stat[0])
    wrong = []
    for seconds, line, passed in [
            (10, "cpu 100 0 50 1850 0 0 0 0 0 0", 10), (10, "cpu 150 0 60 1850 0 0 0 940 0 0", 0.7),
            (10, "cpu 150 0 60 3850 0 0 0 940 0 0", 10)]:
        before, wall[0], stat[0] = clock.now(), wall[0] + seconds, line
        if abs(clock.now() - before - passed) > 0.1:
            wrong.append(f"a wait of {seconds} s counts as {clock.now() - before:.1f} s with {line}")
    return wrong

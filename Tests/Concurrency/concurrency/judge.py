"""Holds the spans that came against what really called what: links, whole traces, and what was said of each link."""
import collections
import dataclasses
import math
import re

from harness.otlp import CLIENT, SERVER

# A database's calls have their id in the statement; PostgreSQL's would not be a name if it began with a digit.
IN_STATEMENT = re.compile(r"\bn([0-9a-f]{16})\b")
# Lower ends of the bins of stated confidence.
BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)


@dataclasses.dataclass
class Call:
    """What became of one call."""
    name: str
    request: str                # None where no request asked for it
    operation: str = ""
    outcome: str = "absent"     # right, wrong, missing (a parent that is there was not named), absent (no span of it)
    method: str = ""
    confidence: float = None    # stated; None where no parent was named
    span: object = None
    named: str = ""             # the request under which it was put


@dataclasses.dataclass
class Verdict:
    """What became of all calls of a run."""
    calls: list
    traces: int                 # requests
    whole_traces: int           # those of which every span is where it belongs, and nothing else is with them
    flow_wrong: list            # ends of exchanges that are not below their other end, in words

    def count(self, outcome):
        """How many calls came out so."""
        return sum(call.outcome == outcome for call in self.calls)

    @property
    def share_right(self):
        """Of all calls, those with the right parent, or rightly none."""
        return self.count("right") / max(len(self.calls), 1)

    @property
    def share_whole(self):
        """Of all traces, those that are entirely right."""
        return self.whole_traces / max(self.traces, 1)

    @property
    def stated(self):
        """Calls for which a parent was named."""
        return [call for call in self.calls if call.confidence is not None]

    @property
    def wrong_expected(self):
        """(how many wrong parents the stated confidences admit, by how many chance may exceed that: 3 sigma)."""
        doubts = [1 - call.confidence for call in self.stated]
        return sum(doubts), 3 * math.sqrt(sum(doubt * (1 - doubt) for doubt in doubts)) + 1

    def methods(self):
        """{method: (right, wrong, missing)}."""
        result = collections.defaultdict(lambda: [0, 0, 0])
        for call in self.calls:
            if call.outcome in ("right", "wrong", "missing"):
                result[call.method][("right", "wrong", "missing").index(call.outcome)] += 1
        return dict(sorted(result.items()))

    def reliability(self):
        """[(lower end of a bin, links in it, mean of the confidence stated, share that is right)]."""
        bins = collections.defaultdict(list)
        for call in self.stated:
            bins[max(lower for lower in BINS if call.confidence >= lower)].append(call)
        return [
            (lower, len(calls), sum(call.confidence for call in calls) / len(calls),
             sum(call.outcome == "right" for call in calls) / len(calls))
            for lower, calls in sorted(bins.items())]


def name_of(span):
    """The id in a span's path or statement; empty where there is none."""
    found = IN_STATEMENT.search(span.attributes.get("db.query.text") or "")
    return found[1] if found else span.path.rpartition("/")[2]


def judge(requests, calls, spans):
    """The verdict. requests: ids of those that were answered; calls: {id: its request's, or None}; spans: all.
    What a call asks for may make further calls: the request of those is the call.

    Several spans of one name and kind, or none, are faults of their own: such a trace is not whole."""
    known, flow_wrong, doubled = {}, [], set()
    for span in spans:
        name = name_of(span)
        if name not in calls and name not in requests:
            continue
        if (name, span.kind) in known:
            doubled.add(name)
            flow_wrong.append(f"{name}: {span.kind} twice")
        known[name, span.kind] = span
    keys = {span.span_id: key for key, span in known.items()}
    broken = set()

    def root_of(name):
        while name in calls:
            name = calls[name]
        return name

    for name in [*requests, *calls]:
        client, server = known.get((name, CLIENT)), known.get((name, SERVER))
        if client is None or server is None:
            flow_wrong.append(f"{name}: {'no client end' if client is None else 'no server end'}")
        elif server.parent_id != client.span_id or server.trace_id != client.trace_id:
            flow_wrong.append(f"{name}: its server end is not below its client end")
        elif name not in doubled:
            continue
        broken.add(root_of(name))
    result = []
    for name, request in calls.items():
        call = _judge_call(name, request, known, keys)
        result.append(call)
        if call.outcome != "right":
            broken |= {root_of(name), root_of(call.named)}
    for name in requests:
        client = known.get((name, CLIENT))
        if client is not None and client.parent_id:
            flow_wrong.append(f"{name}: who asked has a parent")
            broken.add(name)
    whole = sum(name not in broken for name in requests)
    return Verdict(result, len(requests), whole, flow_wrong)


def _judge_call(name, request, known, keys):
    span = known.get((name, CLIENT))
    if span is None:
        return Call(name, request)
    call = Call(name, request, operation_of(span), span=span, method=span.attributes.get("interspan.link.method") or "")
    if not span.parent_id:
        call.outcome = "missing" if request else "right"
        return call
    parent = keys.get(span.parent_id)
    call.confidence = span.attributes.get("interspan.link.confidence") or 0.0
    call.named = parent[0] if parent else "?"
    is_right = request and parent == (request, SERVER) and span.trace_id == known[parent].trace_id
    call.outcome = "right" if is_right else "wrong"
    return call


def operation_of(span):
    """What it asks for, without the id."""
    return span.path.strip("/").partition("/")[0] or span.name

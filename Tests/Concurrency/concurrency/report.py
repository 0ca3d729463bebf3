"""Verdicts for people: a table, what each method was worth, and what was wrong with which link."""
from harness.otlp import SERVER

from .judge import name_of, operation_of

HEAD = (
    "| model | in flight | links | right | wrong | missing | links right | traces right | stated (right) |\n"
    "|---|---|---|---|---|---|---|---|---|")


def percent(share):
    """A share, rounded so that what is not all is never called so."""
    return "100 %" if share == 1 else f"{min(100 * share, 99.99):.2f} %"


def row(model, in_flight, verdict):
    """A line of the table."""
    stated = verdict.stated
    mean = sum(call.confidence for call in stated) / max(len(stated), 1)
    right = sum(call.outcome == "right" for call in stated) / max(len(stated), 1)
    absent = verdict.count("absent")
    return (
        f"| {model.what} (`{model.name}`) | {in_flight} | {len(verdict.calls)} | {verdict.count('right')} |"
        f" {verdict.count('wrong')} | {verdict.count('missing')}{f' + {absent} unseen' if absent else ''} |"
        f" {percent(verdict.share_right)} | {percent(verdict.share_whole)} | {mean:.3f} ({right:.3f}) |")


def as_json(model, in_flight, hook, verdict):
    """The same for machines."""
    return {
        "model": model.name, "in_flight": in_flight, "hook": hook, "links": len(verdict.calls),
        **{outcome: verdict.count(outcome) for outcome in ("right", "wrong", "missing", "absent")},
        "traces": verdict.traces, "whole_traces": verdict.whole_traces, "flow_wrong": len(verdict.flow_wrong),
        "wrong_expected": verdict.wrong_expected[0],
        "methods": {method: dict(zip(("right", "wrong", "missing"), counts))
                    for method, counts in verdict.methods().items()},
        "reliability": [dict(zip(("from", "links", "stated", "right"), line)) for line in verdict.reliability()]}


def details(verdict):
    """Lines: methods with their counts, then bins of stated confidence."""
    for method, (right, wrong, missing) in verdict.methods().items():
        yield f"    {method or '(none said)':14} right {right:5} wrong {wrong:5} missing {missing:5}"
    for lower, links, stated, right in verdict.reliability():
        yield f"    stated >= {lower:<5} links {links:5}  mean stated {stated:.4f}  right {right:.4f}"
    if verdict.flow_wrong:
        yield f"    {len(verdict.flow_wrong)} ends that are not below their other end: {verdict.flow_wrong[:3]}"


def wrong_links(verdict, spans, requests, most):
    """Lines about so many links that are not right, with what was under way at the time."""
    served = {name_of(span): span for span in spans if span.kind == SERVER and name_of(span) in requests}
    bad = [call for call in verdict.calls if call.outcome in ("wrong", "missing") and call.span]
    # Those that were surest first.
    bad.sort(key=lambda call: (call.confidence is None, -(call.confidence or 0), call.span.start))
    for call in bad[:most]:
        begin, end = call.span.start, call.span.end

        def place(name):
            request = served.get(name)
            if request is None:
                return str(name)
            return (f"{requests[name]} {name} [{(request.start - begin) / 1e6:+.3f},"
                    f" {(request.end - begin) / 1e6:+.3f}] thread {request.attributes.get('thread.id')}")

        open_then = [request for request in served.values() if request.start <= begin and request.end >= end]
        siblings = [f"{other.operation} {(other.span.start - begin) / 1e6:+.3f}..{(other.span.end - begin) / 1e6:+.3f}"
                    for other in verdict.calls
                    if other.span and other is not call and other.request == call.request and call.request]
        yield (f"  {call.outcome}: {operation_of(call.span)} {call.name} of {(end - begin) / 1e6:.3f} ms, thread"
               f" {call.span.attributes.get('thread.id')}, {call.method} {call.confidence}")
        yield f"    is of {place(call.request)}; its other calls: {', '.join(siblings) or 'none'}"
        if call.named:
            yield f"    put under {place(call.named)}"
        yield f"    {len(open_then)} requests were open for all of it"

"""Shows that the judgement finds what is wrong: on spans made up here, right ones and with mistakes planted."""
import copy

from harness.otlp import CLIENT, SERVER, Span

from .judge import judge

REQUESTS = ["r1", "r2"]
CALLS = {"c1": "r1", "c2": "r1", "c3": "r2", "c4": None, "c5": "c3"}


def _spans():
    """Exactly right ones."""
    spans, number = {}, 0

    def add(name, kind, parent, trace, method):
        nonlocal number
        number += 1
        attributes = {"interspan.link.method": method, "interspan.link.confidence": 0.9 if parent else 0.0}
        attributes.update({"url.path": f"/x/{name}"} if kind == SERVER else {"url.full": f"http://h/x/{name}"})
        spans[name, kind] = Span(
            trace, f"{number:016x}", spans[parent].span_id if parent else "", "GET", kind, number, number + 9, 0,
            attributes, {})

    for name in REQUESTS:
        add(name, CLIENT, None, name, "none")
        add(name, SERVER, (name, CLIENT), name, "flow")
    for name, request in CALLS.items():
        trace = spans[request, SERVER].trace_id if request else name
        add(name, CLIENT, (request, SERVER) if request else None, trace, "timing")
        add(name, SERVER, (name, CLIENT), trace, "flow")
    return spans


def _changes():
    """Each a name, what makes right spans wrong, and how many (right, wrong, missing, absent, whole) there must be."""
    def change(key, **values):
        return lambda spans: [setattr(spans[key], name, value) for name, value in values.items()]

    def under(name, parent):
        return lambda spans: change((name, CLIENT), parent_id=spans[parent].span_id)(spans)

    return [
        ("nothing", lambda spans: None, (5, 0, 0, 0, 2)),
        ("another request's", under("c1", ("r2", SERVER)), (4, 1, 0, 0, 0)),
        ("its request's other end", under("c1", ("r1", CLIENT)), (4, 1, 0, 0, 1)),
        ("a sibling's", under("c1", ("c2", CLIENT)), (4, 1, 0, 0, 1)),
        ("nobody's", change(("c1", CLIENT), parent_id="f" * 16), (4, 1, 0, 0, 1)),
        ("no parent", change(("c3", CLIENT), parent_id=""), (4, 0, 1, 0, 1)),
        ("a parent where none is", under("c4", ("r2", SERVER)), (4, 1, 0, 0, 1)),
        ("no span", lambda spans: spans.pop(("c2", CLIENT)), (4, 0, 0, 1, 1)),
        ("no server end", lambda spans: spans.pop(("c2", SERVER)), (5, 0, 0, 0, 1)),
        ("a server end elsewhere", change(("c2", SERVER), parent_id=""), (5, 0, 0, 0, 1)),
        ("a request's server end elsewhere", change(("r2", SERVER), parent_id=""), (5, 0, 0, 0, 1)),
        ("another trace", change(("c2", SERVER), trace_id="z"), (5, 0, 0, 0, 1)),
        ("a double", lambda spans: spans.update(again=copy.deepcopy(spans["c2", CLIENT])), (5, 0, 0, 0, 1)),
        ("a root with a parent", lambda spans: change(("r1", CLIENT), parent_id=spans["c3", CLIENT].span_id)(spans),
         (5, 0, 0, 0, 1)),
    ]


def problems():
    """What is not found, or found where nothing is."""
    wrong = []
    for name, change, expected in _changes():
        spans = _spans()
        change(spans)
        verdict = judge(REQUESTS, CALLS, spans.values())
        found = (*map(verdict.count, ("right", "wrong", "missing", "absent")), verdict.whole_traces)
        if found != expected:
            wrong.append(f"{name}: {found}, not {expected}")
        if verdict.whole_traces < 2 and not (verdict.flow_wrong or verdict.count("right") < len(CALLS)):
            wrong.append(f"{name}: no reason is given")
    verdict = judge(REQUESTS, CALLS, _spans().values())
    if [(round(stated, 6), right) for _, _, stated, right in verdict.reliability()] != [(0.9, 1.0)]:
        wrong.append(f"reliability is {verdict.reliability()}")
    if abs(verdict.wrong_expected[0] - 0.4) > 1e-6:
        wrong.append(f"four links stated at 0.9 admit {verdict.wrong_expected[0]} wrong ones, not 0.4")
    return wrong

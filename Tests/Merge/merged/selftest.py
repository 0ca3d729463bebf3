"""Shows that the comparison fails when it must: on a tree made up here, right and with mistakes planted."""
import copy

from harness.otlp import CLIENT, SERVER, Span

from .compare import OURS, SDK, Tree, compare

TRACE, APART = "1" * 32, "2" * 32
LINK = (APART, "c" * 16)


def _expected():
    """The spans of one request: ours, an SDK's, and one in a trace of its own."""
    tree = Tree(7)
    _, front = tree.exchange("visitor", "front", "/front/7", None, trace_id=TRACE)
    served = tree.add(SDK, "front", "SERVER", "/front/7", front, span_id="3" * 16, links=(LINK,))
    tree.exchange("front", "database", "n7", served, methods=("sql-comment",), attributes={"process.pid": 5})
    tree.add(SDK, "other", "SERVER", "/other/7", trace="apart")
    return tree


def _spans():
    """Exactly those, and one of another request."""
    joined = {"interspan.link.method": "flow", "interspan.link.confidence": 1.0}

    def span(number, scope, service, kind, parent="", trace=TRACE, links=(), **attributes):
        attributes = {name.replace("__", "."): value for name, value in attributes.items()}
        method = {**joined, **attributes} if scope == OURS else attributes
        return Span(trace, f"{number}" * 16, parent and parent * 16, "x", kind, number * 10_000_000, 10 ** 9, 0, method,
                    {"service.name": service, "process.pid": 5}, scope, list(links))

    comment = {"db__query__text": "SELECT 1 AS n7", "interspan__link__method": "sql-comment"}
    return {
        "visitor": span(1, OURS, "visitor", CLIENT, url__full="http://h/front/7"),
        "front": span(2, OURS, "front", SERVER, "1", url__path="/front/7"),
        "served": span(3, "shop", "front", SERVER, "2", links=[LINK], url__path="/front/7"),
        "query": span(4, OURS, "front", CLIENT, "3", **comment),
        "database": span(5, OURS, "database", SERVER, "4", **comment),
        "other": span(6, "shop", "other", SERVER, trace=APART, url__path="/other/7"),
        "stranger": span(9, OURS, "front", SERVER, trace="9" * 32, url__path="/front/8"),
    }


def _changes():
    """Each a name and what makes right spans wrong."""
    def change(which, **values):
        return lambda spans: [setattr(spans[which], name, value) for name, value in values.items()]

    def attribute(which, name, value):
        return lambda spans: spans[which].attributes.update({name: value})

    return {
        "a wrong parent": change("query", parent_id="2" * 16),
        "no parent": change("served", parent_id=""),
        "a root with a parent": change("visitor", parent_id="f" * 16),
        "a missing span": lambda spans: spans.pop("database"),
        "a span twice": lambda spans: spans.update(again=copy.deepcopy(spans["front"])),
        "a span twice in another trace": lambda spans: spans.update(
            again=Span(**{**vars(spans["served"]), "trace_id": APART, "span_id": "8" * 16})),
        "a span of nothing": change("stranger", attributes={"url.path": "/back/7"}),
        "a span of another request in the trace": change("stranger", trace_id=TRACE),
        "a wrong trace": change("query", trace_id=APART),
        "one trace where two must be": change("other", trace_id=TRACE),
        "another trace for all": lambda spans: [
            setattr(span, "trace_id", "7" * 32) for span in spans.values() if span.trace_id == TRACE],
        "an SDK's span under another id": change("served", span_id="8" * 16),
        "a link that is missing": change("served", links=[]),
        "a wrong process": lambda spans: spans["query"].resource.update({"process.pid": 6}),
        "a wrong way of joining": attribute("query", "interspan.link.method", "thread"),
        "a join without its confidence": attribute("front", "interspan.link.confidence", None),
        "a child before its parent": change("query", start=0),
    }


def problems():
    """What the comparison does not find, or finds where nothing is."""
    wrong = []
    if right := compare([_expected()], _spans().values()):
        wrong.append(f"right spans are called wrong: {right[:3]}")
    for name, change in _changes().items():
        spans = _spans()
        change(spans)
        if not compare([_expected()], spans.values()):
            wrong.append(f"{name} is not found")
    return wrong

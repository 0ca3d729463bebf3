"""Traces that begin behind somebody who passes nothing on: the SDK of the last service knows of nobody above it."""
from harness.registry import test
from harness.world import require

from merged import compare
from merged.compare import SDK, Tree

REQUESTS = 8


def context(number):
    """A context that somebody whom nobody sees sends."""
    return f"{number:032x}", f"{number:016x}"


def traceparents(numbers):
    """As the visitor sends them."""
    return {str(number): "-".join(["00", *context(number), "01"]) for number in numbers}


def hops(world, spans_to):
    """visitor -> hop, which nobody traces -> leaf, which calls nobody; the port of the first."""
    leaf = world.service("leaf", "opentelemetry", spans_to=spans_to)
    return world.service("hop", "none", [f"http:{leaf}/leaf"])


@test(every_hook=False)
def aLeafBehindAnUntracedHopIsMovedUnlessToldToLink(world):
    ports = {name: world.port() for name in ("rewrite", "link")}
    front = hops(world, [f"http://127.0.0.1:{port}" for port in ports.values()])
    agents = {name: world.merging(port, {"reroot": name}) for name, port in ports.items()}
    world.ready()
    world.warm_up(front, "hop", agents.values(), ["leaf"])
    known, unknown = world.numbers(REQUESTS), world.numbers(REQUESTS)
    world.requests(world.visitor(4), front, "hop", known, traceparents=traceparents(known))
    world.requests(world.visitor(4), front, "hop", unknown)
    spans = world.end_each(agents)
    sdk, wrong = world.sdk_spans(), []
    for name in agents:
        expected = []
        # Of two traces that nobody above knows, either may give its name to both, also where it is to be linked only.
        for number in [*known, *unknown] if name == "rewrite" else known:
            tree, made = Tree(number), sdk[number, "leaf", "SERVER"]
            trace, span = context(number) if number in known else (None, None)
            _, hop = tree.exchange("visitor", "hop", f"/hop/{number}", span, trace_id=trace)
            _, server = tree.exchange("hop", "leaf", f"/leaf/{number}", hop)
            own = (made["trace"], made["span"])
            if name == "rewrite":
                original = {"interspan.original.trace_id": made["trace"]} if trace else {}
                tree.add(SDK, "leaf", "SERVER", f"/leaf/{number}", server, span_id=made["span"],
                         attributes=original, links=(own,) if trace else ())
            else:
                tree.add(SDK, "leaf", "SERVER", f"/leaf/{number}", span_id=made["span"], trace="leaf's own",
                         trace_id=made["trace"], links=(server,))
            expected.append(tree)
        wrong += [f"{name}: {text}" for text in compare.compare(expected, spans[name])]
    require(wrong)


@test(every_hook=False)
def nginxInFrontOfATracedServiceJoinsItsTrace(world):
    port = world.port()
    back = world.service("back")
    front = world.service(
        "front", "opentelemetry", [f"http:{back}/back"], propagators="tracecontext",
        spans_to=[f"http://127.0.0.1:{port}"])
    agent = world.merging(port)
    world.ready()
    proxy = world.proxy({"front": front})
    world.warm_up(proxy, "front", [agent], ["front"])
    numbers = world.numbers(REQUESTS)
    world.requests(world.visitor(8), proxy, "front", numbers)
    spans, sdk, expected = world.end(agent), world.sdk_spans(), []
    for number in numbers:
        tree, served, called = Tree(number), sdk[number, "front", "SERVER"], sdk[number, "front", "CLIENT"]
        _, proxied = tree.exchange("visitor", "nginx", f"/front/{number}", None, trace_id=served["trace"])
        _, server = tree.exchange("nginx", "front", f"/front/{number}", proxied)
        entered = tree.add(SDK, "front", "SERVER", f"/front/{number}", server, span_id=served["span"])
        left = tree.add(SDK, "front", "CLIENT", f"/back/{number}", entered, span_id=called["span"])
        tree.exchange("front", "back", f"/back/{number}", left, methods=("traceparent",))
        expected.append(tree)
    require(compare.compare(expected, spans))


@test(every_hook=False)
def firstTracesStayWholeAndLaterOnesAreMoved(world):
    port = world.port()
    back = world.service("back")
    front = world.service(
        "front", "opentelemetry", [f"http:{back}/back"], propagators="jaeger", spans_to=[f"http://127.0.0.1:{port}"])
    hop = world.service("hop", "none", [f"http:{front}/front"])
    agent = world.merging(port)
    world.ready()
    (first,), later = world.numbers(1), world.numbers(REQUESTS)
    world.requests(world.visitor(), hop, "hop", [first], traceparents=traceparents([first]))
    # Until then nobody can know that its spans pass through.
    world.warm_up(hop, "hop", [agent], ["front"])
    world.requests(world.visitor(4), hop, "hop", later, traceparents=traceparents(later))
    spans, sdk, expected = world.end(agent), world.sdk_spans(), []
    for number in [first, *later]:
        tree, (trace, span) = Tree(number), context(number)
        served, called = (sdk[number, "front", kind] for kind in ("SERVER", "CLIENT"))
        inner, outer = f"/back/{number}", f"/front/{number}"
        _, hopped = tree.exchange("visitor", "hop", f"/hop/{number}", span, trace_id=trace)
        _, server = tree.exchange("hop", "front", outer, hopped)
        own = {"trace": "front's own", "trace_id": served["trace"]} if number == first else {}
        entered = tree.add(
            SDK, "front", "SERVER", outer, None if own else server, span_id=served["span"],
            links=(server,) if own else ((served["trace"], served["span"]),), **own)
        left = tree.add(SDK, "front", "CLIENT", inner, entered, span_id=called["span"], **own)
        if own:
            tree.exchange("front", "back", inner, server, links=((called["trace"], called["span"]),))
        else:
            tree.exchange("front", "back", inner, left, methods=("uber-trace-id",))
        expected.append(tree)
    require(compare.compare(expected, spans))

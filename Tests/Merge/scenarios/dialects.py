"""Each dialect as its own SDK speaks it."""
from harness.registry import test
from harness.world import require

from merged import compare
from merged.compare import Tree
from merged.pair import Pair

# OTEL_PROPAGATORS: how our spans say that they were joined.
DIALECTS = {"tracecontext": "traceparent", "jaeger": "uber-trace-id", "b3": "b3", "b3multi": "b3"}
REQUESTS = 4


@test(every_hook=False)
def spansNestInEveryDialectOfTheSDK(world):
    port = world.port()
    to = {"spans_to": [f"http://127.0.0.1:{port}"]}
    back = world.service("back", "opentelemetry", propagators=",".join(DIALECTS), **to)
    pairs = {name: Pair(world, propagators=name, mark=name, back=back, **to) for name in DIALECTS}
    agent = world.merging(port)
    world.ready()
    numbers, expected = {}, []
    for pair in pairs.values():
        world.warm_up(pair.port, f"{pair.mark}front", [agent], pair.names)
    for name, pair in pairs.items():
        numbers[name] = world.numbers(REQUESTS)
        pair.visit(world.visitor(4), numbers[name])
    spans = world.end(agent)
    sdk = world.sdk_spans()
    for name, pair in pairs.items():
        expected += [pair.nested(number, sdk, (DIALECTS[name],)) for number in numbers[name]]
    require(compare.compare(expected, spans))


@test(every_hook=False)
def spansHangFromWhatJaegersOwnClientSends(world):
    pair, agent, visitor = Pair(world, "jaeger"), world.merging(), world.visitor(4)
    world.ready()
    numbers = world.numbers(REQUESTS)
    pair.visit(visitor, numbers)
    spans = world.end(agent)
    sdk, expected = world.sdk_spans(), []
    for number in numbers:
        tree, (outer, inner), (_, called, _) = Tree(number), pair.paths(number), pair.made(sdk, number)
        tree.exchange("visitor", "front", outer, None, trace_id=called["trace"])
        # Its spans go elsewhere; ours name the one that the header names.
        tree.exchange("front", "back", inner, called["span"], methods=("uber-trace-id",))
        expected.append(tree)
    require(compare.compare(expected, spans))
